/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json of a model of moving things says, bounded: of its decoder, and of how places
 * and displacements are written as words.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/answer/futures.h"
#include "engine/models/parts/causal.h"

G_BEGIN_DECLS

/* What a walk has room for. */
#define MONOCLE_WORLD_MAX_THINGS 8

/**
 * MonocleWorldConfig:
 * @text: dimensions of the decoder
 * @side: of the box, in units
 * @per_unit: steps of a unit in which places and displacements are counted
 * @first_place, @n_places: which places, in these steps, have words
 * @reach: the largest displacement, in these steps
 * @change: the largest that one differs from the one before
 * @n_things, @n_frames: most of a scene, what is foreseen included
 * @least_radius, @radii_per_unit, @n_radii: which sizes have words
 * @n_sizes: of obstacles, in whole units from 0 on, which ones have words; 0: it knows no obstacles
 * @most_surprise: what is less likely than this, as of #MonocleFutures, is none of the scenes that
 *   it knows
 */
typedef struct
{
  MonocleCausalConfig text;
  double side;
  guint per_unit;
  guint first_place, n_places;
  guint reach, change;
  guint n_things, n_frames;
  double least_radius;
  guint radii_per_unit, n_radii;
  guint n_sizes;
  double most_surprise;
} MonocleWorldConfig;

gboolean monocle_world_config_probe (JsonObject *root);

/* Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL. */
gboolean
monocle_world_config_load (MonocleWorldConfig *config, const char *directory, GError **error);

/* Tokens of a scene of so many things and frames, a throw included, but no obstacle. */
guint monocle_world_config_count_tokens (guint n_things, guint n_frames);

/* --- words -------------------------------------------------------------------------------- */

/* What is not known, or not there. */
#define MONOCLE_WORLD_MASK 0

guint32 monocle_world_config_get_throw (const MonocleWorldConfig *config, guint thing);
/* @radius: in units; the nearest that there is */
guint32
monocle_world_config_get_radius (const MonocleWorldConfig *config, guint thing, double radius);
/* @coordinate: twice the thing, one more for y; @place: in steps, the nearest that there is */
guint32
monocle_world_config_get_place (const MonocleWorldConfig *config, guint coordinate, int place);
/* @move: in steps; the nearest that there is */
guint32
monocle_world_config_get_move (const MonocleWorldConfig *config, guint coordinate, int move);
/* What is told apart: the word of the first change, of -change; so many follow. */
guint32 monocle_world_config_get_change (const MonocleWorldConfig *config, guint coordinate);
guint monocle_world_config_count_changes (const MonocleWorldConfig *config);
/* How far an obstacle reaches is so many tokens: to the left, to the right, upwards. */
#define MONOCLE_WORLD_OBSTACLE_TOKENS 3
/* Which obstacle it is, and the how manyeth of its tokens. */
guint32 monocle_world_config_get_obstacle (const MonocleWorldConfig *config,
                                           MonocleObstacleKind kind,
                                           guint number);
/* @share: of the side; in whole units, the nearest that there is */
guint32 monocle_world_config_get_size (const MonocleWorldConfig *config, double share);
/* So many there are. */
guint32 monocle_world_config_count_words (const MonocleWorldConfig *config);

G_END_DECLS
