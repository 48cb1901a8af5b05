/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through attention, in F32, by three operations: what each query saw of each key,
 * the gradient of that, and rows mixed by either. With w the weights and ds the gradients of the
 * products:
 *
 *   dq = mix (ds, k)    dk = mix turned (ds, q)    dv = mix turned (w, dy)
 *
 * Of a MonocleAttention count the numbers of batches, queries, keys and heads, their width, the
 * scale and a mask that is none or causal: q [batches, queries, heads, width], k and v [batches,
 * keys, heads, width] lie without gaps, and there are as many heads of keys as of queries.
 */
#pragma once

#include "engine/nn/ops/attention.h"

G_BEGIN_DECLS

/* weights [batches, heads, queries, keys] of q and k; lengths U32 [batches] or NULL. */
void monocle_op_attention_weights (MonocleCommands *commands,
                                   const MonocleAttention *geometry,
                                   const MonocleTensor *q,
                                   const MonocleTensor *k,
                                   const MonocleTensor *lengths,
                                   const MonocleTensor *weights);
void monocle_reference_attention_weights (const MonocleAttention *geometry,
                                          const float *q,
                                          const float *k,
                                          const guint32 *lengths,
                                          float *weights);

/* ds [batches, heads, queries, keys], of q and k before their scale, out of dy like q. */
void monocle_op_attention_weights_back (MonocleCommands *commands,
                                        const MonocleAttention *geometry,
                                        const MonocleTensor *weights,
                                        const MonocleTensor *v,
                                        const MonocleTensor *dy,
                                        const MonocleTensor *ds);
void monocle_reference_attention_weights_back (const MonocleAttention *geometry,
                                               const float *weights,
                                               const float *v,
                                               const float *dy,
                                               float *ds);

/* y like q: for each query the sum of rows of x, like k, by its weights w; or @turned: y like k,
 * for each key that of rows of x, like q. */
void monocle_op_attention_mix (MonocleCommands *commands,
                               const MonocleAttention *geometry,
                               gboolean turned,
                               const MonocleTensor *w,
                               const MonocleTensor *x,
                               const MonocleTensor *y);
void monocle_reference_attention_mix (
    const MonocleAttention *geometry, gboolean turned, const float *w, const float *x, float *y);

G_END_DECLS
