/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded model of two towers, and what its files share.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/models/clip/configuration.h"
#include "engine/models/family.h"
#include "engine/models/parts/clip-words.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleClip:
 * @checkpoint: stays open: the table of tokens is read where it lies
 * @words: the tower of words
 * @taught: (nullable): labels whose vectors are not those of their words
 * @grid: (nullable): positions of patches, where pictures keep their shape
 * @scale: what cosines are multiplied with
 * @bias: added to them then; 0 in CLIP
 * @pad_id: the token that texts are filled up with
 * @end_id: the token that ends a text, where this family puts it there
 * @pictures: (element-type MonocleClipPass): for each number at once; those for one first
 * @shapes: (element-type MonocleClipPass): of pictures that keep their shape: those seen last
 */
typedef struct
{
  MonocleVkGpu *gpu;
  MonocleClipConfig config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleCheckpoint *checkpoint;
  MonocleClipWords *words;
  MonocleTaughtLabels *taught;
  float *grid;
  double scale, bias;
  guint32 pad_id;
  gint64 end_id;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations */
  GPtrArray *pictures, *shapes;
} MonocleClip;

/* --- text.c --- */

/* See MonocleClipTokenize; @owner: a MonocleClip */
GArray *monocle_clip_tokenize (gconstpointer owner, const char *text, guint *pick);

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

/**
 * MonocleClipView:
 * @image: for what is asked about parts of it
 * @row: [dims]: its vector, normalised
 *
 * What is known of a picture.
 */
typedef struct
{
  MonocleImage *image;
  float row[];
} MonocleClipView;

char *monocle_clip_write_prompt (const MonocleTask *task,
                                 const char *text,
                                 const MonocleBox *region,
                                 guint width,
                                 guint height,
                                 GError **error);
/* For each region that a question is about, or for all of the picture. @each: each label by itself
 */
gboolean monocle_clip_rank (MonocleClip *self,
                            const MonocleClipView *view,
                            const MonocleFamilyQuestion *question,
                            gboolean each,
                            MonocleFamilyAnswer *answer,
                            GError **error);

G_END_DECLS
