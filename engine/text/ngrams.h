/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which tokens would repeat an n-gram. Asked once for each beam and step.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_ngrams_find_banned:
 * @ids: (array length=n_ids): the sequence so far
 * @n_ids: its length
 * @size: tokens of an n-gram; 0 bans nothing
 * @banned: (element-type guint32): gets each token appended that, as the next one, would make an
 * n-gram that @ids already holds; may get one twice
 *
 * Source: Paulus et al. 2017, section 2.5, for n-grams of any size.
 */
void monocle_ngrams_find_banned (const guint32 *ids, guint n_ids, guint size, GArray *banned);

G_END_DECLS
