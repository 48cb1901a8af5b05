/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON in one line, with each number as short as it can be said: json-glib writes 34.24 as
 * 34.240000000000002. For output that people and programs read.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * monocle_json_text:
 * @node: valid UTF-8 throughout
 *
 * Numbers are the shortest that read back as the same double; those that JSON cannot say are null.
 *
 * Returns: (transfer full): @node in one line, without a line break at the end
 */
char *monocle_json_text (JsonNode *node);

/* A value of it: with quotation marks, of any bytes; and a number as above. */
void monocle_json_append_string (GString *text, const char *string);
void monocle_json_append_number (GString *text, double value);

G_END_DECLS
