/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to rows that the language model reads: the tower, and a matrix behind it.
 */
#include "config.h"

#include "engine/models/paligemma/private.h"
#include "engine/models/parts/rows.h"
#include "engine/nn/block/linear.h"

void
monocle_paligemma_write_picture (MonoclePaligemma *self, MonocleWeights *weights)
{
  MonocleGraph *g = self->sight.recording.graph = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
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

gboolean
monocle_paligemma_record_picture (gpointer model, GError **error)
{
  MonoclePaligemma *self = model;
  const MonocleRecordingTensor tensors[] = { { "pixels", &self->sight.pixels },
                                             { "vision_features", &self->picture_tokens },
                                             { "image_embeds", &self->sight.rows } };

  if (!monocle_recording_record (&self->sight.recording, self->gpu, self->buffer, "vision", tensors,
                                 G_N_ELEMENTS (tensors), error))
    return FALSE;
  /* What the decoder reads lies apart: looking at the next picture does not change it. */
  self->seen = self->sight.rows;
  return monocle_rows_alloc (&self->seen, self->gpu, "image rows", &self->seen_buffer, error);
}
