/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded model of two towers, and what its files share.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/models/clip/pass.h"
#include "engine/models/family.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* Pictures or texts that go through a tower at once. A few tokens alone are too thin a product. */
#define MONOCLE_CLIP_BATCH 8

/**
 * MonocleClip:
 * @checkpoint: stays open: the table of tokens is read where it lies
 * @words: that table
 * @grid: (nullable): positions of patches, where pictures keep their shape
 * @scale: what cosines are multiplied with
 * @bias: added to them then; 0 in CLIP
 * @pad_id: the token that texts are filled up with
 * @end_id: the token that ends a text, where this family puts it there
 * @pictures: (element-type MonocleClipPass): for each number at once; those for one first
 * @texts: (element-type MonocleClipPass): likewise, for each length
 * @shapes: (element-type MonocleClipPass): of pictures that keep their shape: those seen last
 * @known: text to the vector that it came to
 */
typedef struct
{
  MonocleVkGpu *gpu;
  MonocleClipConfig config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleCheckpoint *checkpoint;
  const MonocleCheckpointTensor *words;
  float *grid;
  double scale, bias;
  guint32 pad_id;
  gint64 end_id;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations */
  GPtrArray *pictures, *texts, *shapes;
  GHashTable *known;
} MonocleClip;

/* --- text.c --- */

/* The tokens that a text becomes, cut to what the model has places for. @pick: (out): the one that
 * the vector is taken from */
GArray *monocle_clip_tokenize (MonocleClip *self, const char *text, guint *pick);
/* @rows: (out caller-allocates): [n, dims], as the model gives them */
gboolean monocle_clip_embed_texts (MonocleClip *self,
                                   const char *const *texts,
                                   guint n,
                                   GCancellable *cancellable,
                                   float *rows,
                                   GError **error);
/* (transfer none): normalised; until the next call */
const float *monocle_clip_find_text (MonocleClip *self, const char *text);
gboolean monocle_clip_learn_texts (MonocleClip *self,
                                   const char *const *texts,
                                   guint n,
                                   GCancellable *cancellable,
                                   GError **error);

/* --- pixels.c --- */

/* Whether what the preprocessor makes is what the tower takes. */
gboolean monocle_clip_check_pixels (MonocleClip *self, const char *directory, GError **error);
/* What a pass reads of a picture: @pixels (out caller-allocates): [rows * patch, columns * patch,
 * 3]. @planes: (out) (optional): the same before anything is cut off, [3, height, width] */
gboolean monocle_clip_write_pixels (MonocleClip *self,
                                    const MonocleClipVisionConfig *vision,
                                    MonocleImage *image,
                                    float *pixels,
                                    float **planes,
                                    GError **error);
/* Where pictures keep their shape: what patches @image is cut into. */
MonocleClipVisionConfig monocle_clip_choose_shape (MonocleClip *self, MonocleImage *image);
/* (transfer full): positions of so many patches, from those of the square grid */
float *monocle_clip_resize_grid (MonocleClip *self, guint rows, guint columns);

/* --- pictures.c --- */

gboolean monocle_clip_embed_images (MonocleClip *self,
                                    MonocleImage *const *images,
                                    guint n,
                                    GCancellable *cancellable,
                                    MonocleFamilyProgress progress,
                                    gpointer user_data,
                                    MonocleFamilyTiming *timing,
                                    float *rows,
                                    GError **error);

/* --- inspect.c --- */

gboolean monocle_clip_inspect (gpointer model,
                               MonocleImage *image,
                               const char *prompt,
                               const guint32 *decoder_ids,
                               guint n_decoder_ids,
                               const char *directory,
                               GCancellable *cancellable,
                               GError **error);

/* --- rank.c --- */

char *monocle_clip_write_prompt (const MonocleTask *task,
                                 const char *text,
                                 const MonocleBox *region,
                                 guint width,
                                 guint height,
                                 GError **error);
gboolean monocle_clip_rank (MonocleClip *self,
                            const float *picture,
                            const MonocleFamilyQuestion *question,
                            gboolean each,
                            MonocleFamilyAnswer *answer,
                            GError **error);

G_END_DECLS
