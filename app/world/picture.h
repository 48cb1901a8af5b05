/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was seen and what may follow as one picture: drawn from places, not by a model, but for a
 * frame that lies below where a model has drawn one.
 */
#pragma once

#include <cairo.h>

#include "app/world/film.h"

G_BEGIN_DECLS

/**
 * MonocleWorldPainting:
 * @tracks: what was seen: the way up to @frame, and the things there
 * @futures: (nullable): from the last frame that was seen on, a thin line each, which fades; the
 *   likeliest a thick one, with the things at its end
 * @truth: (nullable): what happened, from the first frame on, as far as it is known: dashed
 * @frame: which one is shown, from 0; one that is foreseen shows the things where all futures have
 *   them
 * @n_ahead: frames ahead of which there are lines, at most those of @futures
 * @arrow: an arrow from a thing: how it is thrown, or will be; its frame is of no account, and -1
 * is none
 * @is_dark: for dark surroundings
 * @has_numbers: things say which one they are
 * @is_clear: what is below shows through
 * @drawn: (nullable): the frame, as a model drew it; things are only outlined then
 * @colours: (nullable): of things, by their number in monocle_world_colours; %NULL: each its own
 */
typedef struct
{
  const MonocleTracks *tracks;
  const MonocleFutures *futures;
  const MonocleTracks *truth;
  guint frame, n_ahead;
  MonocleThrow arrow;
  gboolean is_dark, has_numbers, is_clear;
  MonocleImage *drawn;
  const guint *colours;
} MonocleWorldPainting;

/* How long an arrow is: as far as a thing comes in so many frames. */
#define MONOCLE_WORLD_ARROW 4

/* A frame into a square of 1 x 1, its pixels as they are. */
void monocle_world_paint_image (cairo_t *cr, MonocleImage *image);

/* (transfer full): a PNG file */
GBytes *monocle_world_png_of_surface (cairo_surface_t *surface);

/* Into a square of 1 x 1, from the upper left. */
void monocle_world_paint (cairo_t *cr, const MonocleWorldPainting *painting);

/* (transfer full): a PNG file; @side: in pixels */
GBytes *monocle_world_paint_png (const MonocleWorldPainting *painting, guint side);

/**
 * monocle_world_draw:
 * @tracks: what was seen
 * @futures: what may follow
 * @film: (nullable): what happened
 * @side: in pixels
 *
 * Returns: (transfer full): a PNG file of all of it
 */
GBytes *monocle_world_draw (const MonocleTracks *tracks,
                            const MonocleFutures *futures,
                            const MonocleWorldFilm *film,
                            guint side);

G_END_DECLS
