/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/runner.h"

#include <glib/gi18n-lib.h>

#include "app/error.h"
#include "app/model-info.h"
#include "app/model-store.h"
#include "app/open-model.h"
#include "app/sessions.h"
#include "app/turn.h"

/* What decides which model is loaded where. */
typedef struct
{
  char *model; /* (nullable): the default */
  char *device;
  MonoclePrecision precision;
} Config;

/* A model on its way. */
typedef struct
{
  MonocleRunner *runner; /* (nullable): not owned; NULL: nobody waits for it any more */
  GCancellable *cancellable;
} Load;

/* A query, from being handed over to its end. */
typedef struct
{
  MonocleRunner *runner; /* (nullable): not owned; NULL before it runs, and once that is gone */
  MonocleDocument *document;
  MonocleQuery *query;
  MonocleImage *image; /* in case the document drops its own, turned by @rotation */
  guint rotation;
  GCancellable *cancellable;
  gboolean was_lost; /* with its device, once */
} Job;

struct _MonocleRunner
{
  GObject parent_instance;

  Config wanted;
  Config current; /* of what is there, or on its way; as long as the state is not EMPTY */
  guint num_beams;

  MonocleRunnerState state;
  double fraction;
  GError *error;
  MonocleModel *model;
  MonocleSessions *sessions;
  Load *load;
  Job *job;
  GQueue waiting; /* of Job */
  gboolean was_busy;

  char *tasks_directory; /* (nullable): which model the tasks were read of */
  GPtrArray *tasks;      /* (nullable) */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_FRACTION,
  PROP_MODEL,
  PROP_QUERY,
  PROP_BUSY,
  N_PROPS
};

enum
{
  DEVICE_LOST,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleRunner, monocle_runner, G_TYPE_OBJECT)

static void advance (MonocleRunner *self);

static void
config_clear (Config *config)
{
  g_clear_pointer (&config->model, g_free);
  g_clear_pointer (&config->device, g_free);
}

static void
config_set (Config *config, const char *model, const char *device, MonoclePrecision precision)
{
  Config copy = {
    .model = model && *model ? g_strdup (model) : NULL,
    .device = g_strdup (device && *device ? device : "auto"),
    .precision = precision,
  };

  config_clear (config);
  *config = copy;
}

static gboolean
config_equal (const Config *a, const Config *b)
{
  return g_strcmp0 (a->model, b->model) == 0 && g_strcmp0 (a->device, b->device) == 0
         && a->precision == b->precision;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->document);
  g_object_unref (job->query);
  monocle_image_unref (job->image);
  g_object_unref (job->cancellable);
  g_free (job);
}

/* --- What others see --- */

static void
set_state (MonocleRunner *self, MonocleRunnerState state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_fraction (MonocleRunner *self, double fraction)
{
  self->fraction = CLAMP (fraction, 0, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
}

static void
check_busy (MonocleRunner *self)
{
  gboolean busy = monocle_runner_is_busy (self);

  if (busy == self->was_busy)
    return;

  self->was_busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
set_job (MonocleRunner *self, Job *job)
{
  self->job = job;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY]);
}

/* --- Queries that do not run --- */

static void
stop_job (Job *job)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Stopped"));

  monocle_query_fail (job->query, error);
  job_free (job);
}

static gboolean
is_wanted (const Job *job, MonocleDocument *document, MonocleQuery *query)
{
  return (!document || job->document == document) && (!query || job->query == query);
}

/* Of one document or query, or of all. They are taken off the queue first: whoever hears that they
 * are stopped may ask the next thing. */
static void
stop_waiting (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  GQueue stopped = G_QUEUE_INIT;
  GList *next;

  for (GList *l = self->waiting.head; l; l = next)
    {
      next = l->next;
      if (is_wanted (l->data, document, query))
        {
          g_queue_unlink (&self->waiting, l);
          g_queue_push_tail_link (&stopped, l);
        }
    }
  g_queue_clear_full (&stopped, (GDestroyNotify) stop_job);
}

static void
fail_waiting (MonocleRunner *self, const GError *error)
{
  GQueue failed = self->waiting;
  Job *job;

  g_queue_init (&self->waiting);
  while ((job = g_queue_pop_head (&failed)))
    {
      monocle_query_fail (job->query, error);
      job_free (job);
    }
}

/* --- The model --- */

/* The sessions go last: with what they leave on the device the model goes to the engine's thread,
 * and nobody waits here until the device is closed. */
static void
drop_model (MonocleRunner *self)
{
  gboolean had_model = self->model != NULL;

  g_clear_object (&self->model);
  monocle_sessions_clear (self->sessions);
  if (had_model)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

static void
cancel_load (MonocleRunner *self)
{
  Load *load = g_steal_pointer (&self->load);

  if (!load)
    return;

  load->runner = NULL;
  g_cancellable_cancel (load->cancellable);
}

static void
give_up (MonocleRunner *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  set_state (self, MONOCLE_RUNNER_FAILED);
  fail_waiting (self, error);
  check_busy (self);
}

static void
on_progress (double fraction, gpointer user_data)
{
  Load *load = user_data;

  if (load->runner)
    set_fraction (load->runner, fraction);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = monocle_open_model_finish (result, &error);
  g_autoptr (MonocleRunner) self = load->runner ? g_object_ref (load->runner) : NULL;

  g_object_unref (load->cancellable);
  g_free (load);
  if (!self)
    return;

  self->load = NULL;
  if (!model)
    {
      give_up (self, error);
      return;
    }

  self->model = g_steal_pointer (&model);
  set_fraction (self, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
  set_state (self, MONOCLE_RUNNER_READY);
  advance (self);
}

static void
begin_load (MonocleRunner *self)
{
  drop_model (self);
  cancel_load (self);
  config_set (&self->current, self->wanted.model, self->wanted.device, self->wanted.precision);
  g_clear_error (&self->error);
  self->load = g_new0 (Load, 1);
  self->load->runner = self;
  self->load->cancellable = g_cancellable_new ();
  monocle_open_model_async (self->current.model, self->current.device, self->current.precision,
                            self->load->cancellable, on_progress, self->load, on_opened,
                            self->load);
  set_fraction (self, 0);
  set_state (self, MONOCLE_RUNNER_LOADING);
}

void
monocle_runner_configure (MonocleRunner *self,
                          const char *model,
                          const char *device,
                          MonoclePrecision precision,
                          guint num_beams)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  self->num_beams = MIN (num_beams, MONOCLE_MAX_BEAMS);
  config_set (&self->wanted, model, device, precision);
  if (self->state != MONOCLE_RUNNER_EMPTY && !self->job
      && !config_equal (&self->wanted, &self->current))
    begin_load (self);
}

void
monocle_runner_load (MonocleRunner *self)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  if (self->state == MONOCLE_RUNNER_EMPTY || self->state == MONOCLE_RUNNER_FAILED)
    begin_load (self);
}

/* --- The query that runs --- */

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  Job *job = user_data;

  monocle_query_update (job->query, update);
}

/* The device is gone with all that was on it. */
static void
take_loss (MonocleRunner *self, Job *job, const GError *error)
{
  drop_model (self);
  set_state (self, MONOCLE_RUNNER_EMPTY);
  if (g_cancellable_is_cancelled (job->cancellable))
    {
      stop_job (job);
    }
  else if (job->was_lost)
    {
      monocle_query_fail (job->query, error);
      job_free (job);
      give_up (self, error);
    }
  else
    {
      job->was_lost = TRUE;
      job->runner = NULL;
      monocle_query_requeue (job->query);
      g_queue_push_head (&self->waiting, job);
      g_signal_emit (self, signals[DEVICE_LOST], 0);
    }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (MonocleRunner) self = job->runner ? g_object_ref (job->runner) : NULL;
  g_autoptr (GError) error = NULL;
  MonocleRun *run = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  if (self)
    set_job (self, NULL);

  if (self && g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    {
      take_loss (self, job, error);
    }
  else
    {
      if (run)
        monocle_query_finish (job->query, run);
      else
        monocle_query_fail (job->query, error);
      job_free (job);
    }

  if (self)
    {
      advance (self);
      check_busy (self);
    }
}

/* The picture as it is turned now. */
static MonocleImage *
get_image (const Job *job, GError **error)
{
  MonocleImage *image = monocle_document_get_image (job->document);
  guint rotation = monocle_document_get_rotation (job->document);

  if (image)
    return monocle_image_ref (image);
  return monocle_turn_image (job->image, rotation + 4 - job->rotation, error);
}

static void
start (MonocleRunner *self, Job *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = get_image (job, &error);
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request = {
    .task = monocle_query_get_task (job->query),
    .text = monocle_query_get_prompt (job->query),
    .num_beams = self->num_beams,
  };

  if (!image)
    {
      monocle_query_fail (job->query, error);
      job_free (job);
      return;
    }

  job->runner = self;
  set_job (self, job);
  session = monocle_sessions_open (self->sessions, self->model, job->document, image);
  monocle_query_start (job->query, self->model, monocle_document_get_rotation (job->document));
  request.regions = monocle_query_get_regions (job->query, &request.n_regions);
  monocle_session_run_async (session, &request, job->cancellable, on_update, job, on_answered, job);
}

/* Does what comes next, if there is nothing under way. */
static void
advance (MonocleRunner *self)
{
  gboolean is_stale
      = self->state != MONOCLE_RUNNER_EMPTY && !config_equal (&self->wanted, &self->current);

  while (!self->job && !self->load)
    {
      if (is_stale || (self->waiting.length > 0 && self->state != MONOCLE_RUNNER_READY))
        begin_load (self);
      else if (self->waiting.length > 0)
        start (self, g_queue_pop_head (&self->waiting));
      else
        break;
    }
}

void
monocle_runner_run (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  MonocleImage *image;
  Job *job;

  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));
  g_return_if_fail (monocle_query_get_state (query) == MONOCLE_QUERY_WAITING);
  image = monocle_document_get_image (document);
  g_return_if_fail (image);

  job = g_new0 (Job, 1);
  job->document = g_object_ref (document);
  job->query = g_object_ref (query);
  job->image = monocle_image_ref (image);
  job->rotation = monocle_document_get_rotation (document);
  job->cancellable = g_cancellable_new ();
  g_queue_push_tail (&self->waiting, job);

  g_object_ref (self);
  monocle_document_add_query (document, query);
  advance (self);
  check_busy (self);
  g_object_unref (self);
}

static void
stop_some (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  g_object_ref (self);
  if (self->job && is_wanted (self->job, document, query))
    g_cancellable_cancel (self->job->cancellable);
  stop_waiting (self, document, query);
  check_busy (self);
  g_object_unref (self);
}

void
monocle_runner_stop (MonocleRunner *self)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  stop_some (self, NULL, NULL);
}

void
monocle_runner_stop_query (MonocleRunner *self, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  stop_some (self, NULL, query);
}

void
monocle_runner_forget (MonocleRunner *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));

  stop_some (self, document, NULL);
  monocle_sessions_forget (self->sessions, document);
}

/* --- What is there --- */

MonocleRunnerState
monocle_runner_get_state (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), MONOCLE_RUNNER_EMPTY);

  return self->state;
}

double
monocle_runner_get_fraction (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), 0);

  return self->fraction;
}

MonocleModel *
monocle_runner_get_model (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->model;
}

MonocleDevice *
monocle_runner_get_device (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->model ? monocle_model_get_device (self->model) : NULL;
}

const GError *
monocle_runner_get_error (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->error;
}

MonocleQuery *
monocle_runner_get_query (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->job ? self->job->query : NULL;
}

gboolean
monocle_runner_is_busy (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);

  return self->job || self->waiting.length > 0;
}

/* The name of the model that is used, or will be. */
static const char *
get_model_name (MonocleRunner *self)
{
  return self->state == MONOCLE_RUNNER_EMPTY ? self->wanted.model : self->current.model;
}

char *
monocle_runner_dup_model_title (MonocleRunner *self)
{
  const char *name;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  name = get_model_name (self);
  return name ? monocle_model_store_dup_title (name) : g_strdup (_ ("Default model"));
}

static void
read_tasks (MonocleRunner *self)
{
  g_autofree char *directory = monocle_model_store_find (get_model_name (self), NULL);

  if (g_strcmp0 (directory, self->tasks_directory) == 0)
    return;

  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_free (self->tasks_directory);
  self->tasks_directory = g_steal_pointer (&directory);
  if (self->tasks_directory)
    self->tasks = monocle_model_info_read_tasks (self->tasks_directory);
}

gboolean
monocle_runner_supports (MonocleRunner *self, const MonocleTask *task, GError **reason)
{
  g_autofree char *title = NULL;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (task, FALSE);

  read_tasks (self);
  if (!self->tasks || g_ptr_array_find (self->tasks, task, NULL))
    return TRUE;

  title = monocle_runner_dup_model_title (self);
  /* Translators: of a model, by its name. */
  g_set_error (reason, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
               _ ("“%s” cannot answer this question"), title);
  return FALSE;
}

/* --- The object --- */

static void
monocle_runner_dispose (GObject *object)
{
  MonocleRunner *self = MONOCLE_RUNNER (object);

  cancel_load (self);
  /* What it gave by now still goes into its query. */
  if (self->job)
    {
      self->job->runner = NULL;
      g_cancellable_cancel (self->job->cancellable);
      self->job = NULL;
    }
  stop_waiting (self, NULL, NULL);
  g_clear_object (&self->model);
  monocle_sessions_clear (self->sessions);
  G_OBJECT_CLASS (monocle_runner_parent_class)->dispose (object);
}

static void
monocle_runner_finalize (GObject *object)
{
  MonocleRunner *self = MONOCLE_RUNNER (object);

  config_clear (&self->wanted);
  config_clear (&self->current);
  g_clear_error (&self->error);
  monocle_sessions_free (self->sessions);
  g_free (self->tasks_directory);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_runner_parent_class)->finalize (object);
}

static void
monocle_runner_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleRunner *self = MONOCLE_RUNNER (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    case PROP_QUERY:
      g_value_set_object (value, monocle_runner_get_query (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, monocle_runner_is_busy (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_runner_class_init (MonocleRunnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = monocle_runner_dispose;
  object_class->finalize = monocle_runner_finalize;
  object_class->get_property = monocle_runner_get_property;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MONOCLE_RUNNER_EMPTY,
                                             MONOCLE_RUNNER_FAILED, MONOCLE_RUNNER_EMPTY, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, MONOCLE_TYPE_MODEL, flags);
  properties[PROP_QUERY] = g_param_spec_object ("query", NULL, NULL, MONOCLE_TYPE_QUERY, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[DEVICE_LOST] = g_signal_new ("device-lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_runner_init (MonocleRunner *self)
{
  self->sessions = monocle_sessions_new ();
  g_queue_init (&self->waiting);
  config_set (&self->wanted, NULL, NULL, MONOCLE_PRECISION_AUTO);
}

MonocleRunner *
monocle_runner_new (void)
{
  return g_object_new (MONOCLE_TYPE_RUNNER, NULL);
}
