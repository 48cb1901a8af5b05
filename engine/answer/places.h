/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How models write down where something is, as one row a way: sides of a picture are cut into bins,
 * and a token names one. Families share rows; what surrounds the tokens is each family's own.
 */
#pragma once

#include "engine/answer/coords.h"

G_BEGIN_DECLS

/**
 * MonoclePlacesOrder:
 * @MONOCLE_PLACES_X_FIRST: left, top, right, bottom
 * @MONOCLE_PLACES_Y_FIRST: top, left, bottom, right
 */
typedef enum
{
  MONOCLE_PLACES_X_FIRST,
  MONOCLE_PLACES_Y_FIRST,
} MonoclePlacesOrder;

/**
 * MonoclePlaces:
 * @before, @after: around the number of a bin in its token
 * @n_bins: that each side is cut into; a bin stands for its centre
 * @order: of two or four of them
 */
typedef struct
{
  const char *before, *after;
  guint n_bins;
  MonoclePlacesOrder order;
} MonoclePlaces;

/* `<loc_0>` to `<loc_999>` */
extern const MonoclePlaces monocle_places_loc;

/**
 * monocle_places_to_bin:
 * @pixels: a coordinate in pixels
 * @side: the image's width or height in pixels, at least 1
 *
 * Returns: the bin that holds @pixels, clamped to the first and the last
 *
 * Source: clamp (floor (pixels / (side / bins)), 0, bins - 1), in single precision.
 */
guint monocle_places_to_bin (const MonoclePlaces *self, float pixels, guint side);

/**
 * monocle_places_from_bin:
 * @bin: a bin; larger ones than the last are taken as they are
 * @side: the image's width or height in pixels, at least 1
 *
 * Returns: the centre of the bin in pixels
 *
 * Source: (bin + 0.5) * (side / bins), in single precision.
 */
float monocle_places_from_bin (const MonoclePlaces *self, guint64 bin, guint side);

/**
 * monocle_places_measure:
 * @text: UTF-8
 * @bin: (out) (optional): which bin; too large a number is cut
 *
 * Whether @text begins with a token. Digits are those of any script, as in the reference.
 *
 * Returns: the token's length in bytes, or 0
 */
gsize monocle_places_measure (const MonoclePlaces *self, const char *text, guint64 *bin);

/* (transfer full): the token of @bin */
char *monocle_places_write_token (const MonoclePlaces *self, guint bin);

/**
 * monocle_places_write_box:
 * @box: a box in pixels
 * @width: of the image in pixels
 * @height: of the image in pixels
 *
 * Returns: (transfer full): four tokens in the row's order
 */
char *monocle_places_write_box (const MonoclePlaces *self,
                                const MonocleBox *box,
                                guint width,
                                guint height);

G_END_DECLS
