/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/world: what balls in a box may do: a seed is a scene, nothing leaves the box, energy never
 * grows but by a throw, bounces and collisions as by hand.
 */
#include "config.h"

#include <math.h>

#include "app/world/obstacle.h"

#define N_SCENES 300

/* Longer than what is asked for, so that balls come to rest. */
#define N_LONG 200

static void
test_seed (void)
{
  guint n_differing = 0;

  for (guint seed = 0; seed < N_SCENES; seed++)
    {
      MonocleWorldScene a, b, heavy;

      monocle_world_scene_init (&a, MONOCLE_WORLD_USUAL, seed);
      monocle_world_scene_init (&b, MONOCLE_WORLD_USUAL, seed);
      monocle_world_scene_init (&heavy, MONOCLE_WORLD_HEAVY, seed);
      g_assert_cmpfloat (a.gravity, <=, 0.2);
      g_assert_cmpfloat (heavy.gravity, >, 0.2);
      for (guint t = 0; t < MONOCLE_WORLD_N_FRAMES; t++)
        {
          g_assert_cmpuint (monocle_world_scene_step (&a), ==, monocle_world_scene_step (&b));
          for (guint i = 0; i < a.n_balls; i++)
            {
              g_assert_true (a.balls[i].x == b.balls[i].x);
              g_assert_true (a.balls[i].y == b.balls[i].y);
            }
        }
      n_differing += a.balls[0].x != heavy.balls[0].x;
    }
  g_assert_cmpuint (n_differing, ==, N_SCENES);
}

/* The first numbers of one scene: what a model learnt must not change behind its back. */
static void
test_fixed (void)
{
  MonocleWorldScene scene;

  monocle_world_scene_init (&scene, MONOCLE_WORLD_USUAL, 7);
  for (guint t = 0; t < 10; t++)
    monocle_world_scene_step (&scene);
  g_assert_cmpuint (scene.n_balls, ==, 3);
  g_assert_cmpfloat_with_epsilon (scene.balls[0].x, 9.79686665824959, 1e-9);
  g_assert_cmpfloat_with_epsilon (scene.balls[0].y, 26.2377605529762, 1e-9);
  g_assert_cmpfloat_with_epsilon (scene.gravity, 0.120365928145358, 1e-9);
}

static void
test_box (void)
{
  guint n_events = 0, n_thrown = 0;

  for (guint seed = 0; seed < N_SCENES; seed++)
    {
      MonocleWorldScene scene;
      double before;

      monocle_world_scene_init (&scene, MONOCLE_WORLD_USUAL, seed);
      n_thrown += scene.thrown.frame >= 0;
      before = monocle_world_scene_get_energy (&scene);
      for (int t = 0; t < N_LONG; t++)
        {
          const gboolean is_thrown = scene.thrown.frame == t;
          double energy;

          n_events += monocle_world_scene_step (&scene) != 0;
          energy = monocle_world_scene_get_energy (&scene);
          if (!is_thrown)
            g_assert_cmpfloat (energy, <=, before + 1e-9);
          before = energy;
          for (guint i = 0; i < scene.n_balls; i++)
            {
              const MonocleWorldBall *ball = &scene.balls[i];

              g_assert_true (ball->x >= ball->radius
                             && ball->x <= MONOCLE_WORLD_SIDE - ball->radius);
              g_assert_true (ball->y >= ball->radius
                             && ball->y <= MONOCLE_WORLD_SIDE - ball->radius);
            }
        }
    }
  g_assert_cmpuint (n_events, >, N_SCENES * 10);
  g_assert_cmpuint (n_thrown, >, N_SCENES / 10);
}

/* Nothing is ever in what stands in the way, but where it is wedged; no energy comes of it; things
 * bounce from it that would not have bounced, and come to lie on it. */
static void
test_obstacles (void)
{
  guint n_of_kinds[MONOCLE_N_OBSTACLE_KINDS] = { 0 }, n_met = 0, n_wedged = 0, n_seen = 0;

  for (guint seed = 0; seed < N_SCENES; seed++)
    {
      MonocleWorldScene scene;
      double before;

      monocle_world_scene_init (&scene, MONOCLE_WORLD_BLOCKED, seed);
      n_of_kinds[scene.obstacle.kind]++;
      g_assert_true (scene.obstacle.left < scene.obstacle.right && scene.obstacle.top > 8);
      before = monocle_world_scene_get_energy (&scene);
      for (int t = 0; t < N_LONG; t++)
        {
          const gboolean is_thrown = scene.thrown.frame == t;
          double energy;

          monocle_world_scene_step (&scene);
          energy = monocle_world_scene_get_energy (&scene);
          if (!is_thrown)
            g_assert_cmpfloat (energy, <=, before * (1 + 1e-3) + 1);
          before = energy;
          for (guint i = 0; i < scene.n_balls; i++)
            {
              const MonocleWorldBall *ball = &scene.balls[i];
              const double far = monocle_world_obstacle_measure (&scene.obstacle, ball->x, ball->y);

              n_seen++;
              n_wedged += far < ball->radius - 0.1;
              n_met += far < ball->radius + 0.1;
              g_assert_true (far > 0 && isfinite (ball->vx) && isfinite (ball->vy));
            }
        }
    }
  for (guint kind = MONOCLE_OBSTACLE_BOX; kind < MONOCLE_N_OBSTACLE_KINDS; kind++)
    g_assert_cmpuint (n_of_kinds[kind], >, N_SCENES / 5);
  g_assert_cmpuint (n_met, >, n_seen / 20);
  g_assert_cmpuint (n_wedged, <, n_seen / 100);
}

/* Straight down onto a box, back up at what a bounce leaves; onto a ramp of 45 degrees, away from
 * it sideways. */
static void
test_obstacle_bounce (void)
{
  const MonocleObstacle box = { .kind = MONOCLE_OBSTACLE_BOX, .left = 10, .right = 20, .top = 24 };
  const MonocleObstacle ramp
      = { .kind = MONOCLE_OBSTACLE_RAMP_LEFT, .left = 0, .right = 12, .top = 20 };
  MonocleWorldBall ball = { .x = 15, .y = 20.9, .vx = 0.25, .vy = 1, .radius = 3 };

  g_assert_cmpfloat_with_epsilon (monocle_world_obstacle_measure (&box, 15, 20), 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (monocle_world_obstacle_measure (&box, 23, 20), 5, 1e-12);
  g_assert_false (monocle_world_obstacle_meet (&box, &ball, 0, 0.5));
  ball.y = 21.5;
  g_assert_true (monocle_world_obstacle_meet (&box, &ball, 0, 0.5));
  g_assert_cmpfloat_with_epsilon (ball.y, 21, 1e-12);
  g_assert_cmpfloat_with_epsilon (ball.vy, -0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (ball.vx, 0.25, 1e-12);

  ball = (MonocleWorldBall){ .x = 6, .y = 23, .vy = 1, .radius = 3 };
  g_assert_cmpfloat_with_epsilon (monocle_world_obstacle_measure (&ramp, 6, 23), 3 * G_SQRT2 / 2,
                                  1e-12);
  g_assert_cmpfloat (monocle_world_obstacle_measure (&ramp, 3, 30), <, 0);
  g_assert_true (monocle_world_obstacle_meet (&ramp, &ball, 0, 1));
  g_assert_cmpfloat_with_epsilon (ball.vx, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (ball.vy, 0, 1e-9);
}

/* Let fall from rest, a ball is back after as long as it fell, times what a bounce leaves, at the
 * height times its square. */
static void
test_bounce (void)
{
  const double pull = 0.1, restitution = 0.8, height = 20, high = 25;
  const double fall = sqrt (2 * height / pull);
  double place = high - height, speed = 0;

  g_assert_false (monocle_world_move (&place, &speed, pull, fall / 2, 0, high, restitution));
  g_assert_cmpfloat_with_epsilon (place, high - height * 3 / 4, 1e-9);
  g_assert_true (monocle_world_move (&place, &speed, pull, fall / 2 + restitution * fall, 0, high,
                                     restitution));
  g_assert_cmpfloat_with_epsilon (place, high - height * restitution * restitution, 1e-9);
  g_assert_cmpfloat_with_epsilon (speed, 0, 1e-9);

  /* Upwards, against the pull, into the upper wall. */
  place = 2;
  speed = -1;
  g_assert_true (monocle_world_move (&place, &speed, 0, 4, 0, high, 0.5));
  g_assert_cmpfloat_with_epsilon (place, 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (speed, 0.5, 1e-12);
}

/* What lies stays, and does not count as bouncing. */
static void
test_rest (void)
{
  double place = 10, speed = 0;

  for (guint i = 0; i < 10; i++)
    g_assert_false (monocle_world_move (&place, &speed, 0.1, 1, 0, 10, 0.7));
  g_assert_true (place == 10);
  g_assert_true (speed == 0);
}

/* Of the same weight, head on: they change speeds. Of others: momentum and energy stay. */
static void
test_collision (void)
{
  MonocleWorldScene scene = { .balls = { { .x = 10, .y = 16, .vx = 1, .radius = 3 },
                                         { .x = 20, .y = 16, .radius = 3 } },
                              .n_balls = 2,
                              .restitution = 1,
                              .thrown.frame = -1 };
  double momentum, energy;
  guint events = 0;

  for (guint t = 0; t < 6; t++)
    events |= monocle_world_scene_step (&scene);
  g_assert_cmpuint (events, ==, 3);
  g_assert_cmpfloat_with_epsilon (scene.balls[0].vx, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (scene.balls[1].vx, 1, 1e-12);

  scene.balls[0] = (MonocleWorldBall){ .x = 10, .y = 15, .vx = 1, .radius = 3 };
  scene.balls[1] = (MonocleWorldBall){ .x = 20, .y = 17, .vx = -1, .radius = 5 };
  energy = monocle_world_scene_get_energy (&scene);
  momentum = 9 * scene.balls[0].vx + 25 * scene.balls[1].vx;
  for (guint t = 0; t < 3; t++)
    monocle_world_scene_step (&scene);
  g_assert_cmpfloat (scene.balls[0].vx, <, 0);
  g_assert_cmpfloat (scene.balls[0].vy, <, 0);
  g_assert_cmpfloat_with_epsilon (9 * scene.balls[0].vx + 25 * scene.balls[1].vx, momentum, 1e-9);
  g_assert_cmpfloat_with_epsilon (9 * scene.balls[0].vy + 25 * scene.balls[1].vy, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (monocle_world_scene_get_energy (&scene), energy, 1e-9);
}

static void
test_throw (void)
{
  MonocleWorldScene scene = { .balls = { { .x = 16, .y = 16, .radius = 3 } },
                              .n_balls = 1,
                              .restitution = 1,
                              .thrown = { .frame = 1, .vx = 2, .vy = -1 } };

  g_assert_cmpuint (monocle_world_scene_step (&scene), ==, 0);
  g_assert_cmpfloat (scene.balls[0].x, ==, 16);
  g_assert_cmpuint (monocle_world_scene_step (&scene), ==, 1);
  g_assert_cmpfloat (scene.balls[0].x, ==, 18);
  g_assert_cmpfloat (scene.balls[0].y, ==, 15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/world-scene/obstacles", test_obstacles);
  g_test_add_func ("/world-scene/obstacle-bounce", test_obstacle_bounce);
  g_test_add_func ("/world-scene/seed", test_seed);
  g_test_add_func ("/world-scene/fixed", test_fixed);
  g_test_add_func ("/world-scene/box", test_box);
  g_test_add_func ("/world-scene/bounce", test_bounce);
  g_test_add_func ("/world-scene/rest", test_rest);
  g_test_add_func ("/world-scene/collision", test_collision);
  g_test_add_func ("/world-scene/throw", test_throw);

  return g_test_run ();
}
