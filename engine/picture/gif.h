/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first picture of a GIF. Private to image.c.
 */
#pragma once

#include "engine/picture/raster.h"

G_BEGIN_DECLS

/**
 * monocle_gif_read:
 * @data: (array length=size): a GIF
 * @size: its size in bytes
 * @raster: where the pixels go
 *
 * On the screen that the file describes: what the first frame leaves free is see-through. Below
 * what is see-through the colours are those of the palette, as PIL has them.
 *
 * Source: CompuServe, Graphics Interchange Format, version 89a.
 *
 * Returns: (nullable): NULL when all was well, else what is wrong; rows before it are in @raster
 */
const char *monocle_gif_read (const guint8 *data, gsize size, MonocleRaster *raster);

G_END_DECLS
