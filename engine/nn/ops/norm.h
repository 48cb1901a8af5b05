/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Each row to mean 0 and variance 1 (biased), then scaled and shifted. x, y [T, C] (may be the
 * same), weight, bias [C]. Source: Ba et al. 2016. */
void monocle_op_layer_norm (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *weight,
                            const MonocleTensor *bias,
                            float eps,
                            const MonocleTensor *y);

/* Each row to mean square 1, then times (@offset + weight): x, y [T, C] (may be the same), weight
 * [C]. @offset is 0, or 1 in models that store weights around 0. Source: Zhang and Sennrich 2019.
 */
void monocle_op_rms_norm (MonocleCommands *commands,
                          const MonocleTensor *x,
                          const MonocleTensor *weight,
                          float offset,
                          float eps,
                          const MonocleTensor *y);

/**
 * MonocleHeads:
 * @width: of a head
 * @n_first: heads of the first kind, at the beginning of each row
 * @n_second: of the second, behind them
 */
typedef struct
{
  guint width, n_first, n_second;
} MonocleHeads;

/* The same of heads, each for itself: x, y [T, C] (may be the same), weight [2, width], those of
 * heads of the first kind and of the second. Columns behind them stay as they are. */
void monocle_op_rms_norm_heads (MonocleCommands *commands,
                                const MonocleTensor *x,
                                const MonocleTensor *weight,
                                const MonocleHeads *heads,
                                float offset,
                                float eps,
                                const MonocleTensor *y);

/* x, y [rows, columns], weight, bias [columns]. */
void monocle_reference_layer_norm (const float *x,
                                   const float *weight,
                                   const float *bias,
                                   guint rows,
                                   guint columns,
                                   float eps,
                                   float *y);

/* x, y [rows, columns], weight [columns]. */
void monocle_reference_rms_norm (const float *x,
                                 const float *weight,
                                 float offset,
                                 guint rows,
                                 guint columns,
                                 float eps,
                                 float *y);

/* x, y [rows, columns], weight [2, width of a head]. */
void monocle_reference_rms_norm_heads (const float *x,
                                       const float *weight,
                                       const MonocleHeads *heads,
                                       float offset,
                                       guint rows,
                                       guint columns,
                                       float eps,
                                       float *y);

G_END_DECLS
