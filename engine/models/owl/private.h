/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded model that finds things by words or by an example, and what its files share.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/owl/configuration.h"
#include "engine/models/parts/clip-words.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleOwlView:
 * @width, @height: of the picture, in pixels
 * @n: places of its grid, row by row
 * @boxes: [n, 4]: centre and size of what is at each place, as parts of what the tower saw
 * @classes: [n, dims]: what is there, of length one
 * @lengths: [n]: how long each of these was
 * @shifts, @scales: [n]: a logit is (cosine + shift) * scale
 * @things: (nullable): [n]: logits of there being a thing at all
 *
 * What is kept of a picture: all further questions are answered by the host out of this.
 */
typedef struct
{
  guint width, height;
  guint n;
  float *boxes, *classes, *lengths, *shifts, *scales, *things;
} MonocleOwlView;

void monocle_owl_view_free (MonocleOwlView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleOwlView, monocle_owl_view_free)

/**
 * MonocleOwlGaze:
 * @recording: of all of it
 * @pixels, @class_rows, @zeros: what is written before each run
 * @boxes, @classes, @judges, @things: what is read after it
 *
 * The tower of pictures with its heads.
 */
typedef struct
{
  MonocleRecording recording;
  MonocleTensor pixels, class_rows, zeros;
  MonocleTensor boxes, classes, judges, things;
} MonocleOwlGaze;

/**
 * MonocleOwl:
 * @checkpoint: stays open: the table of tokens is read where it lies
 * @words: the tower of words
 * @buffer: activations of both towers
 * @example: (nullable): the picture that was searched for last, which is not the one in question
 * @example_view: (nullable): what is kept of it
 */
typedef struct
{
  MonocleVkGpu *gpu;
  MonocleOwlConfig config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleCheckpoint *checkpoint;
  MonocleClipWords *words;
  MonocleOwlGaze gaze;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer;
  MonocleImage *example;
  MonocleOwlView *example_view;
} MonocleOwl;

/* --- pixels.c --- */

gboolean monocle_owl_load_preprocess (MonocleOwl *self, const char *directory, GError **error);
/* @pixels: (out caller-allocates): [side, side, 3] */
gboolean
monocle_owl_write_pixels (MonocleOwl *self, MonocleImage *image, float *pixels, GError **error);

/* --- look.c --- */

/* Declares what it needs. */
void monocle_owl_gaze_write (MonocleOwl *self, MonocleParams *params);
gboolean monocle_owl_gaze_record (MonocleOwl *self, GError **error);
/* (transfer full) (nullable): what is kept of @image */
MonocleOwlView *monocle_owl_look (MonocleOwl *self,
                                  MonocleImage *image,
                                  GCancellable *cancellable,
                                  MonocleFamilyProgress progress,
                                  gpointer user_data,
                                  MonocleFamilyTiming *timing,
                                  GError **error);
/* @edges: (out): left, top, right and bottom of what is at place @i, as parts of what was seen */
void monocle_owl_view_get_edges (const MonocleOwlView *view, guint i, float edges[4]);
/* @query: of length one */
float monocle_owl_view_get_logit (const MonocleOwl *self,
                                  const MonocleOwlView *view,
                                  guint i,
                                  const float *query);
/* What edges are parts of, in pixels. */
void monocle_owl_get_scale (
    const MonocleOwl *self, guint width, guint height, float *across, float *down);

/* --- find.c --- */

/* What the questions of these tasks are about; see MonocleFamily.write_prompt. */
char *monocle_owl_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error);
gboolean monocle_owl_find_words (MonocleOwl *self,
                                 const MonocleOwlView *view,
                                 const MonocleFamilyQuestion *question,
                                 MonocleFamilyAnswer *answer,
                                 GError **error);
gboolean monocle_owl_find_like (MonocleOwl *self,
                                const MonocleOwlView *view,
                                const MonocleFamilyQuestion *question,
                                MonocleFamilyAnswer *answer,
                                GError **error);
void
monocle_owl_find_things (MonocleOwl *self, const MonocleOwlView *view, MonocleFamilyAnswer *answer);

/* --- inspect.c --- */

gboolean monocle_owl_inspect (gpointer model,
                              MonocleImage *image,
                              const char *prompt,
                              const guint32 *decoder_ids,
                              guint n_decoder_ids,
                              const char *directory,
                              GCancellable *cancellable,
                              GError **error);
/* See MonocleClipTokenize; @owner: a MonocleOwl */
GArray *monocle_owl_tokenize (gconstpointer owner, const char *text, guint *pick);

G_END_DECLS
