/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels that are taught by examples: the fit is where its slope is none, what is judged was not
 * learnt from, chance is called chance, and what is written is read again or refused.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/teach/fit.h"
#include "app/teach/teaching.h"

#define N_DIMS   12
#define N_LABELS 3
#define SCALE    20.0

static const char *const names[] = { "cup", "jug", "pan" };

/* Around the direction of a label, so far off it. */
static void
draw_row (GRand *random, guint label, double off, float *row)
{
  for (guint k = 0; k < N_DIMS; k++)
    row[k] = (float) ((k == 3 * label) + off * g_rand_double_range (random, -1, 1));
  monocle_vector_normalise (row, N_DIMS);
}

/* Words that point nowhere near what they mean. */
static void
draw_words (GRand *random, float *words)
{
  for (guint i = 0; i < N_LABELS; i++)
    {
      for (guint k = 0; k < N_DIMS; k++)
        words[i * N_DIMS + k] = (float) g_rand_double_range (random, -1, 1);
      monocle_vector_normalise (words + (gsize) i * N_DIMS, N_DIMS);
    }
}

/* The loss as it is defined, with nothing clever in it. */
static double
find_plain_loss (const MonocleFitTask *task, double hold, const double *moved)
{
  double loss = 0, squares = 0;

  for (guint i = 0; i < task->n; i++)
    {
      double logits[N_LABELS], sum = 0;

      for (guint k = 0; k < N_LABELS; k++)
        {
          logits[k] = task->each ? task->bias : 0;
          for (guint d = 0; d < N_DIMS; d++)
            logits[k]
                += (double) task->rows[i * N_DIMS + d]
                   * (task->scale * (double) task->words[k * N_DIMS + d] + moved[k * N_DIMS + d]);
          sum += exp (logits[k]);
          if (task->each)
            loss -= log (1 / (1 + exp (k == task->labels[i] ? -logits[k] : logits[k])));
        }
      if (!task->each)
        loss -= log (exp (logits[task->labels[i]]) / sum);
    }
  for (guint k = 0; k < N_LABELS * N_DIMS; k++)
    squares += moved[k] * moved[k];
  return loss / task->n + hold * squares / 2;
}

/* Wherever one goes from there, it gets worse, and more so than by the step itself. */
static void
test_lowest (gconstpointer data)
{
  const gboolean each = GPOINTER_TO_INT (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  float rows[20 * N_DIMS], words[N_LABELS * N_DIMS];
  guint labels[20];
  double moved[N_LABELS * N_DIMS] = { 0 };
  const double hold = 0.01;
  MonocleFitTask task = { .rows = rows,
                          .labels = labels,
                          .n = 20,
                          .n_dims = N_DIMS,
                          .words = words,
                          .n_labels = N_LABELS,
                          .scale = SCALE,
                          .bias = -3,
                          .each = each };
  double lowest;

  draw_words (random, words);
  for (guint i = 0; i < task.n; i++)
    {
      labels[i] = i % N_LABELS;
      draw_row (random, labels[i], 0.8, rows + (gsize) i * N_DIMS);
    }
  g_assert_cmpuint (monocle_fit (&task, hold, moved), >, 3);
  lowest = find_plain_loss (&task, hold, moved);
  for (guint k = 0; k < G_N_ELEMENTS (moved); k++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        const double there = moved[k];

        moved[k] += sign * 0.2;
        g_assert_cmpfloat (find_plain_loss (&task, hold, moved), >, lowest);
        moved[k] = there;
      }
}

/* Held firmly, labels stay where their words are. */
static void
test_held (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  float rows[4 * N_DIMS], words[N_LABELS * N_DIMS], logits[4 * N_LABELS];
  guint labels[] = { 0, 1, 2, 0 };
  double moved[N_LABELS * N_DIMS] = { 0 };
  MonocleFitTask task = { .rows = rows,
                          .labels = labels,
                          .n = 4,
                          .n_dims = N_DIMS,
                          .words = words,
                          .n_labels = N_LABELS,
                          .scale = SCALE };

  draw_words (random, words);
  for (guint i = 0; i < task.n; i++)
    draw_row (random, labels[i], 0.5, rows + (gsize) i * N_DIMS);
  monocle_fit (&task, 1e6, moved);
  monocle_fit_judge (&task, moved, rows, task.n, logits);
  for (guint i = 0; i < task.n * N_LABELS; i++)
    g_assert_cmpfloat_with_epsilon ((double) logits[i],
                                    SCALE
                                        * monocle_vector_dot (rows + i / N_LABELS * N_DIMS,
                                                              words + i % N_LABELS * N_DIMS,
                                                              N_DIMS),
                                    1e-3);
}

/* @off: how far examples are from what their labels are; @honest: whether they have those */
static MonocleTeaching *
make_teaching (guint n, double off, gboolean honest, gboolean backwards)
{
  MonocleTeaching *teaching = monocle_teaching_new (N_DIMS, SCALE, 0, FALSE);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autofree float *rows = g_new (float, (gsize) n *N_DIMS);
  g_autofree guint *labels = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    {
      draw_row (random, i % N_LABELS, off, rows + (gsize) i * N_DIMS);
      labels[i] = honest ? i % N_LABELS : (guint) g_rand_int_range (random, 0, N_LABELS);
    }
  /* The labels come in the same order: their vectors stand in it. */
  for (guint k = 0; k < N_LABELS; k++)
    for (guint j = 0; j < n; j++)
      {
        const guint i = backwards ? n - 1 - j : j;
        g_autofree char *picture = g_strdup_printf ("%03u.png", i / 2);

        if (labels[i] == k)
          monocle_teaching_add (teaching, picture, names[k], rows + (gsize) i * N_DIMS);
      }
  return teaching;
}

static void
test_helped (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (10);
  g_autoptr (MonocleTeaching) teaching = make_teaching (60, 0.4, TRUE, FALSE);
  float words[N_LABELS * N_DIMS];
  MonocleTeachingVerdict verdict;
  guint n, sum = 0;
  const MonocleTeachingLabel *labels;

  draw_words (random, words);
  g_assert_true (monocle_teaching_learn (teaching, words, NULL, &verdict, NULL));
  g_assert_cmpint (verdict.outcome, ==, MONOCLE_TEACHING_HELPED);
  g_assert_cmpuint (verdict.n_examples, ==, 60);
  g_assert_cmpuint (verdict.n_pictures, ==, 30);
  g_assert_cmpuint (verdict.n_right_after, >, 54);
  g_assert_cmpuint (verdict.n_right_after - verdict.n_won, ==,
                    verdict.n_right_before - verdict.n_lost);
  labels = monocle_teaching_get_labels (teaching, &n);
  g_assert_cmpuint (n, ==, N_LABELS);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (labels[i].name, ==, names[i]);
      g_assert_cmpuint (labels[i].n_examples, ==, 20);
      sum += labels[i].n_right_after;
    }
  g_assert_cmpuint (sum, ==, verdict.n_right_after);
}

/* Labels that say nothing of their examples cannot be known of those that were put aside, however
 * well they are known of the others. */
static void
test_chance (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (MonocleTeaching) teaching = make_teaching (18, 3, FALSE, FALSE);
  float words[N_LABELS * N_DIMS];
  MonocleTeachingVerdict verdict;

  draw_words (random, words);
  g_assert_true (monocle_teaching_learn (teaching, words, NULL, &verdict, NULL));
  g_assert_cmpint (verdict.outcome, ==, MONOCLE_TEACHING_UNCERTAIN);
  g_assert_cmpuint (verdict.n_right_after, <, 12);
}

/* Words that know everything cannot be bettered. */
static void
test_known (void)
{
  g_autoptr (MonocleTeaching) teaching = make_teaching (30, 0.1, TRUE, FALSE);
  float words[N_LABELS * N_DIMS] = { 0 };
  MonocleTeachingVerdict verdict;

  for (guint i = 0; i < N_LABELS; i++)
    words[i * N_DIMS + 3 * i] = 1;
  g_assert_true (monocle_teaching_learn (teaching, words, NULL, &verdict, NULL));
  g_assert_cmpint (verdict.outcome, ==, MONOCLE_TEACHING_UNCERTAIN);
  g_assert_cmpuint (verdict.n_right_before, ==, 30);
  g_assert_cmpuint (verdict.n_right_after, ==, 30);
}

/* All examples of a picture are put aside together: with one picture nothing can be. */
static void
test_untested (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  g_autoptr (MonocleTeaching) teaching = monocle_teaching_new (N_DIMS, SCALE, 0, FALSE);
  float row[N_DIMS], words[N_LABELS * N_DIMS];
  MonocleTeachingVerdict verdict;

  draw_words (random, words);
  for (guint i = 0; i < 4; i++)
    {
      draw_row (random, i % 2, 0.1, row);
      monocle_teaching_add (teaching, "a.png", names[i % 2], row);
    }
  g_assert_true (monocle_teaching_learn (teaching, words, NULL, &verdict, NULL));
  g_assert_cmpint (verdict.outcome, ==, MONOCLE_TEACHING_UNTESTED);
}

static void
test_stopped (void)
{
  g_autoptr (MonocleTeaching) teaching = make_teaching (12, 0.1, TRUE, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  float words[N_LABELS * N_DIMS] = { 0 };
  MonocleTeachingVerdict verdict;

  g_cancellable_cancel (cancellable);
  g_assert_false (monocle_teaching_learn (teaching, words, cancellable, &verdict, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- files -------------------------------------------------------------------------------- */

static void
remove_folder (const char *folder)
{
  static const char *const files[] = { "adapter_config.json", "adapter_model.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

/* In whatever order examples come, what is learnt is the same to the bit. */
static void
test_written (void)
{
  g_autofree char *parent = g_dir_make_tmp ("teach-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (parent, "taught", NULL);
  g_autoptr (MonocleTaughtLabels) first = NULL;

  for (guint backwards = 0; backwards < 2; backwards++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (10);
      g_autoptr (MonocleTeaching) teaching = make_teaching (60, 0.4, TRUE, backwards == 1);
      g_autoptr (MonocleTaughtLabels) read = NULL;
      g_autoptr (GError) error = NULL;
      float words[N_LABELS * N_DIMS];
      MonocleTeachingVerdict verdict;

      draw_words (random, words);
      g_assert_true (monocle_teaching_learn (teaching, words, NULL, &verdict, &error));
      g_assert_true (monocle_teaching_write (teaching, folder, "/models/a", &error));
      g_assert_no_error (error);
      g_assert_true (monocle_taught_labels_is_one (folder));
      g_assert_false (monocle_teaching_write (teaching, folder, "/models/a", &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
      g_clear_error (&error);
      read = monocle_taught_labels_open (folder, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (read->base, ==, "/models/a");
      g_assert_cmpuint (read->n, ==, N_LABELS);
      g_assert_cmpuint (read->n_dims, ==, N_DIMS);
      g_assert_nonnull (monocle_taught_labels_find (read, "pan"));
      g_assert_null (monocle_taught_labels_find (read, "lid"));
      if (first)
        g_assert_cmpmem (first->rows, N_LABELS * N_DIMS * sizeof *first->rows, read->rows,
                         N_LABELS * N_DIMS * sizeof *read->rows);
      else
        first = g_steal_pointer (&read);
      remove_folder (folder);
    }
  g_rmdir (parent);
}

static void
test_bad_files (void)
{
  static const char *const configs[] = {
    "",
    "{}",
    "{\"peft_type\": \"LABELS\"}",
    "{\"peft_type\": \"LABELS\", \"labels\": 3}",
    "{\"peft_type\": \"LABELS\", \"labels\": []}",
    "{\"peft_type\": \"LABELS\", \"labels\": [\"\", \"b\", \"c\"]}",
    "{\"peft_type\": \"LABELS\", \"labels\": [\"a\", \"a\", \"c\"]}",
    "{\"peft_type\": \"LABELS\", \"labels\": [\"a\", \"b\"]}",
    "{\"peft_type\": \"LABELS\", \"labels\": [\"a\", \"b\", \"c\"], \"base_model_name_or_path\": "
    "1}",
  };
  g_autofree char *parent = g_dir_make_tmp ("teach-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (parent, "taught", NULL);
  g_autofree char *config = g_build_filename (folder, "adapter_config.json", NULL);
  g_autofree char *weights = g_build_filename (folder, "adapter_model.safetensors", NULL);
  float rows[N_LABELS * N_DIMS] = { 0 };
  const MonocleTaughtLabels labels = {
    .names = (GStrv) (char *[]){ "a", "b", "c", NULL }, .n = 3, .n_dims = N_DIMS, .rows = rows
  };
  g_autofree char *whole = NULL;
  gsize n;

  rows[5] = NAN;
  g_assert_true (monocle_taught_labels_write (&labels, folder, NULL));
  g_assert_null (monocle_taught_labels_open (folder, NULL));
  remove_folder (folder);
  rows[5] = 1;
  g_assert_true (monocle_taught_labels_write (&labels, folder, NULL));
  g_assert_true (g_file_get_contents (weights, &whole, &n, NULL));
  for (gsize cut = 0; cut < n; cut += 7)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (weights, whole, (gssize) cut, NULL));
      g_assert_null (monocle_taught_labels_open (folder, &error));
      g_assert_nonnull (strstr (error->message, "adapter_model.safetensors"));
    }
  g_assert_true (g_file_set_contents (weights, whole, (gssize) n, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (config, configs[i], -1, NULL));
      g_assert_null (monocle_taught_labels_open (folder, &error));
      g_assert_nonnull (strstr (error->message, "adapter_"));
    }
  remove_folder (folder);
  g_rmdir (parent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/teach/lowest/one", GINT_TO_POINTER (FALSE), test_lowest);
  g_test_add_data_func ("/teach/lowest/each", GINT_TO_POINTER (TRUE), test_lowest);
  g_test_add_func ("/teach/held", test_held);
  g_test_add_func ("/teach/helped", test_helped);
  g_test_add_func ("/teach/chance", test_chance);
  g_test_add_func ("/teach/known", test_known);
  g_test_add_func ("/teach/untested", test_untested);
  g_test_add_func ("/teach/stopped", test_stopped);
  g_test_add_func ("/teach/written", test_written);
  g_test_add_func ("/teach/bad-files", test_bad_files);
  return g_test_run ();
}
