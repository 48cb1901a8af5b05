/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weight and its bias, the pair that most layers are made of, and how each kind is declared: as
 * "weight" and "bias" of a scope.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleTensor weight, bias;
} MonocleLinear;

/* weight [n, k], bias [n]. */
void monocle_linear_declare (MonocleLinear *self,
                             MonocleWeights *weights,
                             MonocleParamUse use,
                             guint n,
                             guint k,
                             MonocleScope scope);
/* A normalisation: weight [n], bias [n]. */
void monocle_linear_declare_norm (MonocleLinear *self,
                                  MonocleWeights *weights,
                                  guint n,
                                  MonocleScope scope);
/* Layers of @scope that read the same input, one below the other: weight [n_names * n, k], bias
 * [n_names * n]. */
void monocle_linear_declare_stacked (MonocleLinear *self,
                                     MonocleWeights *weights,
                                     MonocleParamUse use,
                                     guint n,
                                     guint k,
                                     MonocleScope scope,
                                     const char *const *names,
                                     guint n_names);

G_END_DECLS
