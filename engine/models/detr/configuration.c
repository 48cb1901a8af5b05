/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/detr/configuration.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_WIDTH   65536
#define MAX_LAYERS  256
#define MAX_QUERIES 65536

#define USUAL_BACKBONE "resnet50"

/* Those that files name instead of describing them. */
static const struct
{
  const char *name;
  guint depths[MONOCLE_RESNET_STAGES];
} known[] = {
  { "resnet50", { 3, 4, 6, 3 } },
  { "resnet101", { 3, 4, 23, 3 } },
};
static const guint known_widths[] = { 256, 512, 1024, 2048 };

/* --- what sees the picture ---------------------------------------------------------------- */

static gboolean
take_known (MonocleResnetConfig *backbone, const char *name, const char *path, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gsize n = strlen (known[i].name);

      /* What comes after a dot says how it was trained. */
      if (!g_str_has_prefix (name, known[i].name) || (name[n] && name[n] != '.'))
        continue;
      backbone->first = 64;
      memcpy (backbone->widths, known_widths, sizeof known_widths);
      memcpy (backbone->depths, known[i].depths, sizeof known[i].depths);
      return TRUE;
    }
  return monocle_config_refuse (path, "“backbone” must be “resnet50” or “resnet101”", error);
}

static gboolean
read_four (JsonObject *section,
           const char *where,
           const char *key,
           guint most,
           guint *values,
           GError **error)
{
  g_autoptr (GArray) array = NULL;

  if (!monocle_json_get_ints (section, where, key, MONOCLE_JSON_OPTIONAL, 1, most, &array, error))
    return FALSE;
  if (array && array->len != MONOCLE_RESNET_STAGES)
    return monocle_config_refuse (where, "there must be four stages", error);
  for (guint i = 0; array && i < array->len; i++)
    values[i] = (guint) g_array_index (array, gint64, i);
  return TRUE;
}

/* The defaults are those of the reference's configuration class. */
static gboolean
read_described (MonocleResnetConfig *backbone,
                JsonObject *section,
                const char *where,
                GError **error)
{
  const char *kind = "bottleneck", *activation = "relu";
  gboolean early = FALSE, other_place = FALSE;
  gint64 first = 64;

  take_known (backbone, USUAL_BACKBONE, where, NULL);
  if (!monocle_json_get_int (section, where, "embedding_size", MONOCLE_JSON_OPTIONAL, 1, MAX_WIDTH,
                             &first, error)
      || !read_four (section, where, "hidden_sizes", MAX_WIDTH, backbone->widths, error)
      || !read_four (section, where, "depths", MAX_LAYERS, backbone->depths, error)
      || !monocle_json_get_string (section, where, "layer_type", MONOCLE_JSON_OPTIONAL, &kind,
                                   error)
      || !monocle_json_get_string (section, where, "hidden_act", MONOCLE_JSON_OPTIONAL, &activation,
                                   error)
      || !monocle_json_get_bool (section, where, "downsample_in_first_stage", MONOCLE_JSON_OPTIONAL,
                                 &early, error)
      || !monocle_json_get_bool (section, where, "downsample_in_bottleneck", MONOCLE_JSON_OPTIONAL,
                                 &other_place, error))
    return FALSE;
  backbone->first = (guint) first;
  if (!g_str_equal (kind, "bottleneck") || !g_str_equal (activation, "relu") || early
      || other_place)
    return monocle_config_refuse (
        where,
        "only bottlenecks with “relu” are supported that take their steps in the "
        "3x3 convolution, and none in the first stage",
        error);
  for (guint i = 0; i < MONOCLE_RESNET_STAGES; i++)
    if (backbone->widths[i] % 16 != 0 || first % 4 != 0)
      return monocle_config_refuse (
          where, "“hidden_sizes” must be multiples of 16, “embedding_size” one of 4", error);
  return TRUE;
}

static gboolean
read_backbone (MonocleResnetConfig *backbone, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: backbone_config", path);
  const char *name = USUAL_BACKBONE, *type = "resnet";
  JsonObject *section = NULL;

  if (!monocle_json_get_object (root, path, "backbone_config", MONOCLE_JSON_OPTIONAL, &section,
                                error))
    return FALSE;
  if (!section)
    return monocle_json_get_string (root, path, "backbone", MONOCLE_JSON_OPTIONAL, &name, error)
           && take_known (backbone, name, path, error);
  if (!monocle_json_get_string (section, where, "model_type", MONOCLE_JSON_OPTIONAL, &type, error))
    return FALSE;
  if (g_str_equal (type, "resnet"))
    return read_described (backbone, section, where, error);
  if (!g_str_equal (type, "timm_backbone"))
    return monocle_config_refuse (where, "“model_type” must be “resnet” or “timm_backbone”", error);
  return monocle_json_get_string (section, where, "backbone", MONOCLE_JSON_OPTIONAL, &name, error)
         && take_known (backbone, name, where, error);
}

/* --- what asks ---------------------------------------------------------------------------- */

static gboolean
read_transformer (MonocleDetrConfig *config, JsonObject *root, const char *path, GError **error)
{
  const struct
  {
    const char *key;
    guint usual, most, *value;
  } numbers[] = {
    { "d_model", 256, MAX_WIDTH, &config->channels },
    { "encoder_layers", 6, MAX_LAYERS, &config->n_encoder_layers },
    { "encoder_attention_heads", 8, MAX_WIDTH, &config->n_encoder_heads },
    { "encoder_ffn_dim", 2048, MAX_WIDTH, &config->encoder_hidden },
    { "decoder_layers", 6, MAX_LAYERS, &config->n_decoder_layers },
    { "decoder_attention_heads", 8, MAX_WIDTH, &config->n_decoder_heads },
    { "decoder_ffn_dim", 2048, MAX_WIDTH, &config->decoder_hidden },
    { "num_queries", 100, MAX_QUERIES, &config->n_queries },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 number = numbers[i].usual;

      if (!monocle_json_get_int (root, path, numbers[i].key, MONOCLE_JSON_OPTIONAL, 1,
                                 numbers[i].most, &number, error))
        return FALSE;
      *numbers[i].value = (guint) number;
    }
  if (config->encoder_hidden % 4 != 0 || config->decoder_hidden % 4 != 0)
    return monocle_config_refuse (path, "the widths of perceptrons must be multiples of 4", error);
  for (guint i = 0; i < 2; i++)
    {
      guint n_heads = i == 0 ? config->n_encoder_heads : config->n_decoder_heads;

      if (config->channels % n_heads != 0 || config->channels / n_heads % 4 != 0)
        return monocle_config_refuse (path, "the width of a head must be a multiple of 4", error);
    }
  return TRUE;
}

static gboolean
check_rest (JsonObject *root, const char *path, GError **error)
{
  const char *activation = "relu", *positions = "sine";
  gboolean has_holes = FALSE;
  gint64 n_channels = 3;

  if (!monocle_json_get_string (root, path, "activation_function", MONOCLE_JSON_OPTIONAL,
                                &activation, error)
      || !monocle_json_get_string (root, path, "position_embedding_type", MONOCLE_JSON_OPTIONAL,
                                   &positions, error)
      || !monocle_json_get_bool (root, path, "dilation", MONOCLE_JSON_OPTIONAL, &has_holes, error)
      || !monocle_json_get_int (root, path, "num_channels", MONOCLE_JSON_OPTIONAL, 1, MAX_WIDTH,
                                &n_channels, error))
    return FALSE;
  if (!g_str_equal (activation, "relu"))
    return monocle_config_refuse (path, "“activation_function” must be “relu”", error);
  if (!g_str_equal (positions, "sine"))
    return monocle_config_refuse (path, "“position_embedding_type” must be “sine”", error);
  if (has_holes)
    return monocle_config_refuse (path, "“dilation” must be false", error);
  if (n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  return TRUE;
}

gboolean
monocle_detr_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "detr");
}

void
monocle_detr_config_clear (MonocleDetrConfig *config)
{
  g_clear_pointer (&config->names, g_strfreev);
}

gboolean
monocle_detr_config_load (MonocleDetrConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  *config = (MonocleDetrConfig){ .n_names = 0 };
  return root && read_backbone (&config->backbone, root, path, error)
         && read_transformer (config, root, path, error) && check_rest (root, path, error)
         && monocle_config_read_names (root, path, &config->names, &config->n_names, error);
}
