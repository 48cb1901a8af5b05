/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MonocleRaster: what the decoders fill, row by row and in any order. It checks the size before
 * anything of that size is allocated, keeps alpha only from the first pixel on that is see-through,
 * can average pixels as they come so that a small picture of a large file needs little memory, and
 * knows the rows that never came. Private to engine/picture.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleRaster:
 * @width: pixels of the file
 * @height: pixels of the file
 * @step: how many pixels along each side become one; 1 for all pixels
 * @max_side: 0 for all pixels, else about how long the longer side is to be
 * @name: of the file, in errors
 * @file_bytes: its size
 * @out_width: of @rgb
 * @out_height: of @rgb
 * @rgb: [out_height, out_width, 3]
 * @alpha: (nullable): [out_height, out_width]; %NULL while all is opaque
 * @n_rows: rows that came
 * @error: (nullable): why monocle_raster_begin() refused
 */
typedef struct
{
  guint width, height;
  guint step, max_side;
  const char *name;
  gsize file_bytes;
  guint out_width, out_height;
  guint8 *rgb;
  guint8 *alpha;
  guint n_rows;
  GError *error;
  /*< private >*/
  guint8 *came; /* [height]: whether the row did */
  guint64
      *sums; /* [out_width, 5]: of what becomes the row @summed; colours by alpha, alpha, count */
  guint summed;
} MonocleRaster;

/* NULL when a picture may have this size, else why not. */
const char *monocle_raster_find_excess (guint width, guint height);

/**
 * monocle_raster_begin:
 * @self: with @max_side, @name and @file_bytes set
 * @in_order: whether rows will come from top to bottom or from bottom to top
 *
 * Returns: whether the size is within the limits and there is memory; if not, @error says why
 */
gboolean monocle_raster_begin (MonocleRaster *self, guint width, guint height, gboolean in_order);

/**
 * monocle_raster_put:
 * @y: the row
 * @pixels: [width, n_channels]
 * @n_channels: 3 for RGB, 4 with alpha, which does not multiply the colours
 */
void monocle_raster_put (MonocleRaster *self, guint y, const guint8 *pixels, guint n_channels);

/**
 * monocle_raster_put_block:
 * @pixel: RGB, or RGB and alpha
 *
 * Fills a rectangle, cut off at the edges, of a raster whose rows do not come in order.
 */
void monocle_raster_put_block (MonocleRaster *self,
                               guint x,
                               guint y,
                               guint width,
                               guint height,
                               const guint8 *pixel,
                               guint n_channels);

/**
 * monocle_raster_end:
 *
 * All rows have come that will: those that did not are see-through.
 */
void monocle_raster_end (MonocleRaster *self);

/* Alpha that is nowhere above 0 was never meant: formats have room for it that writers leave empty.
 */
void monocle_raster_drop_empty_alpha (MonocleRaster *self);

void monocle_raster_clear (MonocleRaster *self);

G_END_DECLS
