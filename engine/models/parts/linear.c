/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/linear.h"

#define MAX_STACKED 3

void
monocle_linear_declare (MonocleLinear *self,
                        MonocleWeights *weights,
                        MonocleParamUse use,
                        guint n,
                        guint k,
                        MonocleScope scope)
{
  monocle_weights_add_matrix (weights, &self->weight, use, n, k,
                              monocle_scope_enter (scope, "weight").path);
  monocle_weights_add_vector (weights, &self->bias, n, monocle_scope_enter (scope, "bias").path);
}

void
monocle_linear_declare_norm (MonocleLinear *self,
                             MonocleWeights *weights,
                             guint n,
                             MonocleScope scope)
{
  monocle_weights_add_vector (weights, &self->weight, n,
                              monocle_scope_enter (scope, "weight").path);
  monocle_weights_add_vector (weights, &self->bias, n, monocle_scope_enter (scope, "bias").path);
}

void
monocle_linear_declare_stacked (MonocleLinear *self,
                                MonocleWeights *weights,
                                MonocleParamUse use,
                                guint n,
                                guint k,
                                MonocleScope scope,
                                const char *const *names,
                                guint n_names)
{
  MonocleScope weight[MAX_STACKED], bias[MAX_STACKED];
  const char *weight_names[MAX_STACKED], *bias_names[MAX_STACKED];

  g_assert (n_names <= MAX_STACKED);
  for (guint i = 0; i < n_names; i++)
    {
      MonocleScope layer = monocle_scope_enter (scope, names[i]);

      weight[i] = monocle_scope_enter (layer, "weight");
      bias[i] = monocle_scope_enter (layer, "bias");
      weight_names[i] = weight[i].path;
      bias_names[i] = bias[i].path;
    }

  monocle_weights_add_matrices (weights, &self->weight, use, n, k, weight_names, n_names);
  monocle_weights_add_vectors (weights, &self->bias, n, bias_names, n_names);
}
