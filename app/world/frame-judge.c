/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/frame-judge.h"

void
monocle_world_frame_judge_add_seen (MonocleWorldFrameJudge *self,
                                    const MonocleWorldFilm *film,
                                    guint n_seen,
                                    const MonocleDrawnFrames *drawn,
                                    double least_decibels)
{
  self->n_films++;
  self->decibels += drawn->decibels;
  self->n_unknown += drawn->decibels < least_decibels;
  for (guint i = 0; i < film->scene.n_balls; i++)
    {
      const MonocleWorldFound found = monocle_world_frame_find (
          drawn->seen, &film->scene, (const double (*)[2]) film->places[n_seen - 1], i);

      self->n_balls++;
      self->n_lost += found.is_lost;
      self->off += found.off;
    }
}

/* How like what happened is what can be drawn of places. */
static double
compare_places (MonocleImage *truth,
                const MonocleWorldFilm *film,
                const double places[MONOCLE_WORLD_MAX_BALLS][2])
{
  g_autoptr (MonocleImage) image = monocle_world_frame_draw (&film->scene, places);

  return monocle_world_frame_compare (truth, image);
}

void
monocle_world_frame_judge_add (MonocleWorldFrameJudge *self,
                               const MonocleWorldFilm *film,
                               guint n_seen,
                               const MonocleFutures *futures,
                               guint ahead,
                               MonocleImage *drawn,
                               double back)
{
  MonocleWorldFrameTally *tally = &self->tallies[ahead - 1];
  g_autoptr (MonocleImage) truth = monocle_world_frame_draw (
      &film->scene, (const double (*)[2]) film->places[n_seen + ahead - 1]);
  const float *likeliest = futures->likeliest + (gsize) (ahead - 1) * futures->n_things * 2;
  double places[MONOCLE_WORLD_MAX_BALLS][2] = { { 0 } };

  for (guint c = 0; c < 2 * futures->n_things; c++)
    places[c / 2][c % 2] = (double) likeliest[c] * MONOCLE_WORLD_SIDE;
  tally->n_frames++;
  tally->decibels[MONOCLE_WORLD_FRAME_DRAWN] += monocle_world_frame_compare (truth, drawn);
  tally->decibels[MONOCLE_WORLD_FRAME_BACK] += back;
  tally->decibels[MONOCLE_WORLD_FRAME_PLACES]
      += compare_places (truth, film, (const double (*)[2]) places);
  for (guint i = 0; i < film->scene.n_balls; i++)
    {
      const MonocleWorldFound found
          = monocle_world_frame_find (drawn, &film->scene, (const double (*)[2]) places, i);

      tally->n_balls++;
      tally->n_lost += found.is_lost;
      tally->off += found.off;
    }
  for (guint guess = 0; guess < MONOCLE_WORLD_N_GUESSES; guess++)
    {
      for (guint i = 0; i < film->scene.n_balls; i++)
        {
          double guessed[MONOCLE_WORLD_N_FRAMES][2];

          monocle_world_film_guess (film, (MonocleWorldGuess) guess, n_seen, i, guessed);
          places[i][0] = guessed[ahead - 1][0];
          places[i][1] = guessed[ahead - 1][1];
        }
      tally->decibels[MONOCLE_WORLD_FRAME_FIRST_GUESS + guess]
          += compare_places (truth, film, (const double (*)[2]) places);
    }
}
