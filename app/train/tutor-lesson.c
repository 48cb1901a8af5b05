/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/models/adapter-base.h"
#include "app/models/device-name.h"
#include "app/models/open.h"
#include "app/models/store.h"
#include "app/train/gather.h"
#include "app/train/tutor-private.h"

#define SEED 1

MonocleTutorLesson *
monocle_tutor_lesson_new (const MonocleTutorPlan *plan, const char *out)
{
  MonocleTutorLesson *self = g_new0 (MonocleTutorLesson, 1);

  self->plan = monocle_tutor_plan_copy (plan);
  self->out = g_strdup (out);
  self->cancellable = g_cancellable_new ();
  self->enough = g_cancellable_new ();
  self->rounds = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  self->steps = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  return self;
}

void
monocle_tutor_lesson_free (MonocleTutorLesson *self)
{
  if (!self)
    return;
  /* What is on its way of it. */
  while (g_idle_remove_by_data (self))
    ;
  monocle_tutor_plan_free (self->plan);
  g_free (self->out);
  g_object_unref (self->cancellable);
  g_object_unref (self->enough);
  g_array_unref (self->rounds);
  g_array_unref (self->steps);
  g_clear_pointer (&self->glimpses, g_ptr_array_unref);
  monocle_tutor_facts_free (self->facts);
  g_free (self->title);
  g_free (self->device);
  g_free (self->base);
  g_clear_pointer (&self->set, monocle_train_set_free);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_object (&self->model);
  monocle_train_outcome_free (self->outcome);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* --- news --------------------------------------------------------------------------------- */

static gboolean
on_news (gpointer data)
{
  MonocleTutorLesson *self = data;

  g_mutex_lock (&self->mutex);
  self->is_told = FALSE;
  g_mutex_unlock (&self->mutex);
  self->news (self, FALSE, self->data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_end (gpointer data)
{
  MonocleTutorLesson *self = data;

  monocle_tutor_lesson_join (self);
  self->news (self, TRUE, self->data);
  return G_SOURCE_REMOVE;
}

/* With the mutex. */
static void
tell (MonocleTutorLesson *self)
{
  if (!self->is_told)
    g_idle_add (on_news, self);
  self->is_told = TRUE;
}

/* --- what is to be taught ----------------------------------------------------------------- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* With weights of 32 bits, whatever the other one has. */
static gboolean
open_model (MonocleTutorLesson *self, const char *directory, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GAsyncResult) result = NULL;
  MonocleDevice *device;
  const MonocleOpenRequest request = {
    .name = directory,
    .device = self->plan->device ? self->plan->device : "auto",
    .precision = MONOCLE_PRECISION_F32,
    .is_trusted = self->plan->is_trusted,
  };

  monocle_open_model_async (&request, self->cancellable, NULL, NULL, on_opened, &result);
  while (!result)
    g_main_context_iteration (context, TRUE);
  self->model = monocle_open_model_finish (result, error);
  if (!self->model)
    return FALSE;
  device = monocle_model_get_device (self->model);
  g_mutex_lock (&self->mutex);
  self->device = monocle_device_name_shorten (monocle_device_get_name (device));
  self->is_software = monocle_device_get_kind (device) == MONOCLE_DEVICE_SOFTWARE;
  tell (self);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/* What was learnt before is in the corrections that it was learnt from. */
static char *
find_directory (MonocleTutorLesson *self, GError **error)
{
  g_autofree char *directory = monocle_model_store_find (self->plan->model, error);
  g_autofree char *adapter = NULL;

  if (!directory || !monocle_adapter_base_split (&directory, &adapter, error))
    return NULL;
  g_mutex_lock (&self->mutex);
  self->title = monocle_model_store_dup_title (directory);
  self->is_anew = adapter != NULL;
  g_mutex_unlock (&self->mutex);
  self->base = monocle_adapter_base_dup_name (directory);
  if (!monocle_trainer_can_teach (directory))
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
                           _ ("Models of this kind cannot be taught"));
      return NULL;
    }
  return g_steal_pointer (&directory);
}

static gboolean
prepare (MonocleTutorLesson *self, GError **error)
{
  g_autofree char *directory = find_directory (self, error);
  MonocleTutorFacts *facts;

  if (!directory)
    return FALSE;
  self->tasks = monocle_open_list_tasks (directory);
  self->set = monocle_train_gather (self->tasks, (const char *const *) self->plan->folders, SEED,
                                    self->cancellable, error);
  if (!self->set)
    return FALSE;
  facts = monocle_tutor_facts_new (self->set);
  g_mutex_lock (&self->mutex);
  self->facts = facts;
  tell (self);
  g_mutex_unlock (&self->mutex);
  if (facts->n_examples + facts->n_held_out_examples == 0)
    return TRUE;
  self->others = monocle_train_list_others (self->set, NULL, SEED, error);
  return self->others && open_model (self, directory, error);
}

/* --- doing it ----------------------------------------------------------------------------- */

static MonocleTrainJob
make_job (const MonocleTutorLesson *self)
{
  return (MonocleTrainJob){
    .set = self->set,
    .model = self->model,
    .base = self->base,
    .method = self->plan->method,
    .keep_from = self->others,
    .minutes = self->plan->minutes,
    .keep = self->plan->keep,
    .head = TRUE,
    .seed = SEED,
    .out = self->out,
    .resumes = self->resumes,
    .enough = self->enough,
  };
}

static void
add_step (MonocleTutorLesson *self, const MonocleTrainUpdate *update)
{
  const MonocleTrainPoint point = { .step = update->n_done,
                                    .loss = update->loss,
                                    .held_out_loss = update->held_out_loss,
                                    .held_out_right = update->held_out_right };

  if (update->stage != MONOCLE_TRAIN_LEARNING)
    return;
  if (!update->is_skipped)
    g_array_append_val (self->steps, point);
  if (update->is_round)
    g_array_append_val (self->rounds, point);
  if (update->glimpses)
    {
      g_clear_pointer (&self->glimpses, g_ptr_array_unref);
      self->glimpses = monocle_train_glimpses_copy (update->glimpses);
    }
}

/* Between steps, which is where a pause is. */
static void
on_update (const MonocleTrainUpdate *update, gpointer data)
{
  MonocleTutorLesson *self = data;

  g_mutex_lock (&self->mutex);
  self->update = *update;
  self->update.glimpses = NULL;
  self->is_learning = TRUE;
  add_step (self, update);
  tell (self);
  while (self->is_paused && !g_cancellable_is_cancelled (self->cancellable)
         && !g_cancellable_is_cancelled (self->enough))
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
run (MonocleTutorLesson *self)
{
  MonocleTrainJob job;

  if (!self->set && !prepare (self, &self->error))
    return;
  if (!self->model)
    return;
  job = make_job (self);
  if (self->learns)
    self->outcome = monocle_training_run (&job, on_update, self, self->cancellable, &self->error);
  else
    self->has_estimate
        = monocle_training_plan (&job, &self->estimate, self->cancellable, &self->error);
}

static gpointer
run_in_thread (gpointer data)
{
  MonocleTutorLesson *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  run (self);
  /* What was asked of the engine and is given up lets go of what it has. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_idle_add (on_end, self);
  return NULL;
}

static void
begin (MonocleTutorLesson *self, MonocleTutorNews news, gpointer user_data)
{
  g_return_if_fail (!self->thread);

  self->news = news;
  self->data = user_data;
  self->thread = g_thread_new ("tutor", run_in_thread, self);
}

void
monocle_tutor_lesson_look (MonocleTutorLesson *self, MonocleTutorNews news, gpointer user_data)
{
  self->learns = FALSE;
  begin (self, news, user_data);
}

void
monocle_tutor_lesson_learn (MonocleTutorLesson *self,
                            gboolean resumes,
                            MonocleTutorNews news,
                            gpointer user_data)
{
  self->learns = TRUE;
  self->resumes = resumes;
  begin (self, news, user_data);
}

void
monocle_tutor_lesson_pause (MonocleTutorLesson *self, gboolean is_paused)
{
  g_mutex_lock (&self->mutex);
  self->is_paused = is_paused;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* The mutex is let go of first: who waits for a cancellation may want it. */
static void
wake (MonocleTutorLesson *self, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
monocle_tutor_lesson_cancel (MonocleTutorLesson *self)
{
  wake (self, self->cancellable);
}

void
monocle_tutor_lesson_end (MonocleTutorLesson *self)
{
  wake (self, self->enough);
}

void
monocle_tutor_lesson_join (MonocleTutorLesson *self)
{
  if (self->thread)
    g_thread_join (g_steal_pointer (&self->thread));
}
