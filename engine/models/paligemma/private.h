/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of PaliGemma share: the loaded model, what was seen of a picture, questions in
 * front of the decoder. The parts: look (pixels to rows), prompt (questions to tokens), answer,
 * parse (answers to objects), masks (codes to masks), inspect, and paligemma, which loads.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/paligemma/configuration.h"
#include "engine/models/paligemma/parse.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/models/sight.h"
#include "engine/picture/preprocess.h"

G_BEGIN_DECLS

/**
 * MonoclePaligemmaNames:
 * @tower, @projector, @text: scopes of the parts
 *
 * What the parts are called, in either layout.
 */
typedef struct
{
  const char *tower, *projector, *text;
} MonoclePaligemmaNames;

typedef struct
{
  MonocleVkGpu *gpu;
  MonoclePaligemmaConfig config;
  const MonoclePaligemmaNames *names;
  MonoclePreprocessSettings pixels;
  MonocleTokenizer *tokenizer;
  MonoclePaligemmaTokens tokens;
  guint32 start_id;             /* what the words of a question begin with */
  MonoclePaligemmaMasks *masks; /* (nullable) */
  char *directory;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleCausal causal;

  MonocleSight sight;
  MonocleTensor picture_tokens;  /* [rows, channels of the tower] */
  MonocleVkBuffer *buffer;       /* activations */
  MonocleVkBuffer *seen_buffer;  /* what the decoder reads of a picture */
  MonocleTensor seen;            /* [rows, channels] */
  MonocleCausalDecoder *decoder; /* of the last question's size */
} MonoclePaligemma;

/* --- look.c --- */

/* Writes the tower and what is behind it as formulas. */
void monocle_paligemma_write_picture (MonoclePaligemma *self, MonocleWeights *weights);
/* Once it is planned, all is uploaded and there is memory for it. */
gboolean monocle_paligemma_record_picture (gpointer model, GError **error);

/* --- prompt.c --- */

void monocle_paligemma_list_tasks (GPtrArray *tasks);
char *monocle_paligemma_write_prompt (const MonocleTask *task,
                                      const char *text,
                                      const MonocleBox *region,
                                      guint width,
                                      guint height,
                                      GError **error);
char *monocle_paligemma_write_prompt_in (const MonocleTask *task,
                                         const char *language,
                                         const char *text,
                                         GError **error);

/* Whether the tokenizer has what prompts and answers are made of. */
gboolean monocle_paligemma_check_tokens (MonoclePaligemma *self, GError **error);

/* (transfer full) (element-type guint32): the rows of the picture, which are ids from the number of
 * words on, and a question, up to where the answer begins */
GArray *monocle_paligemma_write_question (const MonoclePaligemma *self, const char *prompt);

/* --- answer.c and inspect.c: of the family's table --- */

/**
 * monocle_paligemma_begin:
 * @self: a model
 * @seen: what was seen of the picture
 * @ids: (element-type guint32): a question; its last token is to be fed next
 * @size: of the decoder, for one question
 * @cancellable: (nullable)
 * @error: return location
 *
 * Reads all of it at once: what a row of the picture comes to depends on what is asked.
 */
gboolean monocle_paligemma_begin (MonoclePaligemma *self,
                                  const MonocleSeen *seen,
                                  const GArray *ids,
                                  const MonocleCausalDecoderSize *size,
                                  GCancellable *cancellable,
                                  GError **error);

gboolean monocle_paligemma_compile (gpointer model,
                                    const MonocleFamilyQuestion *question,
                                    MonocleVkCompileProgress progress,
                                    GError **error);
gboolean monocle_paligemma_generate (gpointer model,
                                     gpointer features,
                                     const MonocleFamilyQuestion *question,
                                     MonocleFamilyAnswer *answer,
                                     GError **error);
gboolean monocle_paligemma_inspect (gpointer model,
                                    MonocleImage *image,
                                    const char *prompt,
                                    const guint32 *decoder_ids,
                                    guint n_decoder_ids,
                                    const char *directory,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
