/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tower's work on so many pictures or texts at once, recorded: written as a graph while the
 * weights are declared, planned once they are known, and replayed as often as there is something.
 */
#pragma once

#include "engine/models/parts/clip-text.h"
#include "engine/models/parts/clip-vision.h"
#include "engine/models/parts/recording.h"

G_BEGIN_DECLS

/**
 * MonocleClipEnd:
 * @projection: (nullable): the last layer, below the scope of all; %NULL: the tower's own end
 * @has_bias: whether that layer has one
 * @n_dims: of the vectors
 */
typedef struct
{
  const char *projection;
  gboolean has_bias;
  guint n_dims;
} MonocleClipEnd;

/**
 * MonocleClipPass:
 * @n: pictures or texts
 * @n_tokens: of each text; 0 of pictures
 * @vision: of pictures
 * @input: "pixels" or "words"
 * @vectors: [n, dims]
 * @recording: of the tower
 */
typedef struct
{
  guint n, n_tokens;
  MonocleClipVisionConfig vision;
  MonocleTensor input, vectors;
  MonocleRecording recording;
  MonocleTensor picks, zeros, positions;
  MonocleVkBuffer *buffer; /* (nullable): where it is not shared */
} MonocleClipPass;

/* Declares what it needs of @params, below @scope: a tower called "vision_model" or "text_model",
 * and what comes after it. */
MonocleClipPass *monocle_clip_pass_new_vision (MonocleParams *params,
                                               MonocleScope scope,
                                               const MonocleClipVisionConfig *vision,
                                               const MonocleClipEnd *last,
                                               guint n);
MonocleClipPass *monocle_clip_pass_new_text (MonocleParams *params,
                                             MonocleScope scope,
                                             const MonocleClipTextConfig *text,
                                             const MonocleClipEnd *last,
                                             guint n,
                                             guint n_tokens);
void monocle_clip_pass_free (MonocleClipPass *self);

/**
 * monocle_clip_passes_plan:
 * @passes: (element-type MonocleClipPass): passes that share their memory
 * @gpu: what they run on
 * @bytes: (inout): raised to what the largest of them takes
 * @largest: (inout): likewise, to its largest piece
 *
 * Their plans are there afterwards, until they are recorded.
 */
gboolean monocle_clip_passes_plan (
    GPtrArray *passes, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error);
gboolean monocle_clip_passes_record (GPtrArray *passes,
                                     MonocleVkGpu *gpu,
                                     MonocleVkBuffer *buffer,
                                     GError **error);

/* @buffer: (nullable): shared with others; %NULL: one of its own */
gboolean monocle_clip_pass_record (MonocleClipPass *self,
                                   MonocleVkGpu *gpu,
                                   MonocleVkBuffer *buffer,
                                   GError **error);

/**
 * monocle_clip_pass_run:
 * @self: a pass
 * @input: all that it reads
 * @picks: (array length=n) (nullable): of texts: the rows that they end with
 * @positions: (nullable): where pictures keep their shape
 * @cancellable, @progress, @user_data: of the submission
 * @vectors: (out caller-allocates): [n, dims]
 */
gboolean monocle_clip_pass_run (MonocleClipPass *self,
                                const float *input,
                                const guint32 *picks,
                                const float *positions,
                                GCancellable *cancellable,
                                MonocleCommandsProgress progress,
                                gpointer user_data,
                                float *vectors,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleClipPass, monocle_clip_pass_free)

G_END_DECLS
