/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/world: films and what can be said of them without a model, how far something foreseen is from
 * what happened, and things that somebody saw.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/world/judge.h"
#include "app/world/seen.h"

#define N_SEEN  8
#define N_AHEAD 8
#define N_FILMS 100

/* --- without a model ---------------------------------------------------------------------- */

/* Until something happens to a ball, knowing the pull is knowing all; what knows less is further
 * off, of all films together. */
static void
test_guesses (void)
{
  double sums[MONOCLE_WORLD_N_GUESSES] = { 0 };
  guint n = 0;

  for (guint seed = 0; seed < N_FILMS; seed++)
    {
      MonocleWorldFilm film;

      monocle_world_film_init (&film, MONOCLE_WORLD_USUAL, seed);
      for (guint ball = 0; ball < film.scene.n_balls; ball++)
        {
          /* The last step that was seen must have been free as well. */
          guint events = film.events[N_SEEN - 1];

          for (guint t = 0; t < N_AHEAD; t++)
            events |= film.events[N_SEEN + t];
          if (events & 1U << ball)
            continue;
          for (guint guess = 0; guess < MONOCLE_WORLD_N_GUESSES; guess++)
            {
              double places[MONOCLE_WORLD_N_FRAMES][2];
              const double *truth = film.places[N_SEEN + N_AHEAD - 1][ball];

              monocle_world_film_guess (&film, (MonocleWorldGuess) guess, N_SEEN, ball, places);
              sums[guess]
                  += hypot (places[N_AHEAD - 1][0] - truth[0], places[N_AHEAD - 1][1] - truth[1]);
            }
          n++;
        }
    }
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpfloat (sums[MONOCLE_WORLD_GUESS_STILL] / n, >, 2);
  g_assert_cmpfloat (sums[MONOCLE_WORLD_GUESS_SPEED] / n, >, 0.5);
  g_assert_cmpfloat_with_epsilon (sums[MONOCLE_WORLD_GUESS_PULL] / n, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (sums[MONOCLE_WORLD_GUESS_WALLS] / n, 0, 1e-9);
}

static void
test_film (void)
{
  MonocleWorldFilm film;
  float row[MONOCLE_WORLD_ROW];
  g_autoptr (MonocleTracks) tracks = NULL;
  guint seed = 0;

  do
    monocle_world_film_init (&film, MONOCLE_WORLD_USUAL, seed++);
  while (film.scene.thrown.frame < 0 || film.scene.n_balls < 2);
  tracks = monocle_world_film_show (&film, N_SEEN);
  monocle_world_film_write_row (&film, row);
  g_assert_cmpuint (tracks->n_things, ==, film.scene.n_balls);
  g_assert_cmpint (tracks->thrown.frame, ==, film.scene.thrown.frame);
  g_assert_true (row[0] == (float) film.scene.n_balls);
  g_assert_true (row[6] == (float) film.scene.thrown.frame);
  for (guint t = 0; t < N_SEEN; t++)
    for (guint i = 0; i < tracks->n_things; i++)
      for (guint axis = 0; axis < 2; axis++)
        {
          const float place = (float) film.places[t][i][axis];

          g_assert_true (tracks->places[(t * tracks->n_things + i) * 2 + axis] * 32 == place);
          g_assert_true (row[17 + t * 8 + 2 + i * 2 + axis] == place);
        }
}

/* --- judging ------------------------------------------------------------------------------ */

/* What happened, moved to the right by so much of the side; futures are spread around it. */
static MonocleFutures *
make_futures (const MonocleWorldFilm *film, double off, double spread)
{
  MonocleFutures *futures = monocle_futures_new (film->scene.n_balls, N_AHEAD, 16);
  const guint n = 2 * futures->n_things;

  for (guint t = 0; t < N_AHEAD; t++)
    for (guint c = 0; c < n; c++)
      {
        const double truth = film->places[N_SEEN + t][c / 2][c % 2] / MONOCLE_WORLD_SIDE;
        const double place = truth + (c % 2 == 0 ? off : 0);

        futures->likeliest[t * n + c] = (float) place;
        for (guint k = 0; k < 16; k++)
          monocle_futures_get_drawn (futures, k)[t * n + c]
              = (float) (place + spread * (k % 2 == c % 2 ? 1 : -1) * (k / 2 % 2 == 0 ? 1 : 0.5));
      }
  return futures;
}

static void
test_judge (void)
{
  g_autofree MonocleWorldJudge *right = g_new0 (MonocleWorldJudge, 1);
  g_autofree MonocleWorldJudge *wrong = g_new0 (MonocleWorldJudge, 1);
  guint n_balls = 0;

  for (guint seed = 0; seed < N_FILMS; seed++)
    {
      MonocleWorldFilm film;
      g_autoptr (MonocleFutures) good = NULL, bad = NULL;

      monocle_world_film_init (&film, MONOCLE_WORLD_USUAL, seed);
      good = make_futures (&film, 0, 0.02);
      bad = make_futures (&film, 0.05, 0.01);
      monocle_world_judge_add (right, &film, N_SEEN, good);
      monocle_world_judge_add (wrong, &film, N_SEEN, bad);
      n_balls += film.scene.n_balls;
    }
  g_assert_cmpuint (right->n_films, ==, N_FILMS);
  for (guint ahead = 1; ahead <= N_AHEAD; ahead++)
    {
      const MonocleWorldTally a = monocle_world_judge_sum (right, ahead);
      const MonocleWorldTally b = monocle_world_judge_sum (wrong, ahead);

      g_assert_cmpuint (a.n, ==, n_balls);
      g_assert_cmpfloat_with_epsilon (a.errors[MONOCLE_WORLD_LIKELIEST] / a.n, 0, 1e-3);
      g_assert_cmpuint (a.n_inside, ==, n_balls);
      g_assert_cmpfloat_with_epsilon (b.errors[MONOCLE_WORLD_LIKELIEST] / b.n, 5, 1e-3);
      g_assert_cmpfloat_with_epsilon (b.errors[MONOCLE_WORLD_MEAN] / b.n, 5, 1e-3);
      g_assert_cmpfloat (b.errors[MONOCLE_WORLD_BEST] / b.n, <, 4.6);
      g_assert_cmpuint (b.n_inside, ==, 0);
    }
  /* More and more balls were met. */
  g_assert_cmpuint (right->tallies[0][MONOCLE_WORLD_EVENT].n, <,
                    right->tallies[N_AHEAD - 1][MONOCLE_WORLD_EVENT].n);
}

static double
draw_normal (GRand *rand)
{
  return sqrt (-2 * log (1 - g_rand_double (rand))) * cos (2 * G_PI * g_rand_double (rand));
}

/* Of points that are normally distributed the ellipse of 16 holds the next one as often as it says.
 */
static void
test_ellipse (void)
{
  const guint n = 4000;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint n_inside = 0;

  for (guint i = 0; i < n; i++)
    {
      double points[17][2];

      for (guint k = 0; k < 17; k++)
        {
          const double a = draw_normal (rand), b = draw_normal (rand);

          points[k][0] = 3 * a;
          points[k][1] = 2 * a + b;
        }
      n_inside += monocle_world_is_inside ((const double (*)[2]) points, 16, points[16][0],
                                           points[16][1]);
    }
  g_assert_cmpfloat_with_epsilon ((double) n_inside / n, 0.9, 0.015);
}

/* Where errors go with the spread the correlation is one. */
static void
test_correlation (void)
{
  MonocleWorldTally tally = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      const double spread = i, error = 2.0 * i + 1;

      tally.n++;
      tally.spread += spread;
      tally.error += error;
      tally.spread2 += spread * spread;
      tally.error2 += error * error;
      tally.product += spread * error;
    }
  g_assert_cmpfloat_with_epsilon (monocle_world_tally_correlate (&tally), 1, 1e-12);
}

/* --- what somebody saw -------------------------------------------------------------------- */

static MonocleTracks *
read_seen (const char *lines, GError **error)
{
  return monocle_world_read_seen (lines, strlen (lines), "file", 3, error);
}

/* Two that pass each other, in whatever order they are found; ends of lines as they come. */
static void
test_seen (void)
{
  const char *lines = "{\"width\": 100, \"height\": 100, \"more\": 1, \"objects\": [{\"label\": "
                      "\"a\", \"box\": [0, 0, 20, 20]},"
                      " {\"box\": [60, 60, 80, 80]}]}\n\n"
                      "{\"width\": 100, \"height\": 100, \"objects\": [{\"box\": [56, 60, 76, "
                      "80]}, {\"box\": [4, 0, 24, 20]}]}\n"
                      "{\"width\": 200, \"height\": 200, \"objects\": [{\"box\": [16, 0, 56, 40]}, "
                      "{\"box\": [104, 120, 144, 160]}]}";
  const float wanted[]
      = { 0.1f, 0.1f, 0.7f, 0.7f, 0.14f, 0.1f, 0.66f, 0.7f, 0.18f, 0.1f, 0.62f, 0.7f };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTracks) tracks = read_seen (lines, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tracks->n_frames, ==, 3);
  g_assert_cmpuint (tracks->n_things, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpfloat_with_epsilon (tracks->places[i], wanted[i], 1e-6f);
  g_assert_cmpfloat_with_epsilon (tracks->radii[0], 0.1f, 1e-6f);
}

static void
test_unseen (void)
{
  static const char *const bad[][2] = {
    { "", "2 frames" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [0, 0, 1, 1]}]}", "2 frames" },
    { "{", "frame 1" },
    { "{\"width\": 90, \"height\": 45, \"objects\": [{\"box\": [0, 0, 1, 1]}]}", "square" },
    { "{\"width\": 0, \"height\": 0, \"objects\": [{\"box\": [0, 0, 1, 1]}]}", "square" },
    { "{\"width\": 9, \"height\": 9, \"objects\": []}", "0 things" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [1]}", "objects" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [0, 0, 1]}]}", "box" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [1e35, 0, 1e36, 1]}]}",
      "in the frame" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [0, -8, 1, -6]}]}", "in the frame" },
    { "{\"width\": 1e-300, \"height\": 1e-300, \"objects\": [{\"box\": [0, 0, 1, 1]}]}",
      "in the frame" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [-1e308, 0, 1e308, 1]}]}",
      "in the frame" },
    { "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [0, 0, 1, 1]}]}\n"
      "{\"width\": 9, \"height\": 9, \"objects\": [{\"box\": [0, 0, 1, 1]}, {\"box\": [0, 0, 1, "
      "1]}]}",
      "frame 2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_seen (bad[i][0], &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, bad[i][1]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/world-judge/guesses", test_guesses);
  g_test_add_func ("/world-judge/film", test_film);
  g_test_add_func ("/world-judge/judge", test_judge);
  g_test_add_func ("/world-judge/ellipse", test_ellipse);
  g_test_add_func ("/world-judge/correlation", test_correlation);
  g_test_add_func ("/world-judge/seen", test_seen);
  g_test_add_func ("/world-judge/unseen", test_unseen);

  return g_test_run ();
}
