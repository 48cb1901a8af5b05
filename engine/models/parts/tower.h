/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json of a model says of its tower, or of one of two, bounded.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

/* Far above any published model; what they guard against is a product that overflows. */
#define MONOCLE_TOWER_MAX_WIDTH  65536
#define MONOCLE_TOWER_MAX_TOKENS 65536

/**
 * MonocleTower:
 * @channels: of tokens
 * @n_layers, @n_heads, @hidden: of the layers; @hidden is the width of the perceptrons
 * @n_words, @n_positions, @end_id, @pad_id: of a tower of words
 * @projection: width of what comes after it; 0: as the tower
 * @side, @patch, @n_channels, @n_patches: of a tower of pictures
 * @has_head: whether a head pools the tokens of a picture
 * @epsilon: of normalisations
 * @activation: of the perceptrons
 *
 * As it is written down.
 */
typedef struct
{
  gint64 channels, n_layers, n_heads, hidden;
  gint64 n_words, n_positions, end_id, pad_id, projection;
  gint64 side, patch, n_channels, n_patches;
  gboolean has_head;
  double epsilon;
  const char *activation;
} MonocleTower;

/* Those of CLIP, where a configuration says nothing. */
extern const MonocleTower monocle_tower_clip_text;
extern const MonocleTower monocle_tower_clip_vision;

/**
 * monocle_tower_read_members:
 * @tower: (inout): what it is where nothing is said
 * @section: what says it; what is read belongs to it
 * @where: its name, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 */
gboolean monocle_tower_read_members (MonocleTower *tower,
                                     JsonObject *section,
                                     const char *where,
                                     GError **error);

/**
 * monocle_tower_read:
 * @tower: (inout): what it is where nothing is said
 * @root: the file; what is read belongs to it
 * @path: its name, for errors
 * @name: the section: `text_config`
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 */
gboolean monocle_tower_read (
    MonocleTower *tower, JsonObject *root, const char *path, const char *name, GError **error);

/**
 * monocle_tower_take_layers:
 * @tower: what was read
 * @mask: of the attention
 * @path: name of the file, for errors
 * @layers: (out caller-allocates): under CLIP's names
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_tower_take_layers (const MonocleTower *tower,
                                    MonocleAttentionMask mask,
                                    const char *path,
                                    MonocleLayersConfig *layers,
                                    GError **error);

G_END_DECLS
