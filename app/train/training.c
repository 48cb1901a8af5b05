/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/training-private.h"

#include <errno.h>
#include <math.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/base/error.h"
#include "app/eval/text.h"
#include "app/models/folder.h"
#include "app/train/ask.h"
#include "app/train/report.h"
#include "app/train/sessions.h"

/* What suits small models, on processors too, and large ones. */
#define SMALL_RATE 1e-3
#define LARGE_RATE 2e-4
/* Where the weights themselves learn. */
#define SMALL_FULL_RATE 2e-4
#define LARGE_FULL_RATE 1e-5
#define RANK            16
#define SMALL_BATCH     8
#define LARGE_BATCH     16
#define SMALL_VIEWS     8
#define LARGE_VIEWS     2
/* Views of all examples together, which are looked at one after the other. */
#define MAX_LOOKS 4000
/* How often each new example is to come, in some view. */
#define PASSES    20
#define MIN_STEPS 100
#define MAX_STEPS 2000
/* Of a plan. */
#define PLAN_PICTURES 4
#define PLAN_STEPS    3

/* --- what came of it ---------------------------------------------------------------------- */

static void
question_free (gpointer data)
{
  MonocleTrainQuestion *question = data;

  monocle_train_example_free (question->example);
  g_free (question->picture);
  g_free (question->before);
  g_free (question->after);
  g_free (question);
}

MonocleTrainOutcome *
monocle_train_outcome_new (void)
{
  MonocleTrainOutcome *self = g_new0 (MonocleTrainOutcome, 1);

  self->questions = g_ptr_array_new_with_free_func (question_free);
  self->curve = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  return self;
}

void
monocle_train_outcome_free (MonocleTrainOutcome *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->questions);
  g_array_unref (self->curve);
  g_free (self->model);
  g_free (self->device);
  g_free (self);
}

char *
monocle_training_dup_state_folder (const char *out)
{
  g_autofree char *path = g_canonicalize_filename (out, NULL);

  return g_strconcat (path, ".training", NULL);
}

/* --- beginning ---------------------------------------------------------------------------- */

static void
run_clear (MonocleTrainRun *run)
{
  g_clear_object (&run->trainer);
  g_clear_object (&run->model);
  g_clear_pointer (&run->draws, monocle_train_draws_free);
  g_clear_pointer (&run->held_out, g_array_unref);
  g_clear_pointer (&run->glimpses, g_ptr_array_unref);
  g_clear_pointer (&run->close, g_hash_table_unref);
  g_clear_pointer (&run->checksum, g_checksum_free);
  g_clear_pointer (&run->outcome, monocle_train_outcome_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleTrainRun, run_clear)

static guint
count_taught (const MonocleTrainSet *set)
{
  guint n = 0;

  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      n += picture->is_held_out ? 0 : picture->examples->len;
    }
  return n;
}

static guint
pick_steps (guint n, guint batch, double keep)
{
  return (guint) CLAMP (n * PASSES / (batch * (1 - keep)), MIN_STEPS, MAX_STEPS);
}

static double
pick_rate (MonocleTrainingMethod method, gboolean is_small)
{
  if (method == MONOCLE_TRAINING_FULL_LANGUAGE)
    return is_small ? SMALL_FULL_RATE : LARGE_FULL_RATE;
  return is_small ? SMALL_RATE : LARGE_RATE;
}

/* Leaves nothing open. */
static gboolean
settle (MonocleTrainRun *run, GError **error)
{
  const gboolean is_small = monocle_train_ask_is_small (run->model);
  const guint n = count_taught (run->job->set);
  MonocleTrainJob *settled = &run->settled;

  if (n == 0)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                           _ ("There is nothing to learn: all examples are held out"));
      return FALSE;
    }
  *settled = *run->job;
  if (settled->rank == 0)
    settled->rank = RANK;
  if (!(settled->rate > 0))
    settled->rate = pick_rate (settled->method, is_small);
  if (settled->batch == 0)
    settled->batch = is_small ? SMALL_BATCH : LARGE_BATCH;
  if (settled->views == 0)
    settled->views = is_small ? SMALL_VIEWS : LARGE_VIEWS;
  settled->views = CLAMP (settled->views, 1, MAX (MAX_LOOKS / n, 1));
  if (settled->steps == 0)
    settled->steps = pick_steps (n, settled->batch, settled->keep);
  run->job = settled;
  return TRUE;
}

static gboolean
open_run (MonocleTrainRun *run, GError **error)
{
  MonocleDevice *device = monocle_model_get_device (run->job->model);

  run->model = g_object_ref (run->job->model);
  run->trainer = monocle_trainer_new (run->model, run->job->method, error);
  if (!run->trainer || !settle (run, error))
    return FALSE;
  run->draws = monocle_train_draws_new (run->job->seed, run->job->keep);
  run->held_out = g_array_new (FALSE, FALSE, sizeof (guint));
  run->glimpses = monocle_train_glimpses_new ();
  run->close = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  run->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  run->outcome = monocle_train_outcome_new ();
  run->outcome->model = g_strdup (run->job->base);
  run->outcome->device = g_strdup (monocle_device_get_name (device));
  run->outcome->method = run->job->method;
  run->outcome->rank = run->job->rank;
  run->outcome->batch = run->job->batch;
  run->outcome->rate = run->job->rate;
  return TRUE;
}

/* --- judging ------------------------------------------------------------------------------ */

static void
tell_judging (const MonocleTrainRun *run, guint n_done)
{
  const MonocleTrainUpdate update = { .stage = MONOCLE_TRAIN_JUDGING,
                                      .n_done = n_done,
                                      .n_all = run->outcome->questions->len,
                                      .held_out_loss = (double) NAN,
                                      .held_out_right = (double) NAN };

  if (run->update)
    run->update (&update, run->user_data);
}

/* (transfer full): of the questions; those about one picture follow one another. */
static GPtrArray *
list_pictures (const MonocleTrainOutcome *outcome)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < outcome->questions->len; i++)
    {
      const MonocleTrainQuestion *question = outcome->questions->pdata[i];

      if (paths->len == 0 || !g_str_equal (paths->pdata[paths->len - 1], question->picture))
        g_ptr_array_add (paths, g_strdup (question->picture));
    }
  return paths;
}

/* What is there no more, or can be read no more, is not judged by: all that was learnt is worth
 * more than that. */
static gboolean
ask_again (MonocleTrainRun *run, MonocleModel *learnt, GError **error)
{
  g_autoptr (GPtrArray) paths = list_pictures (run->outcome);
  g_autoptr (MonocleTrainSessions) sessions
      = monocle_train_sessions_new (learnt, paths, run->job->set->notes);
  guint which = 0;

  for (guint i = 0; i < run->outcome->questions->len;)
    {
      MonocleTrainQuestion *question = run->outcome->questions->pdata[i];
      g_autoptr (MonocleResult) result = NULL;
      MonocleSession *session;

      if (!g_str_equal (paths->pdata[which], question->picture))
        which++;
      if (!monocle_train_sessions_get (sessions, which, run->cancellable, &session, error))
        return FALSE;
      if (!session)
        {
          g_ptr_array_remove_index (run->outcome->questions, i);
          continue;
        }
      tell_judging (run, i);
      result = monocle_train_ask (session, question->example, run->cancellable, error);
      if (!result)
        return FALSE;
      question->after = monocle_train_ask_dup_words (result);
      question->score_after = monocle_train_ask_score (question->example, result);
      i++;
    }
  return TRUE;
}

static MonocleTrainFigures
count_figures (const MonocleTrainOutcome *outcome, gboolean is_old)
{
  g_autofree double *before = g_new (double, outcome->questions->len + 1);
  g_autofree double *after = g_new (double, outcome->questions->len + 1);
  guint n = 0;

  for (guint i = 0; i < outcome->questions->len; i++)
    {
      const MonocleTrainQuestion *question = outcome->questions->pdata[i];

      if (question->is_old != is_old)
        continue;
      before[n] = question->score_before;
      after[n++] = question->score_after;
    }
  return monocle_train_figures (before, after, n);
}

/* A number for what is said, case, blanks and punctuation aside. */
static guint
number_words (GHashTable *known, const char *words)
{
  char *folded = monocle_eval_text_fold (words);
  gpointer number;

  if (g_hash_table_lookup_extended (known, folded, NULL, &number))
    {
      g_free (folded);
      return GPOINTER_TO_UINT (number);
    }
  number = GUINT_TO_POINTER (g_hash_table_size (known));
  g_hash_table_insert (known, folded, number);
  return GPOINTER_TO_UINT (number);
}

/* Of new answers in words, where those are most of what is asked. */
static double
guess (const MonocleTrainOutcome *outcome, guint n_fresh)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (MonocleTrainWords));

  for (guint i = 0; i < outcome->questions->len; i++)
    {
      const MonocleTrainQuestion *question = outcome->questions->pdata[i];
      MonocleTrainWords one;

      if (question->is_old || !question->example->words)
        continue;
      one.group = number_words (known, question->example->task->id);
      one.said = number_words (known, question->after);
      one.wanted = number_words (known, question->example->words);
      g_array_append_val (words, one);
    }
  return 2 * words->len > n_fresh
             ? monocle_train_guess_test ((const MonocleTrainWords *) (gpointer) words->data,
                                         words->len)
             : 0;
}

/* That say anything. */
static guint
count_pictures (const MonocleTrainSet *set)
{
  guint n = 0;

  for (guint i = 0; i < set->pictures->len; i++)
    n += ((const MonocleTrainPicture *) set->pictures->pdata[i])->examples->len > 0;
  return n;
}

/* With what is written, as whoever uses it will. */
static gboolean
judge (MonocleTrainRun *run, const char *adapter, GError **error)
{
  const gint64 began_us = g_get_monotonic_time ();
  g_autoptr (MonocleModel) learnt
      = monocle_train_ask_load (run->model, adapter, run->cancellable, error);
  MonocleTrainFigures fresh, old;

  if (!learnt || !ask_again (run, learnt, error))
    return FALSE;
  fresh = count_figures (run->outcome, FALSE);
  fresh.guess = guess (run->outcome, fresh.n);
  old = count_figures (run->outcome, TRUE);
  run->outcome->verdict = monocle_train_verdict (&fresh, &old, count_pictures (run->job->set));
  run->outcome->judge_seconds = (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  return TRUE;
}

/* --- the result --------------------------------------------------------------------------- */

/* What it has of the device is what the learnt model needs beside the one that was taught. */
static gboolean
let_go_of_trainer (MonocleTrainRun *run)
{
  g_clear_object (&run->trainer);
  return TRUE;
}

/* The folder gets its name when all is in it. */
static gboolean
write_result (MonocleTrainRun *run, GError **error)
{
  MonocleNewFolder *fresh = monocle_new_folder_begin (run->job->out, error);
  g_autofree char *state = monocle_training_dup_state_folder (run->job->out);
  const char *part;

  if (!fresh)
    return FALSE;
  part = monocle_new_folder_get_path (fresh);
  if (!monocle_new_folder_end (
          fresh,
          monocle_train_write (run->trainer, part, run->job->base, error) && let_go_of_trainer (run)
              && judge (run, part, error)
              && monocle_train_report_write (run->outcome, run->job, part, error),
          error))
    return FALSE;
  monocle_folder_remove (state, NULL, NULL);
  return TRUE;
}

static gboolean
run_all (MonocleTrainRun *run, GError **error)
{
  const gint64 began_us = g_get_monotonic_time ();

  if (!monocle_train_look (run, G_MAXUINT, error))
    return FALSE;
  run->outcome->look_seconds = (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  if (run->outcome->n_examples == 0)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                           _ ("There is nothing to learn: no example can be taught"));
      return FALSE;
    }
  return monocle_train_begin (run, error) && monocle_train_learn (run, error)
         && write_result (run, error);
}

MonocleTrainOutcome *
monocle_training_run (const MonocleTrainJob *job,
                      MonocleTrainUpdateFunc update,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (MonocleTrainRun) run
      = { .job = job, .update = update, .user_data = user_data, .cancellable = cancellable };
  g_autofree char *state = NULL;

  if (g_file_test (job->out, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("%s: is there already"), job->out);
      return NULL;
    }
  monocle_new_folder_sweep (job->out);
  if (!open_run (&run, error))
    return NULL;
  /* Where nothing can be written is known before hours are spent. */
  state = monocle_training_dup_state_folder (job->out);
  if (g_mkdir_with_parents (state, 0777) != 0)
    {
      monocle_app_error_set_write (error, state, errno);
      return NULL;
    }
  if (!run_all (&run, error))
    {
      /* Only if nothing was saved. */
      g_rmdir (state);
      return NULL;
    }
  return g_steal_pointer (&run.outcome);
}

/* --- estimates ---------------------------------------------------------------------------- */

/* Of all parts. */
static double
guess_seconds (const MonocleTrainEstimate *estimate, double minutes)
{
  const double looks = estimate->n_examples * estimate->views + 2.0 * estimate->n_held_out
                       + 1.3 * MIN (estimate->n_old_pictures, 260);
  const double learning_ms
      = minutes > 0 ? minutes * 60e3 : estimate->step_ms * estimate->steps * 1.1;

  return (estimate->look_ms * looks + learning_ms) / 1000;
}

void
monocle_train_estimate_adjust (MonocleTrainEstimate *self, double minutes, double keep)
{
  self->steps = minutes > 0 && self->step_ms > 0
                    ? (guint) CLAMP (minutes * 60e3 / self->step_ms, MIN_STEPS, MAX_STEPS)
                    : pick_steps (self->n_examples, self->batch, keep);
  self->seconds = guess_seconds (self, minutes);
}

gboolean
monocle_training_plan (const MonocleTrainJob *job,
                       MonocleTrainEstimate *estimate,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (MonocleTrainRun) run = { .job = job, .cancellable = cancellable };
  const MonocleTrainSet *set = job->set;
  guint64 one_bytes;
  gint64 began_us;
  guint n_looks;

  if (!open_run (&run, error))
    return FALSE;
  job = run.job;
  *estimate = (MonocleTrainEstimate){
    .views = job->views,
    .batch = job->batch,
    .steps = job->steps,
    .n_examples = count_taught (set),
    .n_old_pictures = job->keep_from ? job->keep_from->len : 0,
  };
  estimate->n_held_out = monocle_train_set_count (set) - estimate->n_examples;
  began_us = g_get_monotonic_time ();
  if (!monocle_train_look (&run, PLAN_PICTURES, error))
    return FALSE;
  one_bytes = monocle_model_get_used_bytes (run.model);
  n_looks = run.n_added;
  estimate->look_ms = (double) (g_get_monotonic_time () - began_us) / 1000 / MAX (n_looks, 1);
  if (run.outcome->n_examples > 0)
    {
      if (!monocle_train_begin (&run, error))
        return FALSE;
      /* The first compiles. */
      for (guint i = 0; i <= PLAN_STEPS; i++)
        {
          MonocleTrainerStep step;

          if (!monocle_train_make_step (&run, job->rate, &step, error))
            return FALSE;
          if (i == 0)
            began_us = g_get_monotonic_time ();
        }
      estimate->step_ms = (double) (g_get_monotonic_time () - began_us) / 1000 / PLAN_STEPS;
    }
  /* In the end two models are there, the taught one and the learnt one. */
  estimate->used_bytes = MAX (monocle_model_get_used_bytes (run.model), 2 * one_bytes);
  estimate->seconds = guess_seconds (estimate, job->minutes);
  return TRUE;
}
