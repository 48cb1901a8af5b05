/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json of any model says: its type, the names of classes; and how one is refused.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Sets an error about the file @path: UNSUPPORTED_MODEL. Returns: %FALSE */
gboolean monocle_config_refuse (const char *path, const char *what, GError **error);

/* Whether a config.json says that it is of that type. */
gboolean monocle_config_has_type (JsonObject *root, const char *type);

/**
 * monocle_config_read_names:
 * @root: the file
 * @path: its name, for errors
 * @names: (out) (transfer full) (array length=n): of classes, by their number
 * @n: (out): how many
 * @error: return location
 *
 * `id2label`. Without it there are two, as in the reference.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_config_read_names (
    JsonObject *root, const char *path, GStrv *names, guint *n, GError **error);

G_END_DECLS
