/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The norm of networks that make pictures. Source: Wu and He 2018, arXiv 1803.08494.
 */
#pragma once

#include "engine/nn/ops/activation.h"
#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleGroupNorm:
 * @n_groups: of channels, which they divide into
 * @eps: added to variances
 * @activation: of the result
 */
typedef struct
{
  guint n_groups;
  float eps;
  MonocleActivation activation;
} MonocleGroupNorm;

/* Each group of channels to mean 0 and variance 1 (biased) over all of an image, then scaled,
 * shifted and activated. x, y [.., C] (may be the same), weight, bias [C] F32; @scratch F32 of
 * monocle_op_group_norm_scratch() numbers. */
void monocle_op_group_norm (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *weight,
                            const MonocleTensor *bias,
                            const MonocleGroupNorm *norm,
                            const MonocleTensor *scratch,
                            const MonocleTensor *y);
guint monocle_op_group_norm_scratch (const MonocleTensor *x, const MonocleGroupNorm *norm);

/* x, y [pixels, channels]; weight, bias [channels]. */
void monocle_reference_group_norm (const float *x,
                                   const float *weight,
                                   const float *bias,
                                   const MonocleGroupNorm *norm,
                                   guint pixels,
                                   guint channels,
                                   float *y);

G_END_DECLS
