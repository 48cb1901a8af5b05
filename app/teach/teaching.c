/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/teach/teaching.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/teach/fit.h"
#include "app/train/verdict.h"

/* How often pictures are put aside: each once. */
#define MAX_FOLDS 5
/* What comes by chance more rarely is no chance. */
#define RARE 0.05

/* How much labels are held to their words, from hardly moved to free. Which is best depends on how
 * many examples there are, and how alike; the examples that are put aside say it. */
static const double holds[] = { 1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4 };

typedef struct
{
  guint label, picture;
  guint fold;
} Example;

struct _MonocleTeaching
{
  guint n_dims;
  double scale, bias;
  gboolean each;
  GPtrArray *names;    /* of the labels, NULL at the end */
  GHashTable *by_name; /* to the number of a label */
  GPtrArray *pictures; /* their names */
  GHashTable *by_path; /* to the number of a picture */
  GArray *examples;    /* of Example */
  GArray *rows;        /* of float */
  GArray *labels;      /* of MonocleTeachingLabel */
  float *taught;       /* [labels, n_dims] */
};

MonocleTeaching *
monocle_teaching_new (guint n_dims, double scale, double bias, gboolean each)
{
  MonocleTeaching *self = g_new0 (MonocleTeaching, 1);

  self->n_dims = n_dims;
  self->scale = scale;
  self->bias = bias;
  self->each = each;
  self->names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->names, NULL);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->pictures = g_ptr_array_new_with_free_func (g_free);
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->examples = g_array_new (FALSE, FALSE, sizeof (Example));
  self->rows = g_array_new (FALSE, FALSE, sizeof (float));
  self->labels = g_array_new (FALSE, TRUE, sizeof (MonocleTeachingLabel));
  return self;
}

void
monocle_teaching_free (MonocleTeaching *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->by_path);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->pictures);
  g_array_unref (self->examples);
  g_array_unref (self->rows);
  g_array_unref (self->labels);
  g_free (self->taught);
  g_free (self);
}

/* The number of a name, which is new if need be. @end: whether a NULL ends @names */
static guint
find_number (GHashTable *numbers, GPtrArray *names, const char *name, gboolean end)
{
  gpointer number;
  guint next = names->len - (end ? 1 : 0);

  if (g_hash_table_lookup_extended (numbers, name, NULL, &number))
    return GPOINTER_TO_UINT (number);
  g_ptr_array_insert (names, (int) next, g_strdup (name));
  g_hash_table_insert (numbers, names->pdata[next], GUINT_TO_POINTER (next));
  return next;
}

void
monocle_teaching_add (MonocleTeaching *self,
                      const char *picture,
                      const char *label,
                      const float *row)
{
  const Example example = {
    .label = find_number (self->by_name, self->names, label, TRUE),
    .picture = find_number (self->by_path, self->pictures, picture, FALSE),
  };

  g_array_append_val (self->examples, example);
  g_array_append_vals (self->rows, row, self->n_dims);
}

const char *const *
monocle_teaching_list_labels (MonocleTeaching *self)
{
  return (const char *const *) self->names->pdata;
}

/* --- what is put aside -------------------------------------------------------------------- */

typedef struct
{
  const char *name; /* of a picture */
  const char *label;
  guint number;
} Picture;

static int
compare_pictures (gconstpointer a, gconstpointer b)
{
  const Picture *x = a, *y = b;
  const int order = strcmp (x->label, y->label);

  return order ? order : strcmp (x->name, y->name);
}

/* Pictures are dealt out, those of one label one after the other, so that each fold has some of
 * each. A picture goes by the first of its labels in the alphabet. Returns: how many folds there
 * are; below 2 nothing can be put aside. */
static guint
deal_out (MonocleTeaching *self)
{
  const guint n = self->pictures->len, n_folds = MIN (n, MAX_FOLDS);
  g_autofree Picture *pictures = g_new0 (Picture, n);
  g_autofree guint *folds = g_new (guint, n);

  for (guint i = 0; i < self->examples->len; i++)
    {
      const Example *example = &g_array_index (self->examples, Example, i);
      Picture *picture = &pictures[example->picture];
      const char *label = self->names->pdata[example->label];

      picture->name = self->pictures->pdata[example->picture];
      picture->number = example->picture;
      if (!picture->label || strcmp (label, picture->label) < 0)
        picture->label = label;
    }
  qsort (pictures, n, sizeof *pictures, compare_pictures);
  for (guint i = 0; i < n; i++)
    folds[pictures[i].number] = n_folds ? i % n_folds : 0;
  for (guint i = 0; i < self->examples->len; i++)
    {
      Example *example = &g_array_index (self->examples, Example, i);

      example->fold = folds[example->picture];
    }
  return n_folds;
}

/* --- fitting ------------------------------------------------------------------------------ */

/* Examples with vectors, side by side. */
typedef struct
{
  float *rows;
  guint *labels, *numbers; /* of the examples */
  guint n;
} Part;

static void
part_clear (Part *self)
{
  g_free (self->rows);
  g_free (self->labels);
  g_free (self->numbers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

/* So that the order in which they came says nothing. */
static int
compare_examples (gconstpointer a, gconstpointer b, gpointer user_data)
{
  MonocleTeaching *self = user_data;
  const guint i = *(const guint *) a, k = *(const guint *) b;
  const Example *x = &g_array_index (self->examples, Example, i);
  const Example *y = &g_array_index (self->examples, Example, k);
  const float *rows = (const float *) (gpointer) self->rows->data;
  int order = strcmp (self->pictures->pdata[x->picture], self->pictures->pdata[y->picture]);

  if (order == 0)
    order = strcmp (self->names->pdata[x->label], self->names->pdata[y->label]);
  return order ? order
               : memcmp (rows + (gsize) i * self->n_dims, rows + (gsize) k * self->n_dims,
                         self->n_dims * sizeof *rows);
}

/* Those of a fold, or of all others. */
static void
take_part (MonocleTeaching *self, const guint *order, guint fold, gboolean of_it, Part *part)
{
  const guint n = self->examples->len;
  const float *rows = (const float *) (gpointer) self->rows->data;

  part->rows = g_new (float, (gsize) n * self->n_dims);
  part->labels = g_new (guint, n);
  part->numbers = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    {
      const Example *example = &g_array_index (self->examples, Example, order[i]);

      if ((example->fold == fold) != of_it)
        continue;
      memcpy (part->rows + (gsize) part->n * self->n_dims, rows + (gsize) order[i] * self->n_dims,
              self->n_dims * sizeof *rows);
      part->labels[part->n] = example->label;
      part->numbers[part->n++] = order[i];
    }
}

static MonocleFitTask
make_task (MonocleTeaching *self, const Part *part, const float *words)
{
  return (MonocleFitTask){
    .rows = part->rows,
    .labels = part->labels,
    .n = part->n,
    .n_dims = self->n_dims,
    .words = words,
    .n_labels = self->names->len - 1,
    .scale = self->scale,
    .bias = self->bias,
    .each = self->each,
  };
}

/* What came of one that was put aside. */
typedef struct
{
  gboolean right_before, right_after[G_N_ELEMENTS (holds)];
  double loss[G_N_ELEMENTS (holds)];
} Trial;

static guint
find_best (const float *logits, guint n)
{
  guint best = 0;

  for (guint k = 1; k < n; k++)
    if (logits[k] > logits[best])
      best = k;
  return best;
}

/* Fits labels without a fold and judges it by them. */
static gboolean
try_fold (MonocleTeaching *self,
          const guint *order,
          guint fold,
          const float *words,
          GCancellable *cancellable,
          Trial *trials,
          GError **error)
{
  g_auto (Part) others = { 0 }, aside = { 0 };
  const guint n_labels = self->names->len - 1;
  g_autofree double *moved = g_new0 (double, (gsize) n_labels * self->n_dims);
  g_autofree float *logits = NULL;
  MonocleFitTask task;

  take_part (self, order, fold, FALSE, &others);
  take_part (self, order, fold, TRUE, &aside);
  task = make_task (self, &others, words);
  logits = g_new (float, (gsize) aside.n *n_labels);
  monocle_fit_judge (&task, moved, aside.rows, aside.n, logits);
  for (guint i = 0; i < aside.n; i++)
    trials[aside.numbers[i]].right_before
        = find_best (logits + (gsize) i * n_labels, n_labels) == aside.labels[i];
  for (guint h = 0; h < G_N_ELEMENTS (holds); h++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      monocle_fit (&task, holds[h], moved);
      monocle_fit_judge (&task, moved, aside.rows, aside.n, logits);
      for (guint i = 0; i < aside.n; i++)
        {
          const float *row = logits + (gsize) i * n_labels;
          Trial *trial = &trials[aside.numbers[i]];

          trial->loss[h] = monocle_fit_loss (&task, row, aside.labels[i]);
          trial->right_after[h] = find_best (row, n_labels) == aside.labels[i];
        }
    }
  return TRUE;
}

/* Which hold has the least loss, over all folds but @without. */
static guint
find_hold (MonocleTeaching *self, const Trial *trials, guint without)
{
  guint best = 0;
  double least = INFINITY;

  for (guint h = 0; h < G_N_ELEMENTS (holds); h++)
    {
      double loss = 0;

      for (guint i = 0; i < self->examples->len; i++)
        if (g_array_index (self->examples, Example, i).fold != without)
          loss += trials[i].loss[h];
      if (loss < least)
        {
          least = loss;
          best = h;
        }
    }
  return best;
}

/* --- the verdict -------------------------------------------------------------------------- */

static void
count_labels (MonocleTeaching *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  g_array_set_size (self->labels, 0);
  g_array_set_size (self->labels, self->names->len - 1);
  for (guint i = 0; i < self->labels->len; i++)
    g_array_index (self->labels, MonocleTeachingLabel, i).name = self->names->pdata[i];
  for (guint i = 0; i < self->examples->len; i++)
    {
      const Example *example = &g_array_index (self->examples, Example, i);
      MonocleTeachingLabel *label
          = &g_array_index (self->labels, MonocleTeachingLabel, example->label);
      const gint64 pair = (gint64) example->picture << 32 | example->label;

      label->n_examples++;
      label->n_pictures += g_hash_table_add (seen, g_memdup2 (&pair, sizeof pair));
    }
}

/* Each fold by the hold that the others like best: what is judged chose nothing. */
static void
judge (MonocleTeaching *self, const Trial *trials, guint n_folds, MonocleTeachingVerdict *verdict)
{
  guint best[MAX_FOLDS];

  for (guint fold = 0; fold < n_folds; fold++)
    best[fold] = find_hold (self, trials, fold);
  for (guint i = 0; i < self->examples->len; i++)
    {
      const Example *example = &g_array_index (self->examples, Example, i);
      MonocleTeachingLabel *label
          = &g_array_index (self->labels, MonocleTeachingLabel, example->label);
      const gboolean before = trials[i].right_before;
      const gboolean after = trials[i].right_after[best[example->fold]];

      label->n_right_before += before;
      label->n_right_after += after;
      verdict->n_right_before += before;
      verdict->n_right_after += after;
      verdict->n_won += after && !before;
      verdict->n_lost += before && !after;
    }
  verdict->chance = monocle_train_sign_test (verdict->n_won, verdict->n_lost);
  verdict->outcome = verdict->chance > RARE             ? MONOCLE_TEACHING_UNCERTAIN
                     : verdict->n_won > verdict->n_lost ? MONOCLE_TEACHING_HELPED
                                                        : MONOCLE_TEACHING_HARMED;
}

/* Labels of all examples, as the model wants them: words and what they moved by, without the scale.
 */
static void
finish (MonocleTeaching *self, const guint *order, const float *words, double hold)
{
  g_auto (Part) all = { 0 };
  const gsize n_numbers = (gsize) (self->names->len - 1) * self->n_dims;
  g_autofree double *moved = g_new0 (double, n_numbers);
  MonocleFitTask task;

  take_part (self, order, G_MAXUINT, FALSE, &all);
  task = make_task (self, &all, words);
  monocle_fit (&task, hold, moved);
  g_free (self->taught);
  self->taught = g_new (float, n_numbers);
  for (gsize i = 0; i < n_numbers; i++)
    self->taught[i] = (float) ((double) words[i] + moved[i] / self->scale);
}

gboolean
monocle_teaching_learn (MonocleTeaching *self,
                        const float *words,
                        GCancellable *cancellable,
                        MonocleTeachingVerdict *verdict,
                        GError **error)
{
  const guint n = self->examples->len;
  g_autofree guint *order = g_new (guint, n);
  g_autofree Trial *trials = g_new0 (Trial, n);
  guint n_folds, chosen = G_N_ELEMENTS (holds) / 2;

  g_return_val_if_fail (self->names->len > 2 && n > 0, FALSE);

  *verdict = (MonocleTeachingVerdict){
    .outcome = MONOCLE_TEACHING_UNTESTED,
    .n_examples = n,
    .n_pictures = self->pictures->len,
    .chance = 1,
  };
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n, sizeof *order, compare_examples, self);
  count_labels (self);
  n_folds = deal_out (self);
  if (n_folds > 1)
    {
      for (guint fold = 0; fold < n_folds; fold++)
        if (!try_fold (self, order, fold, words, cancellable, trials, error))
          return FALSE;
      judge (self, trials, n_folds, verdict);
      chosen = find_hold (self, trials, G_MAXUINT);
    }
  verdict->hold = holds[chosen];
  finish (self, order, words, holds[chosen]);
  return TRUE;
}

const MonocleTeachingLabel *
monocle_teaching_get_labels (MonocleTeaching *self, guint *n)
{
  *n = self->labels->len;
  return (const MonocleTeachingLabel *) (gpointer) self->labels->data;
}

gboolean
monocle_teaching_write (MonocleTeaching *self,
                        const char *directory,
                        const char *base,
                        GError **error)
{
  const MonocleTaughtLabels labels = {
    .names = (GStrv) self->names->pdata,
    .n = self->names->len - 1,
    .n_dims = self->n_dims,
    .rows = self->taught,
    .base = (char *) base,
  };

  g_return_val_if_fail (self->taught, FALSE);

  return monocle_taught_labels_write (&labels, directory, error);
}
