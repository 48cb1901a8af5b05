/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/world: frames in pixels: what is where, other people's pictures on their ground, balls that
 * are found where they were drawn, and those that are lost; how what a model draws is judged.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/world/frame-judge.h"

#define SIDE MONOCLE_WORLD_FRAME_SIDE

static const MonocleWorldScene one
    = { .balls = { { .radius = 4, .colour = 1 } }, .n_balls = 1, .thrown.frame = -1 };

static const double middle[MONOCLE_WORLD_MAX_BALLS][2] = { { 12, 20 } };

static void
check_pixel (MonocleImage *image, guint x, guint y, const double colour[3])
{
  const guint8 *pixel = monocle_image_get_pixels (image) + 3 * (y * SIDE + x);

  for (guint c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (pixel[c] / 255.0, colour[c], 0.5 / 255 + 1e-9);
}

/* Numbers by hand: a ball, the ground above and below, half of what is at an edge; obstacles. */
static void
test_drawn (void)
{
  MonocleWorldScene scene = one;
  g_autoptr (MonocleImage) ball = monocle_world_frame_draw (&scene, middle);
  g_autoptr (MonocleImage) box = NULL, ramp = NULL;
  const double upper = 0.97 - 0.12 * 0.5 / 32, lower = 0.97 - 0.12 * 31.5 / 32;
  const double stone[3] = { 0.42, 0.42, 0.46 };

  check_pixel (ball, 12, 20, monocle_world_colours[1]);
  check_pixel (ball, 0, 0, (const double[]){ upper, upper, upper + 0.02 });
  check_pixel (ball, 31, 31, (const double[]){ lower, lower, lower + 0.02 });
  scene.obstacle
      = (MonocleObstacle){ .kind = MONOCLE_OBSTACLE_BOX, .left = 20, .right = 28, .top = 24 };
  box = monocle_world_frame_draw (&scene, middle);
  check_pixel (box, 20, 24, stone);
  check_pixel (box, 27, 31, stone);
  check_pixel (box, 31, 31, (const double[]){ lower, lower, lower + 0.02 });
  scene.obstacle = (MonocleObstacle){
    .kind = MONOCLE_OBSTACLE_RAMP_RIGHT, .left = 20, .right = 32, .top = 20
  };
  ramp = monocle_world_frame_draw (&scene, middle);
  check_pixel (ramp, 31, 22, stone);
  check_pixel (ramp, 22, 31, stone);
  check_pixel (ramp, 12, 20, monocle_world_colours[1]);
  g_assert_cmpfloat (monocle_world_frame_compare (ball, ball), ==, 90);
  g_assert_cmpfloat (monocle_world_frame_compare (ball, box), <, 20);
  g_assert_cmpfloat (monocle_world_frame_compare (box, ramp), <, 20);
}

/* A wide one lies below, in its own colours. */
static void
test_of_image (void)
{
  guint8 *pixels = g_malloc (3 * 200 * 50);
  g_autoptr (MonocleImage) image = NULL, frame = NULL;
  const double red[3] = { 1, 0, 0 }, level = 0.97 - 0.12 * 0.5 / 32;

  for (guint i = 0; i < 200 * 50; i++)
    memcpy (pixels + 3 * i, "\xff\0\0", 3);
  image = monocle_image_new_take_pixels (200, 50, pixels, NULL);
  frame = monocle_world_frame_of_image (image);
  g_assert_cmpuint (monocle_image_get_width (frame), ==, SIDE);
  check_pixel (frame, 0, 24, red);
  check_pixel (frame, 31, 31, red);
  check_pixel (frame, 0, 0, (const double[]){ level, level, level + 0.02 });
}

/* Drawn elsewhere, it is found there; drawn not at all, it is lost. */
static void
test_found (void)
{
  MonocleWorldScene empty = one;
  g_autoptr (MonocleImage) there = monocle_world_frame_draw (&one, middle);
  g_autoptr (MonocleImage) aside
      = monocle_world_frame_draw (&one, (const double[MONOCLE_WORLD_MAX_BALLS][2]){ { 13, 19.5 } });
  g_autoptr (MonocleImage) nothing = NULL;
  MonocleWorldFound found = monocle_world_frame_find (there, &one, middle, 0);

  g_assert_cmpfloat (found.off, <, 0.05);
  g_assert_false (found.is_lost);
  found = monocle_world_frame_find (aside, &one, middle, 0);
  g_assert_cmpfloat_with_epsilon (found.off, hypot (1, 0.5), 0.1);
  g_assert_false (found.is_lost);
  empty.n_balls = 0;
  nothing = monocle_world_frame_draw (&empty, middle);
  g_assert_true (monocle_world_frame_find (nothing, &one, middle, 0).is_lost);
}

/* What draws what happens has it right; beside it, what stands still is ever further off. */
static void
test_judge (void)
{
  MonocleWorldFrameJudge judge = { .n_films = 0 };
  g_autoptr (MonocleDrawnFrames) seen = monocle_drawn_frames_new ();
  g_autoptr (MonocleFutures) futures = NULL;
  g_autoptr (MonocleImage) last = NULL;
  MonocleWorldFilm film;
  guint seed = 0;

  do
    monocle_world_film_init (&film, MONOCLE_WORLD_BLOCKED, seed++);
  while (film.scene.thrown.frame >= 0 || film.scene.n_balls < 2);
  futures = monocle_futures_new (film.scene.n_balls, 4, 0);
  for (guint t = 0; t < 4; t++)
    for (guint c = 0; c < 2 * film.scene.n_balls; c++)
      futures->likeliest[t * 2 * film.scene.n_balls + c]
          = (float) (film.places[8 + t][c / 2][c % 2] / MONOCLE_WORLD_SIDE);
  seen->seen = monocle_world_frame_draw (&film.scene, (const double (*)[2]) film.places[7]);
  seen->decibels = 21;
  monocle_world_frame_judge_add_seen (&judge, &film, 8, seen, 22);
  last = monocle_world_frame_draw (&film.scene, (const double (*)[2]) film.places[11]);
  monocle_world_frame_judge_add (&judge, &film, 8, futures, 4, last, 33);
  g_assert_cmpuint (judge.n_unknown, ==, 1);
  g_assert_cmpuint (judge.n_balls, ==, film.scene.n_balls);
  g_assert_cmpfloat (judge.off / judge.n_balls, <, 0.1);
  g_assert_cmpuint (judge.tallies[3].n_balls, ==, film.scene.n_balls);
  g_assert_cmpuint (judge.tallies[3].n_lost, ==, 0);
  g_assert_cmpfloat (judge.tallies[3].off / film.scene.n_balls, <, 0.1);
  g_assert_cmpfloat (judge.tallies[3].decibels[MONOCLE_WORLD_FRAME_DRAWN], ==, 90);
  g_assert_cmpfloat (judge.tallies[3].decibels[MONOCLE_WORLD_FRAME_BACK], ==, 33);
  g_assert_cmpfloat (judge.tallies[3].decibels[MONOCLE_WORLD_FRAME_PLACES], >, 60);
  g_assert_cmpfloat (judge.tallies[3].decibels[MONOCLE_WORLD_FRAME_FIRST_GUESS], <, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/world-frame/drawn", test_drawn);
  g_test_add_func ("/world-frame/of-image", test_of_image);
  g_test_add_func ("/world-frame/found", test_found);
  g_test_add_func ("/world-frame/judge", test_judge);

  return g_test_run ();
}
