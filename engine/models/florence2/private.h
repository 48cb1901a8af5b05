/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of Florence-2 share: the loaded model, an image's features, prompts in front of
 * the encoder. The parts: florence2-vision (image to tokens), florence2-prompts (prompts to
 * decoder), florence2-answer (search and parsing), florence2-inspect, and florence2, which loads
 * and lists them.
 */
#pragma once

#include "engine/picture/preprocess.h"
#include "engine/models/florence2/configuration.h"
#include "engine/models/cross-asking.h"
#include "engine/models/parts/davit.h"
#include "engine/nn/plan.h"
#include "engine/models/family.h"
#include "engine/models/florence2/grammar.h"
#include "engine/models/sight.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* Pictures side by side: more share little, and each takes the activations of a tower. */
#define MONOCLE_FLORENCE2_TOGETHER 4

/* The tower in memory: pixels to projected tokens, recorded once. @graph: not its own */
typedef struct
{
  MonocleGraph *graph;
  guint n; /* images */
  MonoclePlan *plan;
  MonocleVkBuffer *buffer;
  MonocleCommands *commands;
  MonocleTensor image; /* [n * N, D]: what it makes */
} MonocleFlorence2Vision;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleFlorence2Config config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleGrammar grammar; /* where the configuration asks for it */
  MonocleFormatId format; /* of activations */
  guint n_image;          /* tokens of an image */
  guint64 n_parameters;
  char **notes; /* those of the configuration, once all is loaded */

  MonocleParams *params;
  MonocleBart bart;

  MonocleGraph *vision_graph; /* "pixels" and "temporal" to "image_embeds" */
  MonocleFlorence2Vision vision;
  MonocleGraph *together_graph; /* (nullable): the same of several images, once that is wanted */
  MonocleFlorence2Vision together;
  float *temporal_row; /* [C] */

  MonocleCrossAsker asker;
} MonocleFlorence2;

/* florence2-vision.c */

/* Writes tower and projector as formulas, once the configuration is known. */
gboolean monocle_florence2_vision_declare (MonocleFlorence2 *self,
                                           MonocleWeights *weights,
                                           const char *directory,
                                           GError **error);
/* What a run takes; then, once all is uploaded, the memory and the recording. @graph: vision_graph,
 * or one of @n images */
gboolean monocle_florence2_vision_plan (MonocleFlorence2Vision *vision,
                                        MonocleFlorence2 *self,
                                        MonocleGraph *graph,
                                        guint n,
                                        MonoclePlanFlags flags,
                                        const char *directory,
                                        GError **error);
gboolean monocle_florence2_vision_prepare (MonocleFlorence2Vision *vision,
                                           MonocleFlorence2 *self,
                                           GError **error);
void monocle_florence2_vision_clear (MonocleFlorence2Vision *vision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleFlorence2Vision, monocle_florence2_vision_clear)

/* The tower of several images, made where it is not there. Errors: OUT_OF_MEMORY; others of models
 * whose grids do not lie side by side. */
gboolean monocle_florence2_vision_ensure_together (MonocleFlorence2 *self, GError **error);

/* @vision's n images through the tower, of which the last ones can be missing; the result stays in
 * @vision until the next ones. @planes: (out) (optional): the normalised pixels [n, 3, H, W]. */
gboolean monocle_florence2_vision_encode (const MonocleFlorence2Vision *vision,
                                          MonocleFlorence2 *self,
                                          MonocleImage *const *images,
                                          guint n_images,
                                          GCancellable *cancellable,
                                          MonocleFamilyProgress progress,
                                          gpointer user_data,
                                          MonocleFamilyTiming *timing,
                                          float **planes,
                                          GError **error);

/* florence2-prompts.c */

/* Once all else is loaded. */
void monocle_florence2_prompts_prepare (MonocleFlorence2 *self);

/* florence2-train.c */
extern const MonocleTraining monocle_florence2_training;

/* florence2-answer.c and florence2-inspect.c: of the family's table */

gboolean monocle_florence2_compile (gpointer model,
                                    const MonocleFamilyQuestion *question,
                                    MonocleVkCompileProgress progress,
                                    GError **error);
gboolean monocle_florence2_generate (gpointer model,
                                     gpointer features,
                                     const MonocleFamilyQuestion *question,
                                     MonocleFamilyAnswer *answer,
                                     GError **error);
gboolean monocle_florence2_inspect (gpointer model,
                                    MonocleImage *image,
                                    const char *prompt,
                                    const guint32 *decoder_ids,
                                    guint n_decoder_ids,
                                    const char *directory,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
