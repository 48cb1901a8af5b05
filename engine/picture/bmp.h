/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows and OS/2 bitmaps. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_bmp_read:
 * @data: (array length=size): a BMP
 * @size: its size in bytes
 * @raster: where the pixels go
 *
 * Headers of OS/2 1 and 2 and of Windows 3 to 5, 1 to 32 bits a pixel, run lengths, masks of any
 * width. Alpha counts only where a mask for it says that it is there.
 *
 * Source: Microsoft, Bitmap Storage and [MS-WMF] 2.2.2.9 to 2.2.2.11.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong; rows before it are in @raster
 */
const char *monocle_bmp_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
