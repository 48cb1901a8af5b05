/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/linear.h"

#define MAX_STACKED 3

static char *
get_part (const char *name, const char *part)
{
  return g_strconcat (name, part, NULL);
}

void
monocle_linear_declare (MonocleLinear *self,
                        MonocleWeights *weights,
                        MonocleParamUse use,
                        guint n,
                        guint k,
                        const char *name)
{
  monocle_linear_declare_stacked (self, weights, use, n, k, &name, 1);
}

void
monocle_linear_declare_norm (MonocleLinear *self,
                             MonocleWeights *weights,
                             guint n,
                             const char *name)
{
  g_autofree char *weight = get_part (name, ".weight");
  g_autofree char *bias = get_part (name, ".bias");

  monocle_weights_add_vector (weights, &self->weight, n, weight);
  monocle_weights_add_vector (weights, &self->bias, n, bias);
}

void
monocle_linear_declare_stacked (MonocleLinear *self,
                                MonocleWeights *weights,
                                MonocleParamUse use,
                                guint n,
                                guint k,
                                const char *const *names,
                                guint n_names)
{
  const char *weight_names[MAX_STACKED] = { NULL }, *bias_names[MAX_STACKED] = { NULL };

  g_assert (n_names <= MAX_STACKED);
  for (guint i = 0; i < n_names; i++)
    {
      weight_names[i] = get_part (names[i], ".weight");
      bias_names[i] = get_part (names[i], ".bias");
    }

  monocle_weights_add_matrices (weights, &self->weight, use, n, k, weight_names, n_names);
  monocle_weights_add_vectors (weights, &self->bias, n, bias_names, n_names);

  for (guint i = 0; i < n_names; i++)
    {
      g_free ((char *) weight_names[i]);
      g_free ((char *) bias_names[i]);
    }
}
