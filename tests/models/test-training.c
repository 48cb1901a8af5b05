/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training and what may go wrong: steps that give no numbers, after which it goes back to the
 * best there was, with half the rate, learns the same once more, and ends with the best where
 * nothing helps; a device that is lost, memory and disks that are full, after which it goes on as
 * if nothing had been; and what it takes of the device beside what was said before.
 */
#include "config.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "app/base/error.h"
#include "app/models/folder.h"
#include "app/train/ask.h"
#include "app/train/split.h"
#include "app/train/training.h"
#include "engine/base/error.h"
#include "model-test.h"
#include "tests/fixture.h"

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
/* What happens instead of that step. */
static void (*fault) (GError **error);
static guint fault_at;

gboolean
__wrap_monocle_train_step (MonocleTrainer *trainer,
                           const guint *examples,
                           guint n,
                           double rate,
                           MonocleTrainerStep *step,
                           GError **error)
{
  if (fault && n_seen == fault_at)
    {
      fault (error);
      if (error && *error)
        return FALSE;
    }
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

/* Twice the same answer to one question about each of two pictures. */
static MonocleTrainSet *
make_set (MonocleModel *model, GError **error)
{
  g_autofree char *taught = test_fixture ("images/a.png"), *other = test_fixture ("images/b.png");
  g_autoptr (MonocleTrainSet) set = monocle_train_set_new (monocle_model_list_tasks (model));
  const MonocleTrainSplit split = { .share = 0.5, .seed = 1 };
  const MonocleTask *task = monocle_tasks_find (set->tasks, "region-to-category");

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
  return g_steal_pointer (&set);
}

static MonocleTrainJob
make_job (MonocleModel *model, MonocleTrainSet *set, const char *out)
{
  return (MonocleTrainJob){
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
}

/* (transfer full) (nullable) */
static MonocleTrainOutcome *
teach (MonocleModel *model, const char *out, guint from, guint to, GError **error)
{
  g_autoptr (MonocleTrainSet) set = make_set (model, error);
  const MonocleTrainJob job = make_job (model, set, out);

  bad_from = from;
  bad_to = to;
  n_seen = 0;
  return set ? monocle_training_run (&job, on_update, NULL, NULL, error) : NULL;
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

static void
lose_device (GError **error)
{
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST, "lost");
}

static void
run_out_of_memory (GError **error)
{
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, "full");
}

/* Of files no more than that can be written. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
fill_disk (GError **error)
{
  limit_files (512);
}

static const struct
{
  const char *name;
  void (*fault) (GError **error);
  int code; /* of the engine; -1: of writing */
} faults[] = {
  { "lost", lose_device, MONOCLE_ENGINE_ERROR_DEVICE_LOST },
  { "memory", run_out_of_memory, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY },
  { "disk", fill_disk, -1 },
};

static GBytes *
read_adapter (const char *out)
{
  g_autofree char *path = g_build_filename (out, "adapter_model.safetensors", NULL);

  return fixture_read_path (path);
}

/* (transfer none): what is learnt where nothing goes wrong */
static GBytes *
learn_whole (MonocleModel *model, const char *folder)
{
  static GBytes *whole;
  g_autofree char *out = g_build_filename (folder, "whole", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainOutcome) outcome = NULL;

  if (!whole)
    {
      outcome = teach (model, out, 0, 0, &error);
      g_assert_no_error (error);
      whole = read_adapter (out);
    }
  return whole;
}

/* Behind the fourth round of five steps it says what is wrong, and what was best stays; from there
 * it goes on and learns to the bit what it would have. */
static void
test_goes_on (gconstpointer data)
{
  const guint which = GPOINTER_TO_UINT (data);
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autofree char *folder = g_dir_make_tmp ("monocle-training-XXXXXX", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *state = monocle_training_dup_state_folder (out);
  g_autofree char *best = g_build_filename (state, "best.safetensors", NULL);
  g_autoptr (GBytes) found = NULL;
  GBytes *wanted = learn_whole (model, folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainSet) set = NULL;
  g_autoptr (MonocleTrainOutcome) outcome = NULL;
  MonocleTrainJob job;

  fault = faults[which].fault;
  fault_at = 22;
  outcome = teach (model, out, 0, 0, &error);
  limit_files (RLIM_INFINITY);
  fault = NULL;
  g_assert_null (outcome);
  if (faults[which].code >= 0)
    g_assert_error (error, MONOCLE_ENGINE_ERROR, faults[which].code);
  else
    g_assert_nonnull (error);
  g_assert_cmpuint (n_seen, <=, 25);
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (best, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  set = make_set (model, &error);
  job = make_job (model, set, out);
  job.resumes = TRUE;
  n_seen = 0;
  outcome = monocle_training_run (&job, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_seen, ==, N_STEPS - 20);
  found = read_adapter (out);
  g_assert_true (g_bytes_equal (found, wanted));
  monocle_folder_remove (folder, NULL, NULL);
}

/* As much is taken of the device's memory at a time; of so small a model that is a fifth. */
#define BLOCK (32u << 20)

/* What is said before it begins is within a tenth of what it takes, but for a block that what only
 * learning needs may have left by then. Tiny models would all be in the first one. */
static void
test_memory (void)
{
  g_autoptr (MonocleModel) model
      = test_load_or_die (MONOCLE_SOURCE_DATA_DIR "/model", MONOCLE_PRECISION_F32);
  g_autofree char *folder = g_dir_make_tmp ("monocle-training-XXXXXX", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainSet) set = make_set (model, &error);
  MonocleTrainJob job = make_job (model, set, out);
  MonocleTrainEstimate estimate;
  g_autoptr (MonocleTrainOutcome) outcome = NULL;
  guint64 peak;

  g_assert_no_error (error);
  bad_from = bad_to = n_seen = 0;
  job.steps = 5;
  monocle_training_plan (&job, &estimate, NULL, &error);
  g_assert_no_error (error);
  n_seen = 0;
  outcome = monocle_training_run (&job, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  peak = test_get_memory (model).peak_bytes;
  g_test_message ("said %.2f MiB, took %.2f", (double) estimate.used_bytes / (1 << 20),
                  (double) peak / (1 << 20));
  g_assert_cmpuint (peak, <=, estimate.used_bytes);
  g_assert_cmpuint (estimate.used_bytes, <=, peak + peak / 10 + BLOCK);
  monocle_folder_remove (folder, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A write that goes too far is an error, and no end. */
  signal (SIGXFSZ, SIG_IGN);
  g_test_add_func ("/training/memory", test_memory);
  g_test_add_func ("/training/no-numbers", test_no_numbers);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/training/goes-on/", faults[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_goes_on);
    }
  return test_end (g_test_run ());
}
