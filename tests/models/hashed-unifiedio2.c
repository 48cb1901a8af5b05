/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-unifiedio2.h"

#include <math.h>
#include <string.h>

#include "hashed-ofa.h"

/* --- what there is ------------------------------------------------------------------------ */

/* @columns: 0 for a list. */
static void
add (GPtrArray *shapes, const char *scope, const char *name, guint rows, guint columns)
{
  g_autofree char *full = g_strconcat (scope, name, NULL);

  tensor_shapes_add (shapes, full, columns > 0 ? 2 : 1, (guint[]){ rows, columns });
}

static void
add_linear (GPtrArray *shapes, const char *scope, const char *name, guint rows, guint columns)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, scope, weight, rows, columns);
  add (shapes, scope, bias, rows, 0);
}

static void
add_norm (GPtrArray *shapes, const char *scope, const char *name, guint n)
{
  add_linear (shapes, scope, name, n, 0);
}

static void
add_attention (GPtrArray *shapes,
               const MonocleUnifiedio2Config *config,
               const char *layer,
               const char *name)
{
  static const char *const parts[]
      = { ".query.weight", ".key.weight", ".value.weight", ".out.weight" };
  g_autofree char *scope = g_strconcat (layer, name, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add (shapes, scope, parts[i], config->d_model, config->d_model);
  add (shapes, scope, ".query_norm.scale", config->head_width, 0);
  add (shapes, scope, ".key_norm.scale", config->head_width, 0);
}

static void
add_layer (GPtrArray *shapes,
           const MonocleUnifiedio2Config *config,
           const char *half,
           guint index,
           gboolean is_cross)
{
  const guint d = config->d_model;
  g_autofree char *layer = g_strdup_printf ("%s.layers_%u.", half, index);

  add_attention (shapes, config, layer, is_cross ? "self_attention" : "attention");
  add (shapes, layer, is_cross ? "pre_self_attention_norm.scale" : "pre_attention_norm.scale", d,
       0);
  if (is_cross)
    {
      add_attention (shapes, config, layer, "encoder_decoder_attention");
      add (shapes, layer, "pre_cross_attention_norm.scale", d, 0);
    }
  add (shapes, layer, "pre_mlp_norm.scale", d, 0);
  add (shapes, layer, "mlp.wi_0.weight", config->hidden, d);
  add (shapes, layer, "mlp.wi_1.weight", config->hidden, d);
  add (shapes, layer, "mlp.wo.weight", d, config->hidden);
}

static void
add_tower (GPtrArray *shapes,
           const MonocleUnifiedio2Config *config,
           const char *outside,
           const MonocleUnifiedio2Tower *tower,
           gboolean is_audio)
{
  const guint c = tower->channels;
  g_autofree char *scope = g_strconcat (outside, "image_encoder.vision_transformer.", NULL);

  add (shapes, outside, "projection.weight", config->d_model, 2 * c);
  add (shapes, outside, "modality_embedding", config->d_model, 0);
  add (shapes, scope, "positional_embedding", tower->n_places, c);
  add (shapes, scope, "embedding.weight", c, tower->patch);
  if (is_audio)
    add (shapes, scope, "embedding.bias", c, 0);
  add (shapes, scope, is_audio ? "cls_token" : "class_embedding", c, 0);
  if (is_audio)
    add (shapes, scope, "dist_token", c, 0);
  else
    add_norm (shapes, scope, "pre_ln", c);
  for (guint i = 0; i < tower->layers.n_layers; i++)
    {
      static const char *const parts[] = { "query", "key", "value" };
      g_autofree char *layer = g_strdup_printf ("%stransformer.resblocks.%u.", scope, i);

      for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
        {
          g_autofree char *weight = g_strdup_printf ("attn.%s_in_proj_weight", parts[k]);
          g_autofree char *bias = g_strdup_printf ("attn.%s_in_proj_bias", parts[k]);

          add (shapes, layer, weight, c, c);
          add (shapes, layer, bias, c, 0);
        }
      add_linear (shapes, layer, "attn.out_proj", c, c);
      add_norm (shapes, layer, "ln_1", c);
      add_norm (shapes, layer, "ln_2", c);
      add_linear (shapes, layer, "mlp.fc1", tower->layers.hidden, c);
      add_linear (shapes, layer, "mlp.fc2", c, tower->layers.hidden);
    }
}

GPtrArray *
hashed_unifiedio2_list (const MonocleUnifiedio2Config *config)
{
  static const char *const vectors[]
      = { "input_embedders.text.", "target_embedders.text.", "target_embedders.image." };
  GPtrArray *shapes = tensor_shapes_new ();
  const guint d = config->d_model;

  add (shapes, "", "text_token_embedder.weight", config->n_words, d);
  add (shapes, "", "image_token_embedder.weight", config->n_pieces, d);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    add (shapes, vectors[i], "modality_embedding", d, 0);
  add_tower (shapes, config, "input_embedders.image.", &config->image, FALSE);
  add_tower (shapes, config, "input_embedders.audio.", &config->audio, TRUE);
  for (guint i = 0; i < config->n_encoder_layers; i++)
    add_layer (shapes, config, "encoder", i, FALSE);
  add (shapes, "encoder.", "encoder_norm.scale", d, 0);
  for (guint i = 0; i < config->n_decoder_layers; i++)
    add_layer (shapes, config, "decoder", i, TRUE);
  add (shapes, "decoder.", "decoder_norm.scale", d, 0);
  return shapes;
}

/* --- numbers ------------------------------------------------------------------------------ */

static gboolean
is_norm (const TensorShape *shape)
{
  return g_str_has_suffix (shape->name, ".scale")
         || (g_str_has_suffix (shape->name, ".weight") && shape->n_dims == 1);
}

static gboolean
is_table (const TensorShape *shape)
{
  return g_str_has_suffix (shape->name, "token_embedder.weight")
         || g_str_has_suffix (shape->name, "positional_embedding")
         || g_str_has_suffix (shape->name, "quantize.embedding.weight");
}

void
hashed_unifiedio2_fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const double fan_in = tensor_shape_get_n_elements (shape) / (double) shape->dims[0];
  const double offset = is_norm (shape) ? 1 : 0;
  const double amplitude = shape->n_dims == 1 ? 0.3 : is_table (shape) ? 0.5 : sqrt (3 / fan_in);

  for (guint64 i = 0; i < tensor_shape_get_n_elements (shape); i++)
    values[i] = (float) (offset + amplitude * hashed_ofa_number (shape->name, (guint32) i));
}
