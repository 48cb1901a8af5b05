/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gated activations. Source: Shazeer 2020. And what keeps numbers small.
 */
#pragma once

#include "engine/nn/ops/activation.h"
#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* y = activation (gate) * up: gate, up, y [T, C] (y may be either); or with @up %NULL gate [T, 2C],
 * whose rows hold the gate and then up, as the product of merged weights leaves them. */
void monocle_op_gate (MonocleCommands *commands,
                      const MonocleTensor *gate,
                      const MonocleTensor *up,
                      MonocleActivation activation,
                      const MonocleTensor *y);

/* y [rows, columns]; gate and up as above. */
void monocle_reference_gate (const float *gate,
                             const float *up,
                             MonocleActivation activation,
                             guint rows,
                             guint columns,
                             float *y);

/* y = cap tanh (x / cap): x, y F32, any shape (y may be x). */
void monocle_op_soft_cap (MonocleCommands *commands,
                          const MonocleTensor *x,
                          float cap,
                          const MonocleTensor *y);
void monocle_reference_soft_cap (const float *x, float cap, gsize n, float *y);

G_END_DECLS
