/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture and a question to states.
 */
#include "config.h"

#include "engine/models/ofa/formulas.h"
#include "engine/nn/block/linear.h"

MonocleValue
monocle_ofa_look (MonocleGraph *graph, const MonocleOfaConfig *config, MonocleValue pixels)
{
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "encoder");
  MonocleValue x = monocle_resnet (graph, monocle_scope_enter (scope, "embed_images"),
                                   &config->backbone, pixels);
  const MonocleTensor grid = *monocle_graph_get_shape (graph, x);

  monocle_name (graph, x, "vision_features");
  x = monocle_reshape (graph, x, MONOCLE_DIMS (grid.dims[0] * grid.dims[1], grid.dims[2]));
  x = monocle_linear (graph, monocle_scope_enter (scope, "image_proj"), x, config->d_model);
  return monocle_norm (graph, monocle_scope_enter (scope, "patch_layernorm_embedding"), x,
                       MONOCLE_OFA_EPSILON);
}

/* [B * n_rows, D]: picture and words of each prompt. */
static MonocleValue
begin (MonocleGraph *g,
       const MonocleOfaConfig *config,
       MonocleScope scope,
       const MonocleOfaPrompt *prompt)
{
  const MonocleTensor shape = *monocle_graph_get_shape (g, prompt->ids);
  const guint n_prompts = shape.dims[0], stride = shape.dims[1];
  const guint n_image = prompt->image ? monocle_graph_get_shape (g, prompt->image)->dims[0] : 0;
  MonocleValue ids = monocle_reshape (g, prompt->ids, MONOCLE_DIMS (n_prompts * stride));
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (MonocleValue));

  for (guint i = 0; i < n_prompts; i++)
    {
      MonocleValue text = monocle_ofa_embed (
          g, config, scope, monocle_rows (g, ids, i * stride, prompt->n_rows - n_image),
          "layernorm_embedding", TRUE);

      if (prompt->image)
        g_array_append_val (parts, prompt->image);
      g_array_append_val (parts, text);
    }
  return monocle_join_rows (g, (const MonocleValue *) parts->data, parts->len);
}

/* [n_rows, D] */
static MonocleValue
place (MonocleGraph *g,
       const MonocleOfaConfig *config,
       MonocleScope scope,
       const MonocleOfaPrompt *prompt)
{
  MonocleValue parts[2];

  parts[1] = monocle_ofa_embed_places (g, config, scope, MONOCLE_OFA_TEXT, prompt->text_places);
  if (!prompt->image)
    return parts[1];
  parts[0] = monocle_ofa_embed_places (g, config, scope, MONOCLE_OFA_CODES, prompt->image_places);
  return monocle_join_rows (g, parts, G_N_ELEMENTS (parts));
}

/* What a layer adds to the products of places: distances in pictures, and below them in texts. */
static MonocleValue
add_distances (MonocleGraph *g,
               const MonocleOfaConfig *config,
               MonocleScope scope,
               guint layer,
               const MonocleOfaPrompt *prompt,
               MonocleValue scores)
{
  const guint n_heads = config->encoder_heads;
  const MonocleValue tables[] = {
    monocle_ofa_get_distances (g, config, scope, MONOCLE_OFA_CODES, layer, n_heads),
    monocle_ofa_get_distances (g, config, scope, MONOCLE_OFA_TEXT, layer, n_heads),
  };

  return monocle_relative_bias (g, scores, monocle_join_rows (g, tables, G_N_ELEMENTS (tables)),
                                FALSE, prompt->index, 0);
}

static MonocleValue
encode_layer (MonocleGraph *g,
              const MonocleOfaConfig *config,
              MonocleScope layer,
              const MonocleAttention *geometry,
              MonocleValue lengths,
              MonocleValue bias,
              MonocleValue x)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  MonocleValue h = monocle_norm (g, monocle_scope_enter (layer, "self_attn_layer_norm"), x,
                                 MONOCLE_OFA_EPSILON);

  h = monocle_linear_with (g, monocle_scope_enter (layer, "self_attn"), h,
                           &(MonocleLinearArgs){ .n = config->d_model,
                                                 .parts = parts,
                                                 .n_parts = G_N_ELEMENTS (parts) });
  h = monocle_attention_with_bias (g, h, h, h, lengths, bias, geometry);
  x = monocle_ofa_end_attention (g, layer, "self_attn", h, x);
  x = monocle_ofa_think (g, layer, x, config->encoder_hidden);
  monocle_split (g);
  return x;
}

static void
name_layer (MonocleGraph *g, MonocleValue x, guint layer)
{
  g_autofree char *name = g_strdup_printf ("encoder_layer%u", layer);

  monocle_name (g, x, name);
}

MonocleValue
monocle_ofa_encode (MonocleGraph *graph,
                    const MonocleOfaConfig *config,
                    const MonocleOfaPrompt *prompt,
                    MonocleValue *places)
{
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "encoder");
  MonocleScope layers = monocle_scope_enter (scope, "layers");
  const guint d = config->d_model, n_heads = config->encoder_heads;
  const float scale = monocle_ofa_get_scale (d, n_heads);
  MonocleAttention geometry = monocle_attention_over_itself (
      monocle_graph_get_shape (graph, prompt->ids)->dims[0], prompt->n_rows, d, n_heads);
  MonocleValue where = place (graph, config, scope, prompt);
  MonocleValue scores = monocle_head_scores (
      graph, monocle_linear (graph, monocle_scope_enter (scope, "pos_q_linear"), where, d),
      monocle_linear (graph, monocle_scope_enter (scope, "pos_k_linear"), where, d), n_heads,
      scale);
  MonocleValue x = begin (graph, config, scope, prompt);

  monocle_name (graph, where, "encoder_position");
  name_layer (graph, x, 0);
  geometry.scale = scale;
  for (guint i = 0; i < config->encoder_layers; i++)
    {
      x = encode_layer (graph, config, monocle_scope_enter_index (layers, i), &geometry,
                        prompt->lengths, add_distances (graph, config, scope, i, prompt, scores),
                        x);
      name_layer (graph, x, i + 1);
    }
  *places = monocle_linear (
      graph, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "decoder.cross_pos_k_linear"), where, d);
  return monocle_norm (graph, monocle_scope_enter (scope, "layer_norm"), x, MONOCLE_OFA_EPSILON);
}
