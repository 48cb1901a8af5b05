/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/match.h"

#include <float.h>
#include <string.h>

#define N_THRESHOLDS    10
#define FIRST_THRESHOLD 0.5
#define LAST_THRESHOLD  0.95
#define N_RECALLS       101
#define MAX_DETECTIONS  100
/* A threshold of 1 still lets equal shapes match. */
#define MAX_THRESHOLD (1 - 1e-10)

typedef enum
{
  SIZE_ALL,
  SIZE_SMALL,
  SIZE_MEDIUM,
  SIZE_LARGE,
  N_SIZES,
} Size;

/* Bounds of the area in pixels, both inside. */
static const double sizes[N_SIZES][2] = {
  [SIZE_ALL] = { 0, 1e10 },
  [SIZE_SMALL] = { 0, 32 * 32 },
  [SIZE_MEDIUM] = { 32 * 32, 96 * 96 },
  [SIZE_LARGE] = { 96 * 96, 1e10 },
};

/* How many detections of an image and a category count. */
static const guint limits[] = { 1, 10, MAX_DETECTIONS };

typedef enum
{
  OUTCOME_WRONG,
  OUTCOME_RIGHT,
  OUTCOME_IGNORED,
} Outcome;

/* One detection, and what became of it. */
typedef struct
{
  double score;
  guint rank;
  guint8 outcomes[N_SIZES][N_THRESHOLDS];
} Entry;

/* A category over all images. */
typedef struct
{
  GArray *entries;
  guint n_truth[N_SIZES];
} Category;

struct _MonocleEvalMatch
{
  MonocleEvalKind kind;
  /* gint64 -> Category. */
  GHashTable *categories;
  double thresholds[N_THRESHOLDS];
  double recalls[N_RECALLS];
};

/* The objects of one category in one image. */
typedef struct
{
  const MonocleEvalShape **truth;
  guint n_truth;
  const MonocleEvalShape **found;
  guint n_found;
  /* [n_found, n_truth] */
  double *ious;
} Cell;

static void
category_free (gpointer data)
{
  Category *category = data;

  g_array_unref (category->entries);
  g_free (category);
}

/* Evenly from @first to @last, rounded as the reference's arithmetic rounds. */
static void
fill_steps (double *steps, guint n, double first, double last)
{
  double step = (last - first) / (n - 1);

  for (guint i = 0; i < n; i++)
    steps[i] = i * step + first;
  steps[n - 1] = last;
}

MonocleEvalMatch *
monocle_eval_match_new (MonocleEvalKind kind)
{
  MonocleEvalMatch *self = g_new0 (MonocleEvalMatch, 1);

  self->kind = kind;
  self->categories = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, category_free);
  fill_steps (self->thresholds, N_THRESHOLDS, FIRST_THRESHOLD, LAST_THRESHOLD);
  fill_steps (self->recalls, N_RECALLS, 0, 1);
  return self;
}

void
monocle_eval_match_free (MonocleEvalMatch *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->categories);
  g_free (self);
}

double
monocle_eval_mask_get_iou (const MonocleMaskRuns *mask,
                           const MonocleMaskRuns *truth,
                           MonocleEvalCrowd crowd)
{
  guint64 both = monocle_mask_runs_get_common (mask, truth);
  guint64 of = monocle_mask_runs_get_area (mask);

  if (crowd == MONOCLE_EVAL_SINGLE)
    of += monocle_mask_runs_get_area (truth) - both;
  return both > 0 ? (double) both / (double) of : 0;
}

double
monocle_eval_box_get_iou (const double box[4], const double truth[4], MonocleEvalCrowd crowd)
{
  double width = MIN (box[0] + box[2], truth[0] + truth[2]) - MAX (box[0], truth[0]);
  double height = MIN (box[1] + box[3], truth[1] + truth[3]) - MAX (box[1], truth[1]);
  double area = box[2] * box[3];

  if (width <= 0 || height <= 0)
    return 0;
  return width * height
         / (crowd == MONOCLE_EVAL_CROWD ? area : area + truth[2] * truth[3] - width * height);
}

/* --- One image --- */

static double
get_area (const MonocleEvalMatch *self, const MonocleEvalShape *found)
{
  if (self->kind == MONOCLE_EVAL_MASKS)
    return (double) monocle_mask_runs_get_area (found->mask);
  return found->box[2] * found->box[3];
}

static gboolean
is_outside (double area, Size size)
{
  return area < sizes[size][0] || area > sizes[size][1];
}

static int
compare_found (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MonocleEvalShape *left = *(const MonocleEvalShape *const *) a;
  const MonocleEvalShape *right = *(const MonocleEvalShape *const *) b;

  /* g_qsort_with_data() is stable. */
  return left->score > right->score ? -1 : left->score < right->score;
}

static void
compute_ious (const MonocleEvalMatch *self, Cell *cell)
{
  for (guint d = 0; d < cell->n_found; d++)
    for (guint g = 0; g < cell->n_truth; g++)
      {
        const MonocleEvalShape *found = cell->found[d], *truth = cell->truth[g];

        cell->ious[d * cell->n_truth + g]
            = self->kind == MONOCLE_EVAL_MASKS
                  ? monocle_eval_mask_get_iou (found->mask, truth->mask, truth->crowd)
                  : monocle_eval_box_get_iou (found->box, truth->box, truth->crowd);
      }
}

/* The true object that detection @d goes to, or -1. Those that count come before those that are
 * ignored: once there is one that counts, no ignored one can take its place. */
static gint
choose (const Cell *cell,
        const guint *order,
        const gboolean *ignored,
        const gboolean *taken,
        guint d,
        double iou)
{
  gint best = -1;

  for (guint i = 0; i < cell->n_truth; i++)
    {
      guint g = order[i];
      double here = cell->ious[d * cell->n_truth + g];

      if (taken[g] && cell->truth[g]->crowd == MONOCLE_EVAL_SINGLE)
        continue;
      if (best >= 0 && !ignored[best] && ignored[g])
        break;
      if (here < iou)
        continue;
      iou = here;
      best = (gint) g;
    }
  return best;
}

static void
match_size (
    const MonocleEvalMatch *self, const Cell *cell, Size size, Entry *entries, Category *category)
{
  g_autofree guint *order = g_new (guint, cell->n_truth + 1);
  g_autofree gboolean *ignored = g_new (gboolean, cell->n_truth + 1);
  g_autofree gboolean *taken = g_new (gboolean, cell->n_truth + 1);
  guint n = 0;

  for (guint g = 0; g < cell->n_truth; g++)
    ignored[g]
        = cell->truth[g]->crowd == MONOCLE_EVAL_CROWD || is_outside (cell->truth[g]->area, size);
  for (guint g = 0; g < cell->n_truth; g++)
    if (!ignored[g])
      order[n++] = g;
  category->n_truth[size] += n;
  for (guint g = 0; g < cell->n_truth; g++)
    if (ignored[g])
      order[n++] = g;

  for (guint t = 0; t < N_THRESHOLDS; t++)
    {
      memset (taken, 0, cell->n_truth * sizeof *taken);
      for (guint d = 0; d < cell->n_found; d++)
        {
          gint g
              = choose (cell, order, ignored, taken, d, MIN (self->thresholds[t], MAX_THRESHOLD));
          Outcome outcome = OUTCOME_WRONG;

          if (g >= 0)
            {
              taken[g] = TRUE;
              outcome = ignored[g] ? OUTCOME_IGNORED : OUTCOME_RIGHT;
            }
          else if (is_outside (get_area (self, cell->found[d]), size))
            outcome = OUTCOME_IGNORED;
          entries[d].outcomes[size][t] = (guint8) outcome;
        }
    }
}

static Category *
get_category (MonocleEvalMatch *self, gint64 id)
{
  Category *category = g_hash_table_lookup (self->categories, &id);

  if (!category)
    {
      category = g_new0 (Category, 1);
      category->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
      g_hash_table_insert (self->categories, g_memdup2 (&id, sizeof id), category);
    }
  return category;
}

static guint
pick_category (const MonocleEvalShape *shapes,
               guint n_shapes,
               gint64 id,
               const MonocleEvalShape **picked)
{
  guint n = 0;

  for (guint i = 0; i < n_shapes; i++)
    if (shapes[i].category == id)
      picked[n++] = &shapes[i];
  return n;
}

static void
match_category (MonocleEvalMatch *self, gint64 id, Cell *cell)
{
  Category *category = get_category (self, id);
  guint first = category->entries->len;

  g_qsort_with_data (cell->found, (gint) cell->n_found, sizeof *cell->found, compare_found, NULL);
  cell->n_found = MIN (cell->n_found, MAX_DETECTIONS);
  compute_ious (self, cell);

  g_array_set_size (category->entries, first + cell->n_found);
  for (guint d = 0; d < cell->n_found; d++)
    {
      Entry *entry = &g_array_index (category->entries, Entry, first + d);

      entry->score = cell->found[d]->score;
      entry->rank = d;
    }
  for (Size size = 0; size < N_SIZES; size++)
    match_size (self, cell, size, &((Entry *) (gpointer) category->entries->data)[first], category);
}

void
monocle_eval_match_add_image (MonocleEvalMatch *self,
                              const MonocleEvalShape *truth,
                              guint n_truth,
                              const MonocleEvalShape *found,
                              guint n_found)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree const MonocleEvalShape **some_truth = g_new (const MonocleEvalShape *, n_truth + 1);
  g_autofree const MonocleEvalShape **some_found = g_new (const MonocleEvalShape *, n_found + 1);

  for (guint i = 0; i < n_truth + n_found; i++)
    {
      const MonocleEvalShape *shape = i < n_truth ? &truth[i] : &found[i - n_truth];
      g_autofree double *ious = NULL;
      Cell cell = { .truth = some_truth, .found = some_found };

      if (!g_hash_table_add (seen, (gpointer) &shape->category))
        continue;
      cell.n_truth = pick_category (truth, n_truth, shape->category, some_truth);
      cell.n_found = pick_category (found, n_found, shape->category, some_found);
      cell.ious = ious = g_new (double, (gsize) cell.n_truth *cell.n_found + 1);
      match_category (self, shape->category, &cell);
    }
}

/* --- All images --- */

/* What one category adds to the figures of one size and limit. */
typedef struct
{
  double precision[N_THRESHOLDS];
  double recall[N_THRESHOLDS];
} Curve;

/* Mean over the recalls of the best precision at that recall or a higher one. */
static double
average (const MonocleEvalMatch *self, double *precision, const double *recall, guint n)
{
  double sum = 0;
  guint at = 0;

  for (guint i = n; i-- > 1;)
    precision[i - 1] = MAX (precision[i - 1], precision[i]);
  for (guint i = 0; i < N_RECALLS; i++)
    {
      while (at < n && recall[at] < self->recalls[i])
        at++;
      if (at == n)
        break;
      sum += precision[at];
    }
  return sum / N_RECALLS;
}

static void
compute_curve (const MonocleEvalMatch *self,
               const Category *category,
               GPtrArray *sorted,
               Size size,
               guint limit,
               Curve *curve)
{
  g_autofree double *precision = g_new (double, sorted->len + 1);
  g_autofree double *recall = g_new (double, sorted->len + 1);

  for (guint t = 0; t < N_THRESHOLDS; t++)
    {
      guint n = 0, n_right = 0, n_wrong = 0;

      for (guint i = 0; i < sorted->len; i++)
        {
          const Entry *entry = sorted->pdata[i];

          if (entry->rank >= limit)
            continue;
          n_right += entry->outcomes[size][t] == OUTCOME_RIGHT;
          n_wrong += entry->outcomes[size][t] == OUTCOME_WRONG;
          precision[n] = n_right / (n_wrong + n_right + DBL_EPSILON);
          recall[n++] = (double) n_right / category->n_truth[size];
        }
      curve->recall[t] = n > 0 ? recall[n - 1] : 0;
      curve->precision[t] = average (self, precision, recall, n);
    }
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = *(const Entry *const *) a, *right = *(const Entry *const *) b;

  return left->score > right->score ? -1 : left->score < right->score;
}

/* Sums over categories. */
typedef struct
{
  double precision[N_SIZES][N_THRESHOLDS];
  double recall[N_SIZES];
  double recall_of_limit[G_N_ELEMENTS (limits)];
  guint n[N_SIZES];
} Sums;

static double
mean_of (const double *values, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += values[i];
  return sum / n;
}

static void
add_category (const MonocleEvalMatch *self, const Category *category, Sums *sums)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (category->entries->len);
  Curve curve;

  for (guint i = 0; i < category->entries->len; i++)
    g_ptr_array_add (sorted, &g_array_index (category->entries, Entry, i));
  g_ptr_array_sort (sorted, compare_entries);

  for (Size size = 0; size < N_SIZES; size++)
    {
      if (category->n_truth[size] == 0)
        continue;
      compute_curve (self, category, sorted, size, MAX_DETECTIONS, &curve);
      for (guint t = 0; t < N_THRESHOLDS; t++)
        sums->precision[size][t] += curve.precision[t];
      sums->recall[size] += mean_of (curve.recall, N_THRESHOLDS);
      sums->n[size]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (limits) && category->n_truth[SIZE_ALL] > 0; i++)
    {
      compute_curve (self, category, sorted, SIZE_ALL, limits[i], &curve);
      sums->recall_of_limit[i] += mean_of (curve.recall, N_THRESHOLDS);
    }
}

static double
divide (double sum, guint n)
{
  return n > 0 ? sum / n : -1;
}

void
monocle_eval_match_compute (MonocleEvalMatch *self, double figures[MONOCLE_EVAL_N_AP])
{
  Sums sums = { 0 };
  GHashTableIter iter;
  gpointer category;

  g_hash_table_iter_init (&iter, self->categories);
  while (g_hash_table_iter_next (&iter, NULL, &category))
    add_category (self, category, &sums);

  for (Size size = 0; size < N_SIZES; size++)
    {
      double precision = divide (mean_of (sums.precision[size], N_THRESHOLDS), sums.n[size]);

      figures[size == SIZE_ALL ? MONOCLE_EVAL_AP : MONOCLE_EVAL_AP_SMALL + size - SIZE_SMALL]
          = precision;
      if (size != SIZE_ALL)
        figures[MONOCLE_EVAL_AR_SMALL + size - SIZE_SMALL]
            = divide (sums.recall[size], sums.n[size]);
    }
  /* 0.5 is the first threshold and 0.75 the sixth. */
  figures[MONOCLE_EVAL_AP50] = divide (sums.precision[SIZE_ALL][0], sums.n[SIZE_ALL]);
  figures[MONOCLE_EVAL_AP75] = divide (sums.precision[SIZE_ALL][5], sums.n[SIZE_ALL]);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    figures[MONOCLE_EVAL_AR1 + i] = divide (sums.recall_of_limit[i], sums.n[SIZE_ALL]);
}
