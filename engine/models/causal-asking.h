/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions about a picture in front of a causal decoder, and a conversation: what is the same of
 * every model whose prompts begin with the picture. That is read once, and stays for further
 * questions. Families say how things are written and read.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/parts/causal-answer.h"
#include "engine/models/parts/causal-talk.h"

G_BEGIN_DECLS

/**
 * MonocleCausalAskingVerbs:
 * @show: puts what was seen of a picture where the decoder looks for it, which is told of it
 * @write_question: (transfer full) (element-type guint32): up to where the answer begins, without
 *   what stands before
 * @watches: (nullable): whether an answer that goes round in circles ends there; %NULL: any does
 * @write_turns: (transfer full) (element-type MonocleCausalPiece): all of a conversation, up to
 *   where the answer begins. What turns that are forgotten showed is shown by the first that is not
 * @count_thoughts: (nullable): of tokens that were written, how many come before the answer; %NULL:
 *   none
 * @read: (transfer full): of tokens of which the first belongs to the question, or, where that is
 *   %NULL, to the last turn of @talk
 *
 * What a family does.
 */
typedef struct
{
  gboolean (*show) (gpointer model,
                    MonocleCausalDecoder *decoder,
                    gconstpointer seen,
                    GError **error);
  GArray *(*write_question) (gpointer model, const char *prompt);
  gboolean (*watches) (const MonocleFamilyQuestion *question);
  GPtrArray *(*write_turns) (gpointer model, const MonocleFamilyTalk *asked, guint n_forgotten);
  guint (*count_thoughts) (gpointer model, const guint32 *ids, guint n);
  MonocleResult *(*read) (gpointer model,
                          const MonocleFamilyQuestion *question,
                          const MonocleFamilyTalk *talk,
                          gboolean whole,
                          const guint32 *ids,
                          const float *log_probs,
                          guint n_ids);
} MonocleCausalAskingVerbs;

/**
 * MonocleCausalAsker:
 * @verbs: of the family
 * @model: what they are given
 * @gpu, @causal, @params, @ends: of the model
 * @seen: (nullable): what the decoder reads of a picture
 * @n_picture: tokens of the largest picture: there is room for it from the beginning, so that what
 * a model takes does not depend on what it is shown; 0: they all have as many
 * @n_thoughts: tokens that may come before an answer, and are not counted as its own
 * @decoder: (nullable): of the last question's size
 * @begun: the picture whose beginning it holds; 0: none
 *
 * A member of the model, which clears it.
 */
typedef struct
{
  const MonocleCausalAskingVerbs *verbs;
  gpointer model;
  MonocleVkGpu *gpu;
  const MonocleCausal *causal;
  MonocleParams *params;
  const MonocleCausalEnds *ends;
  const MonocleTensor *seen;
  guint n_picture, n_thoughts;
  MonocleCausalDecoder *decoder;
  guint64 begun;
} MonocleCausalAsker;

void monocle_causal_asker_clear (MonocleCausalAsker *self);

/**
 * MonocleCausalSubject:
 * @look: which picture it is; 0: none yet, for compiling
 * @seen: (nullable): what was seen of it
 * @beginning: (element-type guint32): what all questions about it begin with
 */
typedef struct
{
  guint64 look;
  gconstpointer seen;
  const GArray *beginning;
} MonocleCausalSubject;

/* Reads the beginning, unless it was read last, and the questions up to their last tokens. */
gboolean monocle_causal_asker_begin (MonocleCausalAsker *self,
                                     const MonocleCausalSubject *subject,
                                     GArray *const *questions,
                                     const MonocleCausalDecoderSize *size,
                                     GCancellable *cancellable,
                                     GError **error);

/* As a family's `compile`; @vision is what looking at the picture submits. */
gboolean monocle_causal_asker_compile (MonocleCausalAsker *self,
                                       const MonocleCausalSubject *subject,
                                       const MonocleFamilyQuestion *question,
                                       MonocleCommands *vision,
                                       MonocleVkCompileProgress progress,
                                       GError **error);
/* As `generate`. */
gboolean monocle_causal_asker_generate (MonocleCausalAsker *self,
                                        const MonocleCausalSubject *subject,
                                        const MonocleFamilyQuestion *question,
                                        MonocleFamilyAnswer *answer,
                                        GError **error);

/* --- causal-inspect.c --- */

/**
 * MonocleCausalStages:
 * @planes: what the tower was given, of @dims
 * @rows: what it made of it
 * @image_id: how the reference spells a row of a picture
 * @prompt: a question
 * @ids: (array length=n_ids): what is fed behind it
 *
 * What is to be written down of a question, for comparing with the reference.
 */
typedef struct
{
  const float *planes;
  guint64 dims[4];
  MonocleTensor rows;
  guint32 image_id;
  const char *prompt;
  const guint32 *ids;
  guint n_ids;
} MonocleCausalStages;

/* As a family's `inspect`, of a picture that was looked at. */
gboolean monocle_causal_asker_write_stages (MonocleCausalAsker *self,
                                            const MonocleCausalSubject *subject,
                                            const MonocleCausalStages *stages,
                                            const char *directory,
                                            GCancellable *cancellable,
                                            GError **error);

/* --- causal-reply.c: as the family's verbs of conversations --- */

/* (transfer full) (nullable) */
MonocleCausalTalk *monocle_causal_asker_open_talk (MonocleCausalAsker *self, GError **error);
/* @n_picture: tokens of a picture; @vision: what looking at one submits */
gboolean monocle_causal_asker_compile_talk (MonocleCausalTalk *talk,
                                            guint n_picture,
                                            MonocleCommands *vision,
                                            GCancellable *cancellable,
                                            MonocleVkCompileProgress progress,
                                            gpointer user_data,
                                            GError **error);
gboolean monocle_causal_asker_talk (MonocleCausalAsker *self,
                                    MonocleCausalTalk *talk,
                                    const MonocleFamilyTalk *asked,
                                    MonocleFamilyReply *reply,
                                    GError **error);

/* Pieces of a conversation: words that are read together with those before them, unless a picture
 * is between; and a picture. @ids: (transfer full) */
void monocle_causal_pieces_add_ids (GPtrArray *pieces, const guint32 *ids, guint n);
/* Words that are not read together with those before them. */
void monocle_causal_pieces_add_apart (GPtrArray *pieces, GArray *ids);
void monocle_causal_pieces_add_picture (GPtrArray *pieces,
                                        GArray *ids,
                                        guint64 look,
                                        gconstpointer seen);

/* Of an answer that is written: how many of its tokens are left, thoughts and all, where it is as
 * long as it may be; 0: it is not. @ids: (array length=n) */
guint monocle_causal_asker_find_end (const MonocleCausalAsker *self,
                                     const guint32 *ids,
                                     guint n,
                                     guint most);

/* (transfer full): the text of tokens that say something, trimmed; @is_whole: whether no more come
 */
char *monocle_causal_decode (const MonocleTokenizer *tokenizer,
                             const guint32 *ids,
                             guint n,
                             gboolean is_whole);

G_END_DECLS
