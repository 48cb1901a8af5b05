/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG row by row, for those that stb_image refuses: it takes no more than 2^30 bytes of pixels.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_png_is_large:
 * @data: (array length=size): a file
 * @size: its size in bytes
 *
 * Returns: whether it is a PNG with more pixels than stb_image takes
 */
gboolean monocle_png_is_large (const guint8 *data, gsize size);

/**
 * monocle_png_load:
 * @data: (array length=size): a PNG
 * @size: its size in bytes
 * @pixels: (out caller-allocates): RGB8, width * height * 3 bytes, as its header says
 *
 * All depths and kinds of colour, but not interlaced. Alpha is dropped; of 16 bits the upper 8 are
 * taken, as stb does.
 *
 * Source: Portable Network Graphics (PNG) Specification, second edition, W3C 2003.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong
 */
const char *monocle_png_load (const guint8 *data, gsize size, guint8 *pixels);

G_END_DECLS
