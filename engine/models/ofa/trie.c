/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/ofa/trie.h"

/* Children of a node, in the order of their ids. */
typedef struct
{
  guint32 id;
  GArray *children; /* of Node; NULL: none */
} Node;

struct _MonocleOfaTrie
{
  GArray *roots; /* of Node */
  guint32 end;
  guint most; /* children of a node */
};

static void
clear_node (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->children, g_array_unref);
}

static GArray *
new_nodes (void)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (Node));

  g_array_set_clear_func (nodes, clear_node);
  return nodes;
}

MonocleOfaTrie *
monocle_ofa_trie_new (guint32 end)
{
  MonocleOfaTrie *self = g_new0 (MonocleOfaTrie, 1);

  self->roots = new_nodes ();
  self->end = end;
  return self;
}

void
monocle_ofa_trie_free (MonocleOfaTrie *self)
{
  if (!self)
    return;

  g_array_unref (self->roots);
  g_free (self);
}

/* The first node of no smaller id. */
static guint
find_index (const GArray *nodes, guint32 id)
{
  guint i = 0;

  while (i < nodes->len && g_array_index (nodes, Node, i).id < id)
    i++;
  return i;
}

/* (transfer none): the node of @id, which is new or was there */
static Node *
add_node (MonocleOfaTrie *self, GArray *nodes, guint32 id)
{
  const guint i = find_index (nodes, id);

  if (i == nodes->len || g_array_index (nodes, Node, i).id != id)
    {
      const Node node = { id, NULL };

      g_array_insert_val (nodes, i, node);
      self->most = MAX (self->most, nodes->len);
    }
  return &g_array_index (nodes, Node, i);
}

void
monocle_ofa_trie_add (MonocleOfaTrie *self, const guint32 *ids, guint n_ids)
{
  GArray *nodes = self->roots;

  for (guint i = 0; i < n_ids; i++)
    {
      Node *node = add_node (self, nodes, ids[i]);

      if (!node->children)
        node->children = new_nodes ();
      nodes = node->children;
    }
  add_node (self, nodes, self->end);
}

/* (nullable): what may come behind these */
static const GArray *
find_children (const MonocleOfaTrie *self, const guint32 *ids, guint n_ids)
{
  const GArray *nodes = self->roots;

  for (guint k = 0; k < n_ids && nodes; k++)
    {
      const guint i = find_index (nodes, ids[k]);
      const Node *node = i < nodes->len ? &g_array_index (nodes, Node, i) : NULL;

      nodes = node && node->id == ids[k] ? node->children : NULL;
    }
  return nodes;
}

guint
monocle_ofa_trie_count_ranges (const MonocleOfaTrie *self)
{
  return MAX (self->most, 1) + 1;
}

static void
add_range (GArray *ranges, guint32 first, guint32 after)
{
  const MonocleIdRange range = { first, after - 1 };

  if (first < after)
    g_array_append_val (ranges, range);
}

void
monocle_ofa_trie_find_banned (
    const MonocleOfaTrie *self, const guint32 *ids, guint n_ids, guint n_words, GArray *ranges)
{
  const GArray *children = find_children (self, ids, n_ids);
  guint32 next = 0;

  if (!children)
    {
      add_range (ranges, 0, self->end);
      add_range (ranges, self->end + 1, n_words);
      return;
    }
  for (guint i = 0; i < children->len; i++)
    {
      const guint32 id = g_array_index (children, Node, i).id;

      add_range (ranges, next, id);
      next = id + 1;
    }
  add_range (ranges, next, n_words);
}
