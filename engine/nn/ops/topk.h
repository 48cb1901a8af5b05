/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log-softmax and the best tokens.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Log-softmax over each row of logits and the k best entries that are not banned. logits F32 [M,
 * V]; bias F32 [V] or NULL is added first; banned U32 [M, 2 P] ranges of ids (first, last),
 * n_banned U32 [M]; scratch F32 of monocle_op_top_k_scratch() elements; y: U32 [M, 2k]: for each
 * row k pairs (id, log-probability as its bits), best first, id G_MAXUINT32 where there are fewer.
 * Equal values: the lower id first. k is at most MONOCLE_OP_TOP_K_MAX. */
#define MONOCLE_OP_TOP_K_MAX 32
guint monocle_op_top_k_scratch (MonocleVkGpu *gpu, guint n_rows, guint n_vocabulary, guint k);
void monocle_op_top_k (MonocleCommands *commands,
                       const MonocleTensor *logits,
                       const MonocleTensor *bias,
                       const MonocleTensor *banned,
                       const MonocleTensor *n_banned,
                       guint k,
                       const MonocleTensor *scratch,
                       const MonocleTensor *y);

/* logits [rows, n]; banned [rows, 2 max_banned]; ids [rows, k] and log_probabilities [rows, k]. */
void monocle_reference_top_k (const float *logits,
                              const float *bias,
                              const guint32 *banned,
                              const guint32 *n_banned,
                              guint max_banned,
                              guint rows,
                              guint n,
                              guint k,
                              guint32 *ids,
                              float *log_probabilities);

G_END_DECLS
