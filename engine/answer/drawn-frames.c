/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/drawn-frames.h"

MonocleDrawnFrames *
monocle_drawn_frames_new (void)
{
  MonocleDrawnFrames *self = g_new0 (MonocleDrawnFrames, 1);

  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  return self;
}

void
monocle_drawn_frames_free (MonocleDrawnFrames *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->seen, monocle_image_unref);
  g_ptr_array_unref (self->frames);
  g_free (self);
}
