/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/sight.h"

#include "engine/models/parts/rows.h"

MonocleSeen *
monocle_seen_new (const MonocleTensor *rows, MonocleVkGpu *gpu, GError **error)
{
  MonocleSeen *self = g_new0 (MonocleSeen, 1);

  self->rows = *rows;
  if (monocle_rows_alloc (&self->rows, gpu, "image features", &self->buffer, error)
      && monocle_rows_copy (rows, gpu, "image features", self->buffer, 0, error))
    return self;
  monocle_seen_discard (NULL, self);
  return NULL;
}

void
monocle_seen_discard (gpointer model, gpointer seen)
{
  MonocleSeen *self = seen;

  if (!self)
    return;
  monocle_vk_buffer_free (self->buffer);
  g_free (self);
}

gboolean
monocle_sight_record (MonocleSight *self,
                      MonocleVkGpu *gpu,
                      MonocleVkBuffer *buffer,
                      GError **error)
{
  const MonocleRecordingTensor tensors[]
      = { { "pixels", &self->pixels }, { "image_embeds", &self->rows } };

  return monocle_recording_record (&self->recording, gpu, buffer, "vision", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

gboolean
monocle_sight_run (const MonocleSight *self,
                   const float *pixels,
                   GCancellable *cancellable,
                   MonocleFamilyProgress progress,
                   gpointer user_data,
                   GError **error)
{
  return monocle_tensor_write (&self->pixels, pixels, error)
         && monocle_commands_submit (self->recording.commands, cancellable, progress, user_data,
                                     error);
}

MonocleSeen *
monocle_sight_look (const MonocleSight *self,
                    MonocleVkGpu *gpu,
                    const MonoclePreprocessSettings *settings,
                    MonocleImage *image,
                    GCancellable *cancellable,
                    MonocleFamilyProgress progress,
                    gpointer user_data,
                    MonocleFamilyTiming *timing,
                    float **planes,
                    GError **error)
{
  g_autofree float *values = g_new (float, (gsize) 3 * settings->width * settings->height);
  g_autofree float *pixels = NULL;
  gint64 start = g_get_monotonic_time (), middle;
  MonocleSeen *seen;

  if (!monocle_preprocess_run (settings, image, values, error))
    return NULL;
  middle = g_get_monotonic_time ();
  pixels = monocle_preprocess_interleave (settings, values);
  if (!monocle_sight_run (self, pixels, cancellable, progress, user_data, error))
    return NULL;
  seen = monocle_seen_new (&self->rows, gpu, error);
  if (!seen)
    return NULL;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}
