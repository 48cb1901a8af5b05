/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/linkage.h"

/* A group is known by one of its members. */
typedef struct
{
  MonocleLinkage *linkage;
  guint32 *group; /* of each: towards the one by which its group is known */
  guint32 *first; /* of each group: where it begins and ends */
  guint32 *last;
  guint32 *size;
  float *best;       /* the cosine of its best pair; -1: it is one alone */
  GHashTable **fits; /* (nullable): other group -> how many pairs across both fit */
} Groups;

static guint32
find_group (Groups *self, guint32 i)
{
  while (self->group[i] != i)
    i = self->group[i] = self->group[self->group[i]];
  return i;
}

/* How many pairs fit now: @n more than before. */
static guint
count (Groups *self, guint32 group, guint32 other, guint n)
{
  guint sum;

  if (!self->fits[group])
    self->fits[group] = g_hash_table_new (NULL, NULL);
  sum = GPOINTER_TO_UINT (g_hash_table_lookup (self->fits[group], GUINT_TO_POINTER (other))) + n;
  g_hash_table_insert (self->fits[group], GUINT_TO_POINTER (other), GUINT_TO_POINTER (sum));
  return sum;
}

/* The one with the better pair comes first: what remains of both, where only what is better counts,
 * begins with it. */
static void
chain (Groups *self, guint32 a, guint32 b, float cosine, guint32 kept)
{
  gboolean is_first = self->best[a] != self->best[b] ? self->best[a] > self->best[b]
                                                     : self->first[a] < self->first[b];
  guint32 front = is_first ? a : b, back = is_first ? b : a;
  guint32 first = self->first[front], last = self->last[back];

  self->linkage->next[self->last[front]] = self->first[back];
  self->linkage->joined[self->first[back]] = cosine;
  self->first[kept] = first;
  self->last[kept] = last;
  self->best[kept] = MAX (MAX (self->best[a], self->best[b]), cosine);
}

/* What the smaller table says goes into the other one. */
static void
merge (Groups *self, guint32 a, guint32 b, float cosine)
{
  gboolean is_larger = g_hash_table_size (self->fits[a]) >= g_hash_table_size (self->fits[b]);
  guint32 kept = is_larger ? a : b, gone = is_larger ? b : a;
  g_autoptr (GHashTable) table = g_steal_pointer (&self->fits[gone]);
  GHashTableIter iter;
  gpointer other, n;

  g_hash_table_remove (self->fits[kept], GUINT_TO_POINTER (gone));
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &other, &n))
    {
      guint32 group = GPOINTER_TO_UINT (other);

      if (group == kept)
        continue;
      g_hash_table_remove (self->fits[group], GUINT_TO_POINTER (gone));
      count (self, kept, group, GPOINTER_TO_UINT (n));
      count (self, group, kept, GPOINTER_TO_UINT (n));
    }
  chain (self, a, b, cosine, kept);
  self->size[kept] += self->size[gone];
  self->group[gone] = kept;
}

MonocleLinkage *
monocle_linkage_new (guint n, const GArray *pairs)
{
  MonocleLinkage *linkage = g_new (MonocleLinkage, 1);
  g_autofree guint32 *group = g_new (guint32, n);
  g_autofree guint32 *first = g_new (guint32, n), *last = g_new (guint32, n);
  g_autofree guint32 *size = g_new (guint32, n);
  g_autofree float *best = g_new (float, n);
  g_autofree GHashTable **fits = g_new0 (GHashTable *, n);
  Groups groups = { linkage, group, first, last, size, best, fits };

  *linkage = (MonocleLinkage){ n, g_new (guint32, n), g_new (float, n) };
  for (guint i = 0; i < n; i++)
    {
      group[i] = first[i] = last[i] = i;
      size[i] = 1;
      best[i] = linkage->joined[i] = -1;
      linkage->next[i] = MONOCLE_LINKAGE_END;
    }
  for (guint i = 0; i < pairs->len; i++)
    {
      const MonoclePair *pair = &g_array_index (pairs, MonoclePair, i);
      guint32 a = find_group (&groups, pair->a), b = find_group (&groups, pair->b);

      count (&groups, b, a, 1);
      if (count (&groups, a, b, 1) == (guint64) size[a] * size[b])
        merge (&groups, a, b, pair->cosine);
    }
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&fits[i], g_hash_table_unref);
  return linkage;
}

void
monocle_linkage_free (MonocleLinkage *self)
{
  if (!self)
    return;

  g_free (self->next);
  g_free (self->joined);
  g_free (self);
}
