/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of models that find things by words or by an example: OWL-ViT and OWLv2.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/clip-text.h"
#include "engine/models/parts/clip-vision.h"

G_BEGIN_DECLS

/**
 * MonocleOwlConfig:
 * @is_second: whether it is OWLv2: pictures lie in the corner of a black square instead of being
 *   squeezed, and every place says whether there is a thing at all
 * @root: what the names of both towers begin with
 * @side: of a picture in pixels
 * @vision: the tower of pictures: as many rows as columns
 * @text: the tower of words
 * @n_words: rows of the table of tokens
 * @n_dims: of the space
 */
typedef struct
{
  gboolean is_second;
  const char *root;
  guint side;
  MonocleClipVisionConfig vision;
  MonocleClipTextConfig text;
  guint n_words;
  guint n_dims;
} MonocleOwlConfig;

/* Whether a config.json says that it is of this family. */
gboolean monocle_owl_config_probe (JsonObject *root);
gboolean monocle_owl_config_probe_second (JsonObject *root);

/**
 * monocle_owl_config_load:
 * @config: (out caller-allocates): owns nothing
 * @directory: a model directory
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_owl_config_load (MonocleOwlConfig *config, const char *directory, GError **error);

G_END_DECLS
