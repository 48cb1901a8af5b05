/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/world: what is looked at while it is asked what happens next: throws, aims and frames; what
 * is drawn of it; what is said of futures; a seer without a model.
 */
#include "config.h"

#include <math.h>

#include "app/base/error.h"
#include "app/world/stage.h"

#define N_SEEN MONOCLE_WORLD_STAGE_N_SEEN
#define SIDE   MONOCLE_WORLD_SIDE
#define PIXELS 200

/* There is no such model. */
static MonocleWorldStage *
make_stage (void)
{
  g_autoptr (MonocleSeer) seer = monocle_seer_new ("/nonexistent/model", "auto", FALSE);

  return monocle_world_stage_new (seer);
}

static void
count (MonocleWorldStage *stage, guint *n)
{
  (*n)++;
}

/* Until it has said what comes of it. */
static void
wait_for_seer (MonocleWorldStage *stage)
{
  while (monocle_seer_get_state (monocle_world_stage_get_seer (stage)) == MONOCLE_SEER_LOADING)
    g_main_context_iteration (NULL, TRUE);
}

/* --- films -------------------------------------------------------------------------------- */

/* What was, was; from then on one ball goes elsewhere, with the speed that was said. */
static void
test_throw (void)
{
  for (guint seed = 0; seed < 50; seed++)
    {
      MonocleWorldFilm film, thrown;
      guint ball;

      monocle_world_film_init (&film, MONOCLE_WORLD_USUAL, seed);
      if (film.scene.thrown.frame >= 0)
        continue;
      ball = seed % film.scene.n_balls;
      thrown = film;
      monocle_world_film_throw (&thrown, N_SEEN - 1, ball, 0.5, -2);
      for (guint t = 0; t < N_SEEN; t++)
        for (guint i = 0; i < film.scene.n_balls; i++)
          g_assert_true (film.places[t][i][0] == thrown.places[t][i][0]
                         && film.places[t][i][1] == thrown.places[t][i][1]);
      g_assert_cmpuint (thrown.events[N_SEEN] & 1U << ball, !=, 0);
      if (film.scene.n_balls > 1 || thrown.places[N_SEEN - 1][ball][1] < 8
          || fabs (thrown.places[N_SEEN - 1][ball][0] - SIDE / 2) > 8)
        continue;
      g_assert_cmpfloat_with_epsilon (
          thrown.places[N_SEEN][ball][0] - thrown.places[N_SEEN - 1][ball][0], 0.5, 1e-9);
      g_assert_cmpfloat_with_epsilon (thrown.places[N_SEEN][ball][1]
                                          - thrown.places[N_SEEN - 1][ball][1],
                                      -2 + thrown.scene.gravity / 2, 1e-9);
    }
}

/* The way of a ball that is alone bends, always to one side, and takes no speed from it. */
static void
test_turning (void)
{
  guint n = 0;

  for (guint seed = 0; seed < 100; seed++)
    {
      MonocleWorldScene scene;
      double energy;

      monocle_world_scene_init (&scene, MONOCLE_WORLD_TURNING, seed);
      g_assert_cmpfloat (fabs (scene.turn), >=, 0.4);
      if (scene.n_balls > 1 || scene.thrown.frame >= 0)
        continue;
      energy = monocle_world_scene_get_energy (&scene);
      for (guint t = 0; t < 20; t++)
        {
          const double vx = scene.balls[0].vx, vy = scene.balls[0].vy;

          if (monocle_world_scene_step (&scene) != 0)
            break;
          g_assert_cmpfloat_with_epsilon (monocle_world_scene_get_energy (&scene), energy,
                                          0.01 * energy);
          if (scene.gravity < 0.05 && hypot (vx, vy) > 0.5)
            {
              const double across = vx * scene.balls[0].vy - vy * scene.balls[0].vx;

              g_assert_cmpfloat (across * scene.turn, >, 0);
              n++;
            }
        }
    }
  g_assert_cmpuint (n, >, 20);
}

/* --- futures ------------------------------------------------------------------------------ */

/* Two that are a tenth of the side left and right of where the ball will be, and the likeliest a
 * fifth below it. */
static MonocleFutures *
make_futures (const MonocleWorldFilm *film)
{
  const guint n_things = film->scene.n_balls;
  MonocleFutures *futures = monocle_futures_new (n_things, MONOCLE_WORLD_STAGE_MOST_AHEAD, 2);

  for (guint t = 0; t < futures->n_frames; t++)
    for (guint i = 0; i < n_things; i++)
      {
        const double *truth = film->places[N_SEEN + t][i];
        const gsize at = ((gsize) t * n_things + i) * 2;

        for (guint k = 0; k < 2; k++)
          {
            monocle_futures_get_drawn (futures, k)[at]
                = (float) (truth[0] / SIDE + (k == 0 ? 0.1 : -0.1));
            monocle_futures_get_drawn (futures, k)[at + 1] = (float) (truth[1] / SIDE);
          }
        futures->likeliest[at] = (float) (truth[0] / SIDE);
        futures->likeliest[at + 1] = (float) (truth[1] / SIDE + 0.2);
      }
  return futures;
}

static void
test_look (void)
{
  MonocleWorldFilm film;
  g_autoptr (MonocleFutures) futures = NULL;
  MonocleWorldOutlook outlook;

  monocle_world_film_init (&film, MONOCLE_WORLD_USUAL, 7);
  futures = make_futures (&film);
  for (guint ahead = 1; ahead <= futures->n_frames; ahead++)
    {
      double errors[MONOCLE_WORLD_N_WAYS], speed = 0;

      for (guint i = 0; i < film.scene.n_balls; i++)
        {
          monocle_world_judge_compare (&film, N_SEEN, futures, i, ahead, errors);
          speed
              += errors[MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_SPEED] / film.scene.n_balls;
        }
      monocle_world_judge_look (&film, N_SEEN, futures, ahead, &outlook);
      g_assert_cmpfloat_with_epsilon (outlook.spread, 10, 1e-3);
      g_assert_cmpfloat_with_epsilon (outlook.likeliest, 20, 1e-3);
      g_assert_cmpfloat_with_epsilon (outlook.speed, speed, 1e-9);
    }
  monocle_world_judge_look (NULL, N_SEEN, futures, 1, &outlook);
  g_assert_cmpfloat_with_epsilon (outlook.spread, 10, 1e-3);
  g_assert_cmpfloat (outlook.likeliest, <, 0);
}

/* --- drawing ------------------------------------------------------------------------------ */

static cairo_surface_t *
paint (const MonocleWorldPainting *painting)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, PIXELS, PIXELS);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, PIXELS, PIXELS);
  monocle_world_paint (cr, painting);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* 0xRRGGBB */
static guint32
get_pixel (cairo_surface_t *surface, double x, double y)
{
  const int column = CLAMP ((int) (x * PIXELS), 0, PIXELS - 1);
  const int row = CLAMP ((int) (y * PIXELS), 0, PIXELS - 1);
  const guint32 *pixels
      = (const guint32 *) (const void *) (cairo_image_surface_get_data (surface)
                                          + (gsize) row * cairo_image_surface_get_stride (surface));

  return pixels[column] & 0xffffff;
}

static guint
count_different (cairo_surface_t *a, cairo_surface_t *b)
{
  guint n = 0;

  for (guint y = 0; y < PIXELS; y++)
    for (guint x = 0; x < PIXELS; x++)
      n += get_pixel (a, (x + 0.5) / PIXELS, (y + 0.5) / PIXELS)
           != get_pixel (b, (x + 0.5) / PIXELS, (y + 0.5) / PIXELS);
  cairo_surface_destroy (b);
  return n;
}

/* A ball at rest in the middle, and one future to the right. */
static void
test_paint (void)
{
  g_autoptr (MonocleTracks) tracks = monocle_tracks_new (1, 2), truth = monocle_tracks_new (1, 3);
  g_autoptr (MonocleFutures) futures = monocle_futures_new (1, 1, 1);
  MonocleWorldPainting painting = { .tracks = tracks, .frame = 1, .n_ahead = 1, .arrow.frame = -1 };
  cairo_surface_t *plain;

  tracks->radii[0] = 0.1f;
  for (guint t = 0; t < 2; t++)
    tracks->places[2 * t] = tracks->places[2 * t + 1] = truth->places[2 * t]
        = truth->places[2 * t + 1] = 0.5f;
  futures->likeliest[0] = futures->drawn[0] = 0.9f;
  futures->likeliest[1] = futures->drawn[1] = 0.5f;
  truth->places[4] = 0.5f;
  truth->places[5] = 0.9f;

  plain = paint (&painting);
  g_assert_cmphex (get_pixel (plain, 0.05, 0.05), ==, 0xffffff);
  g_assert_cmphex (get_pixel (plain, 0.5, 0.55), !=, 0xffffff);
  g_assert_cmphex (get_pixel (plain, 0.7, 0.5), ==, 0xffffff);
  /* What happens, with nothing foreseen, is shown to nobody. */
  painting.truth = truth;
  g_assert_cmpuint (count_different (plain, paint (&painting)), ==, 0);
  painting.truth = NULL;
  painting.futures = futures;
  {
    cairo_surface_t *fan = paint (&painting);
    cairo_surface_t *compared;

    g_assert_cmphex (get_pixel (fan, 0.7, 0.5), !=, 0xffffff);
    g_assert_cmphex (get_pixel (fan, 0.5, 0.75), ==, 0xffffff);
    painting.truth = truth;
    compared = paint (&painting);
    /* Dashes: of some of these places one is dark. */
    g_assert_cmpuint (count_different (compared, cairo_surface_reference (fan)), >, 20);
    painting.truth = NULL;
    painting.arrow = (MonocleThrow){ .frame = 0, .vx = -0.05, .vy = -0.05 };
    g_assert_cmpuint (count_different (fan, paint (&painting)), >, 20);
    g_assert_cmphex (get_pixel (fan, 0.35, 0.35), ==, 0xffffff);
    /* One frame ahead the ball is there, and here no more. */
    painting.arrow.frame = -1;
    painting.frame = 2;
    cairo_surface_destroy (fan);
    fan = paint (&painting);
    g_assert_cmphex (get_pixel (fan, 0.9, 0.55), !=, 0xffffff);
    g_assert_cmphex (get_pixel (fan, 0.5, 0.55), ==, 0xffffff);
    cairo_surface_destroy (fan);
    cairo_surface_destroy (compared);
  }
  painting.futures = NULL;
  painting.is_dark = TRUE;
  cairo_surface_destroy (plain);
  plain = paint (&painting);
  g_assert_cmphex (get_pixel (plain, 0.05, 0.05), <, 0x404040);
  cairo_surface_destroy (plain);
}

/* --- the stage ---------------------------------------------------------------------------- */

static void
test_aim (void)
{
  g_autoptr (MonocleWorldStage) stage = make_stage ();
  const MonocleTracks *tracks = monocle_world_stage_get_tracks (stage);
  MonocleWorldPainting painting;
  MonocleThrow aim;
  guint n_changes = 0;

  g_signal_connect (stage, "changed", G_CALLBACK (count), &n_changes);
  for (guint i = 0; i < tracks->n_things; i++)
    {
      const float *place = tracks->places + ((gsize) (N_SEEN - 1) * tracks->n_things + i) * 2;

      g_assert_cmpint (monocle_world_stage_find (stage, (double) place[0], (double) place[1]), ==,
                       (int) i);
    }
  g_assert_cmpint (monocle_world_stage_find (stage, -1, -1), ==, -1);

  g_assert_false (monocle_world_stage_get_aim (stage, &aim));
  monocle_world_stage_set_frame (stage, 2);
  /* Faster than anything is thrown, and between two steps. */
  monocle_world_stage_aim (stage, 0, 9, -1.03 / SIDE);
  g_assert_true (monocle_world_stage_get_aim (stage, &aim));
  g_assert_cmpfloat_with_epsilon (aim.vx * SIDE, MONOCLE_WORLD_MAX_THROW, 1e-9);
  g_assert_cmpfloat_with_epsilon (aim.vy * SIDE, -1, 1e-9);
  g_assert_cmpuint (monocle_world_stage_get_frame (stage), ==, N_SEEN - 1);
  painting = monocle_world_stage_get_painting (stage);
  g_assert_cmpint (painting.arrow.frame, ==, N_SEEN - 1);
  monocle_world_stage_aim_no_more (stage);
  g_assert_false (monocle_world_stage_get_aim (stage, &aim));
  g_assert_cmpuint (n_changes, ==, 3);
}

/* Thrown, and taken back: the scene is the same again. Without a model nothing is foreseen. */
static void
test_thrown (void)
{
  g_autoptr (MonocleWorldStage) stage = make_stage ();
  g_autoptr (MonocleTracks) before = monocle_tracks_copy (monocle_world_stage_get_tracks (stage));
  const MonocleTracks *now;
  MonocleWorldOutlook outlook;
  guint ahead;

  monocle_world_stage_throw (stage, 0, 2.0 / SIDE, -1.0 / SIDE);
  now = monocle_world_stage_get_tracks (stage);
  g_assert_true (monocle_world_stage_is_thrown (stage));
  g_assert_cmpint (now->thrown.frame, ==, N_SEEN - 1);
  g_assert_cmpfloat_with_epsilon (now->thrown.vx, 2.0 / SIDE, 1e-9);
  g_assert_cmpmem (now->places, 2 * N_SEEN * now->n_things * sizeof (float), before->places,
                   2 * N_SEEN * before->n_things * sizeof (float));
  g_assert_cmpint (monocle_world_stage_get_painting (stage).arrow.frame, ==, N_SEEN - 1);
  monocle_world_stage_take_back (stage);
  g_assert_false (monocle_world_stage_is_thrown (stage));
  g_assert_cmpint (monocle_world_stage_get_tracks (stage)->thrown.frame, ==, before->thrown.frame);

  wait_for_seer (stage);
  g_assert_cmpint (monocle_seer_get_state (monocle_world_stage_get_seer (stage)), ==,
                   MONOCLE_SEER_FAILED);
  g_assert_true (monocle_seer_lacks_model (monocle_world_stage_get_seer (stage)));
  g_assert_nonnull (monocle_seer_get_error (monocle_world_stage_get_seer (stage)));
  g_assert_false (monocle_world_stage_look (stage, &ahead, &outlook));
  g_assert_cmpuint (monocle_world_stage_count_frames (stage), ==, N_SEEN);
  monocle_world_stage_set_frame (stage, 100);
  g_assert_cmpuint (monocle_world_stage_get_frame (stage), ==, N_SEEN - 1);
}

/* Of others: the last frames; nobody knows what follows. */
static void
test_tracks (void)
{
  g_autoptr (MonocleWorldStage) stage = make_stage ();
  MonocleTracks *tracks = monocle_tracks_new (2, 20);

  for (guint i = 0; i < 20 * 4; i++)
    tracks->places[i] = (float) i;
  tracks->radii[1] = 0.25f;
  monocle_world_stage_set_truth (stage, TRUE);
  monocle_world_stage_show_tracks (stage, tracks);
  g_assert_false (monocle_world_stage_has_scene (stage));
  g_assert_null (monocle_world_stage_get_painting (stage).truth);
  g_assert_cmpuint (monocle_world_stage_count_seen (stage), ==, N_SEEN);
  g_assert_cmpfloat ((double) monocle_world_stage_get_tracks (stage)->places[0], ==,
                     4 * (20 - N_SEEN));
  g_assert_cmpfloat ((double) monocle_world_stage_get_tracks (stage)->radii[1], ==, 0.25);
  monocle_world_stage_throw (stage, 1, 1.0 / SIDE, 0);
  g_assert_cmpuint (monocle_world_stage_get_tracks (stage)->thrown.thing, ==, 1);
  monocle_world_stage_take_back (stage);
  g_assert_cmpint (monocle_world_stage_get_tracks (stage)->thrown.frame, ==, -1);
  monocle_world_stage_set_scene (stage, MONOCLE_WORLD_USUAL, 1);
  g_assert_true (monocle_world_stage_has_scene (stage));
  g_assert_nonnull (monocle_world_stage_get_painting (stage).truth);
  wait_for_seer (stage);
}

/* Let go, or stopped, while it is being loaded. */
static void
test_let_go (void)
{
  MonocleWorldStage *stage = make_stage ();

  monocle_world_stage_ask (stage);
  g_assert_cmpint (monocle_seer_get_state (monocle_world_stage_get_seer (stage)), ==,
                   MONOCLE_SEER_LOADING);
  monocle_seer_stop (monocle_world_stage_get_seer (stage));
  g_assert_cmpint (monocle_seer_get_state (monocle_world_stage_get_seer (stage)), ==,
                   MONOCLE_SEER_STOPPED);
  monocle_world_stage_ask (stage);
  g_assert_finalize_object (stage);
  stage = make_stage ();
  monocle_world_stage_ask (stage);
  wait_for_seer (stage);
  g_assert_finalize_object (stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/throw", test_throw);
  g_test_add_func ("/world/turning", test_turning);
  g_test_add_func ("/world/look", test_look);
  g_test_add_func ("/world/paint", test_paint);
  g_test_add_func ("/world/stage/aim", test_aim);
  g_test_add_func ("/world/stage/thrown", test_thrown);
  g_test_add_func ("/world/stage/tracks", test_tracks);
  g_test_add_func ("/world/stage/let-go", test_let_go);
  return g_test_run ();
}
