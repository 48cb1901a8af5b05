/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The merge table of byte-pair encoding and its use on one piece.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleMerges MonocleMerges;

/**
 * monocle_merges_new:
 * @n_merges: how many will be added at most
 *
 * Returns: (transfer full): an empty table
 */
MonocleMerges *monocle_merges_new (guint n_merges);
void monocle_merges_free (MonocleMerges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleMerges, monocle_merges_free)

/**
 * monocle_merges_add:
 * @self: a table
 * @left: id of the left part
 * @right: id of the right part
 * @merged: id of both together
 *
 * Each merge ranks after the ones before it; adding a pair again moves it to the end.
 */
void monocle_merges_add (MonocleMerges *self, guint32 left, guint32 right, guint32 merged);

/**
 * monocle_merges_apply:
 * @self: a table
 * @ids: (inout) (array length=n_ids): the tokens of a piece, to begin with one for each byte
 * @n_ids: how many, below 2^31
 *
 * Merges the pair of lowest rank, the leftmost first, until no pair is in the table: O(n log n).
 *
 * Returns: how many of @ids are left
 *
 * Source: Sennrich et al. 2016, algorithm 1.
 */
gsize monocle_merges_apply (const MonocleMerges *self, guint32 *ids, gsize n_ids);

G_END_DECLS
