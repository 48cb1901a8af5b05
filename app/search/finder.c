/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/finder.h"

#include "app/models/open.h"
#include "app/models/store.h"
#include "app/search/indexer.h"

/* Somebody who goes back to the pictures may come again. */
#define LINGER_S 120

struct _MonocleFinder
{
  GObject parent_instance;

  MonocleRunner *runner;
  char *device;
  MonoclePrecision precision;
  gboolean is_trusted;

  MonocleFinderState state;
  GError *error;
  MonocleModel *model;
  MonocleIndexReader *reader;
  GCancellable *opening; /* (nullable) */
  guint n_holders;
  guint linger_source;

  gboolean has_regions;
  gboolean is_dividing;   /* parts are looked at by who is indexing */
  GQueue waiting;         /* of GStrv: to be looked at; the first while it is */
  GCancellable *indexing; /* (nullable) */
  MonocleIndexer *indexer;
  MonocleFinderProgress progress;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_REGIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  PROGRESS,
  GROWN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleFinder, monocle_finder, G_TYPE_OBJECT)

static void
set_state (MonocleFinder *self, MonocleFinderState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* --- Looking at pictures --- */

static void
set_phase (MonocleFinder *self, MonocleFinderPhase phase, const GError *error)
{
  g_clear_error (&self->progress.error);
  self->progress.error = error ? g_error_copy (error) : NULL;
  self->progress.phase = phase;
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
on_progress (MonocleIndexer *indexer, guint done, guint all, MonocleFinder *self)
{
  self->progress.done = done;
  self->progress.all = all;
  self->progress.n_unreadable = monocle_indexer_get_counts (indexer)->n_unreadable;
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
on_grown (MonocleIndexer *indexer, MonocleFinder *self)
{
  self->progress.n_unreadable = monocle_indexer_get_counts (indexer)->n_unreadable;
  g_signal_emit (self, signals[GROWN], 0);
}

static void index_next (MonocleFinder *self);

static void
on_indexed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleFinder) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = monocle_indexer_run_finish (MONOCLE_INDEXER (source), result, &error);
  gboolean was_stopped = g_cancellable_is_cancelled (self->indexing);

  g_clear_object (&self->indexing);
  g_clear_object (&self->indexer);
  /* What waited when it was stopped is gone, and what waits now came afterwards. */
  if (!was_stopped)
    {
      g_strfreev (g_queue_pop_head (&self->waiting));
      set_phase (self, is_done ? MONOCLE_FINDER_DONE : MONOCLE_FINDER_BROKEN, error);
    }
  index_next (self);
}

static void
index_next (MonocleFinder *self)
{
  char **directories = g_queue_peek_head (&self->waiting);

  if (self->indexing || !self->model || !directories)
    return;
  self->indexing = g_cancellable_new ();
  self->indexer = monocle_indexer_new (self->model);
  self->is_dividing = self->has_regions;
  monocle_indexer_set_regions (self->indexer, self->has_regions);
  monocle_indexer_set_drawn (self->indexer, self->has_regions);
  g_signal_connect_object (self->indexer, "progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (self->indexer, "grown", G_CALLBACK (on_grown), self, 0);
  self->progress.done = self->progress.all = self->progress.n_unreadable = 0;
  set_phase (self, MONOCLE_FINDER_INDEXING, NULL);
  monocle_indexer_run_async (self->indexer, (const char *const *) directories, self->indexing,
                             on_indexed, g_object_ref (self));
}

void
monocle_finder_index (MonocleFinder *self, const char *const *directories)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));
  g_return_if_fail (directories && directories[0]);

  for (GList *l = self->waiting.head; l; l = l->next)
    if (g_strv_equal (l->data, directories)
        && !(l == self->waiting.head && self->indexing && self->has_regions && !self->is_dividing))
      return;
  g_queue_push_tail (&self->waiting, g_strdupv ((char **) directories));
  index_next (self);
}

void
monocle_finder_set_regions (MonocleFinder *self, gboolean has_regions)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  if (self->has_regions == !!has_regions)
    return;
  self->has_regions = !!has_regions;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REGIONS]);
}

gboolean
monocle_finder_get_regions (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), FALSE);

  return self->has_regions;
}

static void
drop_waiting (MonocleFinder *self)
{
  char **directories;

  while ((directories = g_queue_pop_head (&self->waiting)))
    g_strfreev (directories);
}

void
monocle_finder_stop (MonocleFinder *self)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  drop_waiting (self);
  if (!self->indexing)
    return;
  g_cancellable_cancel (self->indexing);
  set_phase (self, MONOCLE_FINDER_STOPPED, NULL);
}

const MonocleFinderProgress *
monocle_finder_get_progress (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), NULL);

  return &self->progress;
}

/* --- The model --- */

static void
take_model (MonocleFinder *self, MonocleModel *model)
{
  self->model = g_object_ref (model);
  self->reader = monocle_index_reader_new (model);
  set_state (self, MONOCLE_FINDER_READY);
  index_next (self);
}

static void
drop_model (MonocleFinder *self)
{
  g_clear_object (&self->model);
  g_clear_pointer (&self->reader, monocle_index_reader_unref);
}

static void
fail (MonocleFinder *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  set_state (self, MONOCLE_FINDER_FAILED);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleFinder) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = monocle_open_model_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->opening);
  if (model)
    take_model (self, model);
  else
    fail (self, error);
}

/* (transfer full) (nullable): the first that makes vectors, where the person keeps models. In a
 * thread: it reads their settings. */
static void
look_for_model (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) stored = monocle_model_store_list ();
  const char *wanted = data;
  char *found = NULL;

  if (wanted && monocle_model_peek_embeds (wanted))
    found = g_strdup (wanted);
  for (guint i = 0; i < stored->len && !found; i++)
    {
      const MonocleStoredModel *model = stored->pdata[i];

      if (monocle_model_peek_embeds (model->directory))
        found = g_strdup (model->directory);
    }
  g_task_return_pointer (task, found, g_free);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleFinder *self = MONOCLE_FINDER (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_task_propagate_pointer (G_TASK (result), &error);
  MonocleModel *shared = self->runner ? monocle_runner_get_model (self->runner) : NULL;
  MonocleOpenRequest request = { .name = directory,
                                 .device = self->device ? self->device : "auto",
                                 .precision = self->precision,
                                 .is_trusted = self->is_trusted };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* The runner's may have come meanwhile. */
  if (shared && monocle_model_get_n_dims (shared) > 0
      && (!directory || g_str_equal (monocle_model_get_directory (shared), directory)))
    {
      g_clear_object (&self->opening);
      take_model (self, shared);
    }
  else if (!directory)
    {
      g_clear_object (&self->opening);
      set_state (self, MONOCLE_FINDER_NO_MODEL);
    }
  else
    monocle_open_model_async (&request, self->opening, NULL, NULL, on_opened, g_object_ref (self));
}

void
monocle_finder_open (MonocleFinder *self)
{
  g_autoptr (GTask) task = NULL;
  MonocleModel *shared;

  g_return_if_fail (MONOCLE_IS_FINDER (self));

  if (self->opening || self->model)
    return;
  self->opening = g_cancellable_new ();
  shared = self->runner ? monocle_runner_get_model (self->runner) : NULL;
  task = g_task_new (self, self->opening, on_looked, NULL);
  if (shared)
    g_task_set_task_data (task, g_strdup (monocle_model_get_directory (shared)), g_free);
  /* What was said before stays until it is known better. */
  if (self->state != MONOCLE_FINDER_NO_MODEL)
    set_state (self, MONOCLE_FINDER_LOADING);
  g_task_run_in_thread (task, look_for_model);
}

void
monocle_finder_reload (MonocleFinder *self)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  drop_model (self);
  monocle_finder_open (self);
}

static gboolean
on_lingered (gpointer data)
{
  MonocleFinder *self = data;

  /* There is more to look at. */
  if (self->indexing)
    return G_SOURCE_CONTINUE;
  self->linger_source = 0;
  drop_model (self);
  set_state (self, MONOCLE_FINDER_EMPTY);
  return G_SOURCE_REMOVE;
}

void
monocle_finder_hold (MonocleFinder *self)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  self->n_holders++;
  g_clear_handle_id (&self->linger_source, g_source_remove);
  monocle_finder_open (self);
}

void
monocle_finder_release (MonocleFinder *self)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));
  g_return_if_fail (self->n_holders > 0);

  if (--self->n_holders == 0)
    self->linger_source = g_timeout_add_seconds (LINGER_S, on_lingered, self);
}

/* --- The object --- */

MonocleFinderState
monocle_finder_get_state (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), MONOCLE_FINDER_EMPTY);

  return self->state;
}

const GError *
monocle_finder_get_error (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), NULL);

  return self->error;
}

MonocleModel *
monocle_finder_get_model (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), NULL);

  return self->model;
}

MonocleIndexReader *
monocle_finder_get_reader (MonocleFinder *self)
{
  g_return_val_if_fail (MONOCLE_IS_FINDER (self), NULL);

  return self->reader;
}

void
monocle_finder_configure (MonocleFinder *self,
                          const char *device,
                          MonoclePrecision precision,
                          gboolean is_trusted)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  g_free (self->device);
  self->device = device && *device ? g_strdup (device) : NULL;
  self->precision = precision;
  self->is_trusted = is_trusted;
}

static void
monocle_finder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleFinder *self = MONOCLE_FINDER (object);

  if (id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else if (id == PROP_REGIONS)
    g_value_set_boolean (value, self->has_regions);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_finder_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_REGIONS)
    monocle_finder_set_regions (MONOCLE_FINDER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

void
monocle_finder_shut (MonocleFinder *self)
{
  g_return_if_fail (MONOCLE_IS_FINDER (self));

  drop_waiting (self);
  if (self->indexing)
    g_cancellable_cancel (self->indexing);
  if (self->opening)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_handle_id (&self->linger_source, g_source_remove);
  drop_model (self);
}

static void
monocle_finder_finalize (GObject *object)
{
  MonocleFinder *self = MONOCLE_FINDER (object);

  monocle_finder_shut (self);
  g_clear_object (&self->indexing);
  g_clear_object (&self->indexer);
  g_clear_object (&self->runner);
  g_clear_error (&self->error);
  g_clear_error (&self->progress.error);
  g_free (self->device);
  G_OBJECT_CLASS (monocle_finder_parent_class)->finalize (object);
}

static void
monocle_finder_class_init (MonocleFinderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = monocle_finder_finalize;
  object_class->get_property = monocle_finder_get_property;
  object_class->set_property = monocle_finder_set_property;

  properties[PROP_STATE] = g_param_spec_int (
      "state", NULL, NULL, MONOCLE_FINDER_EMPTY, MONOCLE_FINDER_FAILED, MONOCLE_FINDER_EMPTY,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_REGIONS]
      = g_param_spec_boolean ("regions", NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[PROGRESS] = g_signal_new ("progress", MONOCLE_TYPE_FINDER, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  signals[GROWN] = g_signal_new ("grown", MONOCLE_TYPE_FINDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
monocle_finder_init (MonocleFinder *self)
{
  g_queue_init (&self->waiting);
}

/* One that was missing may be there now. */
static void
on_runner_changed (MonocleFinder *self)
{
  if (self->state == MONOCLE_FINDER_NO_MODEL && monocle_runner_get_model (self->runner))
    monocle_finder_open (self);
}

MonocleFinder *
monocle_finder_new (MonocleRunner *runner)
{
  MonocleFinder *self = g_object_new (MONOCLE_TYPE_FINDER, NULL);

  g_return_val_if_fail (!runner || MONOCLE_IS_RUNNER (runner), NULL);

  self->runner = runner ? g_object_ref (runner) : NULL;
  if (runner)
    g_signal_connect_object (runner, "notify::state", G_CALLBACK (on_runner_changed), self,
                             G_CONNECT_SWAPPED);
  return self;
}
