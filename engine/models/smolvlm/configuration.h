/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json and the generation_config.json of SmolVLM say: "idefics3" in the first
 * edition, "smolvlm" in the second, the same network.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/clip-vision.h"

G_BEGIN_DECLS

/**
 * MonocleSmolvlmConfig:
 * @vision: the tower, which sees one view of a picture at a time
 * @side: of a view in pixels; what patches leave over is not seen
 * @factor: so many patches, each way, become one token
 * @n_seen: tokens of a view
 * @text: the language model
 * @ends: how answers end
 */
typedef struct
{
  MonocleClipVisionConfig vision;
  guint side, factor, n_seen;
  MonocleCausalConfig text;
  MonocleCausalEnds ends;
} MonocleSmolvlmConfig;

gboolean monocle_smolvlm_config_probe (JsonObject *root);

/* Errors: BAD_FILE, UNSUPPORTED_MODEL. */
gboolean
monocle_smolvlm_config_load (MonocleSmolvlmConfig *config, const char *directory, GError **error);
/* The same of what a config.json holds; how answers end is said elsewhere. */
gboolean monocle_smolvlm_config_read (MonocleSmolvlmConfig *config,
                                      JsonObject *root,
                                      const char *path,
                                      GError **error);
void monocle_smolvlm_config_clear (MonocleSmolvlmConfig *config);

G_END_DECLS
