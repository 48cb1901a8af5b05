/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of models with two towers, one for pictures and one for words.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/clip-text.h"
#include "engine/models/parts/clip-vision.h"

G_BEGIN_DECLS

/**
 * MonocleClipConfig:
 * @is_siglip: whether each label has a probability of its own; else only one among others has
 * @vision: the tower of pictures; rows and columns are 0 where pictures keep their shape
 * @side: of a picture in pixels; 0 where it keeps its shape
 * @n_grid: side of the square of positions, where pictures keep their shape
 * @text: the tower of words
 * @n_words: rows of the table of tokens
 * @n_dims: of the space
 * @end_id: the token that ends a text; 2 stands for the largest id of a text
 * @pad_id: the token that fills a text up, where the tokenizer's files do not say
 * @wording: what labels are put into, by model-info.json or the reference
 */
typedef struct
{
  gboolean is_siglip;
  MonocleClipVisionConfig vision;
  guint side, n_grid;
  MonocleClipTextConfig text;
  guint n_words;
  guint n_dims;
  guint end_id, pad_id;
  char *wording;
} MonocleClipConfig;

/* Whether a config.json says that it is of this family. */
gboolean monocle_clip_config_probe (JsonObject *root);
gboolean monocle_clip_config_probe_siglip (JsonObject *root);

/**
 * monocle_clip_config_load:
 * @config: (out caller-allocates): clear it whatever comes back
 * @directory: a model directory
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_clip_config_load (MonocleClipConfig *config, const char *directory, GError **error);
void monocle_clip_config_clear (MonocleClipConfig *config);

G_END_DECLS
