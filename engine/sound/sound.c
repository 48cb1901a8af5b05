/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sound/sound.h"

struct _MonocleSound
{
  gatomicrefcount count;
  float *samples;
  gsize n;
};

MonocleSound *
monocle_sound_new_take (float *samples, gsize n_samples)
{
  MonocleSound *self;

  g_return_val_if_fail (samples && n_samples > 0, NULL);

  self = g_new (MonocleSound, 1);
  g_atomic_ref_count_init (&self->count);
  self->samples = samples;
  self->n = n_samples;
  return self;
}

MonocleSound *
monocle_sound_ref (MonocleSound *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

void
monocle_sound_unref (MonocleSound *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  g_free (self->samples);
  g_free (self);
}

const float *
monocle_sound_get_samples (const MonocleSound *self, gsize *n_samples)
{
  *n_samples = self->n;
  return self->samples;
}

double
monocle_sound_get_seconds (const MonocleSound *self)
{
  return (double) self->n / MONOCLE_SOUND_RATE;
}
