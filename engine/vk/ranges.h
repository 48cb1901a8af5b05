/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The free ranges of a block of memory.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): all of @size bytes is free */
GArray *monocle_vk_ranges_new (guint64 size);

/* @offset: (out): where there was room. Returns: whether there was any */
gboolean monocle_vk_ranges_take (GArray *ranges, guint64 size, guint64 alignment, guint64 *offset);

/* Gives a range back, joining it with free neighbours. */
void monocle_vk_ranges_give_back (GArray *ranges, guint64 offset, guint64 size);

/* Whether all of @size bytes is free again. */
gboolean monocle_vk_ranges_is_all (const GArray *ranges, guint64 size);

G_END_DECLS
