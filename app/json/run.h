/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query that was answered as JSON, with all that is needed to ask it again, and back. Words that
 * an answer of `monocle-cli run` has too mean the same; numbers are not rounded.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/document/query.h"

G_BEGIN_DECLS

/* (transfer full): an object. @query: one that was answered, or stopped */
JsonNode *monocle_run_json_build (MonocleQuery *query);

/**
 * monocle_run_json_read:
 * @object: of monocle_run_json_build(), from a file perhaps
 * @where: the file, and where in it
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, also where nobody knows any more what was asked.
 *
 * Returns: (transfer full) (nullable): the query, answered
 */
MonocleQuery *monocle_run_json_read (JsonObject *object, const char *where, GError **error);

/* What things are called in such files: 16 digits. (transfer full) */
char *monocle_id_json_format (guint64 id);
/* @id: (out): of the member `id`; a new one where there is none */
gboolean monocle_id_json_read (JsonObject *object, const char *where, guint64 *id, GError **error);

G_END_DECLS
