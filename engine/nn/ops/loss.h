/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loss of labelled rows, and its gradient. A label that is no column (%MONOCLE_NO_LABEL) says
 * that the row is not looked at.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

#define MONOCLE_NO_LABEL G_MAXUINT32

/* losses [R]: the negative log-probability of each row's label, or 0: logits F32 [R, V], bias [V]
 * or NULL, labels U32 [R]. */
void monocle_op_cross_entropy (MonocleCommands *commands,
                               const MonocleTensor *logits,
                               const MonocleTensor *bias,
                               const MonocleTensor *labels,
                               const MonocleTensor *losses);
void monocle_reference_cross_entropy (const float *logits,
                                      const float *bias,
                                      const guint32 *labels,
                                      guint rows,
                                      guint n,
                                      float *losses);

/* gradient [R, V] of the sum of all losses; may be logits. */
void monocle_op_cross_entropy_back (MonocleCommands *commands,
                                    const MonocleTensor *logits,
                                    const MonocleTensor *bias,
                                    const MonocleTensor *labels,
                                    const MonocleTensor *gradient);
void monocle_reference_cross_entropy_back (const float *logits,
                                           const float *bias,
                                           const guint32 *labels,
                                           guint rows,
                                           guint n,
                                           float *gradient);

G_END_DECLS
