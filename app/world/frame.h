/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A frame of a scene in pixels, as small as the model sees it: what it learnt to draw. The recipe
 * draws the same ones (data/model/training/world/frames.py).
 */
#pragma once

#include "app/world/film.h"

G_BEGIN_DECLS

#define MONOCLE_WORLD_FRAME_SIDE 32

/* Of balls, by their number; 0 to 1. */
#define MONOCLE_WORLD_N_COLOURS 4
extern const double monocle_world_colours[MONOCLE_WORLD_N_COLOURS][3];

/**
 * monocle_world_frame_draw:
 * @scene: what is in it
 * @places: centres, in units
 *
 * Returns: (transfer full): its pixels
 */
MonocleImage *monocle_world_frame_draw (const MonocleWorldScene *scene,
                                        const double places[MONOCLE_WORLD_MAX_BALLS][2]);

/* (transfer full): a picture of somebody's on the ground of such frames, as wide or as high as it,
 * below and in the middle, as the page shows it */
MonocleImage *monocle_world_frame_of_image (MonocleImage *image);

/* How alike two frames are, in decibels. */
double monocle_world_frame_compare (MonocleImage *a, MonocleImage *b);

/**
 * MonocleWorldFound:
 * @off: how far a ball is from where it should be, in units
 * @is_lost: whether what is there has more of the ground than of it
 */
typedef struct
{
  double off;
  gboolean is_lost;
} MonocleWorldFound;

/**
 * monocle_world_frame_find:
 * @frame: as a model drew it
 * @scene: what is in it
 * @places: where that should be
 * @ball: which one is looked for: where a ball that is drawn there, all others in their places,
 *   would be most like the frame
 */
MonocleWorldFound monocle_world_frame_find (MonocleImage *frame,
                                            const MonocleWorldScene *scene,
                                            const double places[MONOCLE_WORLD_MAX_BALLS][2],
                                            guint ball);

G_END_DECLS
