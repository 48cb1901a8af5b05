/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of a detector.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/resnet.h"

G_BEGIN_DECLS

/**
 * MonocleDetrConfig:
 * @backbone: sees the picture; its names are those that a file turns out to have
 * @channels: of tokens
 * @n_encoder_layers, @n_encoder_heads, @encoder_hidden: what sees all places at once
 * @n_decoder_layers, @n_decoder_heads, @decoder_hidden: what asks them
 * @n_queries: how many objects can be found
 * @names: (array length=n_names): what they can be; one more class is nothing
 */
typedef struct
{
  MonocleResnetConfig backbone;
  guint channels;
  guint n_encoder_layers, n_encoder_heads, encoder_hidden;
  guint n_decoder_layers, n_decoder_heads, decoder_hidden;
  guint n_queries;
  GStrv names;
  guint n_names;
} MonocleDetrConfig;

/* Whether a config.json says that it is of this family. */
gboolean monocle_detr_config_probe (JsonObject *root);

/**
 * monocle_detr_config_load:
 * @config: (out caller-allocates): clear it whatever comes back
 * @directory: a model directory
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_detr_config_load (MonocleDetrConfig *config, const char *directory, GError **error);
void monocle_detr_config_clear (MonocleDetrConfig *config);

G_END_DECLS
