/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names in a `data.yaml`, as training programs write it: of YAML what such files use, which is
 * a list or a map below `names:`, on lines of their own or in brackets, plain or in quotes. What is
 * written in another way is refused, not guessed.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_label_yaml_read:
 * @text: UTF-8
 * @name: of the file, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, with the line.
 *
 * Returns: (transfer full) (nullable): the names, by number where the file numbers them; at least
 *   one
 */
GStrv monocle_label_yaml_read (const char *text, const char *name, GError **error);

G_END_DECLS
