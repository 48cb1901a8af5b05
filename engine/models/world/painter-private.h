/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the painter share: painter.c: seeing and drawing; painter-words.c: its words;
 * painter-config.c: what its file says.
 */
#pragma once

#include "engine/models/world/painter.h"

G_BEGIN_DECLS

struct _MonocleWorldPainter
{
  const MonocleWorldConfig *config;
  MonocleWorldPaints paints;
  guint n_squares;
  MonocleCausal causal;
  MonocleParams *params;
  MonocleVkGpu *gpu;
  MonocleCausalDecoder *decoder; /* (nullable): of the last question's size */
  MonocleRecording seeing;
  MonocleTensor pixels, sizes, zeros, nearest;
  float *measured; /* of the codes, for these sizes */
  MonocleDrawing drawing;
  MonocleVkBuffer *buffer;
};

/* The word of the first code; the others follow. */
guint32 monocle_world_painter_get_code (const MonocleWorldPainter *self);
/* So many words there are. */
guint32 monocle_world_painter_count_words (const MonocleWorldPainter *self);
/* What a row is fed: an obstacle and two frames. */
guint monocle_world_painter_count_all_tokens (const MonocleWorldPainter *self);

/* What config.json says of it, under "frames". */
gboolean monocle_world_painter_read (MonocleWorldPainter *self,
                                     JsonObject *section,
                                     const char *where,
                                     GError **error);

G_END_DECLS
