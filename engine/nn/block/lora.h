/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is learnt beside a model that stays as it is: to each product y = x w^T of a layer that is
 * trained, (x A^T) B^T of a low rank is added. Source: Hu et al. 2021, arXiv 2106.09685, with a
 * scale of 1. All of it lies in one row of numbers, as do its gradients and what AdamW keeps, so
 * that a step is one operation.
 *
 *   lora = monocle_lora_new (rank);
 *   y = monocle_lora_linear (lora, gradients, scope, x, y);   (in formulas, any number of times)
 *   monocle_lora_alloc (lora, gpu, &error);                   (once they are written)
 */
#pragma once

#include "engine/nn/gradients.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

typedef struct _MonocleLora MonocleLora;

/* Of one layer, by its name: a [rank, inputs], b [outputs, rank], and their gradients. */
typedef struct
{
  char *name;
  MonocleTensor a, b, a_gradient, b_gradient;
} MonocleLoraLayer;

/* @rank: a multiple of 4 */
MonocleLora *monocle_lora_new (guint rank);
void monocle_lora_free (MonocleLora *self);

/* @y with what the layer @scope adds to it; both are trained. The first time makes the layer, which
 * is not possible any more once there is memory. It must outlive the graph. */
MonocleValue monocle_lora_linear (MonocleLora *self,
                                  MonocleGradients *gradients,
                                  MonocleScope scope,
                                  MonocleValue x,
                                  MonocleValue y);

/* Memory for all layers that there are, full of zeros. */
gboolean monocle_lora_alloc (MonocleLora *self, MonocleVkGpu *gpu, GError **error);

/* (transfer none): in the order in which formulas asked for them */
guint monocle_lora_get_n_layers (MonocleLora *self);
const MonocleLoraLayer *monocle_lora_get_layer (MonocleLora *self, guint i);

/* Appends a step of AdamW with @settings F32 [MONOCLE_ADAMW_N]. Once there is memory. */
void monocle_lora_learn (MonocleLora *self, MonocleGraph *graph, MonocleValue settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLora, monocle_lora_free)

G_END_DECLS
