/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A member and its value at once: what most of a JSON object is.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* @value: (nullable): null then; bytes that are no UTF-8 become U+FFFD */
void monocle_json_add_text (JsonBuilder *builder, const char *name, const char *value);
/* Adds the member `path`; where that is not UTF-8 also `uri`, with which nothing is lost. */
void monocle_json_add_path (JsonBuilder *builder, const char *path);
void monocle_json_add_integer (JsonBuilder *builder, const char *name, gint64 value);
/* null where it is no number. */
void monocle_json_add_number (JsonBuilder *builder, const char *name, double value);
void monocle_json_add_flag (JsonBuilder *builder, const char *name, gboolean value);

G_END_DECLS
