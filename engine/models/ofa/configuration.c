/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/ofa/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model. */
#define MAX_WIDTH      16384
#define MAX_LAYERS     256
#define MAX_HEADS      256
#define MAX_WORDS      (1 << 20)
#define MAX_POSITIONS  4096
#define MAX_IMAGE_SIDE 128

/* What models that see nothing say instead of a backbone. */
#define NO_BACKBONE "none"

/* Published sizes, by their width. */
static const struct
{
  guint d_model, hidden, n_heads, encoder_layers, decoder_layers;
  const char *backbone;
} sizes[] = {
  { 256, 1024, 4, 4, 4, "resnet50" },      { 512, 2048, 8, 4, 4, "resnet101" },
  { 768, 3072, 12, 6, 6, "resnet101" },    { 1024, 4096, 16, 12, 12, "resnet152" },
  { 1280, 5120, 16, 24, 12, "resnet152" },
};

/* What sees pictures ends before the last stage. */
static const struct
{
  const char *name;
  guint depths[3];
} backbones[] = {
  { "resnet50", { 3, 4, 6 } },
  { "resnet101", { 3, 4, 23 } },
  { "resnet152", { 3, 8, 36 } },
};

guint
monocle_ofa_config_count_text_distances (const MonocleOfaConfig *config)
{
  return 2 * config->token_buckets - 1;
}

guint
monocle_ofa_config_count_image_distances (const MonocleOfaConfig *config)
{
  const guint side = 2 * config->image_side - 1;

  /* To and from the start, and itself, behind those of pictures. */
  return side * side + 3;
}

guint
monocle_ofa_config_count_image_places (const MonocleOfaConfig *config)
{
  return config->image_side * config->image_side + 1;
}

gboolean
monocle_ofa_config_probe_drawing (JsonObject *root)
{
  JsonNode *node = json_object_get_member (root, "resnet_type");

  return monocle_config_has_type (root, "ofa") && node
         && json_node_get_value_type (node) == G_TYPE_STRING
         && g_str_equal (json_node_get_string (node), NO_BACKBONE);
}

gboolean
monocle_ofa_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "ofa") && !monocle_ofa_config_probe_drawing (root);
}

static void
set_size (MonocleOfaConfig *config, const char **backbone)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i].d_model == config->d_model || i + 1 == G_N_ELEMENTS (sizes))
      {
        config->encoder_layers = sizes[i].encoder_layers;
        config->decoder_layers = sizes[i].decoder_layers;
        config->encoder_heads = config->decoder_heads = sizes[i].n_heads;
        config->encoder_hidden = config->decoder_hidden = sizes[i].hidden;
        *backbone = sizes[i].backbone;
        return;
      }
}

static gboolean
get_uint (
    JsonObject *root, const char *path, const char *key, guint most, guint *value, GError **error)
{
  gint64 found = *value;

  if (!monocle_json_get_int (root, path, key, MONOCLE_JSON_OPTIONAL, 1, most, &found, error))
    return FALSE;
  *value = (guint) found;
  return TRUE;
}

/* Switches of the reference that published models leave as they are. */
static gboolean
check_switches (JsonObject *root, const char *path, GError **error)
{
  static const struct
  {
    const char *key;
    gboolean usual;
  } switches[] = {
    { "normformer", TRUE },
    { "scale_embedding", FALSE },
    { "add_type_embedding", TRUE },
    { "layernorm_embedding", TRUE },
    { "patch_layernorm_embedding", TRUE },
    { "code_layernorm_embedding", TRUE },
    { "entangle_position_embedding", FALSE },
    { "share_decoder_input_output_embed", TRUE },
  };
  const char *activation = "gelu";
  double factor = 2;

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      gboolean value = switches[i].usual;

      if (!monocle_json_get_bool (root, path, switches[i].key, MONOCLE_JSON_OPTIONAL, &value,
                                  error))
        return FALSE;
      if (value != switches[i].usual)
        {
          g_autofree char *what = g_strdup_printf ("“%s” must be %s", switches[i].key,
                                                   switches[i].usual ? "true" : "false");

          return monocle_config_refuse (path, what, error);
        }
    }
  if (!monocle_json_get_string (root, path, "activation_function", MONOCLE_JSON_OPTIONAL,
                                &activation, error)
      || !monocle_json_get_double (root, path, "attn_scale_factor", MONOCLE_JSON_OPTIONAL, &factor,
                                   error))
    return FALSE;
  if (!g_str_equal (activation, "gelu") || factor < 2 || factor > 2)
    return monocle_config_refuse (
        path, "“activation_function” must be “gelu” and “attn_scale_factor” 2", error);
  return TRUE;
}

static gboolean
set_backbone (MonocleOfaConfig *config, const char *name, const char *path, GError **error)
{
  static const guint widths[] = { 256, 512, 1024 };

  config->backbone = (MonocleResnetConfig){ .names = MONOCLE_RESNET_NAMES_SHORT, .first = 64 };
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++)
    if (g_str_equal (name, backbones[i].name))
      {
        for (guint k = 0; k < G_N_ELEMENTS (widths); k++)
          {
            config->backbone.widths[k] = widths[k];
            config->backbone.depths[k] = backbones[i].depths[k];
          }
        return TRUE;
      }
  return monocle_config_refuse (
      path, "“resnet_type” must be “resnet50”, “resnet101” or “resnet152”", error);
}

static gboolean
check_dimensions (const MonocleOfaConfig *config, const char *path, GError **error)
{
  if (config->d_model % (4 * config->encoder_heads) != 0
      || config->d_model % (4 * config->decoder_heads) != 0 || config->encoder_heads % 4 != 0
      || config->decoder_heads % 4 != 0 || config->encoder_hidden % 4 != 0
      || config->decoder_hidden % 4 != 0)
    return monocle_config_refuse (
        path, "heads, and the width of each, must be multiples of 4 that divide “d_model”", error);
  if (config->token_buckets % 2 != 0 || config->token_buckets > config->n_positions)
    return monocle_config_refuse (
        path, "“token_bucket_size” must be even, and no more than there are positions", error);
  if (config->code_side > config->image_side)
    return monocle_config_refuse (
        path, "“code_image_size” must not be larger than eight times “image_bucket_size”", error);
  return TRUE;
}

gboolean
monocle_ofa_config_parse (MonocleOfaConfig *config,
                          JsonObject *root,
                          const char *path,
                          GError **error)
{
  const char *backbone = NULL;
  guint code_pixels = 128;

  *config = (MonocleOfaConfig){
    .d_model = 768, .n_words = 59457, .n_positions = 1024, .token_buckets = 256, .image_side = 42
  };
  if (!get_uint (root, path, "d_model", MAX_WIDTH, &config->d_model, error))
    return FALSE;
  set_size (config, &backbone);
  if (!get_uint (root, path, "encoder_layers", MAX_LAYERS, &config->encoder_layers, error)
      || !get_uint (root, path, "decoder_layers", MAX_LAYERS, &config->decoder_layers, error)
      || !get_uint (root, path, "encoder_attention_heads", MAX_HEADS, &config->encoder_heads, error)
      || !get_uint (root, path, "decoder_attention_heads", MAX_HEADS, &config->decoder_heads, error)
      || !get_uint (root, path, "encoder_ffn_dim", MAX_WIDTH, &config->encoder_hidden, error)
      || !get_uint (root, path, "decoder_ffn_dim", MAX_WIDTH, &config->decoder_hidden, error)
      || !get_uint (root, path, "vocab_size", MAX_WORDS, &config->n_words, error)
      || !get_uint (root, path, "max_position_embeddings", MAX_POSITIONS, &config->n_positions,
                    error)
      || !get_uint (root, path, "token_bucket_size", MAX_POSITIONS, &config->token_buckets, error)
      || !get_uint (root, path, "image_bucket_size", MAX_IMAGE_SIDE, &config->image_side, error)
      || !get_uint (root, path, "code_image_size", MONOCLE_OFA_CODE_PIXELS * MAX_IMAGE_SIDE,
                    &code_pixels, error)
      || !monocle_json_get_string (root, path, "resnet_type", MONOCLE_JSON_OPTIONAL, &backbone,
                                   error)
      || !check_switches (root, path, error))
    return FALSE;
  config->code_side = code_pixels / MONOCLE_OFA_CODE_PIXELS;
  config->draws = g_str_equal (backbone, NO_BACKBONE);
  if (config->draws)
    return check_dimensions (config, path, error);
  return set_backbone (config, backbone, path, error) && check_dimensions (config, path, error);
}

gboolean
monocle_ofa_config_load (MonocleOfaConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  return root && monocle_ofa_config_parse (config, root, path, error);
}
