/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training whose steps give no numbers: it goes back to the best there was, with half the rate,
 * learns the same once more, and ends with the best where nothing helps.
 */
#include "config.h"

#include <math.h>

#include <glib/gstdio.h>

#include "app/base/error.h"
#include "app/models/folder.h"
#include "app/train/ask.h"
#include "app/train/split.h"
#include "app/train/training.h"
#include "model-test.h"

#define N_STEPS  60 /* in rounds of five */
#define BATCH    2
#define MAX_SEEN 400

gboolean __real_monocle_train_step (MonocleTrainer *trainer,
                                    const guint *examples,
                                    guint n,
                                    double rate,
                                    MonocleTrainerStep *step,
                                    GError **error);
gboolean __wrap_monocle_train_step (MonocleTrainer *trainer,
                                    const guint *examples,
                                    guint n,
                                    double rate,
                                    MonocleTrainerStep *step,
                                    GError **error);

/* Steps from the first of these to before the last give no numbers. */
static guint bad_from, bad_to;
static guint n_seen;
static double rates[MAX_SEEN];
static guint batches[MAX_SEEN][BATCH];

gboolean
__wrap_monocle_train_step (MonocleTrainer *trainer,
                           const guint *examples,
                           guint n,
                           double rate,
                           MonocleTrainerStep *step,
                           GError **error)
{
  if (!__real_monocle_train_step (trainer, examples, n, rate, step, error))
    return FALSE;
  g_assert_cmpuint (n, ==, BATCH);
  g_assert_cmpuint (n_seen, <, MAX_SEEN);
  step->is_skipped = n_seen >= bad_from && n_seen < bad_to;
  rates[n_seen] = rate;
  for (guint i = 0; i < n; i++)
    batches[n_seen][i] = examples[i];
  n_seen++;
  return TRUE;
}

static guint n_rounds, n_right;

/* What rounds say of the one question that is held out is what they say of all. */
static void
on_update (const MonocleTrainUpdate *update, gpointer data)
{
  const MonocleTrainGlimpse *glimpse;

  g_assert_true (update->is_round == (update->glimpses != NULL));
  if (!update->is_round)
    return;
  n_rounds++;
  n_right += update->held_out_right > 0;
  g_assert_cmpuint (update->glimpses->len, ==, 1);
  glimpse = update->glimpses->pdata[0];
  g_assert_cmpstr (glimpse->wanted, ==, "a red ball");
  g_assert_true (g_str_has_suffix (glimpse->picture, ".png"));
  g_assert_cmpfloat (update->held_out_right, ==, glimpse->is_right ? 1 : 0);
}

/* (transfer full) (nullable) */
static MonocleTrainOutcome *
teach (MonocleModel *model, const char *out, guint from, guint to, GError **error)
{
  g_autofree char *taught = test_fixture ("images/a.png"), *other = test_fixture ("images/b.png");
  g_autoptr (MonocleTrainSet) set = monocle_train_set_new (monocle_model_list_tasks (model));
  const MonocleTrainSplit split = { .share = 0.5, .seed = 1 };
  const MonocleTask *task = NULL;
  const MonocleTrainJob job = {
    .set = set,
    .model = model,
    .base = "x",
    .rank = 4,
    .rate = 0.02,
    .batch = BATCH,
    .views = 4,
    .steps = N_STEPS,
    .seed = 1,
    .out = out,
  };

  bad_from = from;
  bad_to = to;
  n_seen = 0;
  task = monocle_tasks_find (set->tasks, "region-to-category");
  for (guint i = 0; i < 2; i++)
    {
      MonocleTrainExample *example = monocle_train_example_new (task, "a red ball");

      example->words = g_strdup ("a red ball");
      monocle_train_set_add (set, monocle_train_set_get_picture (set, i == 0 ? taught : other),
                             example);
    }
  if (!monocle_train_split_measure (set, NULL, error)
      || !monocle_train_split_run (&split, set, error))
    return NULL;
  return monocle_training_run (&job, on_update, NULL, NULL, error);
}

static void
test_no_numbers (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autofree char *folder = g_dir_make_tmp ("monocle-training-XXXXXX", NULL);
  g_autofree char *once = g_build_filename (folder, "once", NULL);
  g_autofree char *early = g_build_filename (folder, "early", NULL);
  g_autofree char *never = g_build_filename (folder, "never", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainOutcome) outcome = teach (model, once, 12, 15, &error);
  guint best = 0;

  /* Three of them, of the steps behind the second round: what was best is learnt on from, and the
   * lots are drawn again. */
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->n_skipped, ==, 3);
  g_assert_cmpuint (n_rounds, >=, outcome->curve->len);
  g_test_message ("%u rounds, right in %u", n_rounds, n_right);
  g_assert_cmpuint (n_right, >, 0);
  g_assert_cmpuint (n_right, <, n_rounds);
  while (best < 12
         && !(batches[15][0] == batches[best][0] && batches[15][1] == batches[best][1]
              && fabs (rates[15] - rates[best] / 2) < 1e-12))
    best++;
  g_assert_true (best == 0 || best == 5 || best == 10);
  for (guint i = 0; best + i < 12; i++)
    {
      g_assert_cmpmem (batches[15 + i], sizeof *batches, batches[best + i], sizeof *batches);
      g_assert_cmpfloat_with_epsilon (rates[15 + i], rates[best + i] / 2, 1e-12);
    }
  for (guint i = 1; i < outcome->curve->len; i++)
    g_assert_cmpuint (g_array_index (outcome->curve, MonocleTrainPoint, i - 1).step, <,
                      g_array_index (outcome->curve, MonocleTrainPoint, i).step);
  g_assert_true (g_file_test (once, G_FILE_TEST_IS_DIR));
  g_clear_pointer (&outcome, monocle_train_outcome_free);

  /* From then on all: what was best by then is written. */
  outcome = teach (model, early, 12, G_MAXUINT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->best_step, >, 0);
  g_assert_cmpuint (outcome->best_step, <=, 10);
  g_assert_cmpuint (outcome->n_skipped, ==, 18);
  g_assert_true (g_file_test (early, G_FILE_TEST_IS_DIR));
  g_clear_pointer (&outcome, monocle_train_outcome_free);

  /* None at all: that is said, and nothing is written. */
  outcome = teach (model, never, 0, G_MAXUINT, &error);
  g_assert_null (outcome);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_assert_false (g_file_test (never, G_FILE_TEST_EXISTS));
  monocle_folder_remove (folder, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training/no-numbers", test_no_numbers);
  return test_end (g_test_run ());
}
