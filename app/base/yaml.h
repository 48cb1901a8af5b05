/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of YAML what files that describe sets of pictures use: names at the margin, each with a text, a
 * list or a map of texts, on lines of their own or in brackets, plain or in quotes. What is written
 * in another way is refused, not guessed; names that nobody asks for may hold anything.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleYamlKind:
 *
 * What stands behind a name.
 */
typedef enum
{
  MONOCLE_YAML_TEXT,
  MONOCLE_YAML_LIST,
  MONOCLE_YAML_MAP,
} MonocleYamlKind;

/**
 * MonocleYamlEntry:
 * @kind: what it is
 * @line: of the name
 * @values: (element-type utf8): of a text one
 * @keys: (element-type utf8): of a map as many; of others none
 * @lines: (element-type guint): as many as @values
 */
typedef struct
{
  MonocleYamlKind kind;
  guint line;
  GPtrArray *values;
  GPtrArray *keys;
  GArray *lines;
} MonocleYamlEntry;

void monocle_yaml_entry_free (MonocleYamlEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleYamlEntry, monocle_yaml_entry_free)

/**
 * monocle_yaml_load:
 * @path: a file
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable): its text, UTF-8
 */
char *monocle_yaml_load (const char *path, GError **error);

/**
 * monocle_yaml_read:
 * @text: UTF-8
 * @name: of the file, for errors
 * @key: at the margin
 * @entry: (out) (transfer full) (nullable): what stands behind it; %NULL where it is not there. One
 *   with nothing behind it is an empty list
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, with the line.
 */
gboolean monocle_yaml_read (
    const char *text, const char *name, const char *key, MonocleYamlEntry **entry, GError **error);

/* An error there. Returns: %FALSE */
gboolean monocle_yaml_fail (const char *name, guint line, const char *what, GError **error);

G_END_DECLS
