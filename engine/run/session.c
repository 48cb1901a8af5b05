/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/session-private.h"

#include "engine/answer/labels.h"
#include "engine/answer/languages.h"
#include "engine/run/call.h"
#include "engine/base/error.h"
#include "engine/run/model-private.h"
#include "engine/run/updates.h"

struct _MonocleSession
{
  GObject parent_instance;

  MonocleModel *model;
  MonocleImage *image;

  /* The worker's. */
  gpointer features;          /* the family's, of the image */
  MonocleDetail detail;       /* how closely it was looked at for them */
  MonocleLoaded *loaded;      /* (nullable): that they were made with */
  MonocleFamilyTiming timing; /* of making them, where nobody was told yet */
};

G_DEFINE_FINAL_TYPE (MonocleSession, monocle_session, G_TYPE_OBJECT)

void
monocle_run_free (MonocleRun *run)
{
  if (!run)
    return;

  g_ptr_array_unref (run->results);
  g_free (run);
}

static void
drop_features (MonocleSession *self)
{
  if (self->features)
    monocle_loaded_discard (self->loaded, g_steal_pointer (&self->features));
  g_clear_pointer (&self->loaded, monocle_loaded_unref);
}

static void
monocle_session_finalize (GObject *object)
{
  MonocleSession *self = MONOCLE_SESSION (object);

  drop_features (self);
  g_clear_object (&self->model);
  g_clear_pointer (&self->image, monocle_image_unref);
  G_OBJECT_CLASS (monocle_session_parent_class)->finalize (object);
}

static void
monocle_session_class_init (MonocleSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_session_finalize;
}

static void
monocle_session_init (MonocleSession *self)
{
}

/**
 * monocle_session_new:
 * @model: a loaded model
 * @image: an image
 *
 * Returns: (transfer full): a session; nothing is computed yet
 */
MonocleSession *
monocle_session_new (MonocleModel *model, MonocleImage *image)
{
  MonocleSession *self = g_object_new (MONOCLE_TYPE_SESSION, NULL);

  self->model = g_object_ref (model);
  self->image = monocle_image_ref (image);

  return self;
}

MonocleModel *
monocle_session_get_model (MonocleSession *self)
{
  return self->model;
}

MonocleImage *
monocle_session_get_image (MonocleSession *self)
{
  return self->image;
}

typedef struct
{
  MonocleUpdates updates;                /* the first */
  const MonocleCalibration *calibration; /* the model's */
  const MonocleTask *task;
  GPtrArray *prompts; /* of strings */
  char *wording;
  double threshold;
  gboolean has_threshold;
  MonocleDetail detail;
  guint num_beams;
  guint max_tokens;
  MonocleImage *example; /* (nullable) */
  MonocleSound *sound;   /* (nullable) */
  gboolean samples;
  MonocleSampling sampling;

  /* The worker's, while it runs. */
  GPtrArray *partial; /* (element-type MonocleResult): NULL where there is none yet */
  guint *n_certain;   /* [prompts] */
} RunJob;

static void
run_job_free (gpointer data)
{
  RunJob *job = data;

  monocle_updates_clear (&job->updates);
  g_ptr_array_unref (job->prompts);
  g_free (job->wording);
  g_clear_pointer (&job->example, monocle_image_unref);
  g_clear_pointer (&job->sound, monocle_sound_unref);
  g_ptr_array_unref (job->partial);
  g_free (job->n_certain);
  g_free (job);
}

/* Questions without a certain token have none yet. */
static gpointer
copy_partial (gconstpointer partial, gpointer user_data)
{
  return partial ? monocle_result_ref ((MonocleResult *) partial) : NULL;
}

static void
clear_partial (gpointer partial)
{
  if (partial)
    monocle_result_unref (partial);
}

static void
on_partial (guint index, guint n_certain, MonocleResult *partial, gpointer user_data)
{
  RunJob *job = user_data;

  monocle_calibration_apply (job->calibration, job->task, partial);
  clear_partial (g_ptr_array_index (job->partial, index));
  g_ptr_array_index (job->partial, index) = monocle_result_ref (partial);
  job->updates.n_tokens += n_certain - job->n_certain[index];
  job->n_certain[index] = n_certain;
  monocle_updates_answering (&job->updates, g_ptr_array_copy (job->partial, copy_partial, NULL));
}

/* What was seen with a device that is lost is lost as well. */
static void
drop_other_features (MonocleSession *self, MonocleDetail detail)
{
  if (self->loaded != monocle_model_get_loaded (self->model) || self->detail != detail)
    drop_features (self);
}

gboolean
monocle_session_has_features (MonocleSession *self, MonocleDetail detail)
{
  drop_other_features (self, detail);
  return self->features != NULL;
}

void
monocle_session_take_features (MonocleSession *self,
                               gpointer features,
                               MonocleDetail detail,
                               const MonocleFamilyTiming *timing)
{
  self->features = features;
  self->loaded = monocle_loaded_ref (monocle_model_get_loaded (self->model));
  self->detail = detail;
  self->timing = *timing;
}

/* @job: (nullable): whose progress it is */
static gpointer
ensure_features (MonocleSession *self,
                 RunJob *job,
                 MonocleDetail detail,
                 GCancellable *cancellable,
                 MonocleFamilyTiming *timing,
                 GError **error)
{
  gpointer features;

  if (!self->features)
    {
      features = monocle_model_get_family (self->model)
                     ->prepare (monocle_model_get_data (self->model), self->image, cancellable,
                                job ? monocle_updates_encoded : NULL, job, timing, error);
      if (features)
        monocle_session_take_features (self, features, detail, timing);
    }
  *timing = self->timing;
  self->timing = (MonocleFamilyTiming){ 0 };
  return self->features;
}

gpointer
monocle_session_ensure_features (MonocleSession *self,
                                 MonocleWorker *worker,
                                 GCancellable *cancellable,
                                 GError **error)
{
  const MonocleDetail detail = monocle_detail_settle (MONOCLE_DETAIL_AUTO);
  MonocleFamilyTiming timing = { 0 };
  gpointer model;

  drop_other_features (self, detail);
  model = monocle_model_ensure_data (self->model, worker, cancellable, error);
  if (!model)
    return NULL;
  monocle_model_set_detail (self->model, model, detail);
  return ensure_features (self, NULL, detail, cancellable, &timing, error);
}

static MonocleRun *
run_questions (MonocleSession *self,
               MonocleWorker *worker,
               RunJob *job,
               GCancellable *cancellable,
               GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (self->model);
  gpointer model;
  MonocleFamilyTiming timing = { 0 };
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  MonocleFamilyAnswer answer = { .results = results };
  const MonocleFamilyQuestion question = {
    .task = job->task,
    .prompts = (const char *const *) job->prompts->pdata,
    .n_prompts = job->prompts->len,
    .wording = job->wording,
    .threshold = job->threshold,
    .has_threshold = job->has_threshold,
    .num_beams = job->num_beams,
    .max_tokens = job->max_tokens,
    .sampling = job->samples ? &job->sampling : NULL,
    .width = monocle_image_get_width (self->image),
    .height = monocle_image_get_height (self->image),
    .example = job->example,
    .sound = job->sound,
    .cancellable = cancellable,
    .partial = job->updates.post ? on_partial : NULL,
    .user_data = job,
  };
  gint64 start;
  double compile_ms;
  MonocleRun *run;

  drop_other_features (self, job->detail);
  if (!self->features)
    monocle_updates_preparing (&job->updates);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !(model = monocle_model_ensure_data (self->model, worker, cancellable, error)))
    return NULL;
  monocle_model_set_detail (self->model, model, job->detail);
  start = g_get_monotonic_time ();
  if (!family->compile (model, &question, monocle_updates_compiled, error))
    return NULL;
  compile_ms = (double) (g_get_monotonic_time () - start) / 1000;
  /* What has nothing to do with the image is not looked at for. */
  if (!job->task->ignores_image
      && !ensure_features (self, job, job->detail, cancellable, &timing, error))
    return NULL;

  start = g_get_monotonic_time ();
  if (!monocle_family_answer (family, model, self->features, &question, &answer, error))
    return NULL;

  for (guint i = 0; i < results->len; i++)
    monocle_calibration_apply (job->calibration, job->task, results->pdata[i]);
  run = g_new0 (MonocleRun, 1);
  run->results = g_steal_pointer (&results);
  run->stopped = answer.stopped;
  run->n_tokens = answer.n_tokens;
  run->n_at_once = answer.n_at_once;
  run->compile_ms = compile_ms;
  run->preprocess_ms = timing.preprocess_ms;
  run->encode_ms = timing.encode_ms;
  run->decode_ms = (double) (g_get_monotonic_time () - start) / 1000;
  return run;
}

static void
run_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  MonocleRun *run = run_questions (self, worker, g_task_get_task_data (task),
                                   monocle_call_get_cancellable (call), &error);
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);

  if (gpu)
    monocle_model_update_used (self->model, gpu);
  monocle_model_report (self->model, worker, error);
  monocle_model_name_results (self->model, &error);
  if (run)
    monocle_call_return_pointer (call, run, (GDestroyNotify) monocle_run_free);
  else
    monocle_call_return_error (call, error);
}

static gboolean
check_search (const MonocleRequest *request, GError **error)
{
  const char *problem = request->sampling ? monocle_sampling_check (request->sampling) : NULL;

  if (request->num_beams > MONOCLE_MAX_BEAMS)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "%u beams are too many, at most %u", request->num_beams, MONOCLE_MAX_BEAMS);
  else if (problem)
    g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, problem);
  else if (request->sampling && request->num_beams > 1)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "Tokens are drawn for one beam, not for %u", request->num_beams);
  else
    return TRUE;
  return FALSE;
}

/* @prompt: (out) (nullable): none where the family takes no words */
static gboolean
write_prompt (MonocleSession *self,
              const MonocleRequest *request,
              const MonocleBox *region,
              char **prompt,
              GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (self->model);
  MonocleImage *image = request->example ? request->example : self->image;
  guint width = monocle_image_get_width (image);
  guint height = monocle_image_get_height (image);

  /* All of another picture is a region without numbers. */
  if ((region || !request->example)
      && !monocle_task_check (request->task, request->text, region, width, height, error))
    return FALSE;
  if (request->language)
    *prompt = family->write_prompt_in (
        request->task, monocle_languages_find (request->task->languages, request->language),
        request->text, error);
  else if (family->write_prompt)
    *prompt = family->write_prompt (request->task, request->text, region, width, height, error);
  return *prompt || !family->write_prompt;
}

static gboolean
check_request (MonocleSession *self, const MonocleRequest *request, GError **error)
{
  if (!g_ptr_array_find (monocle_model_list_tasks (self->model), request->task, NULL))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s has no task “%s”", monocle_model_get_name (self->model), request->task->id);
      return FALSE;
    }
  if (request->example && !request->task->takes_example)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s takes no other picture", request->task->id);
      return FALSE;
    }
  if (!request->sound != !(request->task->takes & MONOCLE_TAKES_SOUND))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, "%s %s",
                   request->task->id, request->sound ? "takes no sound" : "needs a sound");
      return FALSE;
    }
  return check_search (request, error)
         && monocle_languages_check (request->task->id, request->task->languages, request->language,
                                     error)
         && (!request->wording || monocle_labels_check_wording (request->wording, error));
}

/* One sentence for each region, or one in all. */
static gboolean
build_prompts (MonocleSession *self,
               const MonocleRequest *request,
               GPtrArray *prompts,
               GError **error)
{
  guint n = MAX (request->n_regions, 1);

  for (guint i = 0; i < n; i++)
    {
      const MonocleBox *region = request->n_regions > 0 ? &request->regions[i] : NULL;
      char *prompt = NULL;

      if (!write_prompt (self, request, region, &prompt, error))
        {
          if (request->n_regions > 1)
            g_prefix_error (error, "region %u: ", i + 1);
          return FALSE;
        }
      g_ptr_array_add (prompts, prompt);
    }

  return TRUE;
}

/* What the person says counts; else what is shorter of the task's length and the model's. */
static guint
choose_max_tokens (MonocleSession *self, const MonocleRequest *request)
{
  guint usual = monocle_model_get_usual_tokens (self->model);

  if (request->max_tokens > 0)
    return request->max_tokens;
  return usual > 0 ? MIN (usual, request->task->max_tokens) : request->task->max_tokens;
}

void
monocle_session_run_async (MonocleSession *self,
                           const MonocleRequest *request,
                           GCancellable *cancellable,
                           MonocleUpdateFunc update,
                           gpointer update_data,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;
  RunJob *job;

  g_return_if_fail (MONOCLE_IS_SESSION (self));
  g_return_if_fail (request && request->task);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_session_run_async);
  /* A run that was cancelled while answering still has a result. */
  g_task_set_check_cancellable (task, FALSE);

  if (!check_request (self, request, &error) || !build_prompts (self, request, prompts, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  job = g_new0 (RunJob, 1);
  job->calibration = monocle_model_get_calibration (self->model);
  job->task = request->task;
  job->wording = g_strdup (request->wording);
  job->threshold = request->threshold;
  job->has_threshold = request->has_threshold || request->threshold > 0;
  job->detail = monocle_detail_settle (request->detail);
  job->num_beams = request->num_beams;
  job->max_tokens = choose_max_tokens (self, request);
  job->example = request->example ? monocle_image_ref (request->example) : NULL;
  job->sound = request->sound ? monocle_sound_ref (request->sound) : NULL;
  job->samples = request->sampling != NULL;
  if (job->samples)
    job->sampling = *request->sampling;
  job->partial = g_ptr_array_new_full (prompts->len, clear_partial);
  g_ptr_array_set_size (job->partial, prompts->len);
  job->n_certain = g_new0 (guint, prompts->len);
  job->prompts = g_steal_pointer (&prompts);
  g_task_set_task_data (task, job, run_job_free);
  monocle_updates_init (&job->updates, task, update, update_data);

  monocle_call_start (g_object_ref (task), monocle_model_get_worker (self->model), run_on_worker);
}

MonocleRun *
monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char *prompt;
  char *directory;
  guint32 *decoder_ids;
  guint n_decoder_ids;
} InspectJob;

static void
inspect_job_free (gpointer data)
{
  InspectJob *job = data;

  g_free (job->prompt);
  g_free (job->directory);
  g_free (job->decoder_ids);
  g_free (job);
}

static gboolean
make_directory (const char *path, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);

  return g_file_test (path, G_FILE_TEST_IS_DIR)
         || g_file_make_directory_with_parents (folder, NULL, error);
}

static void
inspect_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  InspectJob *job = g_task_get_task_data (task);
  MonocleSession *self = g_task_get_source_object (task);
  GCancellable *cancellable = monocle_call_get_cancellable (call);
  GError *error = NULL;
  gpointer model = monocle_model_ensure_data (self->model, worker, cancellable, &error);

  if (model && make_directory (job->directory, &error))
    monocle_model_get_family (self->model)
        ->inspect (model, self->image, job->prompt, job->decoder_ids, job->n_decoder_ids,
                   job->directory, cancellable, &error);

  monocle_model_report (self->model, worker, error);
  if (error)
    monocle_call_return_error (call, error);
  else
    monocle_call_return_pointer (call, g_object_ref (self), g_object_unref);
}

void
monocle_session_inspect_async (MonocleSession *self,
                               const char *prompt,
                               const guint32 *decoder_ids,
                               guint n_decoder_ids,
                               const char *directory,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  InspectJob *job;

  g_return_if_fail (MONOCLE_IS_SESSION (self));
  g_return_if_fail (prompt && directory);
  g_return_if_fail (decoder_ids && n_decoder_ids > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_session_inspect_async);
  job = g_new0 (InspectJob, 1);
  job->prompt = g_strdup (prompt);
  job->directory = g_strdup (directory);
  job->decoder_ids = g_memdup2 (decoder_ids, n_decoder_ids * sizeof *decoder_ids);
  job->n_decoder_ids = n_decoder_ids;
  g_task_set_task_data (task, job, inspect_job_free);

  monocle_call_start (g_object_ref (task), monocle_model_get_worker (self->model),
                      inspect_on_worker);
}

gboolean
monocle_session_inspect_finish (MonocleSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleSession) session = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  session = g_task_propagate_pointer (G_TASK (result), error);
  return session != NULL;
}
