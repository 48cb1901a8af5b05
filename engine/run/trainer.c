/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/model-info.h"
#include "engine/run/trainer.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/model-private.h"
#include "engine/run/session-private.h"
#include "engine/run/trainer-base.h"
#include "engine/run/trainer-private.h"

struct _MonocleTrainer
{
  GObject parent_instance;

  MonocleModel *model;
  const MonocleTraining *family;
  MonocleTrainingMethod method;
  MonocleTrainerBase *base; /* (nullable): what the model knows from an adapter */

  /* The worker's. */
  MonocleLoaded *loaded; /* (nullable): that it hangs on */
  gpointer training;     /* (nullable): the family's */
  gboolean is_started;

  gint n_steps; /* atomic */
};

G_DEFINE_FINAL_TYPE (MonocleTrainer, monocle_trainer, G_TYPE_OBJECT)

static void
monocle_trainer_finalize (GObject *object)
{
  MonocleTrainer *self = MONOCLE_TRAINER (object);

  if (self->training)
    monocle_loaded_close_training (self->loaded, self->training);
  monocle_loaded_unref (self->loaded);
  monocle_trainer_base_free (self->base);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (monocle_trainer_parent_class)->finalize (object);
}

static void
monocle_trainer_class_init (MonocleTrainerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_trainer_finalize;
}

static void
monocle_trainer_init (MonocleTrainer *self)
{
}

gboolean
monocle_model_can_learn (MonocleModel *model)
{
  return monocle_model_get_family (model)->training != NULL;
}

gboolean
monocle_trainer_can_teach (const char *directory)
{
  g_auto (MonocleModelInfo) info = { NULL };

  return monocle_model_info_load (&info, directory, NULL) && info.family->training;
}

MonocleTrainer *
monocle_trainer_new (MonocleModel *model, MonocleTrainingMethod method, GError **error)
{
  g_autoptr (MonocleTrainerBase) base = NULL;
  MonocleTrainer *self;
  const char *why = NULL;

  g_return_val_if_fail (MONOCLE_IS_MODEL (model), NULL);

  if (!monocle_model_can_learn (model))
    why = "models of this kind cannot be taught";
  else if (monocle_model_get_precision (model) != MONOCLE_PRECISION_F32)
    why = "is taught with weights of 32 bits";
  if (why)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, "%s: %s",
                   monocle_model_get_name (model), why);
      return NULL;
    }
  if (monocle_model_get_adapter (model))
    {
      base = monocle_trainer_base_open (monocle_model_get_family (model),
                                        monocle_model_get_directory (model),
                                        monocle_model_get_adapter (model), error);
      if (!base)
        return NULL;
    }
  self = g_object_new (MONOCLE_TYPE_TRAINER, NULL);
  self->model = g_object_ref (model);
  self->family = monocle_model_get_family (model)->training;
  self->method = method;
  self->base = g_steal_pointer (&base);
  return self;
}

guint
monocle_trainer_get_n_steps (MonocleTrainer *self)
{
  return (guint) g_atomic_int_get (&self->n_steps);
}

/* --- calls -------------------------------------------------------------------------------- */

typedef struct _Job Job;

/* (transfer full) (nullable): what the call gives; where that is nothing, @self. */
typedef gpointer (*JobFunc) (MonocleTrainer *self,
                             const Job *job,
                             MonocleWorker *worker,
                             GCancellable *cancellable,
                             GError **error);

struct _Job
{
  JobFunc func;
  GDestroyNotify free_result;
  gboolean wants_start; /* or that it was not started yet */

  MonocleSession *session;
  MonocleTrainingExample example;
  MonocleBox region;
  MonocleTrainingStart start;
  guint *examples;
  guint n;
  double rate;
  char *path, *text;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->session);
  g_free ((char *) job->example.text);
  g_free ((char *) job->example.words);
  for (guint i = 0; i < job->example.n_objects; i++)
    g_free (job->example.objects[i].words);
  g_free ((MonocleLessonObject *) job->example.objects);
  g_free ((guint32 *) job->example.ids);
  g_free (job->examples);
  g_free (job->path);
  g_free (job->text);
  g_free (job);
}

/* Whether the family's training is there; it is made by the first call. */
static gboolean
ensure_training (MonocleTrainer *self,
                 MonocleWorker *worker,
                 gboolean wants_start,
                 GCancellable *cancellable,
                 GError **error)
{
  gpointer model = monocle_model_ensure_data (self->model, worker, cancellable, error);

  if (!model)
    return FALSE;
  if (self->loaded && self->loaded != monocle_model_get_loaded (self->model))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST,
                   "The device was lost, and with it what was learnt since it was last saved");
      return FALSE;
    }
  if (!self->training)
    {
      self->loaded = monocle_loaded_ref (monocle_model_get_loaded (self->model));
      self->training = self->family->open (model, self->method, error);
    }
  g_return_val_if_fail (!self->training || self->is_started == wants_start, FALSE);
  return self->training != NULL;
}

static void
run_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleTrainer *self = g_task_get_source_object (task);
  const Job *job = g_task_get_task_data (task);
  GCancellable *cancellable = monocle_call_get_cancellable (call);
  GError *error = NULL;
  gpointer result = NULL;

  if (!g_cancellable_set_error_if_cancelled (cancellable, &error)
      && ensure_training (self, worker, job->wants_start, cancellable, &error))
    result = job->func (self, job, worker, cancellable, &error);
  monocle_model_report (self->model, worker, error);
  monocle_model_name_results (self->model, &error);
  if (result)
    monocle_call_return_pointer (call, result, job->free_result);
  else
    monocle_call_return_error (call, error);
}

static void
start_call (MonocleTrainer *self,
            Job *job,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, job->func);
  /* What was done is done. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  monocle_call_start (task, monocle_model_get_worker (self->model), run_on_worker);
}

static Job *
job_new (JobFunc func, GDestroyNotify free_result, gboolean wants_start)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->free_result = free_result;
  job->wants_start = wants_start;
  return job;
}

/* Of calls that give nothing. */
static gboolean
finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) done = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  done = g_task_propagate_pointer (G_TASK (result), error);
  return done != NULL;
}

/* --- examples ----------------------------------------------------------------------------- */

static gpointer
add (MonocleTrainer *self,
     const Job *job,
     MonocleWorker *worker,
     GCancellable *cancellable,
     GError **error)
{
  MonocleImage *image = monocle_session_get_image (job->session);
  gpointer features = monocle_session_ensure_features (job->session, worker, cancellable, error);

  if (!features
      || !self->family->add (self->training, features, &job->example,
                             monocle_image_get_width (image), monocle_image_get_height (image),
                             cancellable, error))
    return NULL;
  return g_object_ref (self);
}

void
monocle_trainer_add_async (MonocleTrainer *self,
                           MonocleSession *session,
                           const MonocleTrainingExample *example,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  MonocleLessonObject *objects;
  Job *job;

  g_return_if_fail (MONOCLE_IS_TRAINER (self));
  g_return_if_fail (monocle_session_get_model (session) == self->model);

  job = job_new (add, g_object_unref, FALSE);
  job->session = g_object_ref (session);
  job->example = *example;
  job->example.text = g_strdup (example->text);
  job->example.words = g_strdup (example->words);
  if (example->region)
    {
      job->region = *example->region;
      job->example.region = &job->region;
    }
  job->example.ids = g_memdup2 (example->ids, example->n_ids * sizeof *example->ids);
  job->example.objects = objects
      = g_memdup2 (example->objects, example->n_objects * sizeof *example->objects);
  for (guint i = 0; i < example->n_objects; i++)
    objects[i].words = g_strdup (objects[i].words);
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_add_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

static gpointer
begin (MonocleTrainer *self,
       const Job *job,
       MonocleWorker *worker,
       GCancellable *cancellable,
       GError **error)
{
  if (self->base && !monocle_trainer_base_check (self->base, job->start.rank, error))
    return NULL;
  self->is_started = self->family->start (self->training, &job->start, error);
  return self->is_started ? g_object_ref (self) : NULL;
}

void
monocle_trainer_start_async (MonocleTrainer *self,
                             const MonocleTrainingStart *start,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Job *job = job_new (begin, g_object_unref, FALSE);

  job->start = *start;
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_start_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

/* --- steps -------------------------------------------------------------------------------- */

static gpointer
step (MonocleTrainer *self,
      const Job *job,
      MonocleWorker *worker,
      GCancellable *cancellable,
      GError **error)
{
  g_autofree MonocleTrainerStep *given = g_new0 (MonocleTrainerStep, 1);
  double loss;

  if (!self->family->learn (self->training, job->examples, job->n, cancellable, &loss,
                            &given->n_tokens, error)
      || !self->family->step (self->training, (guint) self->n_steps, job->rate, given->n_tokens,
                              &given->norm, error))
    return NULL;
  given->loss = loss / given->n_tokens;
  given->is_skipped = !isfinite (given->norm);
  g_atomic_int_inc (&self->n_steps);
  return g_steal_pointer (&given);
}

void
monocle_trainer_step_async (MonocleTrainer *self,
                            const guint *examples,
                            guint n,
                            double rate,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Job *job;

  g_return_if_fail (MONOCLE_IS_TRAINER (self));
  g_return_if_fail (examples && n > 0);

  job = job_new (step, g_free, TRUE);
  job->examples = g_memdup2 (examples, n * sizeof *examples);
  job->n = n;
  job->rate = rate;
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_step_finish (MonocleTrainer *self,
                             GAsyncResult *result,
                             MonocleTrainerStep *given,
                             GError **error)
{
  g_autofree MonocleTrainerStep *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (found)
    *given = *found;
  return found != NULL;
}

static gpointer
judge (MonocleTrainer *self,
       const Job *job,
       MonocleWorker *worker,
       GCancellable *cancellable,
       GError **error)
{
  g_autoptr (GArray) judged = g_array_new (FALSE, TRUE, sizeof (MonocleTrainingJudged));

  g_array_set_size (judged, job->n);
  if (!self->family->judge (self->training, job->examples, job->n, cancellable,
                            (MonocleTrainingJudged *) (gpointer) judged->data, error))
    return NULL;
  return g_steal_pointer (&judged);
}

void
monocle_trainer_judge_async (MonocleTrainer *self,
                             const guint *examples,
                             guint n,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Job *job = job_new (judge, (GDestroyNotify) g_array_unref, TRUE);

  job->examples = g_memdup2 (examples, n * sizeof *examples);
  job->n = n;
  start_call (self, job, cancellable, callback, user_data);
}

GArray *
monocle_trainer_judge_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- files -------------------------------------------------------------------------------- */

static gpointer
save (MonocleTrainer *self,
      const Job *job,
      MonocleWorker *worker,
      GCancellable *cancellable,
      GError **error)
{
  const guint n = self->family->get_n (self->training);
  g_autofree float *state = g_new (float, (gsize) 3 * n);

  if (!self->family->read (self->training, state, error)
      || !monocle_trainer_state_write (job->path, state, n, (guint) self->n_steps, job->text,
                                       error))
    return NULL;
  return g_object_ref (self);
}

void
monocle_trainer_save_async (MonocleTrainer *self,
                            const char *path,
                            const char *note,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Job *job = job_new (save, g_object_unref, TRUE);

  job->path = g_strdup (path);
  job->text = g_strdup (note);
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_save_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

static gpointer
restore (MonocleTrainer *self,
         const Job *job,
         MonocleWorker *worker,
         GCancellable *cancellable,
         GError **error)
{
  const guint n = self->family->get_n (self->training);
  g_autofree float *state = g_new (float, (gsize) 3 * n);
  guint n_steps;

  if (!monocle_trainer_state_read (job->path, state, n, &n_steps, error)
      || !self->family->write (self->training, state, error))
    return NULL;
  g_atomic_int_set (&self->n_steps, (gint) n_steps);
  return g_object_ref (self);
}

void
monocle_trainer_restore_async (MonocleTrainer *self,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Job *job = job_new (restore, g_object_unref, TRUE);

  job->path = g_strdup (path);
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_restore_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

static gpointer
write_learnt (MonocleTrainer *self,
              const Job *job,
              MonocleWorker *worker,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (MonocleTrainingLearnt) learnt = self->family->get_learnt (self->training, error);

  if (learnt && self->base)
    monocle_trainer_base_join (self->base, learnt);
  if (!learnt || !monocle_trainer_learnt_write (learnt, job->path, job->text, error))
    return NULL;
  return g_object_ref (self);
}

void
monocle_trainer_write_async (MonocleTrainer *self,
                             const char *directory,
                             const char *base,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Job *job = job_new (write_learnt, g_object_unref, TRUE);

  job->path = g_strdup (directory);
  job->text = g_strdup (base);
  start_call (self, job, cancellable, callback, user_data);
}

gboolean
monocle_trainer_write_finish (MonocleTrainer *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}
