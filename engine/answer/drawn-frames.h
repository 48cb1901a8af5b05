/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames that a model drew, and how well it knows what it was shown.
 */
#pragma once

#include "engine/picture/image.h"

G_BEGIN_DECLS

/**
 * MonocleDrawnFrames:
 * @seen: the frame that was shown, as the model has it
 * @decibels: by how much that is like the one that was shown
 * @frames: (element-type MonocleImage): what was asked for; none where the model does not know such
 *   frames
 */
typedef struct
{
  MonocleImage *seen;
  double decibels;
  GPtrArray *frames;
} MonocleDrawnFrames;

/* (transfer full): nothing is there yet */
MonocleDrawnFrames *monocle_drawn_frames_new (void);
void monocle_drawn_frames_free (MonocleDrawnFrames *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleDrawnFrames, monocle_drawn_frames_free)

G_END_DECLS
