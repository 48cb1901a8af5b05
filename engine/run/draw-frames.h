/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames in which things are elsewhere than in one that was seen, drawn by a model.
 */
#pragma once

#include "engine/answer/drawn-frames.h"
#include "engine/answer/futures.h"
#include "engine/run/model.h"

G_BEGIN_DECLS

/**
 * MonocleFrameRequest:
 * @seen: the frame that was seen last, see monocle_model_get_frames()
 * @tracks: what is in it, in the last of their frames
 * @places: (array): [@n, things, 2]: where that is in frames to be drawn, as shares of the side
 * @n: how many
 */
typedef struct
{
  MonocleImage *seen;
  const MonocleTracks *tracks;
  const float *places;
  guint n;
} MonocleFrameRequest;

/* Frames of one request, at most. */
#define MONOCLE_FRAMES_MAX 1024

/**
 * monocle_model_draw_frames_async:
 * @model: a loaded model
 * @request: copied
 * @cancellable: (nullable): to stop it
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 */
void monocle_model_draw_frames_async (MonocleModel *model,
                                      const MonocleFrameRequest *request,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/**
 * monocle_model_draw_frames_finish:
 *
 * Returns: (transfer full) (nullable): without frames where the model does not know such
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where the model draws no frames, or none of these;
 * _OUT_OF_MEMORY, _DEVICE_LOST; %G_IO_ERROR_CANCELLED.
 */
MonocleDrawnFrames *
monocle_model_draw_frames_finish (MonocleModel *model, GAsyncResult *result, GError **error);

/**
 * monocle_model_get_frames:
 * @self: a model
 * @side: (out): of frames, in pixels
 * @least_decibels: (out): of those that it knows, see #MonocleDrawnFrames
 *
 * Returns: whether it draws any
 */
gboolean monocle_model_get_frames (MonocleModel *self, guint *side, double *least_decibels);

G_END_DECLS
