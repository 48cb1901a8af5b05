/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/clip-text.h"

#include "engine/nn/block/linear.h"

MonocleValue
monocle_clip_text (MonocleGraph *graph,
                   MonocleScope scope,
                   const MonocleClipTextConfig *config,
                   guint n,
                   guint n_tokens)
{
  guint c = config->channels;
  MonocleValue words
      = monocle_input (graph, "words", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, n_tokens, c));
  MonocleValue picks = monocle_input (graph, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  MonocleValue zeros = monocle_input (graph, "zeros", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, c));
  MonocleValue positions = monocle_param_rows (
      graph, monocle_scope_enter (scope, "embeddings.position_embedding.weight"),
      config->n_positions, c);
  MonocleValue x = monocle_add_positions (graph, words, positions, 0, n, n_tokens);

  x = monocle_layers (graph, monocle_scope_enter (scope, "encoder.layers"), &config->layers, n, x);
  x = monocle_pick_rows (graph, x, picks, zeros);
  return monocle_norm (graph, monocle_scope_enter (scope, "final_layer_norm"), x,
                       config->layers.epsilon);
}
