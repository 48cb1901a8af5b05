/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded model that outlines by words, and what its files share.
 */
#pragma once

#include "engine/models/clipseg/configuration.h"
#include "engine/models/family.h"
#include "engine/models/parts/clip-words.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleClipsegPass:
 * @inputs: written before each run: "pixels" and "positions", or the levels, the highest first
 * @outputs: the levels, the highest first, each [N + 1, width], the class token last; or the map,
 *   patch by patch
 *
 * Formulas, recorded once: from a picture to what the decoder reads, or from that to a map.
 */
typedef struct
{
  MonocleRecording recording;
  MonocleTensor inputs[MONOCLE_CLIPSEG_MAX_LEVELS], outputs[MONOCLE_CLIPSEG_MAX_LEVELS];
} MonocleClipsegPass;

/**
 * MonocleClipseg:
 * @checkpoint: stays open: the table of tokens is read where it lies
 * @positions: [N + 1, C]: of the patches of a picture, and of its class token
 * @factors, @terms: [width, dims] and [width]: two linear layers of the host's, by which a text
 *   changes what the decoder reads: what it is multiplied with, and what is added
 * @look: a picture to levels
 * @mark: levels, changed by a text, to a map
 */
typedef struct
{
  MonocleVkGpu *gpu;
  MonocleClipsegConfig config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleCheckpoint *checkpoint;
  float *positions;
  float *factors[2], *terms[2];
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations */
  MonocleClipWords *words;
  MonocleClipsegPass look, mark;
} MonocleClipseg;

/* What is known of a picture: a level after the other, the highest first, [N + 1, width] each. */
typedef struct
{
  float *levels[MONOCLE_CLIPSEG_MAX_LEVELS];
} MonocleClipsegView;

static inline guint
monocle_clipseg_count_places (const MonocleClipsegConfig *config)
{
  return config->vision.rows * config->vision.columns + 1;
}

/* Side of a map, in pixels of the model's. */
static inline guint
monocle_clipseg_get_side (const MonocleClipsegConfig *config)
{
  return config->vision.rows * config->vision.patch;
}

/* --- look.c --- */

/* @inputs, @outputs: (array zero-terminated=1): names */
gboolean monocle_clipseg_pass_record (MonocleClipsegPass *pass,
                                      MonocleVkGpu *gpu,
                                      MonocleVkBuffer *buffer,
                                      const char *const *inputs,
                                      const char *const *outputs,
                                      GError **error);

void monocle_clipseg_look_write (MonocleClipseg *self, MonocleParams *params);
gboolean monocle_clipseg_look_record (MonocleClipseg *self, GError **error);
/* Reads the positions from their stored square, and brings them to the grid of pictures. */
gboolean
monocle_clipseg_read_positions (MonocleClipseg *self, MonocleWeights *weights, GError **error);
/* @planes: (out) (optional): the normalised pixels [3, side, side] */
MonocleClipsegView *monocle_clipseg_look (MonocleClipseg *self,
                                          MonocleImage *image,
                                          GCancellable *cancellable,
                                          MonocleFamilyProgress progress,
                                          gpointer user_data,
                                          MonocleFamilyTiming *timing,
                                          float **planes,
                                          GError **error);
void monocle_clipseg_view_free (MonocleClipsegView *view);

/* --- mark.c --- */

void monocle_clipseg_mark_write (MonocleClipseg *self, MonocleParams *params);
gboolean monocle_clipseg_mark_record (MonocleClipseg *self, GError **error);
gboolean
monocle_clipseg_read_factors (MonocleClipseg *self, MonocleWeights *weights, GError **error);
/* (transfer full): [side, side]: logits of every pixel; @condition: [dims] */
float *monocle_clipseg_mark (MonocleClipseg *self,
                             const MonocleClipsegView *view,
                             const float *condition,
                             GCancellable *cancellable,
                             GError **error);

/* --- outline.c --- */

char *monocle_clipseg_write_prompt (const MonocleTask *task,
                                    const char *text,
                                    const MonocleBox *region,
                                    guint width,
                                    guint height,
                                    GError **error);
gboolean monocle_clipseg_outline (MonocleClipseg *self,
                                  const MonocleClipsegView *view,
                                  const MonocleFamilyQuestion *question,
                                  MonocleFamilyAnswer *answer,
                                  GError **error);

/* --- inspect.c --- */

gboolean monocle_clipseg_inspect (gpointer model,
                                  MonocleImage *image,
                                  const char *prompt,
                                  const guint32 *decoder_ids,
                                  guint n_decoder_ids,
                                  const char *directory,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
