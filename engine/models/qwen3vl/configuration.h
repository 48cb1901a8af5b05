/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json and the generation_config.json of Qwen3-VL and Qwen2.5-VL say.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

#define MONOCLE_QWEN3VL_MAX_DEEP   8
#define MONOCLE_QWEN3VL_MAX_LAYERS 256

/**
 * MonocleQwen3vlConfig:
 * @is_older: whether it is Qwen2.5-VL, which names things differently, is told who it is and
 *   writes places in pixels
 * @layers: of the tower
 * @channels: of its tokens
 * @patch: side of a patch in pixels
 * @frames: of which a patch is stored
 * @factor: so many patches, each way, become one token
 * @side: of the table of positions, in patches; those of a picture are made of it; 0: there is none
 * @window: so many patches, each way, see each other; 0: all do
 * @sees_all: layers of the tower of which that is not true
 * @deep: (array length=n_deep): layers of the tower, whose tokens are given to the first layers of
 *   the language model
 * @n_deep: how many
 * @has_deep_by_layer: whether what makes rows of such a layer is named by the layer's number, and
 *   not by its own
 * @text: the language model
 * @ends: how answers end
 */
typedef struct
{
  gboolean is_older;
  MonocleLayersConfig layers;
  guint channels, patch, frames, factor, side, window;
  gboolean sees_all[MONOCLE_QWEN3VL_MAX_LAYERS];
  guint deep[MONOCLE_QWEN3VL_MAX_DEEP], n_deep;
  gboolean has_deep_by_layer;
  MonocleCausalConfig text;
  MonocleCausalEnds ends;
} MonocleQwen3vlConfig;

/* What makes rows of pictures is called in GGUF files: of Qwen3-VL, and of Qwen2.5-VL. */
#define MONOCLE_QWEN3VL_GGUF       "qwen3vl_merger"
#define MONOCLE_QWEN3VL_OLDER_GGUF "qwen2.5vl_merger"

gboolean monocle_qwen3vl_config_probe (JsonObject *root);

/* Errors: BAD_FILE, UNSUPPORTED_MODEL. */
gboolean
monocle_qwen3vl_config_load (MonocleQwen3vlConfig *config, const char *directory, GError **error);
/* The same of what a config.json holds; how answers end is said elsewhere. */
gboolean monocle_qwen3vl_config_read (MonocleQwen3vlConfig *config,
                                      JsonObject *root,
                                      const char *path,
                                      GError **error);
void monocle_qwen3vl_config_clear (MonocleQwen3vlConfig *config);

G_END_DECLS
