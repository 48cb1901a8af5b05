/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PBM, PGM and PPM in their binary and plain forms. Our own, because stb_image 2.27 has
 * only the binary ones and reads 16-bit files wrongly. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_pnm_read:
 * @data: (array length=size): a file that begins with P1 to P6
 * @size: its size in bytes
 * @raster: where the pixels go; samples are scaled to 255 and rounded as PIL does
 *
 * Returns: (nullable): NULL when all was well, else what is wrong; rows before it are in @raster
 */
const char *monocle_pnm_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
