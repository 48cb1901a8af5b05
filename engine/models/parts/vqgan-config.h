/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a config.json of our own says of a network of pictures and codes, bounded, in the words of
 * the first implementation.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/vqgan.h"

G_BEGIN_DECLS

/**
 * monocle_vqgan_config_read:
 * @vqgan: (out caller-allocates): its shape
 * @object: what says it
 * @path: its name, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_vqgan_config_read (MonocleVqganConfig *vqgan,
                                    JsonObject *object,
                                    const char *path,
                                    GError **error);

G_END_DECLS
