/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.json of an image classifier.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/vit.h"

G_BEGIN_DECLS

/**
 * MonocleVitClassifierConfig:
 * @tower: the vision transformer
 * @names: (array length=n_names): what pictures are told apart by
 * @n_names: how many
 */
typedef struct
{
  MonocleVitConfig tower;
  GStrv names;
  guint n_names;
} MonocleVitClassifierConfig;

/* Whether a config.json says that it is of this family. */
gboolean monocle_vit_config_probe (JsonObject *root);

/**
 * monocle_vit_config_load:
 * @config: (out caller-allocates): clear it whatever comes back
 * @directory: a model directory
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_vit_config_load (MonocleVitClassifierConfig *config, const char *directory, GError **error);
void monocle_vit_config_clear (MonocleVitClassifierConfig *config);

G_END_DECLS
