/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenes of which every frame is known: balls in a box, pulled down, that bounce from its walls and
 * from each other. The small model of data/model-world learnt from them, and the same scenes are
 * what it is measured on. A seed is a scene, the same one everywhere.
 *
 * Between two frames time passes in small steps. Flight under a constant pull is exact, and so is
 * the moment at which a wall is reached; a ball that is met gives and takes what two elastic bodies
 * do. What a scene has of energy thus never grows, but by a throw.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* Of the box, in its own unit; y grows downwards. */
#define MONOCLE_WORLD_SIDE 32.0

#define MONOCLE_WORLD_MAX_BALLS 3

/* Of a scene as the model learnt them. */
#define MONOCLE_WORLD_N_FRAMES 24

/**
 * MonocleWorldKind:
 * @MONOCLE_WORLD_USUAL: what the model learnt from
 * @MONOCLE_WORLD_HEAVY: a stronger pull than any of these: for measuring and showing
 * @MONOCLE_WORLD_TURNING: all ways bend to one side, as none of these do: for showing what the
 * model says of what it does not know
 * @MONOCLE_WORLD_BLOCKED: a box or a ramp is in the way; the model learnt from such as well
 *
 * Two kinds never share a scene, whatever their seeds.
 */
typedef enum
{
  MONOCLE_WORLD_USUAL,
  MONOCLE_WORLD_HEAVY,
  MONOCLE_WORLD_TURNING,
  MONOCLE_WORLD_BLOCKED,
  MONOCLE_WORLD_N_KINDS,
} MonocleWorldKind;

/**
 * MonocleWorldBall:
 * @x, @y: of its centre
 * @vx, @vy: how far it goes in a frame
 * @radius: 3 to 5 by halves; what it weighs is the square
 * @colour: 0 to 3
 */
typedef struct
{
  double x, y, vx, vy;
  double radius;
  guint colour;
} MonocleWorldBall;

/* What a ball is thrown with at most, along each axis. */
#define MONOCLE_WORLD_MAX_THROW 2.5

/**
 * MonocleWorldThrow:
 * @frame: the frame behind which it acts; -1: nothing is thrown
 * @ball: which one
 * @vx, @vy: how fast it goes from then on, by eighths
 */
typedef struct
{
  int frame;
  guint ball;
  double vx, vy;
} MonocleWorldThrow;

/**
 * MonocleWorldScene:
 * @balls: (array length=n_balls)
 * @gravity: what it pulls in a frame
 * @restitution: of the walls: how much of a speed a bounce leaves
 * @obstacle: what is in the way, in units, whole ones
 * @turn: by how much all ways bend in a frame, in radians
 * @frame: which one this is
 */
typedef struct
{
  MonocleWorldBall balls[MONOCLE_WORLD_MAX_BALLS];
  guint n_balls;
  double gravity, restitution, turn;
  MonocleObstacle obstacle;
  MonocleWorldThrow thrown;
  int frame;
} MonocleWorldScene;

/* The first frame of a scene. */
void monocle_world_scene_init (MonocleWorldScene *self, MonocleWorldKind kind, guint32 seed);

/**
 * monocle_world_scene_step:
 * @self: a scene
 *
 * The next frame.
 *
 * Returns: a bit for each ball that bounced, was met or thrown meanwhile
 */
guint monocle_world_scene_step (MonocleWorldScene *self);

/* Of motion and height, all balls together. */
double monocle_world_scene_get_energy (const MonocleWorldScene *self);

/**
 * monocle_world_move:
 * @place, @speed: along one axis
 * @pull: along it, at least 0
 * @time: how long
 * @low, @high: where it bounces
 * @restitution: how much of its speed that leaves
 *
 * Flies, and bounces as often as it comes to that.
 *
 * Returns: whether it did
 */
gboolean monocle_world_move (double *place,
                             double *speed,
                             double pull,
                             double time,
                             double low,
                             double high,
                             double restitution);

G_END_DECLS
