/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Things in pictures, followed from frame to frame, however many each of them shows: what a
 * detector found, where exactly it is, and which of it is the same in the next frame.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleWorldSight:
 * @x, @y: of its centre
 * @radius: half of what its box is wide and high
 *
 * What is seen of a thing in a frame, as shares of the side of a square that has the frame on its
 * floor, in the middle: things fall the same way in both directions.
 */
typedef struct
{
  double x, y, radius;
} MonocleWorldSight;

/**
 * monocle_world_sight_make:
 * @image: a frame
 * @box: in its pixels
 *
 * A detector is some pixels off, which looks like a thing that trembles: where it stands out by its
 * colour from what is around it, its pixels say better where it is.
 */
MonocleWorldSight monocle_world_sight_make (const MonocleImage *image, const MonocleBox *box);

/**
 * monocle_world_follow:
 * @frames: (element-type GArray): of #MonocleWorldSight
 * @most_things: as many are followed: those that move most
 * @error: return location
 *
 * What is missing in a frame or two in between is where it must have been. What does not move is
 * passed over.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST, in words for the person.
 *
 * Returns: (transfer full) (nullable): from the first frame on, as far as all of them are seen
 */
MonocleTracks *monocle_world_follow (GPtrArray *frames, guint most_things, GError **error);

/**
 * monocle_world_follow_later:
 * @frames: as above
 * @most_things: as above
 * @first: (out): the frame with which the tracks begin
 * @error: return location
 *
 * The same, but where nothing is followed from the first frame on, since what moves comes later or
 * was overlooked there, from the first one on from which something is, as long as there are enough
 * behind it.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleTracks *
monocle_world_follow_later (GPtrArray *frames, guint most_things, guint *first, GError **error);

G_END_DECLS
