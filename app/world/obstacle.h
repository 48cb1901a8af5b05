/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands in a box and does not move: a box or a ramp. Balls bounce from it as from the walls,
 * but for a step too late: what is inside by less than a step goes is put outside again.
 */
#pragma once

#include "app/world/scene.h"

G_BEGIN_DECLS

/* One by chance, of whole units. */
void monocle_world_obstacle_init (MonocleObstacle *self, GRand *rand);

/* The same in another unit, so many of which are one. */
MonocleObstacle monocle_world_obstacle_scale (const MonocleObstacle *self, double scale);

/* How far a place is from it, in units; below 0 inside of a ramp. */
double monocle_world_obstacle_measure (const MonocleObstacle *self, double x, double y);

/* Returns: whether a ball bounced from it, which changes both its place and its speed */
gboolean monocle_world_obstacle_meet (const MonocleObstacle *self,
                                      MonocleWorldBall *ball,
                                      double pull,
                                      double restitution);

G_END_DECLS
