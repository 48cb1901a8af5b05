/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What both halves are made of, and declaring all of it.
 */
#include "config.h"

#include "engine/models/ofa/formulas.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/nn/block/linear.h"

#define N_TYPES    2
#define TEXT_TYPE  0
#define IMAGE_TYPE 1

/* The tables of texts have two rows that nobody uses. */
#define MORE_POSITIONS 2

float
monocle_ofa_get_scale (guint d_model, guint n_heads)
{
  return (float) (1 / sqrt (2.0 * d_model / n_heads));
}

MonocleValue
monocle_ofa_embed (MonocleGraph *graph,
                   const MonocleOfaConfig *config,
                   MonocleScope half,
                   MonocleValue ids,
                   const char *norm,
                   gboolean with_type)
{
  MonocleScope words = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "encoder.embed_tokens.weight");
  guint n_pieces;
  g_autofree MonocleValue *pieces
      = monocle_param_table (graph, words, config->n_words, config->d_model, &n_pieces);
  MonocleValue types
      = with_type ? monocle_param_rows (graph, monocle_scope_enter (half, "type_embedding.weight"),
                                        N_TYPES, config->d_model)
                  : 0;

  return monocle_norm (graph, monocle_scope_enter (half, norm),
                       monocle_embed (graph, ids, pieces, n_pieces, types, TEXT_TYPE, FALSE, 0),
                       MONOCLE_OFA_EPSILON);
}

MonocleValue
monocle_ofa_embed_places (MonocleGraph *graph,
                          const MonocleOfaConfig *config,
                          MonocleScope half,
                          MonocleOfaKind kind,
                          MonocleValue ids)
{
  const gboolean is_text = kind == MONOCLE_OFA_TEXT;
  const guint n = is_text ? config->n_positions + MORE_POSITIONS
                          : monocle_ofa_config_count_image_places (config);
  MonocleScope name = monocle_scope_enter (half, is_text ? "embed_positions.weight"
                                                         : "embed_image_positions.weight");
  MonocleValue table = monocle_param_rows (graph, name, n, config->d_model);

  return monocle_norm (graph, monocle_scope_enter (half, is_text ? "pos_ln" : "image_pos_ln"),
                       monocle_embed (graph, ids, &table, 1, 0, 0, FALSE, 0), MONOCLE_OFA_EPSILON);
}

MonocleValue
monocle_ofa_get_distances (MonocleGraph *graph,
                           const MonocleOfaConfig *config,
                           MonocleScope half,
                           MonocleOfaKind kind,
                           guint layer,
                           guint n_heads)
{
  const gboolean is_text = kind == MONOCLE_OFA_TEXT;
  MonocleScope tables = monocle_scope_enter (half, is_text ? "token_rel_pos_table_list"
                                                           : "image_rel_pos_table_list");

  return monocle_param_rows (
      graph, monocle_scope_enter (monocle_scope_enter_index (tables, layer), "weight"),
      is_text ? monocle_ofa_config_count_text_distances (config)
              : monocle_ofa_config_count_image_distances (config),
      n_heads);
}

MonocleValue
monocle_ofa_end_attention (
    MonocleGraph *graph, MonocleScope layer, const char *name, MonocleValue h, MonocleValue x)
{
  const guint d = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  g_autofree char *norm = g_strconcat (name, "_mid_layer_norm", NULL);
  MonocleScope attention = monocle_scope_enter (layer, name);

  h = monocle_linear (graph, monocle_scope_enter (attention, "out_proj"), h, d);
  h = monocle_norm (graph, monocle_scope_enter (layer, norm), h, MONOCLE_OFA_EPSILON);
  return monocle_add (graph, h, x);
}

MonocleValue
monocle_ofa_think (MonocleGraph *graph, MonocleScope layer, MonocleValue x, guint hidden)
{
  const guint d = monocle_tensor_get_columns (monocle_graph_get_shape (graph, x));
  MonocleValue h = monocle_norm (graph, monocle_scope_enter (layer, "final_layer_norm"), x,
                                 MONOCLE_OFA_EPSILON);

  h = monocle_linear_with (
      graph, monocle_scope_enter (layer, "fc1"), h,
      &(MonocleLinearArgs){ .n = hidden, .activation = MONOCLE_ACTIVATION_GELU });
  h = monocle_norm (graph, monocle_scope_enter (layer, "ffn_layer_norm"), h, MONOCLE_OFA_EPSILON);
  return monocle_linear_with (graph, monocle_scope_enter (layer, "fc2"), h,
                              &(MonocleLinearArgs){ .n = d, .residual = x });
}

/* --- declaring ---------------------------------------------------------------------------- */

/* The smallest picture, where it sees any, and one token. */
static gboolean
declare_encoder (const MonocleOfaConfig *config, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  const guint n = config->draws ? 1 : 2;
  MonocleOfaPrompt prompt = { .n_rows = n };
  MonocleValue places;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  if (!config->draws)
    {
      prompt.image = monocle_ofa_look (
          g, config, monocle_input (g, "pixels", MONOCLE_FORMAT_F32, MONOCLE_DIMS (16, 16, 3)));
      prompt.image_places = monocle_input (g, "image places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
    }
  prompt.text_places = monocle_input (g, "text places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  prompt.ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1));
  prompt.lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  prompt.index = monocle_input (g, "index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n, n));
  monocle_ofa_encode (g, config, &prompt, &places);
  return monocle_graph_check (g, error);
}

static gboolean
declare_decoder (const MonocleOfaConfig *config,
                 MonocleOfaKind kind,
                 MonocleParams *params,
                 GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("decoder", MONOCLE_FORMAT_F32);
  const guint d = config->d_model;
  const MonocleTensor known = { .n_dims = 2, .dims = { 1, d } };
  const MonocleOfaPlaces places = {
    .queries = known,
    .keys = known,
    .cross_queries = known,
    .index = { .n_dims = 2, .dims = { 1, 1 }, .format = MONOCLE_FORMAT_U32 },
  };
  const MonocleOfaWriter writer = { config, kind, &places };
  const MonocleCrossModel model = monocle_ofa_get_cross_model (&writer);

  monocle_cross_model_declare (&model, g, params, d);
  monocle_ofa_place (g, config, kind,
                     monocle_input (g, "places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)), &places);
  return monocle_graph_check (g, error);
}

gboolean
monocle_ofa_declare (const MonocleOfaConfig *config, MonocleWeights *weights, GError **error)
{
  MonocleParams *params = monocle_weights_get_params (weights);

  return declare_encoder (config, params, error)
         && (config->draws || declare_decoder (config, MONOCLE_OFA_TEXT, params, error))
         && declare_decoder (config, MONOCLE_OFA_CODES, params, error);
}

/* --- constants ---------------------------------------------------------------------------- */

/* (transfer full) (nullable): @n numbers from @first on, of which formulas read no others */
static float *
read_constant (MonocleWeights *weights, const char *name, guint first, guint n, GError **error)
{
  const MonocleCheckpointTensor *tensor = monocle_weights_find (weights, name);
  float *values;

  if (!tensor || tensor->dtype == MONOCLE_DTYPE_OTHER
      || monocle_checkpoint_tensor_get_n_elements (tensor) < (guint64) first + n)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "tensor “%s” is not there, or is no list of %u numbers", name, n);
      return NULL;
    }
  monocle_weights_ignore (weights, tensor->name);
  values = g_new (float, n);
  monocle_checkpoint_tensor_read_f32 (tensor, first, n, values);
  return values;
}

/* How much each head counts: its values do not differ from that. */
static gboolean
fold_heads (
    MonocleWeights *weights, MonocleScope attention, guint d_model, guint n_heads, GError **error)
{
  MonocleScope values = monocle_scope_enter (attention, "v_proj");
  g_autofree float *heads
      = read_constant (weights, monocle_scope_enter (attention, "c_attn").path, 0, n_heads, error);
  g_autofree float *rows = g_new (float, d_model);

  if (!heads)
    return FALSE;
  for (guint i = 0; i < d_model; i++)
    rows[i] = heads[i / (d_model / n_heads)];
  monocle_weights_fold (weights, monocle_scope_enter (values, "weight").path, d_model, rows, NULL);
  monocle_weights_fold (weights, monocle_scope_enter (values, "bias").path, d_model, rows, NULL);
  return TRUE;
}

static gboolean
fold_layers (MonocleWeights *weights,
             const char *layers,
             const char *name,
             guint n,
             guint d_model,
             guint n_heads,
             GError **error)
{
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, layers);

  for (guint i = 0; i < n; i++)
    if (!fold_heads (weights, monocle_scope_enter (monocle_scope_enter_index (scope, i), name),
                     d_model, n_heads, error))
      return FALSE;
  return TRUE;
}

static gboolean
fold_images (MonocleWeights *weights, guint d_model, GError **error)
{
  g_autofree float *type = read_constant (weights, "encoder.type_embedding.weight",
                                          IMAGE_TYPE * d_model, d_model, error);

  if (!type)
    return FALSE;
  monocle_weights_fold (weights, "encoder.image_proj.bias", d_model, NULL, type);
  return monocle_resnet_fold (
      weights, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "encoder.embed_images"), error);
}

gboolean
monocle_ofa_fold (const MonocleOfaConfig *config, MonocleWeights *weights, GError **error)
{
  const guint d = config->d_model;

  return (config->draws || fold_images (weights, d, error))
         && fold_layers (weights, "encoder.layers", "self_attn", config->encoder_layers, d,
                         config->encoder_heads, error)
         && fold_layers (weights, "decoder.layers", "self_attn", config->decoder_layers, d,
                         config->decoder_heads, error)
         && fold_layers (weights, "decoder.layers", "cross_attn", config->decoder_layers, d,
                         config->decoder_heads, error);
}
