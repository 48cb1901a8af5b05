/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes of answers as they lie in files: packed by zlib.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) */
GBytes *monocle_pack (const guint8 *bytes, gsize n);

/**
 * monocle_unpack:
 * @packed: (array length=n_packed): a stranger's
 * @n_packed: how many
 * @n: what comes out of it
 *
 * Returns: (transfer full) (nullable): %NULL where it is anything else but @n bytes
 */
GByteArray *monocle_unpack (const guint8 *packed, gsize n_packed, gsize n);

G_END_DECLS
