/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Truevision TGA. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_tga_read:
 * @data: (array length=size): a file that is of no other format: TGA has no mark of its own
 * @size: its size in bytes
 * @raster: where the pixels go
 *
 * Colours, grey and palettes, packed or not, from any corner.
 *
 * Source: Truevision TGA File Format Specification 2.0.
 *
 * Returns: (nullable): NULL when all was well, "unknown image type" when it is none, else what is
 *   wrong; rows before it are in @raster
 */
const char *monocle_tga_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
