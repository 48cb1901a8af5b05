/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of pictures and of masks, and files of them: what belongs to one object.
 */
#pragma once

#include "app/draw/picture-format.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCut:
 * @x, @y: where it begins, in pixels
 * @width, @height: at least 1
 * @pixels: (array): rows without padding, a byte a pixel: 0 or 255
 *
 * As much of a mask as there is something of it.
 */
typedef struct
{
  guint x, y, width, height;
  guint8 *pixels;
} MonocleCut;

void monocle_cut_clear (MonocleCut *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCut, monocle_cut_clear)

/* Whether there is anything of it. @self: (out) */
gboolean monocle_cut_mask (const MonocleMaskRuns *mask, MonocleCut *self);

/**
 * monocle_cut_paste:
 * @self: pixels that are not 0 are of the mask; lies within that size
 *
 * Returns: (transfer full): the mask
 */
MonocleMaskRuns *monocle_cut_paste (const MonocleCut *self, guint width, guint height);

/**
 * monocle_png_encode:
 * @samples: (array): rows without padding; with 16 bits in the order of this machine
 * @bits: 8 or 16
 * @palette: (nullable) (array): 256 colours of three bytes, for 8 bits; %NULL: grey
 *
 * Returns: (transfer full): a PNG file
 */
GBytes *monocle_png_encode (
    const void *samples, guint width, guint height, guint bits, const guint8 *palette);

/* Pascal VOC's: colours that are told apart, black for 0. */
void monocle_png_make_palette (guint8 palette[768]);

/* (transfer full): black, and white where the mask is */
GBytes *monocle_cut_encode_mask (const MonocleMaskRuns *mask);

/**
 * monocle_cut_encode_box:
 * @image: a picture
 * @box: of it; cut to whole pixels around it, at least one
 *
 * Returns: (transfer full) (nullable): that part as a file
 */
GBytes *monocle_cut_encode_box (const MonocleImage *image,
                                const MonocleBox *box,
                                const MonoclePictureFormat *format,
                                guint quality,
                                GError **error);

G_END_DECLS
