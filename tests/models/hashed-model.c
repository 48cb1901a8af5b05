/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "checkpoint-file.h"
#include "engine/picture/preprocess.h"
#include "hashed-model.h"
#include "hashed-number.h"

#define IMAGE_SIDE    96
#define PADDING_LOGIT -1e9f
#define WIDTH         128
#define HIDDEN        256
#define EOS           2

#define TOKENIZER "models/original-96/tokenizer.json"

static const guint stage_dims[] = { 32, 64, 96, 128 };
static const guint stage_heads[] = { 1, 2, 3, 4 };
const guint hashed_stage_depths[HASHED_N_STAGES] = { 1, 1, 2, 1 };

const HashedCut hashed_whole = {
  .n_stages = HASHED_N_STAGES,
  .last_depth = 1,
  .n_encoder_layers = 2,
  .early_stopping = "true",
};

/* ---- the formula of the note */

static gboolean
is_norm (const char *name)
{
  return strstr (name, "norm.weight") || strstr (name, "layernorm_embedding.weight");
}

static double
scale (const TensorShape *shape, double v)
{
  const char *name = shape->name;

  if (is_norm (name))
    return 1 + 0.1 * v;
  if (g_str_has_suffix (name, ".bias"))
    return 0.1 * v;
  if (strstr (name, "embed_positions") || strstr (name, "_embeddings.weight"))
    return 0.5 * v;
  if (g_str_has_suffix (name, "shared.weight"))
    return v;
  if (g_str_equal (name, "image_projection"))
    return v * sqrt (3.0 / shape->dims[0]);

  return v * sqrt (3.0 * shape->dims[0] / (double) tensor_shape_get_n_elements (shape));
}

/* Ends of the branches of a block: without them it passes on what it gets. */
static gboolean
is_silenced (const HashedCut *cut, const char *name)
{
  g_autofree char *prefix = g_strdup_printf ("vision_tower.blocks.%u.%u.channel_block.",
                                             cut->n_stages - 1, cut->last_depth - 1);

  return cut->spatial_only && g_str_has_prefix (name, prefix)
         && (strstr (name, ".dw.") || strstr (name, ".proj.") || strstr (name, ".fc2."));
}

static void
fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const HashedCut *cut = user_data;
  guint64 n = tensor_shape_get_n_elements (shape);
  guint32 hash = hashed_name (shape->name);

  if (g_str_has_suffix (shape->name, "final_logits_bias"))
    {
      for (guint64 i = 0; i < n; i++)
        values[i] = i == EOS ? cut->eos_bias : i < HASHED_VOCABULARY ? 0 : PADDING_LOGIT;
      return;
    }

  for (guint64 i = 0; i < n; i++)
    values[i]
        = is_silenced (cut, shape->name) ? 0 : (float) scale (shape, hashed_element (hash, i));
}

gboolean __wrap_monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                                        MonocleImage *image,
                                        float *out,
                                        GError **error);

/* The input of the note in place of any picture. */
gboolean
__wrap_monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                               MonocleImage *image,
                               float *out,
                               GError **error)
{
  guint32 hash = hashed_name ("pixel_values");

  for (guint i = 0; i < 3 * IMAGE_SIDE * IMAGE_SIDE; i++)
    out[i] = 2 * hashed_element (hash, i);

  return TRUE;
}

/* ---- the model directory */

static void
add (GPtrArray *shapes, const char *prefix, const char *name, guint n_dims, const guint *dims)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  tensor_shapes_add (shapes, full, n_dims, dims);
}

static void
add_linear (GPtrArray *shapes, const char *prefix, const char *name, guint n, guint k)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL),
                  *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, prefix, weight, 2, (guint[]){ n, k });
  add (shapes, prefix, bias, 1, &n);
}

static void
add_norm (GPtrArray *shapes, const char *prefix, const char *name, guint n)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL),
                  *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, prefix, weight, 1, &n);
  add (shapes, prefix, bias, 1, &n);
}

static void
add_block (GPtrArray *shapes, guint stage, guint block, const char *kind, guint c)
{
  g_autofree char *prefix
      = g_strdup_printf ("vision_tower.blocks.%u.%u.%s_block.", stage, block, kind);
  const char *attention = g_str_equal (kind, "spatial") ? "window_attn" : "channel_attn";
  g_autofree char *inner = g_strconcat (prefix, attention, ".", NULL);
  const guint depthwise[] = { c, 1, 3, 3 };

  add (shapes, prefix, "conv1.fn.dw.weight", 4, depthwise);
  add (shapes, prefix, "conv1.fn.dw.bias", 1, &c);
  add_norm (shapes, inner, "norm", c);
  add_linear (shapes, inner, "fn.qkv", 3 * c, c);
  add_linear (shapes, inner, "fn.proj", c, c);
  add (shapes, prefix, "conv2.fn.dw.weight", 4, depthwise);
  add (shapes, prefix, "conv2.fn.dw.bias", 1, &c);
  add_norm (shapes, prefix, "ffn.norm", c);
  add_linear (shapes, prefix, "ffn.fn.net.fc1", 4 * c, c);
  add_linear (shapes, prefix, "ffn.fn.net.fc2", c, 4 * c);
}

static guint
get_depth (const HashedCut *cut, guint stage)
{
  return stage == cut->n_stages - 1 ? cut->last_depth : hashed_stage_depths[stage];
}

static void
add_tower (GPtrArray *shapes, const HashedCut *cut)
{
  for (guint i = 0; i < cut->n_stages; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("vision_tower.convs.%u.", i);
      guint c = stage_dims[i], input = i > 0 ? stage_dims[i - 1] : 3, kernel = i > 0 ? 3 : 7;

      add (shapes, prefix, "proj.weight", 4, (guint[]){ c, input, kernel, kernel });
      add (shapes, prefix, "proj.bias", 1, &c);
      add_norm (shapes, prefix, "norm", i > 0 ? input : c);
      for (guint j = 0; j < get_depth (cut, i); j++)
        {
          add_block (shapes, i, j, "spatial", c);
          add_block (shapes, i, j, "channel", c);
        }
    }
}

static void
add_attention (GPtrArray *shapes, const char *prefix, const char *name)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj", "out_proj" };
  g_autofree char *inner = g_strconcat (prefix, name, ".", NULL);
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add_linear (shapes, inner, parts[i], WIDTH, WIDTH);
  add_norm (shapes, prefix, norm, WIDTH);
}

static void
add_side (GPtrArray *shapes, const char *side, guint n_layers, guint n_positions, gboolean cross)
{
  g_autofree char *prefix = g_strdup_printf ("language_model.model.%s.", side);

  add (shapes, prefix, "embed_positions.weight", 2, (guint[]){ n_positions + 2, WIDTH });
  add_norm (shapes, prefix, "layernorm_embedding", WIDTH);
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf ("%slayers.%u.", prefix, i);

      add_attention (shapes, layer, "self_attn");
      if (cross)
        add_attention (shapes, layer, "encoder_attn");
      add_linear (shapes, layer, "fc1", HIDDEN, WIDTH);
      add_linear (shapes, layer, "fc2", WIDTH, HIDDEN);
      add_norm (shapes, layer, "final_layer_norm", WIDTH);
    }
}

/* A tower that is cut off early has more tokens than the golden model has positions for. */
static guint
get_n_positions (const HashedCut *cut)
{
  return cut->n_stages == HASHED_N_STAGES ? 64 : 1024;
}

static GPtrArray *
list_tensors (const HashedCut *cut)
{
  GPtrArray *shapes = tensor_shapes_new ();
  guint c = stage_dims[cut->n_stages - 1];

  add_tower (shapes, cut);
  add (shapes, "image_pos_embed.", "row_embeddings.weight", 2, (guint[]){ 50, c / 2 });
  add (shapes, "image_pos_embed.", "column_embeddings.weight", 2, (guint[]){ 50, c - c / 2 });
  add (shapes, "", "image_projection", 2, (guint[]){ c, WIDTH });
  add_norm (shapes, "", "image_proj_norm", WIDTH);
  add (shapes, "language_model.", "model.shared.weight", 2,
       (guint[]){ HASHED_PADDED_VOCABULARY, WIDTH });
  add (shapes, "language_model.", "final_logits_bias", 2, (guint[]){ 1, HASHED_PADDED_VOCABULARY });
  add_side (shapes, "encoder", cut->n_encoder_layers, get_n_positions (cut), FALSE);
  add_side (shapes, "decoder", 2, get_n_positions (cut), TRUE);

  return shapes;
}

static void
append_stages (GString *text, const char *key, const HashedCut *cut, const guint *values)
{
  g_string_append_printf (text, "\"%s\":[", key);
  for (guint i = 0; i < cut->n_stages; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "," : "",
                            values ? values[i] : get_depth (cut, i));
  g_string_append (text, "],");
}

static void
write_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_config (const char *folder, const HashedCut *cut)
{
  g_autoptr (GString) text
      = g_string_new ("{\"model_type\":\"florence2\",\"vision_config\":{\"model_type\":\"davit\",");

  append_stages (text, "dim_embed", cut, stage_dims);
  append_stages (text, "num_heads", cut, stage_heads);
  append_stages (text, "num_groups", cut, stage_heads);
  append_stages (text, "depths", cut, NULL);
  append_stages (text, "patch_size", cut, (const guint[]){ 7, 3, 3, 3 });
  append_stages (text, "patch_stride", cut, (const guint[]){ 4, 2, 2, 2 });
  append_stages (text, "patch_padding", cut, (const guint[]){ 3, 1, 1, 1 });
  g_string_append (text, "\"patch_prenorm\":[false");
  for (guint i = 1; i < cut->n_stages; i++)
    g_string_append (text, ",true");
  g_string_append_printf (
      text,
      "],\"window_size\":12,\"projection_dim\":%u},\"text_config\":{\"d_model\":%u,\"vocab_size\":%"
      "u,"
      "\"encoder_layers\":%u,\"decoder_layers\":2,\"encoder_attention_heads\":2,"
      "\"decoder_attention_heads\":2,\"encoder_ffn_dim\":%u,\"decoder_ffn_dim\":%u,"
      "\"max_position_embeddings\":%u,\"num_beams\":3,\"early_stopping\":%s,\"no_repeat_ngram_"
      "size\":3,"
      "\"forced_bos_token_id\":0,\"forced_eos_token_id\":2,\"eos_token_id\":2,\"pad_token_id\":1,"
      "\"decoder_start_token_id\":2}}",
      WIDTH, WIDTH, HASHED_PADDED_VOCABULARY, cut->n_encoder_layers, HIDDEN, HIDDEN,
      get_n_positions (cut), cut->early_stopping ? cut->early_stopping : "true");
  write_text (folder, "config.json", text->str);
}

MonocleModel *
hashed_model_load (const HashedCut *cut)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = list_tensors (cut);
  g_autofree char *tokenizer = test_fixture (TOKENIZER);
  g_autofree char *contents = NULL;

  write_config (folder, cut);
  write_text (folder, "preprocessor_config.json",
              "{\"do_resize\":true,\"size\":{\"height\":96,\"width\":96},\"resample\":3,\"do_"
              "rescale\":true,"
              "\"do_normalize\":true,\"image_mean\":[0.5,0.5,0.5],\"image_std\":[0.5,0.5,0.5]}");
  g_assert_true (g_file_get_contents (tokenizer, &contents, NULL, NULL));
  write_text (folder, "tokenizer.json", contents);
  checkpoint_file_write (folder, shapes, fill, (gpointer) cut);

  return test_load_or_die (folder, MONOCLE_PRECISION_F32);
}
