/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of a segmenter.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

/* Each makes the grid of masks twice as fine. */
#define MONOCLE_EOMT_MAX_FINER 4

/**
 * MonocleEomtConfig:
 * @side: of the square that it sees, in pixels
 * @patch: side of a patch; the square is made of whole ones
 * @channels: of tokens
 * @n_registers: tokens beside the patches and the class token
 * @layers: all that are piled up, under the model's own names
 * @n_asking: how many layers, the last ones, the queries are there in
 * @n_queries: how many segments can be found
 * @n_finer: how often the grid becomes finer before masks are drawn on it
 * @names: (array length=n_names): what segments can be; one more class is nothing
 */
typedef struct
{
  guint side, patch;
  guint channels;
  guint n_registers;
  MonocleLayersConfig layers;
  guint n_asking;
  guint n_queries;
  guint n_finer;
  GStrv names;
  guint n_names;
} MonocleEomtConfig;

/* Patches along a side of the square. */
static inline guint
monocle_eomt_get_grid (const MonocleEomtConfig *config)
{
  return config->side / config->patch;
}

/* Side of a mask, in its own pixels. */
static inline guint
monocle_eomt_get_mask_side (const MonocleEomtConfig *config)
{
  return monocle_eomt_get_grid (config) << config->n_finer;
}

/* Whether a config.json says that it is of this family. */
gboolean monocle_eomt_config_probe (JsonObject *root);

/**
 * monocle_eomt_config_load:
 * @config: (out caller-allocates): clear it whatever comes back
 * @directory: a model directory
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_eomt_config_load (MonocleEomtConfig *config, const char *directory, GError **error);
void monocle_eomt_config_clear (MonocleEomtConfig *config);

G_END_DECLS
