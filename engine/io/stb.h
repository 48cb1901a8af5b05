/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The narrow door to stb_image: bytes to RGB8, with bounded memory. Private to image.c.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_stb_info:
 * @data: (array length=size): an image file: JPEG, PNG, BMP, GIF or TGA
 * @size: its size in bytes, below 2 GiB
 * @width: (out): pixels
 * @height: (out): pixels
 *
 * Reads the size without decoding.
 *
 * Returns: (nullable): NULL when all was well, else stb_image's word for what is wrong
 */
const char *monocle_stb_info (const guint8 *data, gsize size, int *width, int *height);

/**
 * monocle_stb_load:
 * @data: (array length=size): an image file
 * @size: its size in bytes, below 2 GiB
 * @budget_bytes: what all allocations together may take at a time
 * @width: (out): pixels
 * @height: (out): pixels
 * @pixels: (out) (transfer full): RGB8, rows of 3 * @width bytes; free with monocle_stb_free()
 *
 * Returns: (nullable): NULL when all was well, else a word for what is wrong; "truncated" when the
 *   decoder asked for more than there is
 */
const char *monocle_stb_load (
    const guint8 *data, gsize size, gsize budget_bytes, int *width, int *height, guint8 **pixels);

/**
 * monocle_stb_free:
 * @block: (nullable): what monocle_stb_load() returned
 */
void monocle_stb_free (void *block);

G_END_DECLS
