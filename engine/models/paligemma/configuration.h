/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json and the generation_config.json of PaliGemma say: the language model is Gemma
 * in the first edition, Gemma 2 in the second.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/clip-vision.h"

G_BEGIN_DECLS

/**
 * MonoclePaligemmaConfig:
 * @vision: the tower
 * @side: of what it sees, in pixels
 * @n_seen: rows that it makes of a picture
 * @text: the language model; how many words it has its table says
 * @image_id: the token that stands for one of these rows
 * @ends: how answers end
 */
typedef struct
{
  MonocleClipVisionConfig vision;
  guint side, n_seen;
  MonocleCausalConfig text;
  guint32 image_id;
  MonocleCausalEnds ends;
} MonoclePaligemmaConfig;

gboolean monocle_paligemma_config_probe (JsonObject *root);

/* Errors: BAD_FILE, UNSUPPORTED_MODEL. */
gboolean monocle_paligemma_config_load (MonoclePaligemmaConfig *config,
                                        const char *directory,
                                        GError **error);
void monocle_paligemma_config_clear (MonoclePaligemmaConfig *config);

G_END_DECLS
