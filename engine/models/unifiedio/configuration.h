/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO's dimensions. Published models come as weights alone: their shapes say all of it.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/vqgan.h"
#include "engine/models/unifiedio/formulas.h"

G_BEGIN_DECLS

/* Where the network of pictures is. */
#define MONOCLE_UNIFIEDIO_VQGAN "discrete_vae"

/* Whether a config.json, which somebody put beside the weights, says `unified-io`. */
gboolean monocle_unifiedio_config_probe (JsonObject *root);

/**
 * monocle_unifiedio_config_read:
 * @config: (out caller-allocates): of the language model
 * @vqgan: (out caller-allocates): of what makes pictures of codes
 * @checkpoint: the weights
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, naming the tensor whose shape cannot be.
 */
gboolean monocle_unifiedio_config_read (MonocleUnifiedioConfig *config,
                                        MonocleVqganConfig *vqgan,
                                        const MonocleCheckpoint *checkpoint,
                                        GError **error);

G_END_DECLS
