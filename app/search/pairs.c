/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/pairs.h"

#include "engine/engine.h"

/* Rows that are widened together. Two of these blocks fit into a processor's second cache. */
#define BLOCK 64

/* Pairs that a thread keeps to itself. */
#define HANDFUL 65536

#define MAX_THREADS 16

typedef struct
{
  const MonoclePairsQuery *query;
  GCancellable *cancellable;
  guint64 n_tiles; /* blocks that meet each other */
  gint n_left;     /* atomic: blocks of rows that nobody has taken yet */

  GMutex mutex; /* of what follows */
  guint64 n_done;
  GArray *pairs;
  float above;
} Work;

/* Of a thread. */
typedef struct
{
  float *a, *b, *cosines;
  GArray *pairs; /* that nobody else knows yet */
  float above;
} Bench;

/* The best first. */
static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const MonoclePair *x = a, *y = b;

  if (x->cosine != y->cosine)
    return x->cosine < y->cosine ? 1 : -1;
  if (x->a != y->a)
    return x->a < y->a ? -1 : 1;
  return x->b < y->b ? -1 : x->b > y->b;
}

/* Leaves the best. Those that are as good as the first that is too many go as well: which of them
 * would stay is chance. */
static void
keep_best (Work *work)
{
  guint n = work->query->most;

  g_array_sort (work->pairs, compare_pairs);
  if (work->pairs->len <= n)
    return;
  work->above = g_array_index (work->pairs, MonoclePair, n).cosine;
  while (n > 0 && g_array_index (work->pairs, MonoclePair, n - 1).cosine <= work->above)
    n--;
  g_array_set_size (work->pairs, n);
}

/* Hands over what was found, and learns what no longer counts. */
static void
hand_over (Work *work, Bench *bench)
{
  g_mutex_lock (&work->mutex);
  for (guint i = 0; i < bench->pairs->len; i++)
    {
      const MonoclePair *pair = &g_array_index (bench->pairs, MonoclePair, i);

      if (pair->cosine > work->above)
        g_array_append_vals (work->pairs, pair, 1);
    }
  if (work->pairs->len / 2 > work->query->most)
    keep_best (work);
  bench->above = work->above;
  g_mutex_unlock (&work->mutex);
  g_array_set_size (bench->pairs, 0);
}

/* How many rows there are in a block, which are put side by side. */
static guint
widen (const MonoclePairsQuery *query, guint block, float *to)
{
  guint first = block * BLOCK, n = MIN (BLOCK, query->n - first);

  for (guint i = 0; i < n; i++)
    monocle_half_widen (query->rows[first + i], query->n_dims, to + (gsize) i * query->n_dims);
  return n;
}

/* A cosine that is no number fits nothing. */
static void
gather (Work *work, Bench *bench, guint first_a, guint n_a, guint first_b, guint n_b)
{
  for (guint i = 0; i < n_a; i++)
    for (guint j = first_a == first_b ? i + 1 : 0; j < n_b; j++)
      {
        float cosine = bench->cosines[i * n_b + j];

        if (cosine >= work->query->least && cosine > bench->above)
          {
            MonoclePair pair = { first_a + i, first_b + j, MIN (cosine, 1) };

            g_array_append_val (bench->pairs, pair);
          }
      }
  if (bench->pairs->len >= HANDFUL)
    hand_over (work, bench);
}

/* A block of rows with all from there on; those with most to do first. */
static void
compare_block (Work *work, Bench *bench, guint block)
{
  const MonoclePairsQuery *query = work->query;
  guint n_blocks = (query->n + BLOCK - 1) / BLOCK;
  guint n_a = widen (query, block, bench->a);

  for (guint other = block; other < n_blocks && !g_cancellable_is_cancelled (work->cancellable);
       other++)
    {
      guint n_b = widen (query, other, bench->b);

      monocle_vector_dot_all (bench->a, n_a, bench->b, n_b, query->n_dims, bench->cosines);
      gather (work, bench, block * BLOCK, n_a, other * BLOCK, n_b);
    }
  hand_over (work, bench);
}

/* @says: it is the thread that asked */
static void
take_blocks (Work *work, gboolean says)
{
  const MonoclePairsQuery *query = work->query;
  gint n_blocks = (gint) ((query->n + BLOCK - 1) / BLOCK), left;
  Bench bench = { .a = g_new (float, (gsize) BLOCK * query->n_dims),
                  .b = g_new (float, (gsize) BLOCK * query->n_dims),
                  .cosines = g_new (float, BLOCK *BLOCK),
                  .pairs = g_array_new (FALSE, FALSE, sizeof (MonoclePair)),
                  .above = -1 };

  while (!g_cancellable_is_cancelled (work->cancellable)
         && (left = g_atomic_int_add (&work->n_left, -1)) > 0)
    {
      double part;

      compare_block (work, &bench, (guint) (n_blocks - left));
      g_mutex_lock (&work->mutex);
      work->n_done += (guint) left;
      part = (double) work->n_done / (double) work->n_tiles;
      g_mutex_unlock (&work->mutex);
      if (says && query->progress)
        query->progress (part, query->user_data);
    }
  g_free (bench.a);
  g_free (bench.b);
  g_free (bench.cosines);
  g_array_unref (bench.pairs);
}

static gpointer
run (gpointer work)
{
  take_blocks (work, FALSE);
  return NULL;
}

GArray *
monocle_pairs_find (const MonoclePairsQuery *query,
                    float *above,
                    GCancellable *cancellable,
                    GError **error)
{
  guint64 n_blocks = (query->n + BLOCK - 1) / BLOCK;
  guint n_threads = (guint) MIN (MIN (g_get_num_processors (), MAX_THREADS), n_blocks);
  GThread *threads[MAX_THREADS] = { NULL };
  Work work = { .query = query,
                .cancellable = cancellable,
                .n_tiles = n_blocks * (n_blocks + 1) / 2,
                .n_left = (gint) n_blocks,
                .pairs = g_array_new (FALSE, FALSE, sizeof (MonoclePair)),
                .above = -1 };

  g_return_val_if_fail (query->most > 0, NULL);

  g_mutex_init (&work.mutex);
  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_try_new ("pairs", run, &work, NULL);
  take_blocks (&work, TRUE);
  for (guint i = 1; i < n_threads; i++)
    if (threads[i])
      g_thread_join (threads[i]);
  g_mutex_clear (&work.mutex);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_array_unref (work.pairs);
      return NULL;
    }
  keep_best (&work);
  *above = work.above;
  return work.pairs;
}
