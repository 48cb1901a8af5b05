/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEG, through the narrow door to stb_image. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_jpeg_read:
 * @data: (array length=size): a JPEG
 * @size: its size in bytes, below 2 GiB
 * @raster: where the pixels go
 *
 * Baseline and progressive, of 8 bits; grey, RGB, YCbCr, CMYK and YCCK, told apart and converted as
 * libjpeg and PIL do. What is missing of a truncated file is grey.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong; what could be read is in @raster
 */
const char *monocle_jpeg_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
