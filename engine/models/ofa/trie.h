/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All answers that there are, token by token: what may come next of them.
 */
#pragma once

#include "engine/text/search.h"

G_BEGIN_DECLS

typedef struct _MonocleOfaTrie MonocleOfaTrie;

/* @end: the token behind every answer */
MonocleOfaTrie *monocle_ofa_trie_new (guint32 end);
void monocle_ofa_trie_free (MonocleOfaTrie *self);

/* @ids: (array length=n_ids): an answer without its end */
void monocle_ofa_trie_add (MonocleOfaTrie *self, const guint32 *ids, guint n_ids);

/* The most ranges that monocle_ofa_trie_find_banned() gives. */
guint monocle_ofa_trie_count_ranges (const MonocleOfaTrie *self);

/**
 * monocle_ofa_trie_find_banned:
 * @self: answers
 * @ids: (array length=n_ids): the beginning of one
 * @n_ids: how long it is
 * @n_words: ids are below this
 * @ranges: (element-type MonocleIdRange): gets what does not come next, one more range than there
 *   are tokens that do, at most
 *
 * Behind what no answer begins with comes the end alone.
 */
void monocle_ofa_trie_find_banned (
    const MonocleOfaTrie *self, const guint32 *ids, guint n_ids, guint n_words, GArray *ranges);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleOfaTrie, monocle_ofa_trie_free)

G_END_DECLS
