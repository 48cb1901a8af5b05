/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * General attention, and that of new tokens over the key-value cache.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleAttentionMask:
 * @MONOCLE_ATTENTION_MASK_NONE: each query sees all keys
 * @MONOCLE_ATTENTION_MASK_CAUSAL: query t sees keys 0..t
 * @MONOCLE_ATTENTION_MASK_PREFIX: as causal, but the keys of a prefix are seen by all
 */
typedef enum
{
  MONOCLE_ATTENTION_MASK_NONE,
  MONOCLE_ATTENTION_MASK_CAUSAL,
  MONOCLE_ATTENTION_MASK_PREFIX,
} MonocleAttentionMask;

/**
 * MonocleAttention:
 * @q, @k, @v: batches of rows; element (batch b, row t, channel c) at
 *   first + b * batch_stride + t * row_stride + c elements of the tensor's start; all of these are
 *   multiples of 4
 * @y: [n_batches, n_queries, n_heads * head_width], without gaps
 * @n_heads: of queries
 * @n_kv_heads: of keys and values, a divisor of @n_heads: as many heads of queries in a row share
 *   one; 0: one each
 * @scale: of the products of queries and keys; 0: head_width^-1/2
 * @mask: which keys a query sees
 * @prefix: how many keys all see, with %MONOCLE_ATTENTION_MASK_PREFIX
 * @lengths: (nullable): U32 [n_batches], keys that may be seen in each batch at all, at most
 *   n_keys; %NULL: all
 * @bias: (nullable): F32 [n_heads, n_queries, n_keys], added to scores after their scale
 * @scratch: (nullable): of monocle_op_attention_scratch() floats, which some devices are faster
 * with
 *
 * General attention. A query that sees no key (length 0) gives zeros.
 */
typedef struct
{
  MonocleTensor q, k, v, y;
  guint q_first, k_first, v_first;
  guint q_row_stride, kv_row_stride;
  guint q_batch_stride, kv_batch_stride;
  guint n_batches, n_queries, n_keys, n_heads, n_kv_heads, head_width;
  float scale;
  MonocleAttentionMask mask;
  guint prefix;
  const MonocleTensor *lengths, *bias, *scratch;
} MonocleAttention;

/* That of tokens over each other, without their tensors: queries, keys and values lie side by side
 * in the rows of one, [n_batches * n_tokens, 3 channels]. */
MonocleAttention
monocle_attention_over_itself (guint n_batches, guint n_tokens, guint channels, guint n_heads);

/* The tensors of @attention are ignored, but not whether it has lengths and a bias; @format is that
 * of the others. */
guint64 monocle_op_attention_scratch (MonocleVkGpu *gpu,
                                      const MonocleAttention *attention,
                                      MonocleFormatId format);
void monocle_op_attention (MonocleCommands *commands, const MonocleAttention *attention);

/* The tensors of @attention are ignored; @lengths and @bias (nullable) stand for two of them. */
void monocle_reference_attention (const float *q,
                                  const float *k,
                                  const float *v,
                                  const MonocleAttention *attention,
                                  const guint32 *lengths,
                                  const float *bias,
                                  float *y);

/* Heads of queries that share one of keys and values, where @n_kv_heads 0 means one each; 0: the
 * heads do not divide. */
guint monocle_attention_count_sharing (guint n_heads, guint n_kv_heads);

/* Whether all rows lie inside of these tensors, at the multiples they have to. */
gboolean monocle_attention_fits (const MonocleAttention *attention,
                                 const MonocleTensor *q,
                                 const MonocleTensor *k,
                                 const MonocleTensor *v);

/**
 * MonocleCachedAttention:
 * @qkv: [rows, n_tokens, C + 2 Ck] (Q, K, V; each head-major) of the new tokens, Ck the columns of
 *   keys
 * @keys, @values: [rows, P, Ck] (P places): the cache, extended by this op
 * @ancestors: U32 [rows, P]: in which row of the cache the key of place p of this row lies, for
 *   places before the new ones; the new ones are written to the row's own
 * @place: U32 [rows]: of the first new token of each row, at most P - n_tokens
 * @y: [rows, n_tokens, C]
 * @n_tokens: new ones of each row: 1 while answering, more for a prompt
 * @n_heads: of queries
 * @n_kv_heads: of keys and values, a divisor of @n_heads: as many heads of queries in a row share
 *   one; 0: one each
 * @scale: of the products of queries and keys; 0: one over the root of the width of a head
 * @cap: what they are kept below, softly: cap tanh (score / cap); 0: nothing
 * @n_together: so many of the new ones, the first, see each other, those behind them too
 * @window: so many places, its own among them, are seen by a token that is none of these; 0: all
 * @bias: (nullable): F32 [n_heads, rows, n_tokens, P], added to scores after their scale
 *
 * New tokens of each row against the key-value cache (see cache.h): each sees all earlier places of
 * its row, the new tokens before it and itself. The places are read on the device, so that a
 * recording can be replayed.
 */
typedef struct
{
  MonocleTensor qkv, keys, values, ancestors, place, y;
  guint n_tokens, n_heads, n_kv_heads;
  float scale, cap;
  guint n_together, window;
  const MonocleTensor *bias;
} MonocleCachedAttention;

void monocle_op_cached_attention (MonocleCommands *commands,
                                  const MonocleCachedAttention *attention);

/* The tensors of @attention say the shapes; keys and values are extended; @bias is nullable. */
void monocle_reference_cached_attention (const MonocleCachedAttention *attention,
                                         const float *qkv,
                                         float *keys,
                                         float *values,
                                         const guint32 *ancestors,
                                         const guint32 *place,
                                         const float *bias,
                                         float *y);

G_END_DECLS
