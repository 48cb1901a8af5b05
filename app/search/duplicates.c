/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/duplicates.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "app/search/crawl.h"
#include "app/search/linkage.h"

/* Pairs that are looked at: as much memory as is well spent on it. */
#define MAX_PAIRS 1000000

/* Cosines that nobody would take for chance, and how much of what is between two pictures that have
 * nothing to do with each other may be left between them. */
#define NEAR       0.97
#define NEAR_PART  0.1
#define ALIKE      0.9
#define ALIKE_PART 0.3

/* What is usual is known from so many pictures on, and by so many pairs. */
#define MIN_PICTURES 64
#define N_USUAL      4001

/* A content: pictures of which it is known without comparing that they are the same. */
typedef struct
{
  GPtrArray *entries; /* of MonocleIndexEntry: files with the same bytes after each other */
  const guint16 *row;
  gsize row_bytes;
} Content;

const char *
monocle_duplicate_kind_get_id (MonocleDuplicateKind kind)
{
  static const char *const ids[] = {
    [MONOCLE_DUPLICATE_COPY] = "copy",
    [MONOCLE_DUPLICATE_EXACT] = "exact",
    [MONOCLE_DUPLICATE_NEAR] = "near",
  };

  return ids[kind];
}

static gboolean
has_same_bytes (const MonocleIndexEntry *a, const MonocleIndexEntry *b)
{
  return memcmp (a->digest, b->digest, sizeof a->digest) == 0;
}

/* --- what is usual --- */

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return x < y ? -1 : x > y;
}

/* The median cosine of two pictures of the index; 0 where nobody knows. */
static double
find_usual (MonocleIndex *index, guint n_dims)
{
  g_autoptr (GPtrArray) entries = monocle_index_list (index);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GArray) cosines = g_array_new (FALSE, FALSE, sizeof (float));
  g_autofree float *vector = g_new (float, n_dims);

  for (guint i = 0; entries->len >= MIN_PICTURES && i < N_USUAL; i++)
    {
      const MonocleIndexEntry *a
          = entries->pdata[g_rand_int_range (rand, 0, (gint32) entries->len)];
      const MonocleIndexEntry *b
          = entries->pdata[g_rand_int_range (rand, 0, (gint32) entries->len)];
      float cosine;

      if (a == b || a->state != MONOCLE_INDEX_SEEN || b->state != MONOCLE_INDEX_SEEN)
        continue;
      monocle_half_widen (monocle_index_get_vector (index, a), n_dims, vector);
      cosine = monocle_vector_dot_half (vector, monocle_index_get_vector (index, b), n_dims);
      if (isfinite (cosine))
        g_array_append_val (cosines, cosine);
    }
  if (cosines->len == 0)
    return 0;
  g_array_sort (cosines, compare_floats);
  return (double) g_array_index (cosines, float, cosines->len / 2);
}

void
monocle_duplicates_calibrate (MonocleIndex *index, guint n_dims, float *near, float *alike)
{
  double distance = MAX (1 - find_usual (index, n_dims), 0);

  *near = (float) MAX (NEAR, 1 - NEAR_PART * distance);
  *alike = (float) MAX (ALIKE, 1 - ALIKE_PART * distance);
}

/* How far @value is from @from to @to. */
static double
get_part (float value, float from, float to)
{
  return to > from ? CLAMP ((double) (value - from) / (double) (to - from), 0, 1) : 1;
}

double
monocle_duplicates_get_fit (float cosine, float near, float alike)
{
  float exact = MAX (near, MONOCLE_DUPLICATES_EXACT);

  if (cosine < 0)
    return -1;
  if (cosine >= exact)
    return 2 + get_part (cosine, exact, 1);
  if (cosine >= near)
    return 1 + get_part (cosine, near, exact);
  return get_part (cosine, alike, near);
}

/* --- which files still are what they were --- */

/* Of a file that was changed nothing is known any more. */
static gboolean
is_current (const MonocleIndexEntry *entry, const struct stat *status)
{
  gint64 mtime = status->st_mtim.tv_sec * G_USEC_PER_SEC + (gint64) status->st_mtim.tv_nsec / 1000;

  return S_ISREG (status->st_mode) && (guint64) status->st_size == entry->size
         && mtime == entry->mtime;
}

/* Whoever removed all but one name of a file would have nothing left: it counts once, by a name
 * that is no link where it has one.
 *
 * Returns: (transfer container) (nullable) (element-type MonocleIndexEntry) */
static GPtrArray *
find_usable (MonocleIndex *index, const MonocleDuplicatesQuery *query, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) entries = monocle_index_list (index), links = g_ptr_array_new ();
  g_autoptr (GPtrArray) usable = g_ptr_array_new ();
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < entries->len + links->len; i++)
    {
      gboolean is_late = i >= entries->len;
      MonocleIndexEntry *entry = is_late ? links->pdata[i - entries->len] : entries->pdata[i];
      struct stat status;

      if (g_cancellable_is_cancelled (cancellable))
        return NULL;
      if (entry->state != MONOCLE_INDEX_SEEN
          || (query->directories && !monocle_crawl_contains (query->directories, entry->path)))
        continue;
      if (!is_late && g_file_test (entry->path, G_FILE_TEST_IS_SYMLINK))
        g_ptr_array_add (links, entry);
      else if (stat (entry->path, &status) == 0 && is_current (entry, &status)
               && g_hash_table_add (
                   files, g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                           (guint64) status.st_dev, (guint64) status.st_ino)))
        g_ptr_array_add (usable, entry);
    }
  return g_steal_pointer (&usable);
}

/* --- what is compared --- */

static void
content_free (gpointer data)
{
  g_ptr_array_unref (((Content *) data)->entries);
  g_free (data);
}

static guint
hash_row (gconstpointer data)
{
  const Content *content = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static (content->row, content->row_bytes);

  return g_bytes_hash (bytes);
}

static gboolean
have_equal_rows (gconstpointer a, gconstpointer b)
{
  const Content *x = a, *y = b;

  return memcmp (x->row, y->row, x->row_bytes) == 0;
}

/* The largest file first, which others were most likely made of, then the oldest. */
static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const MonocleIndexEntry *x = *(const MonocleIndexEntry *const *) a;
  const MonocleIndexEntry *y = *(const MonocleIndexEntry *const *) b;
  gint64 x_date = monocle_index_entry_get_date (x), y_date = monocle_index_entry_get_date (y);
  int digests = memcmp (x->digest, y->digest, sizeof x->digest);

  if (x->size != y->size)
    return x->size < y->size ? 1 : -1;
  if (digests != 0)
    return digests;
  if (x_date != y_date)
    return x_date < y_date ? -1 : 1;
  return strcmp (x->path, y->path);
}

/* (transfer full) (element-type Content): what has the same bytes, or the same vector, is one */
static GPtrArray *
gather_contents (MonocleIndex *index, GPtrArray *entries, guint n_dims)
{
  GPtrArray *contents = g_ptr_array_new_with_free_func (content_free);
  g_autoptr (GHashTable) rows = g_hash_table_new (hash_row, have_equal_rows);
  Content *content = NULL;

  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++)
    {
      MonocleIndexEntry *entry = entries->pdata[i];

      if (i == 0 || !has_same_bytes (entries->pdata[i - 1], entry))
        {
          Content same
              = { NULL, monocle_index_get_vector (index, entry), n_dims * sizeof (guint16) };

          content = g_hash_table_lookup (rows, &same);
          if (!content)
            {
              content = g_memdup2 (&same, sizeof same);
              content->entries = g_ptr_array_new ();
              g_hash_table_add (rows, content);
              g_ptr_array_add (contents, content);
            }
        }
      g_ptr_array_add (content->entries, entry);
    }
  return contents;
}

static GArray *
compare (GPtrArray *contents,
         const MonocleDuplicatesQuery *query,
         float *above,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree const guint16 **rows = g_new (const guint16 *, contents->len);

  for (guint i = 0; i < contents->len; i++)
    rows[i] = ((const Content *) contents->pdata[i])->row;
  return monocle_pairs_find (&(MonoclePairsQuery){ .rows = rows,
                                                   .n = contents->len,
                                                   .n_dims = query->n_dims,
                                                   .least = query->least,
                                                   .most = MAX_PAIRS,
                                                   .progress = query->progress,
                                                   .user_data = query->user_data },
                             above, cancellable, error);
}

/* --- groups --- */

/* What each is to those beside it, with which it came together first. */
static void
judge (GArray *found, guint start)
{
  for (guint i = start; i < found->len; i++)
    {
      MonocleDuplicate *self = &g_array_index (found, MonocleDuplicate, i);
      const MonocleDuplicate *next = i + 1 < found->len ? self + 1 : NULL;

      self->cosine = next ? MAX (self->joined, next->joined) : self->joined;
      if ((i > start && has_same_bytes (self->entry, self[-1].entry))
          || (next && has_same_bytes (self->entry, next->entry)))
        self->kind = MONOCLE_DUPLICATE_COPY;
      else
        self->kind = self->cosine >= MONOCLE_DUPLICATES_EXACT ? MONOCLE_DUPLICATE_EXACT
                                                              : MONOCLE_DUPLICATE_NEAR;
    }
}

/* The group that begins with a content; one picture alone is none. */
static void
take_group (GArray *found, GPtrArray *contents, const MonocleLinkage *linkage, guint32 first)
{
  guint start = found->len;

  for (guint32 i = first; i != MONOCLE_LINKAGE_END; i = linkage->next[i])
    {
      const Content *content = contents->pdata[i];

      for (guint k = 0; k < content->entries->len; k++)
        {
          MonocleDuplicate duplicate
              = { .entry = content->entries->pdata[k], .joined = k > 0 ? 1 : linkage->joined[i] };

          g_array_append_val (found, duplicate);
        }
    }
  if (found->len - start < 2)
    g_array_set_size (found, start);
  judge (found, start);
}

/* Where a group begins, and what it has best. */
typedef struct
{
  guint start, n;
  float best;
} Group;

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const Group *x = a, *y = b;

  if (x->best != y->best)
    return x->best < y->best ? 1 : -1;
  return x->start < y->start ? -1 : x->start > y->start;
}

/* (transfer full): those with the best pair first, then those with the largest files */
static GArray *
order_groups (const GArray *found, guint *n_groups)
{
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Group));
  GArray *ordered = g_array_new (FALSE, FALSE, sizeof (MonocleDuplicate));

  for (guint i = 0; i < found->len; i++)
    {
      const MonocleDuplicate *duplicate = &g_array_index (found, MonocleDuplicate, i);
      Group *last, group = { .start = i, .best = -1 };

      if (duplicate->joined < 0)
        g_array_append_val (groups, group);
      last = &g_array_index (groups, Group, groups->len - 1);
      last->n++;
      last->best = MAX (last->best, duplicate->cosine);
    }
  g_array_sort (groups, compare_groups);
  for (guint i = 0; i < groups->len; i++)
    {
      const Group *group = &g_array_index (groups, Group, i);

      g_array_append_vals (ordered, &g_array_index (found, MonocleDuplicate, group->start),
                           group->n);
    }
  *n_groups = groups->len;
  return ordered;
}

gboolean
monocle_search_find_duplicates (MonocleIndex *index,
                                const MonocleDuplicatesQuery *query,
                                MonocleDuplicates *duplicates,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (GPtrArray) entries = NULL, contents = NULL;
  g_autoptr (MonocleLinkage) linkage = NULL;
  g_autoptr (GArray) pairs = NULL, found = NULL;

  entries = find_usable (index, query, cancellable);
  if (!entries)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  *duplicates = (MonocleDuplicates){ .n = entries->len, .above = -1 };
  contents = gather_contents (index, entries, query->n_dims);
  pairs = compare (contents, query, &duplicates->above, cancellable, error);
  if (!pairs)
    return FALSE;
  linkage = monocle_linkage_new (contents->len, pairs);
  found = g_array_new (FALSE, FALSE, sizeof (MonocleDuplicate));
  for (guint i = 0; i < contents->len; i++)
    if (linkage->joined[i] < 0)
      take_group (found, contents, linkage, i);
  duplicates->found = order_groups (found, &duplicates->n_groups);
  return TRUE;
}
