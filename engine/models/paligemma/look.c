/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to rows that the language model reads: the tower, and a matrix behind it.
 */
#include "config.h"

#include "engine/models/paligemma/private.h"
#include "engine/nn/block/linear.h"

void
monocle_paligemma_write_picture (MonoclePaligemma *self, MonocleWeights *weights)
{
  MonocleGraph *g = self->picture.graph = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
  MonocleValue tokens, x;

  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  tokens = monocle_clip_vision_patches (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, self->names->tower), &self->config.vision, 1);
  x = monocle_linear (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, self->names->projector), tokens,
                      self->config.text.channels);
  monocle_name (g, tokens, "vision_features");
  monocle_name (g, x, "image_embeds");
  monocle_keep (g, tokens);
  monocle_keep (g, x);
}

/* What the decoder reads lies apart: looking at the next picture does not change it. */
static gboolean
alloc_rows (MonoclePaligemma *self,
            MonocleTensor *rows,
            MonocleVkBuffer **buffer,
            const char *name,
            GError **error)
{
  *rows = self->picture_rows;
  rows->offset = 0;
  *buffer = monocle_vk_buffer_new (self->gpu, monocle_tensor_get_size_bytes (rows),
                                   MONOCLE_VK_USE_DEVICE, name, error);
  rows->buffer = *buffer;
  return *buffer != NULL;
}

gboolean
monocle_paligemma_record_picture (gpointer model, GError **error)
{
  MonoclePaligemma *self = model;
  const MonocleRecordingTensor tensors[] = { { "pixels", &self->picture_pixels },
                                             { "vision_features", &self->picture_tokens },
                                             { "image_embeds", &self->picture_rows } };

  return monocle_recording_record (&self->picture, self->gpu, self->buffer, "vision", tensors,
                                   G_N_ELEMENTS (tensors), error)
         && alloc_rows (self, &self->seen, &self->seen_buffer, "image rows", error);
}

void
monocle_paligemma_discard (gpointer model, gpointer features)
{
  MonoclePaligemmaSeen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen);
}

static gboolean
compute (MonoclePaligemma *self,
         const float *planes,
         MonoclePaligemmaSeen *seen,
         GCancellable *cancellable,
         MonocleFamilyProgress progress,
         gpointer user_data,
         GError **error)
{
  g_autofree float *pixels = monocle_preprocess_interleave (&self->pixels, planes);
  g_autoptr (MonocleCommands) commands = NULL;

  if (!monocle_tensor_write (&self->picture_pixels, pixels, error)
      || !monocle_commands_submit (self->picture.commands, cancellable, progress, user_data, error)
      || !alloc_rows (self, &seen->rows, &seen->buffer, "image features", error))
    return FALSE;
  commands = monocle_commands_new (self->gpu, "image features");
  monocle_commands_copy (commands, self->picture_rows.buffer, self->picture_rows.offset,
                         seen->buffer, 0, monocle_tensor_get_size_bytes (&seen->rows));
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}

MonoclePaligemmaSeen *
monocle_paligemma_look (MonoclePaligemma *self,
                        MonocleImage *image,
                        GCancellable *cancellable,
                        MonocleFamilyProgress progress,
                        gpointer user_data,
                        MonocleFamilyTiming *timing,
                        float **planes,
                        GError **error)
{
  gint64 start = g_get_monotonic_time (), middle;
  g_autofree float *values = g_new (float, (gsize) 3 * self->config.side * self->config.side);
  MonoclePaligemmaSeen *seen;

  if (!monocle_preprocess_run (&self->pixels, image, values, error))
    return NULL;
  middle = g_get_monotonic_time ();
  seen = g_new0 (MonoclePaligemmaSeen, 1);
  if (!compute (self, values, seen, cancellable, progress, user_data, error))
    {
      monocle_paligemma_discard (self, seen);
      return NULL;
    }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}
