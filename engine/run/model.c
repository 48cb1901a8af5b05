/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/model-private.h"

#include <math.h>

#include "engine/run/call.h"
#include "engine/run/device-private.h"
#include "engine/run/draw-frames.h"
#include "engine/run/foresee.h"
#include "engine/run/fraction.h"
#include "engine/base/error.h"
#include "engine/run/loaded.h"
#include "engine/run/memory-plan-private.h"
#include "engine/vk/memory.h"

/* How often a model goes to its device again after that was lost, with no answer in between. */
#define MAX_LOSSES 2

struct _MonocleModel
{
  GObject parent_instance;

  char *directory, *adapter, *name;
  MonocleDevice *device;
  MonoclePrecision precision;
  MonocleModelInfo info;
  MonocleFamilyFacts facts;
  MonoclePreprocessSettings pixels; /* without a width: pictures have no one size */
  char **notes;
  double load_ms;
  gsize used_bytes; /* atomic: written by the worker */

  GMutex mutex;          /* of what follows */
  MonocleLoaded *loaded; /* another one after a loss */
  guint n_losses;        /* since the last answer */
};

G_DEFINE_FINAL_TYPE (MonocleModel, monocle_model, G_TYPE_OBJECT)

static const char *const precisions[] = { "auto", "f32", "f16", "q8", "q4" };

const char *
monocle_precision_get_name (MonoclePrecision precision)
{
  return precisions[precision];
}

gboolean
monocle_precision_find (const char *name, MonoclePrecision *precision)
{
  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++)
    if (g_str_equal (name, precisions[i]))
      {
        *precision = (MonoclePrecision) i;
        return TRUE;
      }
  return FALSE;
}

guint
monocle_precision_get_bits (MonoclePrecision precision)
{
  static const guint bits[MONOCLE_N_PRECISIONS] = { 0, 32, 16, 8, 4 };

  return bits[precision];
}

guint
monocle_precision_get_word_bits (MonoclePrecision precision)
{
  const guint bits = monocle_precision_get_bits (precision);

  return bits < 16 ? bits : 0;
}

static void
monocle_model_finalize (GObject *object)
{
  MonocleModel *self = MONOCLE_MODEL (object);

  monocle_loaded_unref (self->loaded);
  g_mutex_clear (&self->mutex);
  g_clear_object (&self->device);
  g_free (self->directory);
  g_free (self->adapter);
  g_free (self->name);
  g_strfreev (self->notes);
  monocle_model_info_clear (&self->info);
  G_OBJECT_CLASS (monocle_model_parent_class)->finalize (object);
}

static void
monocle_model_class_init (MonocleModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_model_finalize;
}

static void
monocle_model_init (MonocleModel *self)
{
  g_mutex_init (&self->mutex);
}

typedef struct
{
  MonocleModel *model;
  MonocleModelRoom room;
  MonocleFraction *fraction; /* (nullable) */
} LoadJob;

static void
load_job_free (gpointer data)
{
  LoadJob *job = data;

  g_clear_object (&job->model);
  monocle_fraction_free (job->fraction);
  g_free (job);
}

static void
on_progress (double fraction, gpointer user_data)
{
  LoadJob *job = user_data;

  monocle_fraction_send (job->fraction, fraction);
}

/* @job: (nullable): whose progress it is, and what there must be room for; else for an answer */
static gboolean
load_data (MonocleModel *self,
           MonocleWorker *worker,
           GCancellable *cancellable,
           LoadJob *job,
           GError **error)
{
  const MonocleFamilyLoad load = {
    .directory = self->directory,
    .adapter = self->info.adapter,
    .gpu = monocle_worker_get_gpu (worker, error),
    .f16 = self->precision != MONOCLE_PRECISION_F32,
    .word_bits = monocle_precision_get_word_bits (self->precision),
    .cancellable = cancellable,
    .progress = job ? on_progress : NULL,
    .user_data = job,
  };
  gpointer data;

  if (load.adapter
      && !monocle_family_takes_adapter (self->info.family, self->directory, load.adapter, error))
    return FALSE;
  if (!load.gpu
      || !monocle_memory_plan_check (self->directory, &self->info, load.gpu, self->precision,
                                     job ? job->room : MONOCLE_MODEL_ROOM_ANSWER, cancellable,
                                     error))
    return FALSE;
  data = self->info.family->load (&load, error);
  if (!data)
    return FALSE;
  monocle_loaded_take (self->loaded, self->info.family, data);
  monocle_model_update_used (self, load.gpu);
  return TRUE;
}

static gboolean
load_info (MonocleModel *self, GError **error)
{
  if (!monocle_model_info_load (&self->info, self->directory, error))
    return FALSE;
  self->info.adapter = g_strdup (self->adapter);
  return TRUE;
}

static void
load_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  LoadJob *job = g_task_get_task_data (monocle_call_get_task (call));
  MonocleModel *self = job->model;
  gint64 start = g_get_monotonic_time ();
  GError *error = NULL;

  if (!load_info (self, &error)
      || !load_data (self, worker, monocle_call_get_cancellable (call), job, &error))
    {
      monocle_worker_report (worker, error);
      monocle_model_name_results (self, &error);
      monocle_call_return_error (call, error);
      return;
    }

  self->info.family->get_facts (monocle_loaded_get_data (self->loaded), &self->facts);
  self->notes = g_strdupv ((char **) g_steal_pointer (&self->facts.notes));
  /* Its data may go and come back meanwhile. */
  if (self->facts.pixels)
    self->pixels = *self->facts.pixels;
  self->facts.pixels = NULL;
  self->load_ms = (double) (g_get_monotonic_time () - start) / 1000;
  monocle_call_return_pointer (call, g_object_ref (self), g_object_unref);
}

void
monocle_model_load_async (const char *directory,
                          MonocleDevice *device,
                          MonoclePrecision precision,
                          GCancellable *cancellable,
                          MonocleProgress progress,
                          gpointer progress_data,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  monocle_model_load_adapted_async (directory, NULL, device, precision, MONOCLE_MODEL_ROOM_ANSWER,
                                    cancellable, progress, progress_data, callback, user_data);
}

static char *
get_last_part (const char *directory)
{
  g_autofree char *canonical = g_canonicalize_filename (directory, NULL);

  return g_path_get_basename (canonical);
}

void
monocle_model_load_adapted_async (const char *directory,
                                  const char *adapter,
                                  MonocleDevice *device,
                                  MonoclePrecision precision,
                                  MonocleModelRoom room,
                                  GCancellable *cancellable,
                                  MonocleProgress progress,
                                  gpointer progress_data,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *name = NULL, *learnt = NULL;
  GError *error = NULL;
  MonocleModel *model;
  LoadJob *job;

  g_return_if_fail (directory);
  g_return_if_fail (MONOCLE_IS_DEVICE (device));
  g_return_if_fail (precision != MONOCLE_PRECISION_AUTO);

  g_task_set_source_tag (task, monocle_model_load_async);
  if (!monocle_device_check_precision (device, precision, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  name = get_last_part (directory);
  learnt = adapter ? get_last_part (adapter) : NULL;
  model = g_object_new (MONOCLE_TYPE_MODEL, NULL);
  model->directory = g_strdup (directory);
  model->adapter = g_strdup (adapter);
  model->name = learnt ? g_strdup_printf ("%s + %s", name, learnt) : g_steal_pointer (&name);
  model->device = g_object_ref (device);
  model->precision = precision;
  model->loaded = monocle_loaded_new (monocle_worker_get (device));

  job = g_new0 (LoadJob, 1);
  job->model = model;
  job->room = room;
  job->fraction = monocle_fraction_new (task, progress, progress_data);
  g_task_set_task_data (task, job, load_job_free);

  monocle_call_start (g_object_ref (task), monocle_loaded_get_worker (model->loaded),
                      load_on_worker);
}

MonocleModel *
monocle_model_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- a device that is lost ---------------------------------------------------------------- */

MonocleWorker *
monocle_model_get_worker (MonocleModel *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MonocleWorker *worker = monocle_loaded_get_worker (self->loaded);

  if (!monocle_worker_is_lost (worker) || self->n_losses == MAX_LOSSES)
    return worker;

  self->n_losses++;
  monocle_loaded_unref (self->loaded);
  self->loaded = monocle_loaded_new (monocle_worker_get (self->device));
  return monocle_loaded_get_worker (self->loaded);
}

MonocleLoaded *
monocle_model_get_loaded (MonocleModel *self)
{
  return self->loaded;
}

/* The files may be others by now, under those who know what they said before. */
static gboolean
is_same (MonocleModel *self)
{
  MonocleFamilyFacts facts = { 0 };

  self->info.family->get_facts (monocle_loaded_get_data (self->loaded), &facts);
  return facts.n_parameters == self->facts.n_parameters && facts.n_dims == self->facts.n_dims
         && facts.max_tokens == self->facts.max_tokens;
}

gpointer
monocle_model_ensure_data (MonocleModel *self,
                           MonocleWorker *worker,
                           GCancellable *cancellable,
                           GError **error)
{
  if (!monocle_loaded_get_data (self->loaded)
      && !load_data (self, worker, cancellable, NULL, error))
    return NULL;
  if (is_same (self))
    return monocle_loaded_get_data (self->loaded);

  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
               "%s: the model is another one than before", self->directory);
  return NULL;
}

void
monocle_model_report (MonocleModel *self, MonocleWorker *worker, const GError *error)
{
  if (error)
    {
      monocle_worker_report (worker, error);
      return;
    }
  g_mutex_lock (&self->mutex);
  self->n_losses = 0;
  g_mutex_unlock (&self->mutex);
}

const MonocleFamily *
monocle_model_get_family (MonocleModel *self)
{
  return self->info.family;
}

gpointer
monocle_model_get_data (MonocleModel *self)
{
  return monocle_loaded_get_data (self->loaded);
}

void
monocle_model_name_results (MonocleModel *self, GError **error)
{
  if (g_error_matches (*error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS))
    g_prefix_error (error, "%s: ", self->name);
}

void
monocle_model_update_used (MonocleModel *self, MonocleVkGpu *gpu)
{
  g_atomic_pointer_set (&self->used_bytes, monocle_vk_memory_get_used_bytes (gpu->memory));
}

GPtrArray *
monocle_model_list_tasks (MonocleModel *self)
{
  return self->info.tasks;
}

const char *
monocle_model_get_directory (MonocleModel *self)
{
  return self->directory;
}

const char *
monocle_model_get_adapter (MonocleModel *self)
{
  return self->adapter;
}

const char *
monocle_model_get_name (MonocleModel *self)
{
  return self->name;
}

MonocleDevice *
monocle_model_get_device (MonocleModel *self)
{
  return self->device;
}

MonoclePrecision
monocle_model_get_precision (MonocleModel *self)
{
  return self->precision;
}

const char *
monocle_model_get_precision_name (MonocleModel *self)
{
  return monocle_precision_get_name (self->precision);
}

guint64
monocle_model_get_n_parameters (MonocleModel *self)
{
  return self->facts.n_parameters;
}

guint64
monocle_model_get_used_bytes (MonocleModel *self)
{
  return g_atomic_pointer_get (&self->used_bytes);
}

double
monocle_model_get_load_ms (MonocleModel *self)
{
  return self->load_ms;
}

void
monocle_model_get_ready (MonocleModel *self, MonocleImage *image)
{
  g_return_if_fail (MONOCLE_IS_MODEL (self));
  g_return_if_fail (image);

  if (self->pixels.width > 0)
    monocle_preprocess_get_ready (&self->pixels, image);
}

guint
monocle_model_get_num_beams (MonocleModel *self)
{
  return self->facts.num_beams;
}

guint
monocle_model_get_max_tokens (MonocleModel *self)
{
  return self->facts.max_tokens;
}

gboolean
monocle_model_get_foresight (MonocleModel *self,
                             guint *most_things,
                             guint *most_frames,
                             double *most_surprise)
{
  *most_things = self->facts.most_things;
  *most_frames = self->facts.most_frames;
  *most_surprise = self->facts.most_surprise;
  return self->facts.most_things > 0;
}

gboolean
monocle_model_get_frames (MonocleModel *self, guint *side, double *least_decibels)
{
  *side = self->facts.frame_side;
  *least_decibels = self->facts.least_decibels;
  return self->facts.frame_side > 0;
}

guint
monocle_model_get_n_together (MonocleModel *self)
{
  return MAX (self->facts.n_together, 1);
}

guint
monocle_model_get_n_dims (MonocleModel *self)
{
  return self->facts.n_dims;
}

double
monocle_model_get_label_bias (MonocleModel *self)
{
  return self->facts.scale == 0 ? (double) NAN : self->facts.bias;
}

const char *
monocle_model_get_wording (MonocleModel *self)
{
  return self->facts.wording;
}

double
monocle_model_get_label_scale (MonocleModel *self)
{
  return self->facts.label_scale;
}

double
monocle_model_get_probability (MonocleModel *self, double cosine)
{
  if (self->facts.scale == 0)
    return (double) NAN;
  return 1 / (1 + exp (-(self->facts.scale * cosine + self->facts.bias)));
}

guint
monocle_model_get_usual_tokens (MonocleModel *self)
{
  return self->facts.usual_tokens;
}

const MonocleCalibration *
monocle_model_get_calibration (MonocleModel *self)
{
  return self->info.calibration;
}

double
monocle_model_get_lowest_score (MonocleModel *self)
{
  double own = monocle_calibration_get_lowest_score (self->info.calibration);

  return own > 0 ? own : self->facts.lowest_score;
}

const char *const *
monocle_model_get_notes (MonocleModel *self)
{
  return (const char *const *) self->notes;
}
