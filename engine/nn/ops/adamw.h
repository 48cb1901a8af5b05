/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Learning: a step of AdamW over all parameters as one row of numbers, F32, in multiples of 4.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleAdamw:
 * @rate, @decay: of learning, of what has been learnt
 * @beta1, @beta2: what stays of the mean of gradients, and of their squares
 * @correction1, @correction2: 1 less that to the power of the number of steps, this one included
 * @scale: of gradients: one over what they are the sum of
 * @largest_norm: of the gradient of all, which is scaled down to it
 *
 * What may change from step to step, as a device has it: F32 [8].
 */
typedef struct
{
  float rate, decay, beta1, beta2, correction1, correction2, scale, largest_norm;
} MonocleAdamw;

#define MONOCLE_ADAMW_N (sizeof (MonocleAdamw) / sizeof (float))

/* y [1]: the sum of the squares of x, always added up in the same order. */
void
monocle_op_sum_squares (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);
void monocle_reference_sum_squares (const float *x, gsize n, float *y);

/* Changes x, mean and square, and leaves zeros in gradient; squares [1] is the sum of those of
 * gradient, and where it is no number nothing is learnt. */
void monocle_op_adamw (MonocleCommands *commands,
                       const MonocleTensor *x,
                       const MonocleTensor *gradient,
                       const MonocleTensor *mean,
                       const MonocleTensor *square,
                       const MonocleTensor *squares,
                       const MonocleTensor *settings);
void monocle_reference_adamw (float *x,
                              float *gradient,
                              float *mean,
                              float *square,
                              const float *squares,
                              const MonocleAdamw *settings,
                              gsize n);

G_END_DECLS
