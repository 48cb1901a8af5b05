/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of CLIP with a decoder of masks.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/clip-text.h"
#include "engine/models/parts/clip-vision.h"

G_BEGIN_DECLS

/* Most layers of the tower that are listened to. */
#define MONOCLE_CLIPSEG_MAX_LEVELS 8

/**
 * MonocleClipsegConfig:
 * @vision: the tower of pictures, with as many layers as are listened to; its rows and columns are
 *   those of the preprocessor's pictures
 * @grid: side of the square of positions that are stored
 * @levels: (array length=n_levels): the layers that are listened to, the lowest first
 * @text: the tower of words
 * @n_words: rows of the table of tokens
 * @end_id: the token that ends a text; 2 stands for the largest id of a text
 * @n_dims: of what a text comes to
 * @decoder: its layers
 * @width: of its tokens
 * @is_fine: whether places become pixels in three steps; else in one
 */
typedef struct
{
  MonocleClipVisionConfig vision;
  guint grid;
  guint levels[MONOCLE_CLIPSEG_MAX_LEVELS], n_levels;
  MonocleClipTextConfig text;
  guint n_words, end_id, n_dims;
  MonocleLayersConfig decoder;
  guint width;
  gboolean is_fine;
} MonocleClipsegConfig;

/* Whether a config.json says that it is of this family. */
gboolean monocle_clipseg_config_probe (JsonObject *root);

/**
 * monocle_clipseg_config_load:
 * @config: (out caller-allocates): what it says
 * @directory: a model directory
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_clipseg_config_load (MonocleClipsegConfig *config, const char *directory, GError **error);

G_END_DECLS
