/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture in ever smaller sizes, each half of the one before: what image-tiles cuts its textures
 * from. Plain arithmetic, for any thread.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_IMAGE_TILE_PX    1024
#define MONOCLE_IMAGE_MAX_LEVELS 18

/* Of the first level the pixels are the picture's own, and of the second, a third of all, there are
 * none: its tiles are worked out as they come into view. */
typedef struct
{
  guint width, height;
  guint8 *pixels; /* (nullable): RGB8 without padding; with alpha as R8G8B8A8, premultiplied */
} MonocleImageLevel;

typedef struct
{
  MonocleImage *image;
  MonocleImageLevel levels[MONOCLE_IMAGE_MAX_LEVELS];
  guint n_levels;
} MonocleImageLevels;

/* How many levels a picture of that size has: the last fits half a tile. */
guint monocle_image_levels_count (guint width, guint height);

/* All of them, or as many as there is memory for before it is cancelled. (transfer full) */
MonocleImageLevels *monocle_image_levels_build (MonocleImage *image, GCancellable *cancellable);
void monocle_image_levels_free (MonocleImageLevels *self);

/* Bytes of a pixel: 3, or 4 with alpha. */
guint monocle_image_levels_count_channels (const MonocleImage *image);
/* @n pixels of the picture from @x on, in @scratch when they have to be multiplied by their alpha.
 */
const guint8 *monocle_image_levels_read_first (
    const MonocleImage *image, guint x, guint y, guint n, guint8 *scratch);
/* A row of the second level: @n pixels of the picture from @x on halved. @scratch: for two rows of
 * them */
void monocle_image_levels_read_second (
    const MonocleImage *image, guint x, guint y, guint n, guint8 *scratch, guint8 *to);

G_END_DECLS
