/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a query is: waiting, running, over. The runner moves it on.
 */
#include "config.h"

#include "app/document/query-private.h"

/* How often the time is told while a query runs. */
#define TICK_MS 100

/* --- How far it is --- */

MonocleQueryState
monocle_query_get_state (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), MONOCLE_QUERY_FAILED);

  return self->state;
}

gboolean
monocle_query_is_active (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return self->state == MONOCLE_QUERY_WAITING || self->state == MONOCLE_QUERY_RUNNING;
}

gboolean
monocle_query_is_whole (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return (self->state == MONOCLE_QUERY_DONE || self->state == MONOCLE_QUERY_STOPPED)
         && self->results;
}

MonocleStage
monocle_query_get_stage (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), MONOCLE_STAGE_PREPARING);

  return self->stage;
}

double
monocle_query_get_fraction (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->fraction;
}

guint
monocle_query_get_n_steps (MonocleQuery *self, guint *n_done)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  if (n_done)
    *n_done = self->n_done;
  return self->n_steps;
}

gboolean
monocle_query_is_stopping (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return self->is_stopping;
}

guint
monocle_query_get_n_tokens (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->n_tokens;
}

double
monocle_query_get_elapsed_ms (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  if (self->start_us == 0)
    return 0;
  return (double) ((self->end_us ? self->end_us : g_get_monotonic_time ()) - self->start_us) / 1000;
}

const GError *
monocle_query_get_error (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->error;
}

/* --- Moving on --- */

static gboolean
on_tick (gpointer data)
{
  MonocleQuery *self = data;

  g_object_notify (G_OBJECT (self), "elapsed-ms");
  return G_SOURCE_CONTINUE;
}

static void
set_state (MonocleQuery *self, MonocleQueryState state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

static void
set_progress (MonocleQuery *self, MonocleStage stage, double fraction, guint n_tokens)
{
  if (self->stage != stage)
    {
      self->stage = stage;
      g_object_notify (G_OBJECT (self), "stage");
    }
  if (self->fraction < fraction || self->fraction > fraction)
    {
      self->fraction = CLAMP (fraction, -1, 1);
      g_object_notify (G_OBJECT (self), "fraction");
    }
  if (self->n_tokens != n_tokens)
    {
      self->n_tokens = n_tokens;
      g_object_notify (G_OBJECT (self), "n-tokens");
    }
}

static void
set_stopping (MonocleQuery *self, gboolean is_stopping)
{
  if (self->is_stopping == is_stopping)
    return;

  self->is_stopping = is_stopping;
  g_object_notify (G_OBJECT (self), "stopping");
}

static void
stop_clock (MonocleQuery *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  set_stopping (self, FALSE);
  if (self->start_us)
    self->end_us = g_get_monotonic_time ();
  g_object_notify (G_OBJECT (self), "elapsed-ms");
}

/* Listeners hear of everything at once, when all of it is true. */
static void
begin_change (MonocleQuery *self)
{
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
}

static void
end_change (MonocleQuery *self)
{
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

void
monocle_query_start (MonocleQuery *self, MonocleModel *model, guint rotation)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (self->state == MONOCLE_QUERY_WAITING);

  begin_change (self);
  if (model)
    monocle_query_set_model (self, model);
  self->rotation = rotation % 4;
  self->start_us = g_get_monotonic_time ();
  self->end_us = 0;
  g_clear_handle_id (&self->tick, g_source_remove);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  set_progress (self, MONOCLE_STAGE_PREPARING, 0, 0);
  set_state (self, MONOCLE_QUERY_RUNNING);
  end_change (self);
}

void
monocle_query_requeue (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  begin_change (self);
  stop_clock (self);
  self->start_us = 0;
  monocle_query_set_results (self, NULL, FALSE);
  set_progress (self, MONOCLE_STAGE_PREPARING, 0, 0);
  set_state (self, MONOCLE_QUERY_WAITING);
  end_change (self);
}

void
monocle_query_update (MonocleQuery *self, const MonocleUpdate *update)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (update);

  if (self->state != MONOCLE_QUERY_RUNNING)
    return;

  begin_change (self);
  self->n_done = update->n_done;
  self->n_steps = update->n_steps;
  set_progress (self, update->stage, update->fraction, update->n_tokens);
  if (update->partial)
    monocle_query_set_results (self, update->partial, FALSE);
  end_change (self);
}

void
monocle_query_stop (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  if (self->state == MONOCLE_QUERY_RUNNING)
    set_stopping (self, TRUE);
}

void
monocle_query_finish (MonocleQuery *self, MonocleRun *run)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (run);

  begin_change (self);
  g_clear_pointer (&self->run, monocle_run_free);
  self->run = run;
  stop_clock (self);
  set_progress (self, MONOCLE_STAGE_ANSWERING, 1, run->n_tokens);
  monocle_query_set_results (self, run->results, TRUE);
  set_state (self, run->stopped ? MONOCLE_QUERY_STOPPED : MONOCLE_QUERY_DONE);
  end_change (self);
}

void
monocle_query_fail (MonocleQuery *self, const GError *error)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (error);

  begin_change (self);
  stop_clock (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (self, MONOCLE_QUERY_STOPPED);
  else
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
      set_state (self, MONOCLE_QUERY_FAILED);
    }
  end_change (self);
}
