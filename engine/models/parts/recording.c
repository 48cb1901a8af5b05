/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/recording.h"

void
monocle_recording_clear (MonocleRecording *self)
{
  g_clear_pointer (&self->commands, monocle_commands_free);
  g_clear_pointer (&self->plan, monocle_plan_free);
  g_clear_pointer (&self->graph, monocle_graph_free);
}

gboolean
monocle_recording_plan (
    MonocleRecording *self, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  self->plan = monocle_graph_plan (self->graph, gpu, MONOCLE_PLAN_DEFAULT, error);
  if (!self->plan)
    return FALSE;
  if (bytes)
    *bytes = MAX (*bytes, monocle_plan_get_bytes (self->plan));
  if (largest)
    *largest = MAX (*largest, monocle_plan_get_largest_bytes (self->plan));
  return TRUE;
}

gboolean
monocle_recording_record (MonocleRecording *self,
                          MonocleVkGpu *gpu,
                          MonocleVkBuffer *buffer,
                          const char *name,
                          const MonocleRecordingTensor *tensors,
                          guint n_tensors,
                          GError **error)
{
  monocle_plan_place (self->plan, buffer);
  self->commands = monocle_commands_new (gpu, name);
  monocle_plan_record (self->plan, self->commands);
  for (guint i = 0; i < n_tensors; i++)
    {
      MonocleValue value = monocle_graph_find (self->graph, tensors[i].name);

      *tensors[i].tensor
          = value ? monocle_plan_get_tensor (self->plan, value) : (MonocleTensor){ .buffer = NULL };
    }
  g_clear_pointer (&self->plan, monocle_plan_free);
  return monocle_commands_finish (self->commands, error);
}
