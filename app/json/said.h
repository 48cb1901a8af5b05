/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn of a conversation as JSON: what `monocle-cli chat` prints and saves, and what is kept in
 * `NAME.monocle.json`. Its keys are listed in app/README.md.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/document/said.h"

G_BEGIN_DECLS

/* Adds the members of an object that was begun. */
void monocle_said_json_add (JsonBuilder *builder, MonocleSaid *said);
/* (transfer full): an object, with what it is called, for a file that is read again */
JsonNode *monocle_said_json_build (MonocleSaid *said);

/**
 * monocle_said_json_read:
 * @object: of either, from a file perhaps
 * @where: the file, and where in it
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable): the turn, answered
 */
MonocleSaid *monocle_said_json_read (JsonObject *object, const char *where, GError **error);

G_END_DECLS
