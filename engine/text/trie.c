/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/trie.h"

/* Children of a node are a linked list, as most nodes have one to ten; those of the root, of which
 * there are many, are found by their byte. */
typedef struct
{
  guint32 first_child;
  guint32 sibling;
  guint32 value;
  guint8 byte;
} Node;

struct _MonocleTrie
{
  GArray *nodes;
  guint32 first[256];
};

MonocleTrie *
monocle_trie_new (void)
{
  MonocleTrie *self = g_new0 (MonocleTrie, 1);

  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_array_append_val (self->nodes, ((Node){ .value = MONOCLE_TRIE_NO_VALUE }));
  return self;
}

void
monocle_trie_free (MonocleTrie *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->nodes);
  g_free (self);
}

guint32
monocle_trie_step (const MonocleTrie *self, guint32 node, guint8 byte)
{
  guint32 child;

  if (node == MONOCLE_TRIE_ROOT)
    return self->first[byte];
  child = g_array_index (self->nodes, Node, node).first_child;
  while (child != MONOCLE_TRIE_NOTHING && g_array_index (self->nodes, Node, child).byte != byte)
    child = g_array_index (self->nodes, Node, child).sibling;
  return child;
}

static guint32
add_child (MonocleTrie *self, guint32 parent, guint8 byte)
{
  Node node = { .sibling = g_array_index (self->nodes, Node, parent).first_child,
                .value = MONOCLE_TRIE_NO_VALUE,
                .byte = byte };
  guint32 child = self->nodes->len;

  g_array_append_val (self->nodes, node);
  g_array_index (self->nodes, Node, parent).first_child = child;
  if (parent == MONOCLE_TRIE_ROOT)
    self->first[byte] = child;
  return child;
}

void
monocle_trie_set (MonocleTrie *self, const char *text, guint32 value)
{
  guint32 node = MONOCLE_TRIE_ROOT;

  g_return_if_fail (text[0] != '\0');

  if (value == MONOCLE_TRIE_NO_VALUE && monocle_trie_find (self, text) == value)
    return;
  for (const guint8 *byte = (const guint8 *) text; *byte != 0; byte++)
    {
      guint32 child = monocle_trie_step (self, node, *byte);

      node = child != MONOCLE_TRIE_NOTHING ? child : add_child (self, node, *byte);
    }
  g_array_index (self->nodes, Node, node).value = value;
}

guint
monocle_trie_get_n_nodes (const MonocleTrie *self)
{
  return self->nodes->len;
}

guint32
monocle_trie_get (const MonocleTrie *self, guint32 node)
{
  return g_array_index (self->nodes, Node, node).value;
}

guint32
monocle_trie_find (const MonocleTrie *self, const char *text)
{
  guint32 node = MONOCLE_TRIE_ROOT;

  for (const guint8 *byte = (const guint8 *) text; *byte != 0; byte++)
    {
      node = monocle_trie_step (self, node, *byte);
      if (node == MONOCLE_TRIE_NOTHING)
        return MONOCLE_TRIE_NO_VALUE;
    }
  return monocle_trie_get (self, node);
}
