/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-unifiedio2.h"

#include <math.h>
#include <string.h>

#include "hashed-ofa.h"
#include "hashed-vqgan.h"

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

/* --- a vocabulary ------------------------------------------------------------------------- */

static void
put_number (GByteArray *file, guint64 number)
{
  do
    {
      const guint8 byte = (guint8) (number & 0x7f) | (number > 0x7f ? 0x80 : 0);

      g_byte_array_append (file, &byte, 1);
      number >>= 7;
    }
  while (number > 0);
}

static void
put_bytes (GByteArray *file, guint key, gconstpointer bytes, gsize n)
{
  put_number (file, key << 3 | 2);
  put_number (file, n);
  g_byte_array_append (file, bytes, (guint) n);
}

static void
put_field (GByteArray *file, guint key, guint64 number)
{
  put_number (file, key << 3);
  put_number (file, number);
}

/* @type: 1: usual, 2: unknown, 3: of no text */
static void
put_piece (GByteArray *file, const char *text, guint rank, guint type)
{
  g_autoptr (GByteArray) piece = g_byte_array_new ();
  const float score = -(float) rank;
  guint32 word;

  memcpy (&word, &score, sizeof word);
  word = GUINT32_TO_LE (word);
  put_bytes (piece, 1, text, strlen (text));
  put_number (piece, 2 << 3 | 5);
  g_byte_array_append (piece, (const guint8 *) &word, sizeof word);
  put_field (piece, 3, type);
  put_bytes (file, 1, piece->data, piece->len);
}

/* At least @n_wanted. */
static GByteArray *
make_pieces (guint n_wanted, guint *n_pieces)
{
  static const char *const merged[]
      = { "th", "the", "▁the", "im", "ima", "ge", "image", "▁image", "do", "dog", "▁dog" };
  static const char others[] = "abcdefghijklmnopqrstuvwxyzACDGLRSWTI?.,:\"0123456789";
  static const char *const first[] = { "<unk>", "<s>", "</s>" };
  GByteArray *file = g_byte_array_new ();
  g_autoptr (GByteArray) trainer = g_byte_array_new ();
  g_autoptr (GByteArray) normaliser = g_byte_array_new ();
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (first); i++, n++)
    put_piece (file, first[i], 0, i == 0 ? 2 : 3);
  for (guint i = 0; i < G_N_ELEMENTS (merged); i++, n++)
    put_piece (file, merged[i], i, 1);
  put_piece (file, "▁", n++, 1);
  for (const char *c = others; *c; c++, n++)
    {
      const char text[] = { *c, '\0' };

      put_piece (file, text, n, 1);
    }
  for (; n < n_wanted; n++)
    {
      g_autofree char *text = g_strdup_printf ("#%u", n);

      put_piece (file, text, n, 1);
    }
  put_field (trainer, 3, 2); /* byte pairs */
  put_bytes (file, 2, trainer->data, trainer->len);
  put_field (normaliser, 4, 0); /* blanks stay as they are */
  put_bytes (file, 3, normaliser->data, normaliser->len);
  *n_pieces = n;
  return file;
}

GByteArray *
hashed_unifiedio2_make_pieces (guint *n_pieces)
{
  return make_pieces (0, n_pieces);
}

/* --- a folder ----------------------------------------------------------------------------- */

static void
write_file (const char *folder, const char *name, gconstpointer data, gssize n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, n, &error);
  g_assert_no_error (error);
}

char *
hashed_unifiedio2_make_config (guint n_words)
{
  return g_strdup_printf (
      "{\"t5_config\": {\"vocab_size\": %u, \"image_vocab_size\": 80, \"emb_dim\": 32, "
      "\"num_heads\": 2, \"num_encoder_layers\": 2, \"num_decoder_layers\": 2, \"head_dim\": 16, "
      "\"mlp_dim\": 48, \"mlp_activations\": [\"silu\", \"linear\"], \"qk_norm\": true, "
      "\"logits_via_embedding\": true, \"decoder_xattention_internval\": 1, "
      "\"encoder_max_image_length\": 9, \"encoder_max_text_length\": 256, "
      "\"decoder_max_image_length\": 16, \"decoder_max_text_length\": 256, "
      "\"text_pos_emb\": \"llama_rope\", \"image_tokenizer_type\": \"vqgan\", "
      "\"default_image_vit_size\": [48, 48], \"default_audio_vit_size\": [256, 128], "
      "\"image_vit_patch_size\": 16, \"audio_vit_patch_size\": 16}, "
      "\"image_vqgan\": {\"embed_dim\": 4, \"n_embed\": 64, \"double_z\": false, "
      "\"z_channels\": 4, \"resolution\": 32, \"ch\": 32, \"ch_mult\": [1, 1, 1, 2], "
      "\"num_res_blocks\": 1, \"attn_resolutions\": [4], \"default_input_size\": [32, 32], "
      "\"patch_size\": [8, 8]}, "
      "\"image_vit_cfg\": {\"patch_size\": 16, \"emb_dim\": 24, \"num_heads\": 2, "
      "\"num_layers\": 3, \"mlp_dim\": 48, \"num_pos\": 5}, "
      "\"audio_vit_cfg\": {\"patch_size\": 16, \"emb_dim\": 24, \"num_heads\": 2, "
      "\"num_layers\": 3, \"mlp_dim\": 48}, \"use_image_vit\": true}",
      n_words);
}

/* That of the smallest one that was published. */
static const char large[]
    = "{\"t5_config\": {\"vocab_size\": 33280, \"image_vocab_size\": 16512, \"emb_dim\": 1024, "
      "\"num_heads\": 16, \"num_encoder_layers\": 24, \"num_decoder_layers\": 24, "
      "\"head_dim\": 64, \"mlp_dim\": 2816, \"decoder_xattention_internval\": 1, "
      "\"encoder_max_image_length\": 576, \"encoder_max_text_length\": 512, "
      "\"decoder_max_image_length\": 1024, \"decoder_max_text_length\": 512, "
      "\"default_image_vit_size\": [384, 384], \"default_audio_vit_size\": [256, 128], "
      "\"image_vit_patch_size\": 16, \"audio_vit_patch_size\": 16}, "
      "\"image_vqgan\": {\"embed_dim\": 4, \"n_embed\": 16384, \"z_channels\": 4, "
      "\"resolution\": 256, \"ch\": 128, \"ch_mult\": [1, 2, 2, 4], \"num_res_blocks\": 2, "
      "\"attn_resolutions\": [32], \"default_input_size\": [256, 256], \"patch_size\": [8, 8]}, "
      "\"image_vit_cfg\": {\"patch_size\": 16, \"emb_dim\": 768, \"num_heads\": 12, "
      "\"num_layers\": 11, \"mlp_dim\": 3072, \"num_pos\": 197}, "
      "\"audio_vit_cfg\": {\"patch_size\": 16, \"emb_dim\": 768, \"num_heads\": 12, "
      "\"num_layers\": 11, \"mlp_dim\": 3072}}";

/* As published: sounds and pictures of before are there, which nobody asks for. */
static void
add_others (GPtrArray *shapes, const MonocleUnifiedio2Config *config)
{
  add (shapes, "", "audio_token_embedder.weight", 72, config->d_model);
  add (shapes, "input_embedders.image_history.", "modality_embedding", config->d_model, 0);
  add (shapes, "target_embedders.audio.", "modality_embedding", config->d_model, 0);
}

/* @fill: (nullable): else all numbers are 0, and take no room */
static void
write_model (const char *folder, const char *settings, const GByteArray *pieces, TensorFill fill)
{
  g_autoptr (JsonNode) root = json_from_string (settings, NULL);
  g_autoptr (GPtrArray) shapes = NULL;
  g_autoptr (GError) error = NULL;
  MonocleUnifiedio2Config config;

  monocle_unifiedio2_config_parse (&config, json_node_get_object (root), "config.json", &error);
  g_assert_no_error (error);
  shapes = hashed_unifiedio2_list (&config);
  hashed_vqgan_list (shapes, "target_embedders.image.vqgan", &config.vqgan);
  add_others (shapes, &config);
  checkpoint_file_write (folder, shapes, fill, NULL);
  write_file (folder, "config.json", settings, (gssize) strlen (settings));
  write_file (folder, "tokenizer.model", pieces->data, (gssize) pieces->len);
}

void
hashed_unifiedio2_write_model (const char *folder)
{
  guint n_pieces;
  g_autoptr (GByteArray) pieces = hashed_unifiedio2_make_pieces (&n_pieces);
  g_autofree char *settings
      = hashed_unifiedio2_make_config (HASHED_UNIFIEDIO2_COUNT_WORDS (n_pieces));

  write_model (folder, settings, pieces, hashed_unifiedio2_fill);
}

void
hashed_unifiedio2_write_large (const char *folder)
{
  guint n_pieces;
  g_autoptr (GByteArray) pieces = make_pieces (32000, &n_pieces);

  g_assert_cmpuint (n_pieces, ==, 32000);
  write_model (folder, large, pieces, NULL);
}
