/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/ranking.h"

#include <math.h>
#include <string.h>

#include "app/base/parallel.h"
#include "app/search/crawl.h"

/* Small probabilities are usual: most texts say little of what is in a picture. */
#define SURE_PROBABILITY  0.25
#define MAYBE_PROBABILITY 0.02

/* Standard deviations above what is usual for this query among these pictures. */
#define SURE_DISTANCE  3.0
#define MAYBE_DISTANCE 2.0

const char *
monocle_search_band_get_id (MonocleSearchBand band)
{
  static const char *const ids[] = {
    [MONOCLE_SEARCH_SURE] = "sure",
    [MONOCLE_SEARCH_MAYBE] = "maybe",
    [MONOCLE_SEARCH_REST] = "rest",
  };

  return ids[band];
}

/* The better first. */
static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const MonocleSearchHit *x = a, *y = b;

  if (!x->read != !y->read)
    return x->read ? -1 : 1;
  if (x->cosine != y->cosine)
    return x->cosine < y->cosine ? 1 : -1;
  return strcmp (x->entry->path, y->entry->path);
}

/* Finite: sums of it are. */
static double
get_logit (double probability)
{
  double p = CLAMP (probability, 1e-12, 1 - 1e-12);

  return log (p / (1 - p));
}

/* What is usual, and how far others are from it. */
static void
find_usual (const GArray *all, double *mean, double *deviation)
{
  double sum = 0, squares = 0;

  for (guint i = 0; i < all->len; i++)
    sum += (double) g_array_index (all, MonocleSearchHit, i).cosine;
  *mean = all->len ? sum / all->len : 0;
  for (guint i = 0; i < all->len; i++)
    {
      double d = (double) g_array_index (all, MonocleSearchHit, i).cosine - *mean;

      squares += d * d;
    }
  *deviation = all->len ? sqrt (squares / all->len) : 0;
}

/* Limits are set by this: it grows with the cosine. */
static double
measure (const MonocleSearchHit *hit, double mean, double deviation)
{
  if (!isnan (hit->probability))
    return get_logit (hit->probability);
  return deviation > 0 ? ((double) hit->cosine - mean) / deviation : 0;
}

/* How far @value is from @from to @to. */
static double
get_part (double value, double from, double to)
{
  return to > from ? CLAMP ((value - from) / (to - from), 0, 1) : 1;
}

/* @least, @most: of all that are compared */
static void
place (MonocleSearchHit *hit, double value, double least, double most)
{
  gboolean is_likely = !isnan (hit->probability);
  double sure = is_likely ? get_logit (SURE_PROBABILITY) : SURE_DISTANCE;
  double maybe = is_likely ? get_logit (MAYBE_PROBABILITY) : MAYBE_DISTANCE;

  if (hit->read)
    {
      hit->band = MONOCLE_SEARCH_SURE;
      hit->fit = 3;
    }
  else if (value >= sure)
    {
      hit->band = MONOCLE_SEARCH_SURE;
      hit->fit = 2 + get_part (value, sure, most);
    }
  else if (value >= maybe)
    {
      hit->band = MONOCLE_SEARCH_MAYBE;
      hit->fit = 1 + get_part (value, maybe, sure);
    }
  else
    {
      hit->band = MONOCLE_SEARCH_REST;
      hit->fit = get_part (value, least, maybe);
    }
}

static void
judge (MonocleSearchHits *hits, MonocleModel *model)
{
  MonocleSearchHit *all = (MonocleSearchHit *) (gpointer) hits->hits->data;
  double mean, deviation, least = INFINITY, most = -INFINITY;

  find_usual (hits->hits, &mean, &deviation);
  for (guint i = 0; i < hits->hits->len; i++)
    {
      double value;

      all[i].probability
          = model ? monocle_model_get_probability (model, (double) all[i].cosine) : (double) NAN;
      value = measure (&all[i], mean, deviation);
      least = MIN (least, value);
      most = MAX (most, value);
    }
  for (guint i = 0; i < hits->hits->len; i++)
    {
      place (&all[i], measure (&all[i], mean, deviation), least, most);
      hits->n_fit += all[i].band != MONOCLE_SEARCH_REST;
      hits->n_sure += all[i].band == MONOCLE_SEARCH_SURE;
    }
}

/* The worst of a heap of the best is at its root. */
static void
sink (MonocleSearchHit *heap, guint n, guint i)
{
  for (guint child = 2 * i + 1; child < n; i = child, child = 2 * i + 1)
    {
      MonocleSearchHit hit = heap[i];

      if (child + 1 < n && compare_hits (&heap[child + 1], &heap[child]) > 0)
        child++;
      if (compare_hits (&heap[child], &hit) <= 0)
        return;
      heap[i] = heap[child];
      heap[child] = hit;
    }
}

/* Takes all but the best away, without ordering the others. */
static void
keep_best (GArray *hits, guint top)
{
  MonocleSearchHit *all = (MonocleSearchHit *) (gpointer) hits->data;

  if (hits->len > top)
    {
      for (guint i = top / 2; i-- > 0;)
        sink (all, top, i);
      for (guint i = top; i < hits->len; i++)
        if (compare_hits (&all[i], &all[0]) < 0)
          {
            all[0] = all[i];
            sink (all, top, 0);
          }
      g_array_set_size (hits, top);
    }
  g_array_sort (hits, compare_hits);
}

/* A part that fits better than the whole. */
static void
look_closer (const MonocleSearchQuery *query, MonocleRegions *regions, MonocleSearchHit *hit)
{
  const MonocleRegionRows *rows
      = regions ? monocle_regions_find (regions, hit->entry->digest) : NULL;

  for (guint i = 0; rows && i < rows->n; i++)
    {
      const float cosine = monocle_vector_dot_half (
          query->vector, monocle_regions_get_vector (regions, rows, i), query->n_dims);

      if (!isfinite (cosine) || cosine <= hit->cosine)
        continue;
      hit->cosine = cosine;
      hit->rows = rows;
      hit->region = &rows->boxes[i];
    }
}

/* (transfer none) (nullable): what was read in it, where that has the words */
static const char *
find_words (const MonocleSearchQuery *query, const MonocleIndexEntry *entry)
{
  gboolean can_find = query->texts && query->words && query->words[0];
  const char *text = can_find ? monocle_texts_find (query->texts, entry->digest, NULL) : NULL;
  g_autofree char *folded = text ? monocle_texts_fold (text) : NULL;

  for (guint i = 0; text && query->words[i]; i++)
    if (!monocle_texts_has_word (folded, query->words[i]))
      return NULL;
  for (guint i = 0; text && query->unwanted && query->unwanted[i]; i++)
    if (monocle_texts_has_word (folded, query->unwanted[i]))
      return NULL;
  return text;
}

/* --- comparing --- */

/* Pictures that are compared in one go. */
#define BLOCK 2048

typedef struct
{
  MonocleIndex *index;
  const MonocleSearchQuery *query;
  const GPtrArray *entries;
  MonocleSearchHit *hits; /* (array length=entries->len): without an entry: it is none */
} Comparison;

/* What is known of a picture may be damaged: that fits nothing, and the next indexing looks at it
 * again. Returns: whether it counts */
static gboolean
compare_entry (const Comparison *self, const MonocleIndexEntry *entry, MonocleSearchHit *hit)
{
  const MonocleSearchQuery *query = self->query;

  if (entry->state != MONOCLE_INDEX_SEEN
      || (query->directories && !monocle_crawl_contains (query->directories, entry->path)))
    return FALSE;
  *hit = (MonocleSearchHit){ .entry = entry };
  hit->cosine = monocle_vector_dot_half (
      query->vector, monocle_index_get_vector (self->index, entry), query->n_dims);
  if (!isfinite (hit->cosine))
    return FALSE;
  look_closer (query, query->regions, hit);
  look_closer (query, query->drawn, hit);
  hit->read = find_words (query, entry);
  return TRUE;
}

static void
compare_block (guint first, guint end, gpointer data)
{
  const Comparison *self = data;

  for (guint i = first; i < end; i++)
    if (!compare_entry (self, self->entries->pdata[i], &self->hits[i]))
      self->hits[i].entry = NULL;
}

/* In the order of paths, whatever thread looked at which. */
static GArray *
compare_all (MonocleIndex *index, const MonocleSearchQuery *query)
{
  g_autoptr (GPtrArray) entries = monocle_index_list (index);
  GArray *hits = g_array_sized_new (FALSE, FALSE, sizeof (MonocleSearchHit), entries->len);
  MonocleSearchHit *all = (MonocleSearchHit *) (gpointer) hits->data;
  guint n = 0;

  g_array_set_size (hits, entries->len);
  monocle_parallel_run (entries->len, BLOCK, compare_block,
                        &(Comparison){ index, query, entries, all });
  for (guint i = 0; i < entries->len; i++)
    if (all[i].entry)
      {
        if (n < i)
          all[n] = all[i];
        n++;
      }
  g_array_set_size (hits, n);
  return hits;
}

void
monocle_search_rank (MonocleIndex *index, const MonocleSearchQuery *query, MonocleSearchHits *hits)
{
  g_return_if_fail (query->top > 0);

  *hits = (MonocleSearchHits){ .hits = compare_all (index, query) };
  hits->n = hits->hits->len;
  judge (hits, query->model);
  keep_best (hits->hits, query->top);
}
