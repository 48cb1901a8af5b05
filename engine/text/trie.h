/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of texts with a number each, walked byte by byte.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MONOCLE_TRIE_ROOT     0
#define MONOCLE_TRIE_NOTHING  0 /* the root is nobody's child */
#define MONOCLE_TRIE_NO_VALUE G_MAXUINT32

typedef struct _MonocleTrie MonocleTrie;

MonocleTrie *monocle_trie_new (void);
void monocle_trie_free (MonocleTrie *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrie, monocle_trie_free)

/**
 * monocle_trie_set:
 * @self: a trie
 * @text: not empty
 * @value: its number, or MONOCLE_TRIE_NO_VALUE to forget it
 */
void monocle_trie_set (MonocleTrie *self, const char *text, guint32 value);

/**
 * monocle_trie_get_n_nodes:
 *
 * Returns: how large it is
 */
guint monocle_trie_get_n_nodes (const MonocleTrie *self);

/**
 * monocle_trie_step:
 * @self: a trie
 * @node: where one is, to begin with MONOCLE_TRIE_ROOT
 * @byte: the next byte
 *
 * Returns: where one is then, or MONOCLE_TRIE_NOTHING
 */
guint32 monocle_trie_step (const MonocleTrie *self, guint32 node, guint8 byte);

/**
 * monocle_trie_get:
 *
 * Returns: the number of the text that ends at @node, or MONOCLE_TRIE_NO_VALUE
 */
guint32 monocle_trie_get (const MonocleTrie *self, guint32 node);

/**
 * monocle_trie_find:
 *
 * Returns: the number of @text, or MONOCLE_TRIE_NO_VALUE
 */
guint32 monocle_trie_find (const MonocleTrie *self, const char *text);

G_END_DECLS
