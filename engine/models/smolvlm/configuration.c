/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/smolvlm/configuration.h"

#include "engine/base/json.h"
#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/tower.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_FACTOR 64

gboolean
monocle_smolvlm_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "idefics3") || monocle_config_has_type (root, "smolvlm");
}

void
monocle_smolvlm_config_clear (MonocleSmolvlmConfig *config)
{
  g_clear_pointer (&config->ends.ids, g_array_unref);
}

/* --- the tower ---------------------------------------------------------------------------- */

static gboolean
take_vision (MonocleSmolvlmConfig *config,
             const MonocleTower *tower,
             JsonObject *root,
             const char *path,
             GError **error)
{
  MonocleClipVisionConfig *vision = &config->vision;
  guint n = (guint) (tower->side / tower->patch);
  gint64 factor = 2;

  if (!monocle_tower_take_layers (tower, MONOCLE_ATTENTION_MASK_NONE, path, &vision->layers, error)
      || !monocle_json_get_int (root, path, "scale_factor", MONOCLE_JSON_OPTIONAL, 1, MAX_FACTOR,
                                &factor, error))
    return FALSE;
  if (tower->n_channels != 3)
    return monocle_config_refuse (path, "“num_channels” must be 3", error);
  if (n == 0 || n % factor != 0)
    return monocle_config_refuse (
        path, "the patches of a side must be a multiple of “scale_factor”", error);
  if (n > MONOCLE_TOWER_MAX_TOKENS / n)
    return monocle_config_refuse (path, "there are too many patches", error);
  config->side = (guint) tower->side;
  config->factor = (guint) factor;
  config->n_seen = n / config->factor * (n / config->factor);
  vision->patch = (guint) tower->patch;
  vision->channels = (guint) tower->channels;
  vision->rows = vision->columns = n;
  vision->pools = TRUE;
  return TRUE;
}

static gboolean
take_text (MonocleSmolvlmConfig *config,
           const MonocleCausalText *text,
           const char *where,
           GError **error)
{
  if (!g_str_equal (text->activation, "silu"))
    return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
  return monocle_causal_text_take (text, MONOCLE_ACTIVATION_SILU, where, &config->text, error);
}

gboolean
monocle_smolvlm_config_read (MonocleSmolvlmConfig *config,
                             JsonObject *root,
                             const char *path,
                             GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: text_config", path);
  JsonObject *section = NULL;
  MonocleTower vision = {
    .channels = 1152,
    .n_layers = 12,
    .n_heads = 16,
    .hidden = 3072,
    .side = 224,
    .patch = 32,
    .n_channels = 3,
    .epsilon = 1e-6,
    .activation = "gelu_pytorch_tanh",
  };
  MonocleCausalText text = {
    .channels = 4096,
    .hidden = 11008,
    .n_layers = 32,
    .n_heads = 32,
    .n_words = 32000,
    .n_positions = 2048,
    .epsilon = 1e-6,
    .base = 10000,
    .activation = "silu",
  };

  *config = (MonocleSmolvlmConfig){ .ends.ids = g_array_new (FALSE, FALSE, sizeof (guint32)) };
  return monocle_tower_read (&vision, root, path, "vision_config", error)
         && take_vision (config, &vision, root, path, error)
         && monocle_json_get_object (root, path, "text_config", MONOCLE_JSON_REQUIRED, &section,
                                     error)
         && monocle_causal_text_read (&text, section, where, error)
         && take_text (config, &text, where, error);
}

gboolean
monocle_smolvlm_config_load (MonocleSmolvlmConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  return root && monocle_smolvlm_config_read (config, root, path, error)
         && monocle_causal_ends_read (&config->ends, config->text.n_words, directory, error);
}
