/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As much of YAML as files that describe sets need: names at the margin, with a text, a list or a
 * table of texts. Anchors, tags, documents and deeper levels are not read.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleYamlEntry:
 * @key: of the member
 * @keys: (element-type utf8): of a table; of a list the numbers from 0; of a text "0"
 * @values: (element-type utf8): as many
 */
typedef struct
{
  char *key;
  GPtrArray *keys;
  GPtrArray *values;
} MonocleYamlEntry;

/**
 * monocle_yaml_load:
 * @path: a file
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, with the line.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleYamlEntry)
 */
GPtrArray *monocle_yaml_load (const char *path, GError **error);

/* (transfer none) (nullable) */
const MonocleYamlEntry *monocle_yaml_find (const GPtrArray *entries, const char *key);
/* (nullable): its text, or the first of its list */
const char *monocle_yaml_get_text (const GPtrArray *entries, const char *key);

G_END_DECLS
