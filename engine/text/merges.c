/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/merges.h"

#define NOWHERE G_MAXUINT32

typedef struct
{
  guint32 left, right;
  guint32 rank;
  guint32 merged; /* NOWHERE: the slot is empty */
} Merge;

/* Open addressing with linear probing, at most half full: two lookups per byte of text want a flat
 * table. */
struct _MonocleMerges
{
  Merge *slots;
  guint32 mask;
  guint32 n_added;
  guint32 capacity;
};

/* A pair of neighbours that could be merged. Gone stale if @right is no longer the neighbour. */
typedef struct
{
  guint32 rank;
  guint32 left, right; /* positions */
  guint32 merged;
} Pair;

/* One token of the piece, linked to its neighbours by position. */
typedef struct
{
  guint32 id; /* NOWHERE once merged into its left neighbour */
  guint32 previous, next;
} Link;

MonocleMerges *
monocle_merges_new (guint n_merges)
{
  MonocleMerges *self = g_new0 (MonocleMerges, 1);
  guint32 n_slots = 16;

  g_return_val_if_fail (n_merges < 1u << 28, NULL);

  while (n_slots < 2 * n_merges)
    n_slots *= 2;
  self->slots = g_new (Merge, n_slots);
  self->mask = n_slots - 1;
  self->capacity = n_merges;
  for (guint32 i = 0; i < n_slots; i++)
    self->slots[i].merged = NOWHERE;
  return self;
}

void
monocle_merges_free (MonocleMerges *self)
{
  if (self == NULL)
    return;
  g_free (self->slots);
  g_free (self);
}

static Merge *
find_slot (const MonocleMerges *self, guint32 left, guint32 right)
{
  guint64 hash = ((guint64) left << 32 | right) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint32 i = (guint32) (hash >> 32) & self->mask;

  while (self->slots[i].merged != NOWHERE
         && (self->slots[i].left != left || self->slots[i].right != right))
    i = (i + 1) & self->mask;
  return &self->slots[i];
}

void
monocle_merges_add (MonocleMerges *self, guint32 left, guint32 right, guint32 merged)
{
  Merge *slot = find_slot (self, left, right);

  g_return_if_fail (self->n_added < self->capacity);
  *slot = (Merge){ .left = left, .right = right, .rank = self->n_added++, .merged = merged };
}

static gboolean
comes_first (const Pair *a, const Pair *b)
{
  return a->rank < b->rank || (a->rank == b->rank && a->left < b->left);
}

/* A binary heap: the pair that comes first on top. */
static void
push_pair (GArray *heap, const Pair *pair)
{
  guint i = heap->len;

  g_array_append_val (heap, *pair);
  Pair *pairs = (Pair *) (gpointer) heap->data;
  for (; i > 0 && comes_first (pair, &pairs[(i - 1) / 2]); i = (i - 1) / 2)
    pairs[i] = pairs[(i - 1) / 2];
  pairs[i] = *pair;
}

static Pair
pop_pair (GArray *heap)
{
  Pair *pairs = (Pair *) (gpointer) heap->data;
  Pair top = pairs[0], last = pairs[heap->len - 1];
  guint n = heap->len - 1, i = 0;

  for (guint child; (child = 2 * i + 1) < n; i = child)
    {
      if (child + 1 < n && comes_first (&pairs[child + 1], &pairs[child]))
        child++;
      if (!comes_first (&pairs[child], &last))
        break;
      pairs[i] = pairs[child];
    }
  pairs[i] = last;
  g_array_set_size (heap, n);
  return top;
}

static void
consider_pair (
    const MonocleMerges *self, GArray *heap, const Link *links, guint32 left, guint32 right)
{
  if (left == NOWHERE || right == NOWHERE)
    return;

  const Merge *merge = find_slot (self, links[left].id, links[right].id);
  if (merge->merged != NOWHERE)
    push_pair (
        heap,
        &(Pair){ .rank = merge->rank, .left = left, .right = right, .merged = merge->merged });
}

gsize
monocle_merges_apply (const MonocleMerges *self, guint32 *ids, gsize n_ids)
{
  if (n_ids < 2)
    return n_ids;
  g_return_val_if_fail (n_ids < G_MAXINT32, n_ids);

  g_autofree Link *links = g_new (Link, n_ids);
  g_autoptr (GArray) heap = g_array_sized_new (FALSE, FALSE, sizeof (Pair), (guint) n_ids);

  for (guint32 i = 0; i < n_ids; i++)
    links[i] = (Link){ .id = ids[i],
                       .previous = i > 0 ? i - 1 : NOWHERE,
                       .next = i + 1 < n_ids ? i + 1 : NOWHERE };
  for (guint32 i = 0; i + 1 < n_ids; i++)
    consider_pair (self, heap, links, i, i + 1);

  while (heap->len > 0)
    {
      Pair pair = pop_pair (heap);
      Link *left = &links[pair.left], *right = &links[pair.right];

      /* Stale: one of the two has been merged since. */
      if (left->id == NOWHERE || right->id == NOWHERE || left->next != pair.right)
        continue;
      const Merge *merge = find_slot (self, left->id, right->id);
      if (merge->merged != pair.merged)
        continue;

      left->id = pair.merged;
      left->next = right->next;
      if (right->next != NOWHERE)
        links[right->next].previous = pair.left;
      right->id = NOWHERE;

      consider_pair (self, heap, links, left->previous, pair.left);
      consider_pair (self, heap, links, pair.left, left->next);
    }

  gsize n = 0;
  for (guint32 i = 0; i != NOWHERE; i = links[i].next)
    ids[n++] = links[i].id;
  return n;
}
