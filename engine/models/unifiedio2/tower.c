/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What makes rows of pictures, as CLIP does, and of sounds, as a spectrogram transformer:
 * Dosovitskiy et al. 2020; Gong et al. 2021, arXiv 2104.01778. What the last layer leaves and what
 * the second leaves are rows together.
 */
#include "config.h"

#include "engine/models/unifiedio2/formulas.h"
#include "engine/nn/block/linear.h"

/* Layers before what comes first is looked at. */
#define N_FIRST 2

static const char *
get_scope (MonocleUnifiedio2Sense sense)
{
  return sense == MONOCLE_UNIFIEDIO2_IMAGE ? "input_embedders.image" : "input_embedders.audio";
}

static MonocleScope
enter_tower (MonocleUnifiedio2Sense sense)
{
  return monocle_scope_enter (monocle_scope_enter (MONOCLE_SCOPE_ROOT, get_scope (sense)),
                              "image_encoder.vision_transformer");
}

MonocleScope
monocle_unifiedio2_get_places (MonocleUnifiedio2Sense sense)
{
  return monocle_scope_enter (enter_tower (sense), "positional_embedding");
}

guint
monocle_unifiedio2_count_leading (MonocleUnifiedio2Sense sense)
{
  return sense == MONOCLE_UNIFIEDIO2_IMAGE ? 1 : 2;
}

/* Rows before the patches, and patches, all with their places. */
static MonocleValue
embed (MonocleGraph *g,
       MonocleScope scope,
       const MonocleUnifiedio2Tower *tower,
       MonocleUnifiedio2Sense sense,
       const MonocleUnifiedio2Look *look)
{
  static const char *const image[] = { "class_embedding" };
  static const char *const audio[] = { "cls_token", "dist_token" };
  const char *const *leading = sense == MONOCLE_UNIFIEDIO2_IMAGE ? image : audio;
  const guint n_leading = monocle_unifiedio2_count_leading (sense), c = tower->channels;
  const MonocleTensor *shape = monocle_graph_get_shape (g, look->places);
  const guint n_rows = monocle_tensor_count_rows (shape);
  MonocleValue rows[3];

  for (guint i = 0; i < n_leading; i++)
    rows[i]
        = monocle_reshape (g, monocle_param_vector (g, monocle_scope_enter (scope, leading[i]), c),
                           MONOCLE_DIMS (1, c));
  rows[n_leading] = monocle_linear_with (
      g, monocle_scope_enter (scope, "embedding"), look->patches,
      &(MonocleLinearArgs){ .n = c, .no_bias = sense == MONOCLE_UNIFIEDIO2_IMAGE });
  return monocle_add_positions (g, monocle_join_rows (g, rows, n_leading + 1), look->places, 0, 1,
                                n_rows);
}

MonocleValue
monocle_unifiedio2_look (MonocleGraph *graph,
                         const MonocleUnifiedio2Config *config,
                         MonocleUnifiedio2Sense sense,
                         const MonocleUnifiedio2Look *look)
{
  const gboolean is_image = sense == MONOCLE_UNIFIEDIO2_IMAGE;
  const MonocleUnifiedio2Tower *tower = is_image ? &config->image : &config->audio;
  const MonocleScope scope = enter_tower (sense);
  const MonocleScope blocks = monocle_scope_enter (scope, "transformer.resblocks");
  const MonocleScope outside = monocle_scope_enter (MONOCLE_SCOPE_ROOT, get_scope (sense));
  const guint n = monocle_graph_get_shape (graph, look->patches)->dims[0], c = tower->channels;
  MonocleLayersConfig layers = tower->layers;
  MonocleValue left[2], x = embed (graph, scope, tower, sense, look);

  if (is_image)
    x = monocle_norm (graph, monocle_scope_enter (scope, "pre_ln"), x, layers.epsilon);
  layers.lengths = look->lengths;
  layers.n_layers = N_FIRST;
  left[1] = monocle_layers (graph, blocks, &layers, 1, x);
  layers.first = N_FIRST;
  layers.n_layers = tower->layers.n_layers - N_FIRST;
  left[0] = monocle_layers (graph, blocks, &layers, 1, left[1]);
  x = monocle_embed (graph, look->picks, left, G_N_ELEMENTS (left), 0, 0, FALSE, 0);
  return monocle_matmul (
      graph, monocle_reshape (graph, x, MONOCLE_DIMS (n, 2 * c)),
      monocle_param_matrix (graph, monocle_scope_enter (outside, "projection.weight"),
                            MONOCLE_PARAM_MATRIX, config->d_model, 2 * c),
      monocle_param_vector (graph, monocle_scope_enter (outside, "modality_embedding"),
                            config->d_model),
      0, MONOCLE_ACTIVATION_NONE);
}

void
monocle_unifiedio2_fill_picks (MonocleUnifiedio2Sense sense, guint n, guint32 *picks)
{
  const guint n_leading = monocle_unifiedio2_count_leading (sense);

  for (guint i = 0; i < n; i++)
    {
      picks[2 * i] = n_leading + i;
      picks[2 * i + 1] = n_leading + n + n_leading + i;
    }
}
