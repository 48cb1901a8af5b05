/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far what was foreseen is from what happened: of a model and of what can be said without one,
 * some frames ahead, in per cent of the side.
 */
#pragma once

#include "app/world/film.h"

G_BEGIN_DECLS

/**
 * MonocleWorldWay:
 * @MONOCLE_WORLD_LIKELIEST: of each step
 * @MONOCLE_WORLD_MEAN: of the futures that were drawn
 * @MONOCLE_WORLD_BEST: of them, known only afterwards
 * @MONOCLE_WORLD_FIRST_GUESS: without a model; the others of #MonocleWorldGuess follow
 */
typedef enum
{
  MONOCLE_WORLD_LIKELIEST,
  MONOCLE_WORLD_MEAN,
  MONOCLE_WORLD_BEST,
  MONOCLE_WORLD_FIRST_GUESS,
  MONOCLE_WORLD_N_WAYS = MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_N_GUESSES,
} MonocleWorldWay;

/**
 * MonocleWorldWhich:
 * @MONOCLE_WORLD_QUIET: balls to which nothing happened since what was seen
 * @MONOCLE_WORLD_EVENT: those that bounced, were met or thrown
 */
typedef enum
{
  MONOCLE_WORLD_QUIET,
  MONOCLE_WORLD_EVENT,
  MONOCLE_WORLD_N_WHICH,
} MonocleWorldWhich;

/* One frame ahead, of one sort of balls. */
typedef struct
{
  guint n;
  double errors[MONOCLE_WORLD_N_WAYS]; /* sums */
  guint n_inside;                      /* of the ellipse that has 90 % of what may follow */
  /* Of the spread of the futures and the error of their mean: sums, for their correlation. */
  double spread, error, spread2, error2, product;
} MonocleWorldTally;

typedef struct
{
  MonocleWorldTally tallies[MONOCLE_WORLD_N_FRAMES][MONOCLE_WORLD_N_WHICH];
  guint n_films;
  double surprise; /* sum */
} MonocleWorldJudge;

/* Errors of one ball, so many frames ahead (from 1 on), in per cent of the side. What needs futures
 * that were drawn is 0 where there are none. */
void monocle_world_judge_compare (const MonocleWorldFilm *film,
                                  guint n_seen,
                                  const MonocleFutures *futures,
                                  guint ball,
                                  guint ahead,
                                  double errors[MONOCLE_WORLD_N_WAYS]);

/**
 * MonocleWorldOutlook:
 * @spread: how far futures are from their mean, in per cent of the side; of all things the mean
 * @likeliest, @speed: how far the likeliest way, and what goes on at constant speed, are from what
 *   happened, likewise; less than 0 where nobody knows that
 */
typedef struct
{
  double spread;
  double likeliest, speed;
} MonocleWorldOutlook;

/**
 * monocle_world_judge_look:
 * @film: (nullable): what happened
 * @n_seen: frames that were shown
 * @futures: what was foreseen
 * @ahead: how many frames ahead, from 1 on
 * @outlook: (out caller-allocates): what can be said of that
 */
void monocle_world_judge_look (const MonocleWorldFilm *film,
                               guint n_seen,
                               const MonocleFutures *futures,
                               guint ahead,
                               MonocleWorldOutlook *outlook);

/* Adds all balls of a film, of which the first frames were shown. */
void monocle_world_judge_add (MonocleWorldJudge *self,
                              const MonocleWorldFilm *film,
                              guint n_seen,
                              const MonocleFutures *futures);

/* Both sorts together, so many frames ahead. */
MonocleWorldTally monocle_world_judge_sum (const MonocleWorldJudge *self, guint ahead);

/* Of spread and error; 0 where there is none. */
double monocle_world_tally_correlate (const MonocleWorldTally *self);

/**
 * monocle_world_is_inside:
 * @points: (array): [n, 2]: of which the ellipse is made
 * @n: how many, more than 3
 * @x, @y: where something is
 *
 * Returns: whether the next point of the same sort would be as near in 90 of 100 cases, were it
 *   normally distributed
 */
gboolean monocle_world_is_inside (const double (*points)[2], guint n, double x, double y);

G_END_DECLS
