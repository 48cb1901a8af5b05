/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's decoder being taught: whole answers at once over the encoder's states, which stay as they
 * are or are taught too, with what is learnt (nn/block/lora) beside each product, or with all
 * weights of the products. Of the head single rows can be.
 */
#pragma once

#include "engine/models/parts/bart.h"
#include "engine/nn/block/lora.h"

G_BEGIN_DECLS

typedef struct _MonocleBartTrain MonocleBartTrain;

/**
 * MonocleBartLearns:
 * @MONOCLE_BART_DECODER_LEARNS: beside the decoder's products
 * @MONOCLE_BART_BOTH_LEARN: beside the encoder's too
 * @MONOCLE_BART_ALL_LEARNS: the weights and biases of all products of both
 *
 * What is learnt.
 */
typedef enum
{
  MONOCLE_BART_DECODER_LEARNS,
  MONOCLE_BART_BOTH_LEARN,
  MONOCLE_BART_ALL_LEARNS,
} MonocleBartLearns;

/**
 * MonocleBartLesson:
 * @n_texts: answers side by side, of one length; shorter ones end in anything, without labels
 * @ids: U32 [n_texts * n_tokens]: what the decoder is fed with
 * @places: U32 [n_texts * n_tokens]: the place of each in its text
 * @labels: U32 [n_texts * n_tokens]: what should come next, or %MONOCLE_NO_LABEL
 * @states: [n_texts * n_states, D]: the encoder's, or what its first layer is given
 * @lengths: U32 [n_texts]: states that count
 */
typedef struct
{
  guint n_texts;
  MonocleValue ids, places, labels, states, lengths;
} MonocleBartLesson;

/* Reads from @params what it needs in another layout than they have on this device. @learns: where
 * the encoder does too, a lesson's states are what its first layer is given. @most_rows: that a
 * product has, in any lesson. */
MonocleBartTrain *monocle_bart_train_new (const MonocleBart *bart,
                                          MonocleParams *params,
                                          MonocleVkGpu *gpu,
                                          MonocleBartLearns learns,
                                          guint most_rows,
                                          GError **error);
void monocle_bart_train_free (MonocleBartTrain *self);

/* Of the head, the rows @ids (ascending) are to be trained too. Before any formulas; once. */
gboolean monocle_bart_train_open_rows (
    MonocleBartTrain *self, MonocleVkGpu *gpu, const guint32 *ids, guint n, GError **error);
/* What the layer of those rows is called; the first of its rows are those of the ids. */
MonocleScope monocle_bart_train_get_head (MonocleBartTrain *self);

/* Appends the losses of all rows; the graph's parameters are those of @self. @logits: (out)
 * (optional): [rows, V], without the bias */
MonocleValue monocle_bart_train (MonocleBartTrain *self,
                                 MonocleLora *lora,
                                 MonocleGradients *gradients,
                                 const MonocleBartLesson *lesson,
                                 MonocleValue *logits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBartTrain, monocle_bart_train_free)

G_END_DECLS
