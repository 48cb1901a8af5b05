/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * General attention, and that of new tokens over the key-value cache.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleAttention:
 * @q, @k, @v: batches of rows; element (batch b, row t, channel c) at
 *   first + b * batch_stride + t * row_stride + c elements of the tensor's start; all of these are
 *   multiples of 4
 * @y: [n_batches, n_queries, n_heads * head_width], without gaps
 * @lengths: (nullable): U32 [n_batches], keys seen in each batch, at most n_keys; %NULL: all
 *
 * General attention, scale head_width^-1/2. With @causal, query t sees keys 0..t. A query that sees
 * no key (length 0) gives zeros.
 */
typedef struct
{
  MonocleTensor q, k, v, y;
  guint q_first, k_first, v_first;
  guint q_row_stride, kv_row_stride;
  guint q_batch_stride, kv_batch_stride;
  guint n_batches, n_queries, n_keys, n_heads, head_width;
  gboolean causal;
  const MonocleTensor *lengths;
} MonocleAttention;

void monocle_op_attention (MonocleCommands *commands, const MonocleAttention *attention);

/* The tensors of @attention are ignored but for lengths, given as @lengths (nullable). */
void monocle_reference_attention (const float *q,
                                  const float *k,
                                  const float *v,
                                  const MonocleAttention *attention,
                                  const guint32 *lengths,
                                  float *y);

/* One new query per row against the key-value cache, for decoding; also appends the row's own key
 * and value. The step's place in the text is read on the device, so that a recording can be
 * replayed. qkv [rows, 3C] (Q, K, V); keys, values [rows, P, C] (P places); ancestors U32 [rows,
 * P]: in which row of the cache the key of place p of this row lies (p < place; the row's own for p
 * = place is written by this op to its own row); place U32 [1]: p of the new token, keys 0..p are
 * seen; y [rows, C]. */
void monocle_op_cached_attention (MonocleCommands *commands,
                                  const MonocleTensor *qkv,
                                  const MonocleTensor *keys,
                                  const MonocleTensor *values,
                                  const MonocleTensor *ancestors,
                                  const MonocleTensor *place,
                                  guint n_heads,
                                  const MonocleTensor *y);

/* qkv [rows, 3, n_heads, head_width]; keys, values [rows, places, n_heads, head_width], extended;
 * ancestors [rows, places]; y [rows, n_heads, head_width]. */
void monocle_reference_cached_attention (const float *qkv,
                                         float *keys,
                                         float *values,
                                         const guint32 *ancestors,
                                         guint place,
                                         guint rows,
                                         guint places,
                                         guint n_heads,
                                         guint head_width,
                                         float *y);

G_END_DECLS
