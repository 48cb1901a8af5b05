/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/runner/private.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/models/device-choice.h"
#include "app/models/open.h"
#include "app/models/store.h"

enum
{
  DEVICE_LOST,
  NOTED,
  N_SIGNALS
};

static GParamSpec *properties[MONOCLE_RUNNER_N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleRunner, monocle_runner, G_TYPE_OBJECT)

void
monocle_runner_notify (MonocleRunner *self, MonocleRunnerProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
monocle_runner_emit_device_lost (MonocleRunner *self)
{
  g_signal_emit (self, signals[DEVICE_LOST], 0);
}

void
monocle_runner_emit_noted (MonocleRunner *self, const char *text)
{
  g_signal_emit (self, signals[NOTED], 0, text);
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

gboolean
monocle_runner_is_device_missing (MonocleRunner *self)
{
  MonocleDevice *device = monocle_runner_get_device (self);

  return device && !monocle_device_choice_is_met (self->current.device, device);
}

const GError *
monocle_runner_get_error (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->error;
}

gboolean
monocle_runner_is_busy (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);

  if (self->job && !self->job->gives_way)
    return TRUE;
  /* All that gives way is behind what does not. */
  return self->waiting.length > 0
         && !((MonocleRunnerJob *) g_queue_peek_head (&self->waiting))->gives_way;
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

GPtrArray *
monocle_runner_list_tasks (MonocleRunner *self)
{
  g_autofree char *directory = NULL;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  if (self->model)
    return monocle_model_list_tasks (self->model);
  directory = monocle_model_store_find (get_model_name (self), NULL);
  if (!self->tasks || g_strcmp0 (directory, self->tasks_directory) != 0)
    {
      g_clear_pointer (&self->tasks, g_ptr_array_unref);
      g_free (self->tasks_directory);
      self->tasks = monocle_open_list_tasks (get_model_name (self));
      self->tasks_directory = g_steal_pointer (&directory);
      self->talks = TALKS_UNKNOWN;
    }
  return self->tasks;
}

gboolean
monocle_runner_can_talk (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);

  if (self->model)
    return monocle_model_can_talk (self->model);
  /* The directory becomes known with the tasks. */
  monocle_runner_list_tasks (self);
  if (self->talks == TALKS_UNKNOWN)
    self->talks = self->tasks_directory && monocle_model_peek_talks (self->tasks_directory)
                      ? TALKS
                      : TALKS_NOT;
  return self->talks == TALKS;
}

const MonocleTask *
monocle_runner_find_task (MonocleRunner *self, const MonocleTask *task)
{
  const MonocleTask *found;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);
  g_return_val_if_fail (task, NULL);

  found = monocle_tasks_find (monocle_runner_list_tasks (self), task->id);
  return found && monocle_task_is_same (found, task) ? found : NULL;
}

gboolean
monocle_runner_supports (MonocleRunner *self, const MonocleTask *task, GError **reason)
{
  g_autofree char *title = NULL;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (task, FALSE);

  if (g_ptr_array_find (monocle_runner_list_tasks (self), task, NULL))
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

  monocle_runner_cancel_load (self);
  monocle_runner_let_go_of_jobs (self);
  monocle_runner_stop_ahead (self);
  monocle_runner_forget_chat (self, NULL);
  g_clear_object (&self->model);
  monocle_sessions_clear (self->sessions);
  G_OBJECT_CLASS (monocle_runner_parent_class)->dispose (object);
}

static void
monocle_runner_finalize (GObject *object)
{
  MonocleRunner *self = MONOCLE_RUNNER (object);

  monocle_runner_config_clear (&self->wanted);
  monocle_runner_config_clear (&self->current);
  g_clear_error (&self->error);
  g_clear_object (&self->checking);
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
    case MONOCLE_RUNNER_PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case MONOCLE_RUNNER_PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case MONOCLE_RUNNER_PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    case MONOCLE_RUNNER_PROP_QUERY:
      g_value_set_object (value, monocle_runner_get_query (self));
      break;
    case MONOCLE_RUNNER_PROP_BUSY:
      g_value_set_boolean (value, monocle_runner_is_busy (self));
      break;
    case MONOCLE_RUNNER_PROP_AHEAD:
      g_value_set_double (value, self->ahead_fraction);
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

  properties[MONOCLE_RUNNER_PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, MONOCLE_RUNNER_EMPTY, MONOCLE_RUNNER_FAILED,
                          MONOCLE_RUNNER_EMPTY, flags);
  properties[MONOCLE_RUNNER_PROP_FRACTION]
      = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[MONOCLE_RUNNER_PROP_MODEL]
      = g_param_spec_object ("model", NULL, NULL, MONOCLE_TYPE_MODEL, flags);
  properties[MONOCLE_RUNNER_PROP_QUERY]
      = g_param_spec_object ("query", NULL, NULL, MONOCLE_TYPE_QUERY, flags);
  properties[MONOCLE_RUNNER_PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[MONOCLE_RUNNER_PROP_AHEAD] = g_param_spec_double ("ahead", NULL, NULL, 0, 1, 1, flags);
  g_object_class_install_properties (object_class, MONOCLE_RUNNER_N_PROPS, properties);

  signals[DEVICE_LOST] = g_signal_new ("device-lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NOTED] = g_signal_new ("noted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
monocle_runner_init (MonocleRunner *self)
{
  self->sessions = monocle_sessions_new ();
  self->ahead_fraction = 1;
  g_queue_init (&self->waiting);
  monocle_runner_config_set (&self->wanted, NULL, NULL, MONOCLE_PRECISION_AUTO, FALSE);
}

MonocleRunner *
monocle_runner_new (void)
{
  return g_object_new (MONOCLE_TYPE_RUNNER, NULL);
}
