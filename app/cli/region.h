/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --region X1,Y1,X2,Y2.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* Whether @text is four numbers; that they make sense is not checked. @region: (out) */
gboolean monocle_cli_region_read (const char *text, MonocleBox *region);
/* The same of a JSON list. */
gboolean monocle_cli_region_read_json (JsonNode *node, MonocleBox *region);

G_END_DECLS
