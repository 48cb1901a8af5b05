/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner's spare time: while nobody asks, the device's driver compiles what questions will
 * need.
 */
#include "config.h"

#include "app/runner/private.h"

/* Between two questions of many there is no spare time. */
#define PAUSE_MS 300

static void
set_ahead (MonocleRunner *self, double fraction)
{
  self->ahead_fraction = CLAMP (fraction, 0, 1);
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_AHEAD);
}

static void
on_progress (double fraction, gpointer user_data)
{
  MonocleRunnerLoad *ahead = user_data;

  if (ahead->runner)
    set_ahead (ahead->runner, fraction);
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleRunnerLoad *ahead = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_whole = monocle_ahead_compile_finish (MONOCLE_MODEL (source), result, &error);
  MonocleRunner *self = ahead->runner;

  g_object_unref (ahead->cancellable);
  g_free (ahead);
  if (!self)
    return;

  self->ahead = NULL;
  /* Whatever is wrong is said when somebody asks. */
  self->is_prepared = is_whole || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  if (self->is_prepared && error)
    g_debug ("Not compiled ahead: %s", error->message);
  set_ahead (self, 1);
  monocle_runner_get_ahead (self);
}

static gboolean
begin (gpointer data)
{
  MonocleRunner *self = data;

  self->ahead_source = 0;
  if (self->state != MONOCLE_RUNNER_READY || self->job || self->waiting.length > 0)
    return G_SOURCE_REMOVE;

  self->ahead = g_new0 (MonocleRunnerLoad, 1);
  self->ahead->runner = self;
  self->ahead->cancellable = g_cancellable_new ();
  monocle_ahead_compile_async (self->model, self->num_beams, self->ahead->cancellable, on_progress,
                               self->ahead, on_compiled, self->ahead);
  return G_SOURCE_REMOVE;
}

void
monocle_runner_get_ahead (MonocleRunner *self)
{
  if (self->state == MONOCLE_RUNNER_READY && !self->is_prepared && !self->ahead
      && self->ahead_source == 0)
    self->ahead_source = g_timeout_add_full (G_PRIORITY_LOW, PAUSE_MS, begin, self, NULL);
}

void
monocle_runner_stop_ahead (MonocleRunner *self)
{
  MonocleRunnerLoad *ahead = g_steal_pointer (&self->ahead);

  self->is_prepared = FALSE;
  g_clear_handle_id (&self->ahead_source, g_source_remove);
  if (!ahead)
    return;

  ahead->runner = NULL;
  g_cancellable_cancel (ahead->cancellable);
  set_ahead (self, 1);
}

double
monocle_runner_get_ahead_fraction (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), 1);

  return self->ahead_fraction;
}
