/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes as JSON, number by number, and back from files that anybody may have written: members of
 * an object, by the same words as everywhere.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* By kind of shape: what its member is called. */
extern const char *const monocle_shape_json_keys[];
#define MONOCLE_SHAPE_JSON_HOLES "holes"

/* More is nonsense. */
#define MONOCLE_SHAPE_JSON_MAX_POINTS 1000000

/**
 * monocle_shape_json_add:
 * @builder: an object is open
 *
 * `box`, `quad`, `polygons` with `holes`, `mask` or `points`. Where holes lie between polygons that
 * are painted after them it is `rings`: `[{"hole", "points"}]`. A shape that says nothing is
 * `points` without any.
 */
void monocle_shape_json_add (JsonBuilder *builder, const MonocleShape *shape);

/**
 * monocle_shape_json_read:
 * @object: has the members
 * @where: the file, and where in it
 * @error: return location
 *
 * Where there is a mask and its outlines, the mask counts.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable): the shape
 */
MonocleShape *monocle_shape_json_read (JsonObject *object, const char *where, GError **error);

G_END_DECLS
