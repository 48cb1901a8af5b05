/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/judge.h"

#include <math.h>

#define SHARE 0.9

/* Fewer points have no ellipse. */
#define LEAST_POINTS 4

/* Models count places in steps of this: no spread is smaller. */
#define STEP (1.0 / 8)

static void
get_place (const MonocleFutures *futures, const float *of, guint ball, guint ahead, double place[2])
{
  const float *at = of + ((gsize) (ahead - 1) * futures->n_things + ball) * 2;

  place[0] = (double) at[0] * MONOCLE_WORLD_SIDE;
  place[1] = (double) at[1] * MONOCLE_WORLD_SIDE;
}

/* Per cent of the side. */
static double
measure (const double a[2], const double b[2])
{
  return hypot (a[0] - b[0], a[1] - b[1]) / MONOCLE_WORLD_SIDE * 100;
}

static void
get_mean (const double (*points)[2], guint n, double mean[2])
{
  mean[0] = mean[1] = 0;
  for (guint i = 0; i < n; i++)
    {
      mean[0] += points[i][0] / n;
      mean[1] += points[i][1] / n;
    }
}

gboolean
monocle_world_is_inside (const double (*points)[2], guint n, double x, double y)
{
  const double rest = n - 2.0;
  /* The quantile of the F distribution with 2 and n - 2 degrees of freedom. */
  const double quantile = rest / 2 * (pow (1 - SHARE, -2 / rest) - 1);
  double mean[2], xx = 0, xy = 0, yy = 0, dx, dy;

  get_mean (points, n, mean);
  for (guint i = 0; i < n; i++)
    {
      dx = points[i][0] - mean[0];
      dy = points[i][1] - mean[1];
      xx += dx * dx / (n - 1);
      xy += dx * dy / (n - 1);
      yy += dy * dy / (n - 1);
    }
  xx += STEP * STEP / 12;
  yy += STEP * STEP / 12;
  dx = x - mean[0];
  dy = y - mean[1];
  return (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (xx * yy - xy * xy)
         <= 2.0 * (n - 1) / rest * (n + 1) / n * quantile;
}

void
monocle_world_judge_compare (const MonocleWorldFilm *film,
                             guint n_seen,
                             const MonocleFutures *futures,
                             guint ball,
                             guint ahead,
                             double errors[MONOCLE_WORLD_N_WAYS])
{
  const double *truth = film->places[n_seen + ahead - 1][ball];
  double place[2], mean[2] = { 0, 0 }, best = HUGE_VAL;

  get_place (futures, futures->likeliest, ball, ahead, place);
  errors[MONOCLE_WORLD_LIKELIEST] = measure (place, truth);
  for (guint k = 0; k < futures->n_futures; k++)
    {
      get_place (futures, monocle_futures_get_drawn (futures, k), ball, ahead, place);
      mean[0] += place[0] / futures->n_futures;
      mean[1] += place[1] / futures->n_futures;
      best = MIN (best, measure (place, truth));
    }
  errors[MONOCLE_WORLD_MEAN] = futures->n_futures > 0 ? measure (mean, truth) : 0;
  errors[MONOCLE_WORLD_BEST] = futures->n_futures > 0 ? best : 0;
  for (guint i = 0; i < MONOCLE_WORLD_N_GUESSES; i++)
    {
      double guessed[MONOCLE_WORLD_N_FRAMES][2];

      monocle_world_film_guess (film, (MonocleWorldGuess) i, n_seen, ball, guessed);
      errors[MONOCLE_WORLD_FIRST_GUESS + i] = measure (guessed[ahead - 1], truth);
    }
}

/* (transfer full) (array): [futures, 2]: of a ball; their mean, and how far they are from it in per
 * cent of the side. */
static double (*get_points (
    const MonocleFutures *futures, guint ball, guint ahead, double mean[2], double *spread))[2]
{
  const guint n = futures->n_futures;
  double (*points)[2] = g_malloc_n (n, sizeof *points);

  for (guint k = 0; k < n; k++)
    get_place (futures, monocle_futures_get_drawn (futures, k), ball, ahead, points[k]);
  get_mean ((const double (*)[2]) points, n, mean);
  *spread = 0;
  for (guint k = 0; k < n; k++)
    *spread += pow (measure (points[k], mean), 2) / n;
  *spread = sqrt (*spread);
  return points;
}

static void
add_spread (MonocleWorldTally *tally,
            const MonocleFutures *futures,
            guint ball,
            guint ahead,
            const double truth[2])
{
  double mean[2], spread;
  g_autofree double (*points)[2] = get_points (futures, ball, ahead, mean, &spread);
  const double error = measure (mean, truth);

  tally->n_inside += monocle_world_is_inside ((const double (*)[2]) points, futures->n_futures,
                                              truth[0], truth[1]);
  tally->spread += spread;
  tally->error += error;
  tally->spread2 += spread * spread;
  tally->error2 += error * error;
  tally->product += spread * error;
}

void
monocle_world_judge_look (const MonocleWorldFilm *film,
                          guint n_seen,
                          const MonocleFutures *futures,
                          guint ahead,
                          MonocleWorldOutlook *outlook)
{
  const double n = futures->n_things;

  g_return_if_fail (ahead >= 1 && ahead <= futures->n_frames);

  *outlook = (MonocleWorldOutlook){ .likeliest = film ? 0 : -1, .speed = film ? 0 : -1 };
  for (guint i = 0; i < futures->n_things; i++)
    {
      double errors[MONOCLE_WORLD_N_WAYS], mean[2], spread = 0;

      if (futures->n_futures > 0)
        g_free (get_points (futures, i, ahead, mean, &spread));
      outlook->spread += spread / n;
      if (!film)
        continue;
      monocle_world_judge_compare (film, n_seen, futures, i, ahead, errors);
      outlook->likeliest += errors[MONOCLE_WORLD_LIKELIEST] / n;
      outlook->speed += errors[MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_SPEED] / n;
    }
}

void
monocle_world_judge_add (MonocleWorldJudge *self,
                         const MonocleWorldFilm *film,
                         guint n_seen,
                         const MonocleFutures *futures)
{
  guint events = 0;

  self->n_films++;
  self->surprise += futures->surprise;
  for (guint ahead = 1; ahead <= futures->n_frames; ahead++)
    {
      events |= film->events[n_seen + ahead - 1];
      for (guint i = 0; i < film->scene.n_balls; i++)
        {
          const MonocleWorldWhich which
              = events & 1U << i ? MONOCLE_WORLD_EVENT : MONOCLE_WORLD_QUIET;
          MonocleWorldTally *tally = &self->tallies[ahead - 1][which];
          double errors[MONOCLE_WORLD_N_WAYS];

          monocle_world_judge_compare (film, n_seen, futures, i, ahead, errors);
          tally->n++;
          for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
            tally->errors[way] += errors[way];
          if (futures->n_futures >= LEAST_POINTS)
            add_spread (tally, futures, i, ahead, film->places[n_seen + ahead - 1][i]);
        }
    }
}

MonocleWorldTally
monocle_world_judge_sum (const MonocleWorldJudge *self, guint ahead)
{
  MonocleWorldTally sum = self->tallies[ahead - 1][MONOCLE_WORLD_QUIET];
  const MonocleWorldTally *other = &self->tallies[ahead - 1][MONOCLE_WORLD_EVENT];

  sum.n += other->n;
  sum.n_inside += other->n_inside;
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    sum.errors[way] += other->errors[way];
  sum.spread += other->spread;
  sum.error += other->error;
  sum.spread2 += other->spread2;
  sum.error2 += other->error2;
  sum.product += other->product;
  return sum;
}

double
monocle_world_tally_correlate (const MonocleWorldTally *self)
{
  const double n = self->n;
  const double a = self->spread2 * n - self->spread * self->spread;
  const double b = self->error2 * n - self->error * self->error;

  return a > 0 && b > 0 ? (self->product * n - self->spread * self->error) / sqrt (a * b) : 0;
}
