/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PBM, PGM and PPM in their binary and plain forms. Our own, because stb_image 2.27 has
 * only the binary ones and reads 16-bit files wrongly. Private to image.c.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_pnm_info:
 * @data: (array length=size): a file
 * @size: its size in bytes
 * @width: (out): pixels
 * @height: (out): pixels
 *
 * Reads the header; width and height may be any number up to 999,999,999.
 *
 * Source: the manual pages pbm(5), pgm(5), ppm(5) of Netpbm.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong
 */
const char *monocle_pnm_info (const guint8 *data, gsize size, guint *width, guint *height);

/**
 * monocle_pnm_load:
 * @data: (array length=size): a file that monocle_pnm_info() accepted
 * @size: its size in bytes
 * @pixels: (out caller-allocates): RGB8, width * height * 3 bytes
 *
 * Samples are scaled from 0..maxval to 0..255 and rounded, as PIL does.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong
 */
const char *monocle_pnm_load (const guint8 *data, gsize size, guint8 *pixels);

G_END_DECLS
