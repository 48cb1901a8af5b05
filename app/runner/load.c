/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner's model: which one is wanted, is on its way, is there.
 */
#include "config.h"

#include "app/models/open.h"
#include "app/runner/private.h"

void
monocle_runner_config_clear (MonocleRunnerConfig *config)
{
  g_clear_pointer (&config->model, g_free);
  g_clear_pointer (&config->device, g_free);
}

void
monocle_runner_config_set (MonocleRunnerConfig *config,
                           const char *model,
                           const char *device,
                           MonoclePrecision precision,
                           gboolean is_trusted)
{
  MonocleRunnerConfig copy = {
    .model = model && *model ? g_strdup (model) : NULL,
    .device = g_strdup (device && *device ? device : "auto"),
    .precision = precision,
    .is_trusted = is_trusted,
  };

  monocle_runner_config_clear (config);
  *config = copy;
}

static gboolean
config_equal (const MonocleRunnerConfig *a, const MonocleRunnerConfig *b)
{
  return g_strcmp0 (a->model, b->model) == 0 && g_strcmp0 (a->device, b->device) == 0
         && a->precision == b->precision && a->is_trusted == b->is_trusted;
}

gboolean
monocle_runner_is_stale (MonocleRunner *self)
{
  return self->state != MONOCLE_RUNNER_EMPTY && !config_equal (&self->wanted, &self->current);
}

void
monocle_runner_set_state (MonocleRunner *self, MonocleRunnerState state)
{
  if (self->state == state)
    return;

  self->state = state;
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_STATE);
}

static void
set_fraction (MonocleRunner *self, MonocleDevice *checking, double fraction)
{
  g_set_object (&self->checking, checking);
  self->fraction = CLAMP (fraction, 0, 1);
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_FRACTION);
}

/* The sessions go last: with what they leave on the device the model goes to the engine's thread,
 * and nobody waits here until the device is closed. */
void
monocle_runner_drop_model (MonocleRunner *self)
{
  gboolean had_model = self->model != NULL;

  monocle_runner_stop_ahead (self);
  g_clear_object (&self->model);
  monocle_sessions_clear (self->sessions);
  monocle_runner_forget_chat (self, NULL);
  if (had_model)
    monocle_runner_notify (self, MONOCLE_RUNNER_PROP_MODEL);
}

void
monocle_runner_cancel_load (MonocleRunner *self)
{
  MonocleRunnerLoad *load = g_steal_pointer (&self->load);

  if (!load)
    return;

  load->runner = NULL;
  g_cancellable_cancel (load->cancellable);
}

void
monocle_runner_give_up (MonocleRunner *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  monocle_runner_set_state (self, MONOCLE_RUNNER_FAILED);
  monocle_runner_fail_waiting (self, error);
  monocle_runner_check_busy (self);
}

static void
on_progress (MonocleDevice *checking, double fraction, gpointer user_data)
{
  MonocleRunnerLoad *load = user_data;

  if (load->runner)
    set_fraction (load->runner, checking, fraction);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleRunnerLoad *load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = monocle_open_model_finish (result, &error);
  g_autofree char *note = model ? monocle_open_model_dup_note (result) : NULL;
  g_autoptr (MonocleRunner) self = load->runner ? g_object_ref (load->runner) : NULL;

  g_object_unref (load->cancellable);
  g_free (load);
  if (!self)
    return;

  self->load = NULL;
  if (!model)
    {
      monocle_runner_give_up (self, error);
      return;
    }

  self->model = g_steal_pointer (&model);
  set_fraction (self, NULL, 1);
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_MODEL);
  monocle_runner_set_state (self, MONOCLE_RUNNER_READY);
  if (note)
    monocle_runner_emit_noted (self, note);
  monocle_runner_advance (self);
}

void
monocle_runner_begin_load (MonocleRunner *self)
{
  MonocleOpenRequest request;

  monocle_runner_drop_model (self);
  monocle_runner_cancel_load (self);
  monocle_runner_config_set (&self->current, self->wanted.model, self->wanted.device,
                             self->wanted.precision, self->wanted.is_trusted);
  request = (MonocleOpenRequest){ .name = self->current.model,
                                  .device = self->current.device,
                                  .precision = self->current.precision,
                                  .is_wish = TRUE,
                                  .may_talk = TRUE,
                                  .is_trusted = self->current.is_trusted };
  g_clear_error (&self->error);
  self->load = g_new0 (MonocleRunnerLoad, 1);
  self->load->runner = self;
  self->load->cancellable = g_cancellable_new ();
  monocle_open_model_async (&request, self->load->cancellable, on_progress, self->load, on_opened,
                            self->load);
  set_fraction (self, NULL, 0);
  /* Also in place of another one that was on its way: it can be asked something else. */
  self->state = MONOCLE_RUNNER_EMPTY;
  monocle_runner_set_state (self, MONOCLE_RUNNER_LOADING);
}

void
monocle_runner_configure (MonocleRunner *self,
                          const char *model,
                          const char *device,
                          MonoclePrecision precision,
                          guint num_beams)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  num_beams = MIN (num_beams, MONOCLE_MAX_BEAMS);
  if (num_beams != self->num_beams)
    monocle_runner_stop_ahead (self);
  self->num_beams = num_beams;
  monocle_runner_config_set (&self->wanted, model, device, precision, self->wanted.is_trusted);
  if (monocle_runner_is_stale (self) && self->look)
    monocle_runner_stop_look (self);
  else if (monocle_runner_is_stale (self) && !self->job)
    monocle_runner_begin_load (self);
  else
    monocle_runner_get_ahead (self);
}

void
monocle_runner_set_trusted (MonocleRunner *self, gboolean is_trusted)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  self->wanted.is_trusted = is_trusted;
}

MonocleDevice *
monocle_runner_get_checking (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->state == MONOCLE_RUNNER_LOADING ? self->checking : NULL;
}

void
monocle_runner_load (MonocleRunner *self)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  if (self->state == MONOCLE_RUNNER_EMPTY || self->state == MONOCLE_RUNNER_FAILED)
    monocle_runner_begin_load (self);
}
