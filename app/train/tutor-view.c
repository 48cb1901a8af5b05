/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/tutor-private.h"

/* --- what is to be seen ------------------------------------------------------------------- */

MonocleTutorState
monocle_tutor_get_state (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), MONOCLE_TUTOR_NONE);

  return self->state;
}

const MonocleTutorPlan *
monocle_tutor_get_plan (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->plan;
}

const char *
monocle_tutor_get_model_title (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->title;
}

const char *
monocle_tutor_get_device_name (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->device;
}

gboolean
monocle_tutor_is_software (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->is_software;
}

gboolean
monocle_tutor_is_anew (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->is_anew;
}

const MonocleTutorFacts *
monocle_tutor_get_facts (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->facts;
}

const MonocleTrainEstimate *
monocle_tutor_get_estimate (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->has_estimate ? &self->estimate : NULL;
}

const MonocleTrainUpdate *
monocle_tutor_get_update (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->has_update ? &self->update : NULL;
}

const GArray *
monocle_tutor_get_rounds (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->rounds;
}

const GArray *
monocle_tutor_get_steps (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->steps;
}

GPtrArray *
monocle_tutor_get_glimpses (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->glimpses;
}

/* Seconds in the stage that it is in. */
static double
get_stage_seconds (MonocleTutor *self)
{
  const gint64 now
      = self->state == MONOCLE_TUTOR_PAUSED ? self->paused_us : g_get_monotonic_time ();

  return self->stage_us > 0 ? (double) (now - self->stage_us) / G_USEC_PER_SEC : 0;
}

/* Of what comes after the stage, as far as that was measured. */
static double
guess_rest (MonocleTutor *self)
{
  const double judging
      = self->has_estimate ? self->estimate.look_ms * (self->estimate.n_held_out + 60) / 1000 : 0;

  switch (self->update.stage)
    {
    case MONOCLE_TRAIN_LOOKING:
      return judging
             + (self->has_estimate ? self->estimate.step_ms * self->estimate.steps * 1.1 / 1000
                                   : 0);
    case MONOCLE_TRAIN_LEARNING:
      return judging;
    case MONOCLE_TRAIN_JUDGING:
    default:
      return 0;
    }
}

double
monocle_tutor_get_remaining (MonocleTutor *self)
{
  guint n_made;

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), -1);

  if (!monocle_tutor_is_active (self) || !self->has_update
      || self->update.n_all <= self->update.n_done)
    return -1;
  n_made = self->update.n_done - MIN (self->stage_done, self->update.n_done);
  if (n_made == 0)
    return -1;
  return get_stage_seconds (self) / n_made * (self->update.n_all - self->update.n_done)
         + guess_rest (self);
}

double
monocle_tutor_get_fraction (MonocleTutor *self)
{
  const double remaining = monocle_tutor_get_remaining (self);
  const double spent = self->spent + get_stage_seconds (self);

  return remaining >= 0 && spent + remaining > 0 ? spent / (spent + remaining) : 0;
}

const MonocleTrainOutcome *
monocle_tutor_get_outcome (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->outcome;
}

const GError *
monocle_tutor_get_error (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  return self->error;
}
