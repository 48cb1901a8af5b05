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

/* Of one layer, by its name: a [rank, inputs], b [outputs, rank], and their gradients. Of rows of a
 * table b has no dimensions. */
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

/* @y [M, V], a product of @x with a table, with what is learnt of some of the table's rows: those
 * for which @spread [V, n] has a 1 in their column. The layer's a is [n, inputs], what is added to
 * those rows, and it has no b. Otherwise as monocle_lora_linear(). */
MonocleValue monocle_lora_rows (MonocleLora *self,
                                MonocleGradients *gradients,
                                MonocleScope scope,
                                MonocleValue x,
                                MonocleValue y,
                                const MonocleTensor *spread);

/* Memory for all layers that there are, full of zeros. */
gboolean monocle_lora_alloc (MonocleLora *self, MonocleVkGpu *gpu, GError **error);

/**
 * MonocleLoraState:
 * @MONOCLE_LORA_LEARNT: what is learnt
 * @MONOCLE_LORA_MEAN: of gradients
 * @MONOCLE_LORA_SQUARE: the mean of their squares
 *
 * All that a step goes on from, each of it one row of numbers.
 */
typedef enum
{
  MONOCLE_LORA_LEARNT,
  MONOCLE_LORA_MEAN,
  MONOCLE_LORA_SQUARE,
} MonocleLoraState;

#define MONOCLE_LORA_N_STATES (MONOCLE_LORA_SQUARE + 1)

/* How many numbers each has; once there is memory, as the tensor is. */
guint monocle_lora_get_n (MonocleLora *self);
const MonocleTensor *monocle_lora_get_state (MonocleLora *self, MonocleLoraState state);
/* Where a layer's tensor begins in them. */
guint monocle_lora_get_first (MonocleLora *self, const MonocleTensor *tensor);

/* (transfer none): in the order in which formulas asked for them */
guint monocle_lora_get_n_layers (MonocleLora *self);
const MonocleLoraLayer *monocle_lora_get_layer (MonocleLora *self, guint i);

/* Gradients are gone, as after a step. Once there is memory. */
gboolean monocle_lora_forget_gradients (MonocleLora *self, GError **error);
/* F32 [1]: the sum of squares of all gradients, before a step. Once there is memory. */
MonocleValue monocle_lora_sum_squares (MonocleLora *self, MonocleGraph *graph);
/* Appends a step of AdamW with @settings F32 [MONOCLE_ADAMW_N]. Once there is memory. */
void monocle_lora_learn (MonocleLora *self, MonocleGraph *graph, MonocleValue settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLora, monocle_lora_free)

G_END_DECLS
