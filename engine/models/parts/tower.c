/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/tower.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

#define MAX_SIDE   8192
#define MAX_LAYERS 256
#define MAX_WORDS  (1 << 20)

const MonocleTower monocle_tower_clip_text = {
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
const MonocleTower monocle_tower_clip_vision = {
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

gboolean
monocle_tower_read_members (MonocleTower *t, JsonObject *section, const char *where, GError **error)
{
  const struct
  {
    const char *key;
    gint64 least, most, *value;
  } numbers[] = {
    { "hidden_size", 1, MONOCLE_TOWER_MAX_WIDTH, &t->channels },
    { "num_hidden_layers", 1, MAX_LAYERS, &t->n_layers },
    { "num_attention_heads", 1, MONOCLE_TOWER_MAX_WIDTH, &t->n_heads },
    { "intermediate_size", 1, MONOCLE_TOWER_MAX_WIDTH, &t->hidden },
    { "vocab_size", 1, MAX_WORDS, &t->n_words },
    { "max_position_embeddings", 1, MONOCLE_TOWER_MAX_TOKENS, &t->n_positions },
    { "eos_token_id", 0, MAX_WORDS, &t->end_id },
    { "pad_token_id", 0, MAX_WORDS, &t->pad_id },
    { "projection_size", 1, MONOCLE_TOWER_MAX_WIDTH, &t->projection },
    { "image_size", 1, MAX_SIDE, &t->side },
    { "patch_size", 1, MAX_SIDE, &t->patch },
    { "num_channels", 1, MONOCLE_TOWER_MAX_WIDTH, &t->n_channels },
    { "num_patches", 1, MONOCLE_TOWER_MAX_TOKENS, &t->n_patches },
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
gboolean
monocle_tower_read (
    MonocleTower *tower, JsonObject *root, const char *path, const char *name, GError **error)
{
  g_autofree char *second = g_strconcat (name, "_dict", NULL);
  const char *key = monocle_json_has (root, second) ? second : name;
  g_autofree char *where = g_strdup_printf ("%s: %s", path, key);
  JsonObject *section = NULL;

  return monocle_json_get_object (root, path, key, MONOCLE_JSON_OPTIONAL, &section, error)
         && (!section || monocle_tower_read_members (tower, section, where, error));
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

gboolean
monocle_tower_take_layers (const MonocleTower *tower,
                           MonocleAttentionMask mask,
                           const char *path,
                           MonocleLayersConfig *layers,
                           GError **error)
{
  if (!find_activation (tower->activation, &layers->activation))
    return monocle_config_refuse (
        path, "“hidden_act” must be “quick_gelu”, “gelu” or “gelu_pytorch_tanh”", error);
  if (tower->channels % 4 != 0 || tower->hidden % 4 != 0 || tower->channels % tower->n_heads != 0
      || tower->channels / tower->n_heads % 4 != 0)
    return monocle_config_refuse (
        path,
        "“hidden_size”, “intermediate_size” and the width of a head must be "
        "multiples of 4",
        error);
  if (!(tower->epsilon >= 0 && tower->epsilon < 1))
    return monocle_config_refuse (path, "“layer_norm_eps” must be at least 0 and below 1", error);
  layers->names = &monocle_layer_names_clip;
  layers->n_layers = (guint) tower->n_layers;
  layers->n_heads = (guint) tower->n_heads;
  layers->hidden = (guint) tower->hidden;
  layers->mask = mask;
  layers->epsilon = (float) tower->epsilon;
  return TRUE;
}
