/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the same wherever a model with an encoder is asked about a picture: prompts side by side,
 * an encoder that is recorded for their size, the decoder behind it. The formulas, what answers may
 * be and how they are read are the family's.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/parts/cross-decoder.h"
#include "engine/nn/plan.h"
#include "engine/text/generate.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleCrossPrompts:
 * @n_prompts: side by side
 * @n_rows: of the encoder, for each prompt
 * @stride: ids of a prompt lie this far apart
 * @ids: [n_prompts, stride]
 * @lengths: [n_prompts]: rows of the picture and tokens of the text
 */
typedef struct
{
  guint n_prompts, n_rows, stride;
  guint32 *ids, *lengths;
} MonocleCrossPrompts;

void monocle_cross_prompts_clear (MonocleCrossPrompts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCrossPrompts, monocle_cross_prompts_clear)

/**
 * MonocleCrossInputs:
 * @image: [n_image, D]: the picture; 0: there is none
 * @ids: U32 [n_prompts, stride]
 * @lengths: U32 [n_prompts]
 * @n_rows: of each prompt
 *
 * What an encoder reads.
 */
typedef struct
{
  MonocleValue image, ids, lengths;
  guint n_rows;
} MonocleCrossInputs;

/**
 * MonocleCrossVerbs:
 * @title: of the encoder, for measurements
 * @get_decoder: the decoder's formulas
 * @encode: appends those of the encoder: [n_prompts * n_rows, D]. @places: (out): [n_rows, place
 *   width] where the decoder knows of places; stays as it is elsewhere
 * @upload: (nullable): fills what @encode declared besides @inputs
 *
 * What differs from family to family.
 */
typedef struct
{
  const char *title;
  MonocleCrossModel (*get_decoder) (gconstpointer family);
  MonocleValue (*encode) (MonocleGraph *graph,
                          gpointer family,
                          const MonocleCrossInputs *inputs,
                          MonocleValue *places);
  gboolean (*upload) (gpointer family,
                      const MonoclePlan *plan,
                      const MonocleCrossPrompts *prompts,
                      GError **error);
} MonocleCrossVerbs;

/**
 * MonocleCrossAsker:
 * @verbs, @family: whose it is
 * @gpu, @params, @tokenizer, @format: of the family
 * @n_image: rows of a picture
 * @most_tokens: of a text
 * @pad: what texts are filled up with
 * @buffer: (nullable): the encoder's activations
 * @decoder: (nullable): of the last question's size
 *
 * A part of a loaded model.
 */
typedef struct
{
  const MonocleCrossVerbs *verbs;
  gpointer family;
  MonocleVkGpu *gpu;
  MonocleParams *params;
  MonocleTokenizer *tokenizer;
  MonocleFormatId format;
  guint n_image, most_tokens;
  guint32 pad;
  MonocleVkBuffer *buffer;
  MonocleCrossDecoder *decoder;
} MonocleCrossAsker;

void monocle_cross_asker_clear (MonocleCrossAsker *self);

/* What the encoder made, by name. */
#define MONOCLE_CROSS_STATES "encoder_states"

/* What the encoder reads of @n texts. Errors: BAD_REQUEST where one is too long. */
gboolean monocle_cross_asker_read (const MonocleCrossAsker *self,
                                   const char *const *texts,
                                   guint n,
                                   MonocleCrossPrompts *prompts,
                                   GError **error);

/* Encodes prompts about a picture, @image (nullable), and leaves the decoder at the start of an
 * answer to each.
 * @wanted: of the decoder, but for prompts and states.
 * @stage: (nullable): a value of the encoder's that has this name, as %MONOCLE_CROSS_STATES. @kept:
 * (out) (optional): that, until the next question */
gboolean monocle_cross_asker_encode (MonocleCrossAsker *self,
                                     const MonocleTensor *image,
                                     const MonocleCrossPrompts *prompts,
                                     const MonocleCrossDecoderSize *wanted,
                                     GCancellable *cancellable,
                                     const char *stage,
                                     MonocleTensor *kept,
                                     GError **error);

/* Feeds ids one by one. @logits: (out caller-allocates): [n, words]: after each of them */
gboolean monocle_cross_asker_feed (MonocleCrossAsker *self,
                                   const guint32 *ids,
                                   guint n,
                                   guint n_words,
                                   GCancellable *cancellable,
                                   float *logits,
                                   GError **error);

/* Whether the decoder takes ids that are given: at most so many, of so many words. Errors:
 * BAD_REQUEST. */
gboolean
monocle_cross_check_ids (const guint32 *ids, guint n, guint most, guint n_words, GError **error);

/**
 * MonocleCrossStages:
 * @image: (nullable): the picture
 * @prompts: one, as it was read
 * @ids: (array length=n_ids): what is fed, of @n_words
 *
 * What is asked of a model that says what it computes.
 */
typedef struct
{
  const MonocleTensor *image;
  const MonocleCrossPrompts *prompts;
  const guint32 *ids;
  guint n_ids, n_words;
} MonocleCrossStages;

/* Files of it: input_ids.npy, encoder_states.npy, logits.npy. */
gboolean monocle_cross_asker_write_stages (MonocleCrossAsker *self,
                                           const MonocleCrossStages *stages,
                                           const char *directory,
                                           GCancellable *cancellable,
                                           GError **error);

/**
 * MonocleCrossExtent:
 * @MONOCLE_CROSS_CERTAIN: as far as it is certain; more comes
 * @MONOCLE_CROSS_STOPPED: no more comes, though it has not ended
 * @MONOCLE_CROSS_WHOLE: it has
 *
 * How much of an answer there is.
 */
typedef enum
{
  MONOCLE_CROSS_CERTAIN,
  MONOCLE_CROSS_STOPPED,
  MONOCLE_CROSS_WHOLE,
} MonocleCrossExtent;

typedef struct _MonocleCrossAsking MonocleCrossAsking;

/**
 * MonocleCrossAsking:
 * @asker: who is asked
 * @question: what
 * @first: which of the person's prompts its first is
 * @image: (nullable): the picture
 * @n_more_bans: as #MonocleCrossDecoderSize has it
 * @answer: (nullable): gets the answers; %NULL while it is compiled
 * @read: (transfer full) (nullable): what tokens, the start first, come to; %NULL, with @error,
 * only where no more comes
 * @counts_start: whether the start is told as one of the tokens
 * @search: how answers are searched for
 * @error: why the last one could not be read
 *
 * Questions on their way through generation: what %monocle_cross_asking_decoder is given as itself,
 * and the first member of what the family knows besides.
 */
struct _MonocleCrossAsking
{
  MonocleCrossAsker *asker;
  const MonocleFamilyQuestion *question;
  guint first;
  const MonocleTensor *image;
  guint n_more_bans;
  MonocleFamilyAnswer *answer;
  MonocleResult *(*read) (MonocleCrossAsking *self,
                          guint question,
                          MonocleCrossExtent extent,
                          const guint32 *ids,
                          const float *log_probs,
                          guint n_ids);
  gboolean counts_start;
  MonocleGenerationConfig search;
  GError *error;
};

extern const MonocleDecoder monocle_cross_asking_decoder;

/* All that follows from @self, which everybody is given: what answers may be is the family's. */
MonocleGeneration monocle_cross_asking_plan (MonocleCrossAsking *self);

/* As monocle_generate(), for the answer of @self. */
gboolean monocle_cross_asking_generate (MonocleCrossAsking *self,
                                        const MonocleGeneration *generation,
                                        GError **error);

/**
 * monocle_cross_asking_compile:
 * @generation: how answers are searched for
 * @recordings: (array length=n_recordings): what else is submitted for a picture and an answer
 * @progress, @error: see monocle_vk_compile()
 *
 * Makes the pipelines for a picture and answers to all questions: as many at once as generation
 * will come to, and those that are left.
 */
gboolean monocle_cross_asking_compile (MonocleCrossAsking *self,
                                       const MonocleGeneration *generation,
                                       MonocleCommands *const *recordings,
                                       guint n_recordings,
                                       MonocleVkCompileProgress progress,
                                       GError **error);

G_END_DECLS
