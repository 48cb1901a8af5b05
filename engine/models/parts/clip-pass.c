/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/clip-pass.h"

#include "engine/nn/block/linear.h"
#include "engine/vk/staging.h"

static MonocleClipPass *
begin (MonocleParams *params, const char *name, guint n)
{
  MonocleClipPass *self = g_new0 (MonocleClipPass, 1);

  self->n = n;
  self->recording.graph = monocle_graph_new (name, MONOCLE_FORMAT_F32);
  monocle_graph_set_params (self->recording.graph, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  return self;
}

/* The last products have a row for each picture or text, however many tokens there were. */
static void
end (MonocleClipPass *self,
     MonocleParams *params,
     MonocleScope scope,
     MonocleValue vectors,
     const MonocleClipEnd *last)
{
  MonocleGraph *g = self->recording.graph;

  if (last->projection)
    {
      monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_FEW_ROWS);
      vectors = monocle_linear_with (
          g, monocle_scope_enter (scope, last->projection), vectors,
          &(MonocleLinearArgs){ .n = last->n_dims, .no_bias = !last->has_bias });
    }
  monocle_name (g, vectors, "vectors");
  monocle_keep (g, vectors);
}

MonocleClipPass *
monocle_clip_pass_new_vision (MonocleParams *params,
                              MonocleScope scope,
                              const MonocleClipVisionConfig *vision,
                              const MonocleClipEnd *last,
                              guint n)
{
  MonocleClipPass *self = begin (params, "pictures to vectors", n);

  self->vision = *vision;
  end (self, params, scope,
       monocle_clip_vision (self->recording.graph, monocle_scope_enter (scope, "vision_model"),
                            vision, n),
       last);
  return self;
}

MonocleClipPass *
monocle_clip_pass_new_text (MonocleParams *params,
                            MonocleScope scope,
                            const MonocleClipTextConfig *text,
                            const MonocleClipEnd *last,
                            guint n,
                            guint n_tokens)
{
  MonocleClipPass *self = begin (params, "texts to vectors", n);

  self->n_tokens = n_tokens;
  end (self, params, scope,
       monocle_clip_text (self->recording.graph, monocle_scope_enter (scope, "text_model"), text, n,
                          n_tokens),
       last);
  return self;
}

void
monocle_clip_pass_free (MonocleClipPass *self)
{
  if (!self)
    return;

  monocle_recording_clear (&self->recording);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_free (self);
}

gboolean
monocle_clip_pass_record (MonocleClipPass *self,
                          MonocleVkGpu *gpu,
                          MonocleVkBuffer *buffer,
                          GError **error)
{
  const MonocleRecordingTensor tensors[] = {
    { self->n_tokens ? "words" : "pixels", &self->input },
    { "picks", &self->picks },
    { "zeros", &self->zeros },
    { "positions", &self->positions },
    { "vectors", &self->vectors },
  };

  if (!buffer)
    buffer = self->buffer
        = monocle_vk_buffer_new (gpu, monocle_plan_get_bytes (self->recording.plan),
                                 MONOCLE_VK_USE_DEVICE, "activations", error);
  return buffer
         && monocle_recording_record (&self->recording, gpu, buffer,
                                      self->n_tokens ? "texts" : "pictures", tensors,
                                      G_N_ELEMENTS (tensors), error);
}

/* The memory of inputs serves others during a run: all are written before each. */
static gboolean
write_picks (MonocleClipPass *self, const guint32 *picks, GError **error)
{
  guint c = monocle_tensor_get_columns (&self->zeros);
  g_autofree float *zeros = g_new0 (float, c);
  g_autofree guint32 *class_rows = g_new (guint32, self->n);

  if (!picks)
    monocle_clip_vision_fill_picks (&self->vision, self->n, class_rows);
  return monocle_vk_upload (self->picks.buffer, self->picks.offset, picks ? picks : class_rows,
                            self->n * sizeof (guint32), error)
         && monocle_tensor_write (&self->zeros, zeros, error);
}

gboolean
monocle_clip_pass_run (MonocleClipPass *self,
                       const float *input,
                       const guint32 *picks,
                       const float *positions,
                       GCancellable *cancellable,
                       MonocleCommandsProgress progress,
                       gpointer user_data,
                       float *vectors,
                       GError **error)
{
  return monocle_tensor_write (&self->input, input, error)
         && (!self->picks.buffer || write_picks (self, picks, error))
         && (!positions || monocle_tensor_write (&self->positions, positions, error))
         && monocle_commands_submit (self->recording.commands, cancellable, progress, user_data,
                                     error)
         && monocle_tensor_read (&self->vectors, vectors, error);
}

gboolean
monocle_clip_passes_plan (
    GPtrArray *passes, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  for (guint i = 0; i < passes->len; i++)
    {
      MonocleClipPass *pass = passes->pdata[i];

      if (!monocle_recording_plan (&pass->recording, gpu, bytes, largest, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_clip_passes_record (GPtrArray *passes,
                            MonocleVkGpu *gpu,
                            MonocleVkBuffer *buffer,
                            GError **error)
{
  for (guint i = 0; i < passes->len; i++)
    if (!monocle_clip_pass_record (passes->pdata[i], gpu, buffer, error))
      return FALSE;
  return TRUE;
}
