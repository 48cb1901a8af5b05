/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-ofa.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/models/ofa/private.h"
#include "engine/text/byte-characters.h"
#include "hashed-number.h"

/* --- numbers ------------------------------------------------------------------------------ */

static double
make_number (guint32 hash, guint32 i)
{
  guint32 x = hash + i * 2654435761u;

  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x / 2147483648.0 - 1;
}

double
hashed_ofa_number (const char *name, guint32 i)
{
  return make_number (hashed_name (name), i);
}

static gboolean
is_norm (const char *name)
{
  static const char *const parts[]
      = { "norm", "_ln.", ".bn1.", ".bn2.", ".bn3.", ".downsample.1." };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (name, parts[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_table (const char *name)
{
  return strstr (name, "rel_pos_table") || strstr (name, "_positions.")
         || strstr (name, "type_embedding") || strstr (name, "quantize");
}

static void
choose_range (const TensorShape *shape, double *offset, double *amplitude)
{
  const char *name = shape->name;
  /* What flax makes comes last. */
  const guint made = shape->dims[g_str_has_suffix (name, ".kernel") ? shape->n_dims - 1 : 0];
  const double fan_in = tensor_shape_get_n_elements (shape) / (double) made;

  *offset = 0;
  *amplitude = 0.3;
  if (g_str_has_suffix (name, "c_attn") || g_str_has_suffix (name, ".scale")
      || (g_str_has_suffix (name, ".weight") && shape->n_dims == 1 && is_norm (name)))
    *offset = 1;
  else if (g_str_has_suffix (name, "running_var"))
    *offset = 1, *amplitude = 0.5;
  else if (shape->n_dims > 1)
    *amplitude = is_table (name) ? 0.5 : sqrt (3 / fan_in);
}

void
hashed_ofa_fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const guint32 hash = hashed_name (shape->name);
  double offset, amplitude;

  choose_range (shape, &offset, &amplitude);
  for (guint64 i = 0; i < tensor_shape_get_n_elements (shape); i++)
    values[i] = (float) (offset + amplitude * make_number (hash, (guint32) i));
}

/* --- names -------------------------------------------------------------------------------- */

static void
add (GPtrArray *shapes, const char *scope, const char *name, guint n_dims, const guint *dims)
{
  g_autofree char *full = g_strconcat (scope, name, NULL);

  tensor_shapes_add (shapes, full, n_dims, dims);
}

static void
add_linear (GPtrArray *shapes, const char *scope, const char *name, guint n, guint k)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, scope, weight, 2, (guint[]){ n, k });
  add (shapes, scope, bias, 1, &n);
}

static void
add_norm (GPtrArray *shapes, const char *scope, const char *name, guint n)
{
  static const char *const parts[] = { ".weight", ".bias" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *full = g_strconcat (name, parts[i], NULL);

      add (shapes, scope, full, 1, &n);
    }
}

static void
add_convolution (GPtrArray *shapes,
                 const char *scope,
                 const char *name,
                 const char *norm,
                 guint n,
                 guint channels,
                 guint kernel)
{
  static const char *const parts[] = { ".running_mean", ".running_var" };
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);

  add (shapes, scope, weight, 4, (guint[]){ n, channels, kernel, kernel });
  add_norm (shapes, scope, norm, n);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *full = g_strconcat (norm, parts[i], NULL);

      add (shapes, scope, full, 1, &n);
    }
}

static void
add_backbone (GPtrArray *shapes, const MonocleResnetConfig *config)
{
  guint channels = config->first;

  add_convolution (shapes, "encoder.embed_images.", "conv1", "bn1", channels, 3, 7);
  for (guint i = 0; config->depths[i] > 0; i++)
    for (guint k = 0; k < config->depths[i]; k++)
      {
        g_autofree char *scope = g_strdup_printf ("encoder.embed_images.layer%u.%u.", i + 1, k);
        const guint n = config->widths[i];

        add_convolution (shapes, scope, "conv1", "bn1", n / 4, channels, 1);
        add_convolution (shapes, scope, "conv2", "bn2", n / 4, n / 4, 3);
        add_convolution (shapes, scope, "conv3", "bn3", n, n / 4, 1);
        if (k == 0)
          add_convolution (shapes, scope, "downsample.0", "downsample.1", n, channels, 1);
        channels = n;
      }
}

static void
add_attention (GPtrArray *shapes, const char *layer, const char *name, guint d, guint n_heads)
{
  static const char *const parts[] = { ".q_proj", ".k_proj", ".v_proj", ".out_proj" };
  g_autofree char *scope = g_strconcat (layer, name, NULL);
  g_autofree char *before = g_strconcat (name, "_layer_norm", NULL);
  g_autofree char *after = g_strconcat (name, "_mid_layer_norm", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add_linear (shapes, scope, parts[i], d, d);
  add (shapes, scope, ".c_attn", 1, &n_heads);
  add_norm (shapes, layer, before, d);
  add_norm (shapes, layer, after, d);
}

static void
add_layer (
    GPtrArray *shapes, const char *layer, guint d, guint n_heads, guint hidden, gboolean is_cross)
{
  add_attention (shapes, layer, "self_attn", d, n_heads);
  if (is_cross)
    add_attention (shapes, layer, "cross_attn", d, n_heads);
  add_linear (shapes, layer, "fc1", hidden, d);
  add_linear (shapes, layer, "fc2", d, hidden);
  add_norm (shapes, layer, "ffn_layer_norm", hidden);
  add_norm (shapes, layer, "final_layer_norm", d);
}

static void
add_half (GPtrArray *shapes,
          const MonocleOfaConfig *config,
          const char *scope,
          guint n_layers,
          guint n_heads,
          guint hidden,
          gboolean is_cross)
{
  const guint d = config->d_model;
  const guint positions[] = { config->n_positions + 2, d };
  const guint image[] = { monocle_ofa_config_count_image_places (config), d };
  const guint token_table[] = { monocle_ofa_config_count_text_distances (config), n_heads };
  const guint image_table[] = { monocle_ofa_config_count_image_distances (config), n_heads };
  static const char *const norms[]
      = { "layernorm_embedding", "pos_ln", "image_pos_ln", "layer_norm" };

  add (shapes, scope, "embed_positions.weight", 2, positions);
  add (shapes, scope, "embed_image_positions.weight", 2, image);
  for (guint i = 0; i < G_N_ELEMENTS (norms); i++)
    add_norm (shapes, scope, norms[i], d);
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf ("%slayers.%u.", scope, i);
      g_autofree char *token = g_strdup_printf ("token_rel_pos_table_list.%u.weight", i);
      g_autofree char *picture = g_strdup_printf ("image_rel_pos_table_list.%u.weight", i);

      add (shapes, scope, token, 2, token_table);
      add (shapes, scope, picture, 2, image_table);
      add_layer (shapes, layer, d, n_heads, hidden, is_cross);
    }
}

GPtrArray *
hashed_ofa_list (const MonocleOfaConfig *config)
{
  static const char *const places[]
      = { "self_pos_q_linear", "self_pos_k_linear", "cross_pos_q_linear", "cross_pos_k_linear" };
  const guint d = config->d_model;
  GPtrArray *shapes = tensor_shapes_new ();

  add (shapes, "encoder.", "embed_tokens.weight", 2, (guint[]){ config->n_words, d });
  add (shapes, "encoder.", "type_embedding.weight", 2, (guint[]){ 2, d });
  add_backbone (shapes, &config->backbone);
  add_linear (shapes, "encoder.", "image_proj", d, 1024);
  add_norm (shapes, "encoder.", "patch_layernorm_embedding", d);
  add_linear (shapes, "encoder.", "pos_q_linear", d, d);
  add_linear (shapes, "encoder.", "pos_k_linear", d, d);
  add_half (shapes, config, "encoder.", config->encoder_layers, config->encoder_heads,
            config->encoder_hidden, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    add_linear (shapes, "decoder.", places[i], d, d);
  add_norm (shapes, "decoder.", "code_layernorm_embedding", d);
  add_half (shapes, config, "decoder.", config->decoder_layers, config->decoder_heads,
            config->decoder_hidden, TRUE);
  return shapes;
}

/* --- folders ------------------------------------------------------------------------------ */

/* Merged one after the other: "yes" and "no" become tokens, "maybe" stays letters. */
static const char *const merges[] = { "Ġ y", "e s", "Ġy es", "Ġ n", "Ġn o" };

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
append_word (GString *vocabulary, guint *n, const char *word)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), word);
  g_autofree char *quoted = json_to_string (node, FALSE);

  g_string_append_printf (vocabulary, "%s%s: %u", *n > 0 ? ", " : "{", quoted, *n);
  (*n)++;
}

/* Returns: how many words there are */
static guint
write_vocabulary (const char *folder)
{
  static const char *const marks[] = { "<s>", "<pad>", "</s>", "<unk>" };
  g_autoptr (GString) vocabulary = g_string_new (NULL);
  g_autoptr (GString) lines = g_string_new ("#version: 0.2\n");
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    append_word (vocabulary, &n, marks[i]);
  for (guint i = 0; i < 256; i++)
    {
      const guint8 byte = (guint8) i;
      g_autoptr (GString) character = g_string_new (NULL);

      monocle_byte_characters_write (&byte, 1, character);
      append_word (vocabulary, &n, character->str);
    }
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    {
      g_auto (GStrv) parts = g_strsplit (merges[i], " ", 2);
      g_autofree char *word = g_strjoinv (NULL, parts);

      append_word (vocabulary, &n, word);
      g_string_append_printf (lines, "%s\n", merges[i]);
    }
  append_word (vocabulary, &n, "<mask>");
  g_string_append_c (vocabulary, '}');
  write_file (folder, "vocab.json", vocabulary->str);
  write_file (folder, "merges.txt", lines->str);
  return n;
}

static void
fill_renamed (const TensorShape *shape, float *values, gpointer user_data)
{
  GHashTable *names = user_data;
  TensorShape named = *shape;
  char *name = g_hash_table_lookup (names, shape->name);

  named.name = name;
  hashed_ofa_fill (&named, values, NULL);
}

void
hashed_ofa_write_model (const char *folder, gboolean fairseq)
{
  const guint n_words = write_vocabulary (folder) + HASHED_OFA_CODES + MONOCLE_OFA_N_BINS;
  g_autofree char *config = g_strdup_printf (
      "{\"model_type\": \"ofa\", \"d_model\": 32, \"encoder_layers\": 2, \"decoder_layers\": 2, "
      "\"encoder_attention_heads\": 4, \"decoder_attention_heads\": 4, \"encoder_ffn_dim\": 64, "
      "\"decoder_ffn_dim\": 64, \"resnet_type\": \"resnet50\", \"vocab_size\": %u, "
      "\"code_image_size\": 64}",
      n_words);
  g_autoptr (JsonNode) root = json_from_string (config, NULL);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GPtrArray) shapes = NULL;
  MonocleOfaConfig parsed;

  g_assert_true (
      monocle_ofa_config_parse (&parsed, json_node_get_object (root), "config.json", NULL));
  write_file (folder, "config.json", config);
  write_file (folder, "preprocessor_config.json",
              "{\"do_resize\": true, \"size\": {\"height\": 64, \"width\": 64}, \"resample\": 3, "
              "\"do_rescale\": true, \"do_normalize\": true, \"image_mean\": [0.5, 0.5, 0.5], "
              "\"image_std\": [0.5, 0.5, 0.5]}");
  shapes = hashed_ofa_list (&parsed);
  /* The numbers are those of the usual names whatever the file calls them. */
  for (guint i = 0; i < shapes->len; i++)
    {
      TensorShape *shape = shapes->pdata[i];
      char *name = shape->name;

      shape->name = fairseq ? monocle_ofa_rename_to_fairseq (name) : g_strdup (name);
      g_hash_table_insert (names, shape->name, name);
    }
  checkpoint_file_write (folder, shapes, fill_renamed, names);
}
