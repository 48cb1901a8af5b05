/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames, drawn by the model itself: it reads the frame that was seen last, as codes, and where
 * things are in it, and writes the codes of frames in which they are elsewhere. Each of them by
 * itself, so that nothing drifts; what is likeliest, since nothing is left to chance where places
 * are known. How well the frame that was seen comes back from its codes tells whether it is one of
 * those that the model knows.
 *
 *   left, right and top of an obstacle
 *   x y of each thing   codes of the frame that was seen
 *   x y of each thing   codes of the one that is drawn
 *
 * Each token is two words: beside x stands whose it is and how large, beside y whose and in which
 * colour, beside a code which square comes next. Recipe: data/model/training/world/painter.py.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/family.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/models/parts/drawing.h"
#include "engine/models/world/configuration.h"

G_BEGIN_DECLS

#define MONOCLE_WORLD_MAX_COLOURS 16

/**
 * MonocleWorldPaints:
 * @text: dimensions of the decoder
 * @vqgan: of what makes codes of pixels, and pixels of codes
 * @side: of a frame, in pixels
 * @colours: (array length=n_colours): those that things may have, 0 to 1
 * @least_decibels: what comes back worse than this is none of the frames that it knows
 */
typedef struct
{
  MonocleCausalConfig text;
  MonocleVqganConfig vqgan;
  guint side;
  float colours[MONOCLE_WORLD_MAX_COLOURS][3];
  guint n_colours;
  double least_decibels;
} MonocleWorldPaints;

typedef struct _MonocleWorldPainter MonocleWorldPainter;

/* (transfer full) (nullable): what config.json says under "frames"; nothing and no error where it
 * says nothing */
MonocleWorldPainter *
monocle_world_painter_new (const MonocleWorldConfig *config, const char *directory, GError **error);
void monocle_world_painter_free (MonocleWorldPainter *self);

const MonocleWorldPaints *monocle_world_painter_get_paints (const MonocleWorldPainter *self);

/* Says what it wants of the weights. */
gboolean
monocle_world_painter_declare (MonocleWorldPainter *self, MonocleWeights *weights, GError **error);
/* Once they are there. */
gboolean monocle_world_painter_prepare (MonocleWorldPainter *self,
                                        MonocleCheckpoint *checkpoint,
                                        MonocleParams *params,
                                        MonocleVkGpu *gpu,
                                        GError **error);

/* Of the family's table. */
gboolean monocle_world_painter_draw (MonocleWorldPainter *self,
                                     const MonocleFamilyFrames *asked,
                                     MonocleDrawnFrames *drawn,
                                     GError **error);

/* --- for tests ---------------------------------------------------------------------------- */

/* Those of what stands in the way, which come first; where nothing does, they say so. */
void monocle_world_painter_write_obstacle (const MonocleWorldPainter *self,
                                           const MonocleObstacle *obstacle,
                                           guint32 words[MONOCLE_WORLD_OBSTACLE_TOKENS],
                                           guint32 beside[MONOCLE_WORLD_OBSTACLE_TOKENS]);
/* The words of a frame, all but its codes: @words and @beside have room for
 * monocle_world_painter_count_tokens(). */
guint monocle_world_painter_count_tokens (const MonocleWorldPainter *self);
void monocle_world_painter_write (const MonocleWorldPainter *self,
                                  const MonocleTracks *tracks,
                                  const float *places,
                                  const guint *colours,
                                  guint32 *words,
                                  guint32 *beside);
/* Which of the colours each thing of a picture has; @places: those of its frame. */
void monocle_world_painter_find_colours (const MonocleWorldPainter *self,
                                         MonocleImage *image,
                                         const MonocleTracks *tracks,
                                         const float *places,
                                         guint *colours);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWorldPainter, monocle_world_painter_free)

G_END_DECLS
