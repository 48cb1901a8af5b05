/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of labels as a file of its own: JSON,
 *
 *     { "labels": [ { "name": "tree", "colour": "#00a878", "digit": 1, "attributes": [
 *         { "name": "season", "kind": "choice", "choices": [ "summer", "winter" ] } ] } ] }
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/labels/label-set.h"

G_BEGIN_DECLS

/* Whether that is one. */
gboolean monocle_label_file_is (JsonObject *root);

/**
 * monocle_label_file_read:
 * @root: of the file
 * @name: what to call it in errors
 * @error: return location
 *
 * What is not known of a label is passed over.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleLabelItem): its labels, no name twice
 */
GPtrArray *monocle_label_file_read (JsonObject *root, const char *name, GError **error);

/**
 * monocle_label_file_write:
 * @self: a set
 * @path: a file, which is replaced, whole or not at all
 * @folder: (nullable): URI of whose labels they are: for those who find the file
 * @error: return location
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_label_file_write (MonocleLabelSet *self,
                                   const char *path,
                                   const char *folder,
                                   GError **error);

G_END_DECLS
