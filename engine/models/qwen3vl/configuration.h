/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json and the generation_config.json of Qwen3-VL say.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

#define MONOCLE_QWEN3VL_MAX_DEEP 8

/**
 * MonocleQwen3vlConfig:
 * @layers: of the tower
 * @channels: of its tokens
 * @patch: side of a patch in pixels
 * @frames: of which a patch is stored
 * @factor: so many patches, each way, become one token
 * @side: of the table of positions, in patches; those of a picture are made of it
 * @deep: (array length=n_deep): layers of the tower, whose tokens are given to the first layers of
 *   the language model
 * @n_deep: how many
 * @text: the language model
 * @ends: how answers end
 */
typedef struct
{
  MonocleLayersConfig layers;
  guint channels, patch, frames, factor, side;
  guint deep[MONOCLE_QWEN3VL_MAX_DEEP], n_deep;
  MonocleCausalConfig text;
  MonocleCausalEnds ends;
} MonocleQwen3vlConfig;

gboolean monocle_qwen3vl_config_probe (JsonObject *root);

/* Errors: BAD_FILE, UNSUPPORTED_MODEL. */
gboolean
monocle_qwen3vl_config_load (MonocleQwen3vlConfig *config, const char *directory, GError **error);
void monocle_qwen3vl_config_clear (MonocleQwen3vlConfig *config);

G_END_DECLS
