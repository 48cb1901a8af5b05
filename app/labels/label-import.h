/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels out of files of other programs, and of a set that was exported.
 */
#pragma once

#include <gio/gio.h>

#include "app/labels/label-item.h"

G_BEGIN_DECLS

/**
 * monocle_label_import_load:
 * @path: a file: a text with a name a line; a `data.yaml` with `names`; a JSON file of COCO with
 *   `categories`, or one that monocle_label_file_write() wrote. Which it is says its content, but
 * of YAML, which its name ends with
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleLabelItem): at least one, in the file's
 *   order, no name twice
 */
GPtrArray *monocle_label_import_load (const char *path, GError **error);

/* The same of bytes. @name: of the file, for errors and by what it ends with */
GPtrArray *
monocle_label_import_parse (const char *text, gsize size, const char *name, GError **error);

G_END_DECLS
