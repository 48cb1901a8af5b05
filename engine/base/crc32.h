/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CRC-32, which PNG and ZIP files carry.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_crc32:
 * @sum: 0, or that of the bytes before
 * @data: (array length=size): bytes
 * @size: how many
 *
 * Source: ISO 3309, polynomial 0x04c11db7, bits reflected.
 *
 * Returns: the sum of all so far
 */
guint32 monocle_crc32 (guint32 sum, const guint8 *data, gsize size);

G_END_DECLS
