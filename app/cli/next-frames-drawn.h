/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames that a model draws itself, for monocle-cli next-frames: one scene's as a picture, and how
 * good those of many are.
 */
#pragma once

#include "app/world/frame-judge.h"

G_BEGIN_DECLS

/**
 * monocle_cli_next_frames_draw:
 * @model: a model
 * @seen: (transfer none): the frame that was seen last, as small as the model has it
 * @tracks, @futures: what was seen and what may follow
 * @film: (nullable): what did
 * @path: PNG file: a row of the likeliest way, some of futures, and one of what happened
 * @error: return location
 *
 * Returns: whether that is there
 */
gboolean monocle_cli_next_frames_draw (MonocleModel *model,
                                       MonocleImage *seen,
                                       const MonocleTracks *tracks,
                                       const MonocleFutures *futures,
                                       const MonocleWorldFilm *film,
                                       const char *path,
                                       GError **error);

/* Adds frames that the model draws of a film of which some are shown. */
gboolean monocle_cli_next_frames_judge_drawn (MonocleModel *model,
                                              const MonocleWorldFilm *film,
                                              const MonocleTracks *tracks,
                                              const MonocleFutures *futures,
                                              MonocleWorldFrameJudge *judge,
                                              GError **error);

void monocle_cli_next_frames_print_drawn (const MonocleWorldFrameJudge *judge, guint n_frames);

G_END_DECLS
