/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/clip/configuration.h"

#include "engine/answer/labels.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_SIDE   8192
#define MAX_WIDTH  65536
#define MAX_LAYERS 256
#define MAX_TOKENS 65536
#define MAX_WORDS  (1 << 20)

/* What labels are put into where nobody says anything: the reference's pipeline has it. */
#define USUAL_WORDING "This is a photo of {}."

/* What is written down of a tower; what is not has the values of the reference's classes. */
typedef struct
{
  gint64 channels, n_layers, n_heads, hidden;
  gint64 n_words, n_positions, end_id, pad_id, projection; /* of words */
  gint64 side, patch, n_channels, n_patches;               /* of pictures */
  gboolean has_head;
  double epsilon;
  const char *activation;
} Tower;

static const Tower clip_text = {
  .channels = 512,
  .n_layers = 12,
  .n_heads = 8,
  .hidden = 2048,
  .n_words = 49408,
  .end_id = 49407,
  .pad_id = 1,
  .n_positions = 77,
  .projection = 0,
  .has_head = TRUE,
  .epsilon = 1e-5,
  .activation = "quick_gelu",
};
static const Tower clip_vision = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .side = 224,
  .patch = 32,
  .n_channels = 3,
  .n_patches = 0,
  .has_head = TRUE,
  .epsilon = 1e-5,
  .activation = "quick_gelu",
};
static const Tower siglip_text = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .n_words = 32000,
  .end_id = 49407,
  .pad_id = 1,
  .n_positions = 64,
  .projection = 0,
  .has_head = TRUE,
  .epsilon = 1e-6,
  .activation = "gelu_pytorch_tanh",
};
static const Tower siglip_vision = {
  .channels = 768,
  .n_layers = 12,
  .n_heads = 12,
  .hidden = 3072,
  .side = 224,
  .patch = 16,
  .n_channels = 3,
  .n_patches = 256,
  .has_head = TRUE,
  .epsilon = 1e-6,
  .activation = "gelu_pytorch_tanh",
};

static gboolean
unsupported (const char *path, GError **error, const char *what)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s", shown,
               what);
  return FALSE;
}

static gboolean
read_section (Tower *t, JsonObject *section, const char *where, GError **error)
{
  const struct
  {
    const char *key;
    gint64 least, most, *value;
  } numbers[] = {
    { "hidden_size", 1, MAX_WIDTH, &t->channels },
    { "num_hidden_layers", 1, MAX_LAYERS, &t->n_layers },
    { "num_attention_heads", 1, MAX_WIDTH, &t->n_heads },
    { "intermediate_size", 1, MAX_WIDTH, &t->hidden },
    { "vocab_size", 1, MAX_WORDS, &t->n_words },
    { "max_position_embeddings", 1, MAX_TOKENS, &t->n_positions },
    { "eos_token_id", 0, MAX_WORDS, &t->end_id },
    { "pad_token_id", 0, MAX_WORDS, &t->pad_id },
    { "projection_size", 1, MAX_WIDTH, &t->projection },
    { "image_size", 1, MAX_SIDE, &t->side },
    { "patch_size", 1, MAX_SIDE, &t->patch },
    { "num_channels", 1, MAX_WIDTH, &t->n_channels },
    { "num_patches", 1, MAX_TOKENS, &t->n_patches },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!monocle_json_get_int (section, where, numbers[i].key, MONOCLE_JSON_OPTIONAL,
                               numbers[i].least, numbers[i].most, numbers[i].value, error))
      return FALSE;
  return monocle_json_get_double (section, where, "layer_norm_eps", MONOCLE_JSON_OPTIONAL,
                                  &t->epsilon, error)
         && monocle_json_get_string (section, where, "hidden_act", MONOCLE_JSON_OPTIONAL,
                                     &t->activation, error)
         && monocle_json_get_bool (section, where, "vision_use_head", MONOCLE_JSON_OPTIONAL,
                                   &t->has_head, error);
}

/* Old files say it twice; the second time counts alone, as in the reference. */
static gboolean
read_tower (Tower *tower, JsonObject *root, const char *path, const char *name, GError **error)
{
  g_autofree char *second = g_strconcat (name, "_dict", NULL);
  const char *key = monocle_json_has (root, second) ? second : name;
  g_autofree char *where = g_strdup_printf ("%s: %s", path, key);
  JsonObject *section = NULL;

  return monocle_json_get_object (root, path, key, MONOCLE_JSON_OPTIONAL, &section, error)
         && (!section || read_section (tower, section, where, error));
}

static gboolean
find_activation (const char *name, MonocleActivation *activation)
{
  static const struct
  {
    const char *name;
    MonocleActivation activation;
  } known[] = {
    { "quick_gelu", MONOCLE_ACTIVATION_QUICK_GELU },
    { "gelu", MONOCLE_ACTIVATION_GELU },
    { "gelu_pytorch_tanh", MONOCLE_ACTIVATION_GELU_TANH },
    { "gelu_new", MONOCLE_ACTIVATION_GELU_TANH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      {
        *activation = known[i].activation;
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_layers (MonocleLayersConfig *layers,
             const Tower *tower,
             MonocleAttentionMask mask,
             const char *path,
             GError **error)
{
  if (!find_activation (tower->activation, &layers->activation))
    return unsupported (path, error,
                        "“hidden_act” must be “quick_gelu”, “gelu” or “gelu_pytorch_tanh”");
  if (tower->channels % 4 != 0 || tower->hidden % 4 != 0 || tower->channels % tower->n_heads != 0
      || tower->channels / tower->n_heads % 4 != 0)
    return unsupported (path, error,
                        "“hidden_size”, “intermediate_size” and the width of a head must be "
                        "multiples of 4");
  if (!(tower->epsilon >= 0 && tower->epsilon < 1))
    return unsupported (path, error, "“layer_norm_eps” must be at least 0 and below 1");
  layers->names = &monocle_layer_names_clip;
  layers->n_layers = (guint) tower->n_layers;
  layers->n_heads = (guint) tower->n_heads;
  layers->hidden = (guint) tower->hidden;
  layers->mask = mask;
  layers->epsilon = (float) tower->epsilon;
  return TRUE;
}

static gboolean
take_vision (MonocleClipConfig *config, const Tower *tower, const char *path, GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);

  if (!take_layers (&vision->layers, tower, MONOCLE_ATTENTION_MASK_NONE, path, error))
    return FALSE;
  if (tower->n_channels != 3)
    return unsupported (path, error, "“num_channels” must be 3");
  if (!tower->has_head)
    return unsupported (path, error, "“vision_use_head” must be true");
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->pools = config->is_siglip;
  if (vision->is_flexible)
    {
      while (config->n_grid * config->n_grid < (guint) tower->n_patches)
        config->n_grid++;
      if (config->n_grid * config->n_grid != (guint) tower->n_patches)
        return unsupported (path, error, "“num_patches” must be a square");
      return TRUE;
    }
  if (n == 0 || n * n >= MAX_TOKENS)
    return unsupported (path, error, "there are no patches, or too many");
  /* What is over at the right and below is not looked at, as in the reference. */
  config->side = (guint) tower->side;
  vision->rows = vision->columns = n;
  return TRUE;
}

static gboolean
take_text (MonocleClipConfig *config, const Tower *tower, const char *path, GError **error)
{
  MonocleAttentionMask mask
      = config->is_siglip ? MONOCLE_ATTENTION_MASK_NONE : MONOCLE_ATTENTION_MASK_CAUSAL;

  config->text.n_positions = (guint) tower->n_positions;
  config->text.channels = (guint) tower->channels;
  config->n_words = (guint) tower->n_words;
  config->end_id = (guint) tower->end_id;
  config->pad_id = (guint) tower->pad_id;
  return take_layers (&config->text.layers, tower, mask, path, error);
}

/* How wide the space is: of SigLIP as wide as the tower of pictures. */
static gboolean
take_dims (MonocleClipConfig *config,
           const Tower *text,
           JsonObject *root,
           const char *path,
           GError **error)
{
  gint64 n_dims = config->is_siglip ? (text->projection ? text->projection : text->channels) : 512;

  if (!config->is_siglip
      && !monocle_json_get_int (root, path, "projection_dim", MONOCLE_JSON_OPTIONAL, 1, MAX_WIDTH,
                                &n_dims, error))
    return FALSE;
  if (n_dims % 4 != 0)
    return unsupported (path, error, "“projection_dim” must be a multiple of 4");
  if (config->is_siglip && n_dims != config->vision.channels)
    return unsupported (path, error, "the two towers end in vectors of different widths");
  config->n_dims = (guint) n_dims;
  return TRUE;
}

/* model-info.json may say which sentences the model knows labels from. */
static gboolean
read_wording (MonocleClipConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  const char *wording = USUAL_WORDING;

  if (monocle_file_exists (path))
    {
      root = monocle_json_load (path, error);
      if (!root
          || !monocle_json_get_string (root, path, "wording", MONOCLE_JSON_OPTIONAL, &wording,
                                       error))
        return FALSE;
      if (!monocle_labels_check_wording (wording, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
    }
  config->wording = g_strdup (wording);
  return TRUE;
}

static gboolean
has_type (JsonObject *root, const char *wanted)
{
  const char *type = NULL;

  return monocle_json_get_string (root, "", "model_type", MONOCLE_JSON_REQUIRED, &type, NULL)
         && g_str_equal (type, wanted);
}

gboolean
monocle_clip_config_probe (JsonObject *root)
{
  return has_type (root, "clip");
}

gboolean
monocle_clip_config_probe_siglip (JsonObject *root)
{
  return has_type (root, "siglip") || has_type (root, "siglip2");
}

void
monocle_clip_config_clear (MonocleClipConfig *config)
{
  g_clear_pointer (&config->wording, g_free);
}

gboolean
monocle_clip_config_load (MonocleClipConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  Tower text, vision;

  *config = (MonocleClipConfig){ .n_dims = 0 };
  if (!root)
    return FALSE;
  config->is_siglip = monocle_clip_config_probe_siglip (root);
  config->vision.is_flexible = has_type (root, "siglip2");
  text = config->is_siglip ? siglip_text : clip_text;
  vision = config->is_siglip ? siglip_vision : clip_vision;
  return read_tower (&text, root, path, "text_config", error)
         && read_tower (&vision, root, path, "vision_config", error)
         && take_text (config, &text, path, error) && take_vision (config, &vision, path, error)
         && take_dims (config, &text, root, path, error) && read_wording (config, directory, error);
}
