/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is learnt beside a model that stays as it is: to each product y = x w^T of a layer that is
 * trained, (x A^T) B^T of a low rank is added. Source: Hu et al. 2021, arXiv 2106.09685, with a
 * scale of 1. All of it lies in one row of numbers, as do its gradients and what AdamW keeps, so
 * that a step is one operation. Weights of the model can be learnt themselves as well, all of them
 * or rows of a table.
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

/**
 * MonocleLoraKind:
 * @MONOCLE_LORA_PRODUCT: a [rank, inputs], b [outputs, rank]: what a product adds
 * @MONOCLE_LORA_ROWS: a [n, inputs]: what is added to rows of a table; b has no dimensions
 * @MONOCLE_LORA_WHOLE: a [outputs, inputs]: the weights; b [outputs, 4]: the bias, in its first
 *   column
 *
 * What is learnt of a layer.
 */
typedef enum
{
  MONOCLE_LORA_PRODUCT,
  MONOCLE_LORA_ROWS,
  MONOCLE_LORA_WHOLE,
} MonocleLoraKind;

/* Columns of what is learnt of a bias. */
#define MONOCLE_LORA_BIAS_COLUMNS 4

/* Of one layer, by its name; and the gradients. */
typedef struct
{
  char *name;
  MonocleLoraKind kind;
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

/* x a^T + b (+ residual): a product of @n columns, of which weights and bias are learnt themselves;
 * what they begin with is the caller's to write. @ones: [rows of x, %MONOCLE_LORA_BIAS_COLUMNS], 1
 * in the first column and 0 in the others: a bias is the weight of what is always 1. Otherwise as
 * monocle_lora_linear(). */
MonocleValue monocle_lora_whole (MonocleLora *self,
                                 MonocleGradients *gradients,
                                 MonocleScope scope,
                                 MonocleValue x,
                                 guint n,
                                 const MonocleTensor *ones,
                                 MonocleValue residual);

/* Memory for all layers that there are, full of zeros. Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
 * with the figures where that was known before. */
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
