/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was seen and what may follow as one picture: drawn from places, not by a model.
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
 * @truth: (nullable): what happened, from the first frame on: dashed
 * @frame: which one is shown, from 0; one that is foreseen shows the things where all futures have
 *   them
 * @n_ahead: frames ahead of which there are lines, at most those of @futures
 * @arrow: an arrow from a thing: how it is thrown, or will be; its frame is of no account, and -1
 * is none
 * @is_dark: for dark surroundings
 * @has_numbers: things say which one they are
 */
typedef struct
{
  const MonocleTracks *tracks;
  const MonocleFutures *futures;
  const MonocleTracks *truth;
  guint frame, n_ahead;
  MonocleThrow arrow;
  gboolean is_dark, has_numbers;
} MonocleWorldPainting;

/* How long an arrow is: as far as a thing comes in so many frames. */
#define MONOCLE_WORLD_ARROW 4

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
