/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How well a model draws frames: whether balls are where it was told that they are, how many it
 * lost, how like what happened its frames are, beside what can be drawn without it.
 */
#pragma once

#include "app/world/frame.h"

G_BEGIN_DECLS

/**
 * MonocleWorldFrameWay:
 * @MONOCLE_WORLD_FRAME_DRAWN: by the model, where it foresees things
 * @MONOCLE_WORLD_FRAME_BACK: what happened, as codes and back: nothing that it draws can be better
 * @MONOCLE_WORLD_FRAME_PLACES: by the program, where the model foresees things
 * @MONOCLE_WORLD_FRAME_FIRST_GUESS: by the program, where things are without a model; the others of
 *   #MonocleWorldGuess follow
 */
typedef enum
{
  MONOCLE_WORLD_FRAME_DRAWN,
  MONOCLE_WORLD_FRAME_BACK,
  MONOCLE_WORLD_FRAME_PLACES,
  MONOCLE_WORLD_FRAME_FIRST_GUESS,
  MONOCLE_WORLD_FRAME_N_WAYS = MONOCLE_WORLD_FRAME_FIRST_GUESS + MONOCLE_WORLD_N_GUESSES,
} MonocleWorldFrameWay;

/* One frame ahead: sums. */
typedef struct
{
  guint n_frames, n_balls, n_lost;
  double decibels[MONOCLE_WORLD_FRAME_N_WAYS];
  double off; /* of balls in frames that were drawn, from where the model has them, in units */
} MonocleWorldFrameTally;

typedef struct
{
  MonocleWorldFrameTally tallies[MONOCLE_WORLD_N_FRAMES];
  /* Of the frame that was seen last, as it comes back from its codes. */
  guint n_films, n_unknown, n_balls, n_lost;
  double decibels, off;
} MonocleWorldFrameJudge;

/* @frames: (array): the last one that was seen, as it comes back from its codes */
void monocle_world_frame_judge_add_seen (MonocleWorldFrameJudge *self,
                                         const MonocleWorldFilm *film,
                                         guint n_seen,
                                         const MonocleDrawnFrames *drawn,
                                         double least_decibels);

/**
 * monocle_world_frame_judge_add:
 * @film: what happened
 * @n_seen: frames that were shown
 * @futures: what was foreseen; the likeliest way was drawn
 * @ahead: how far ahead, from 1 on
 * @drawn: that frame, as the model drew it
 * @back: the decibels at which the frame that happened comes back from its codes
 */
void monocle_world_frame_judge_add (MonocleWorldFrameJudge *self,
                                    const MonocleWorldFilm *film,
                                    guint n_seen,
                                    const MonocleFutures *futures,
                                    guint ahead,
                                    MonocleImage *drawn,
                                    double back);

G_END_DECLS
