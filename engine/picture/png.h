/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG of every kind, row by row: what it needs besides the pixels is two rows. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_png_read:
 * @data: (array length=size): a PNG
 * @size: its size in bytes
 * @raster: where the pixels go
 *
 * Of 16 bits the upper 8 are taken, as PIL does for RGB. Check sums are not looked at, what stands
 * behind the pixels is not either. Colour profiles and gamma are not applied.
 *
 * Source: Portable Network Graphics (PNG) Specification, second edition, W3C 2003.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong; rows before it are in @raster
 */
const char *monocle_png_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
