/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the family of moving things share: the loaded model. The parts: walk (scenes as
 * tokens), foresee (rows side by side, each a walk), painter (frames), and world, which loads.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/models/world/configuration.h"
#include "engine/models/world/painter.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleWorldConfig config;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleCausal causal;
  MonocleCausalDecoder *decoder; /* of the last question's size */
  MonocleWorldPainter *painter;  /* (nullable): of a model that draws frames */
} MonocleWorld;

/* Feeds tokens of one row and reads what the model makes of each: @logits [n, words]. */
gboolean monocle_world_read_logits (MonocleWorld *self,
                                    const guint32 *words,
                                    const guint32 *beside,
                                    guint n,
                                    float *logits,
                                    GError **error);

/* Of the family's table. */
gboolean monocle_world_foresee (gpointer model,
                                const MonocleFamilyForesight *asked,
                                GPtrArray *futures,
                                GError **error);

G_END_DECLS
