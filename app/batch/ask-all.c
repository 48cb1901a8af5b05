/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/ask-all-private.h"

#include <glib/gi18n-lib.h>

enum
{
  PROP_0,
  PROP_STATE,
  PROP_TOTAL,
  PROP_DONE,
  PROP_RATE,
  PROP_REMAINING,
  PROP_NOTICE,
  N_PROPS
};

enum
{
  ENDED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleAskAll, monocle_ask_all, G_TYPE_OBJECT)

/* --- How far it is --- */

static void
notify_progress (MonocleAskAll *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMAINING]);
}

void
monocle_ask_all_set_state (MonocleAskAll *self, MonocleAskAllState state, const char *notice)
{
  if (g_strcmp0 (self->notice, notice) != 0)
    {
      g_free (self->notice);
      self->notice = g_strdup (notice);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTICE]);
    }
  if (self->state == state)
    return;
  self->state = state;
  /* A disk that takes no more is spoken of with the next picture that is done. */
  if (monocle_ask_all_is_active (self))
    monocle_ask_plan_pause (self->plan, state == MONOCLE_ASK_ALL_PAUSED, NULL);
  /* The time of a pause is no picture's. */
  self->n_times = 0;
  notify_progress (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
monocle_ask_all_pass (MonocleAskAll *self, guint index, const char *summary, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;

  if (!monocle_ask_plan_pass (self->plan, index, summary, problem, &error))
    {
      notice = g_strdup_printf (_ ("What is done cannot be kept: %s"), error->message);
      monocle_ask_all_set_state (self, MONOCLE_ASK_ALL_PAUSED, notice);
    }
  g_list_store_append (problem ? self->errors : self->results, self->plan->items->pdata[index]);
  self->n_done++;
  self->times[self->n_times++ % MONOCLE_ASK_ALL_TIMES] = g_get_monotonic_time ();
  notify_progress (self);
}

void
monocle_ask_all_end (MonocleAskAll *self, MonocleAskAllState state)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  monocle_ask_all_let_go_of_turns (self);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->identity, g_free);
  monocle_ask_all_set_state (self, state, NULL);
  if (state == MONOCLE_ASK_ALL_NONE)
    return;
  monocle_ask_plan_drop (self->plan);
  g_signal_emit (self, signals[ENDED], 0);
}

/* --- For those who want something --- */

static void
take_plan (MonocleAskAll *self, MonocleAskPlan *plan)
{
  g_clear_pointer (&self->plan, monocle_ask_plan_free);
  self->plan = plan;
  self->n_done = self->next = 0;
  g_list_store_remove_all (self->results);
  g_list_store_remove_all (self->errors);
  for (guint i = 0; i < plan->items->len; i++)
    {
      MonocleAskItem *item = plan->items->pdata[i];

      if (!monocle_ask_item_is_passed (item))
        continue;
      g_list_store_append (monocle_ask_item_get_error (item) ? self->errors : self->results, item);
      self->n_done++;
    }
  self->cancellable = g_cancellable_new ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
  monocle_ask_all_set_state (
      self, plan->is_paused ? MONOCLE_ASK_ALL_PAUSED : MONOCLE_ASK_ALL_RUNNING, NULL);
  notify_progress (self);
  monocle_ask_all_advance (self);
}

gboolean
monocle_ask_all_begin (MonocleAskAll *self, MonocleAskPlan *plan, GError **error)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), FALSE);
  g_return_val_if_fail (plan && !monocle_ask_all_is_active (self), FALSE);

  if (!monocle_ask_plan_keep (plan, error))
    {
      monocle_ask_plan_free (plan);
      return FALSE;
    }
  take_plan (self, plan);
  return TRUE;
}

gboolean
monocle_ask_all_restore (MonocleAskAll *self)
{
  MonocleAskPlan *plan;

  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), FALSE);
  g_return_val_if_fail (!monocle_ask_all_is_active (self), FALSE);

  plan = monocle_ask_plan_restore ();
  if (plan)
    take_plan (self, plan);
  return plan != NULL;
}

void
monocle_ask_all_pause (MonocleAskAll *self)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL (self));

  if (self->state != MONOCLE_ASK_ALL_RUNNING)
    return;
  monocle_ask_all_set_state (self, MONOCLE_ASK_ALL_PAUSED, NULL);
  monocle_ask_all_hold_turns (self);
}

void
monocle_ask_all_resume (MonocleAskAll *self)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL (self));

  if (self->state != MONOCLE_ASK_ALL_PAUSED)
    return;
  if (monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_FAILED)
    monocle_runner_load (self->runner);
  /* With whatever model there is by now. */
  g_clear_pointer (&self->identity, g_free);
  monocle_ask_all_set_state (self, MONOCLE_ASK_ALL_RUNNING, NULL);
  monocle_ask_all_advance (self);
}

void
monocle_ask_all_stop (MonocleAskAll *self)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL (self));

  if (!monocle_ask_all_is_active (self))
    return;
  monocle_ask_all_end (self, MONOCLE_ASK_ALL_STOPPED);
}

void
monocle_ask_all_shut (MonocleAskAll *self)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL (self));

  if (!monocle_ask_all_is_active (self))
    return;
  monocle_ask_all_end (self, MONOCLE_ASK_ALL_NONE);
  g_clear_pointer (&self->plan, monocle_ask_plan_free);
}

/* --- What it is --- */

MonocleAskAllState
monocle_ask_all_get_state (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), MONOCLE_ASK_ALL_NONE);
  return self->state;
}

gboolean
monocle_ask_all_is_active (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), FALSE);
  return self->state == MONOCLE_ASK_ALL_RUNNING || self->state == MONOCLE_ASK_ALL_PAUSED;
}

guint
monocle_ask_all_get_total (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), 0);
  return self->plan ? self->plan->items->len : 0;
}

guint
monocle_ask_all_get_done (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), 0);
  return self->n_done;
}

double
monocle_ask_all_get_rate (MonocleAskAll *self)
{
  guint n;
  gint64 first, last;

  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), 0);

  n = MIN (self->n_times, MONOCLE_ASK_ALL_TIMES);
  if (n < 2)
    return 0;
  last = self->times[(self->n_times - 1) % MONOCLE_ASK_ALL_TIMES];
  first = self->times[(self->n_times - n) % MONOCLE_ASK_ALL_TIMES];
  return last > first ? (n - 1) * 1e6 / (double) (last - first) : 0;
}

double
monocle_ask_all_get_remaining (MonocleAskAll *self)
{
  double rate;

  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), -1);

  rate = monocle_ask_all_get_rate (self);
  return rate > 0 ? (monocle_ask_all_get_total (self) - self->n_done) / rate : -1;
}

const char *
monocle_ask_all_get_notice (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), NULL);
  return self->notice;
}

const MonocleAskPlan *
monocle_ask_all_get_plan (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), NULL);
  return self->plan;
}

GListModel *
monocle_ask_all_get_results (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), NULL);
  return G_LIST_MODEL (self->results);
}

GListModel *
monocle_ask_all_get_errors (MonocleAskAll *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (self), NULL);
  return G_LIST_MODEL (self->errors);
}

/* --- The object --- */

static void
monocle_ask_all_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleAskAll *self = MONOCLE_ASK_ALL (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_TOTAL:
      g_value_set_uint (value, monocle_ask_all_get_total (self));
      break;
    case PROP_DONE:
      g_value_set_uint (value, self->n_done);
      break;
    case PROP_RATE:
      g_value_set_double (value, monocle_ask_all_get_rate (self));
      break;
    case PROP_REMAINING:
      g_value_set_double (value, monocle_ask_all_get_remaining (self));
      break;
    case PROP_NOTICE:
      g_value_set_string (value, self->notice);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_ask_all_dispose (GObject *object)
{
  MonocleAskAll *self = MONOCLE_ASK_ALL (object);

  monocle_ask_all_shut (self);
  G_OBJECT_CLASS (monocle_ask_all_parent_class)->dispose (object);
}

static void
monocle_ask_all_finalize (GObject *object)
{
  MonocleAskAll *self = MONOCLE_ASK_ALL (object);

  g_clear_pointer (&self->plan, monocle_ask_plan_free);
  g_ptr_array_unref (self->open);
  g_object_unref (self->results);
  g_object_unref (self->errors);
  g_object_unref (self->runner);
  g_free (self->notice);
  G_OBJECT_CLASS (monocle_ask_all_parent_class)->finalize (object);
}

static void
monocle_ask_all_class_init (MonocleAskAllClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_ask_all_get_property;
  object_class->dispose = monocle_ask_all_dispose;
  object_class->finalize = monocle_ask_all_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MONOCLE_ASK_ALL_NONE,
                                             MONOCLE_ASK_ALL_DONE, MONOCLE_ASK_ALL_NONE, flags);
  properties[PROP_TOTAL] = g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_DONE] = g_param_spec_uint ("done", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_REMAINING]
      = g_param_spec_double ("remaining", NULL, NULL, -1, G_MAXDOUBLE, -1, flags);
  properties[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[ENDED] = g_signal_new ("ended", MONOCLE_TYPE_ASK_ALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
monocle_ask_all_init (MonocleAskAll *self)
{
  self->open = g_ptr_array_new ();
  self->results = g_list_store_new (MONOCLE_TYPE_ASK_ITEM);
  self->errors = g_list_store_new (MONOCLE_TYPE_ASK_ITEM);
}

static void
on_runner_state (MonocleAskAll *self)
{
  monocle_ask_all_follow_runner (self);
  monocle_ask_all_advance (self);
}

MonocleAskAll *
monocle_ask_all_new (MonocleRunner *runner)
{
  MonocleAskAll *self = g_object_new (MONOCLE_TYPE_ASK_ALL, NULL);

  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "notify::state", G_CALLBACK (on_runner_state), self,
                           G_CONNECT_SWAPPED);
  return self;
}
