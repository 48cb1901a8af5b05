/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every tower is made of: layers that have parameters. Each declares and uses those of its
 * scope, ".weight" and ".bias", in the parameters of the graph.
 */
#pragma once

#include "engine/nn/formulas.h"
#include "engine/nn/params.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

/* Parameters at @scope itself: a vector [n], as it is or stored as [1, n]; a matrix [n, k] for
 * products; one whose rows are looked up. */
MonocleValue monocle_param_vector (MonocleGraph *graph, MonocleScope scope, guint n);
MonocleValue monocle_param_row (MonocleGraph *graph, MonocleScope scope, guint n);
MonocleValue monocle_param_matrix (
    MonocleGraph *graph, MonocleScope scope, MonocleParamForm form, guint n, guint k);
MonocleValue monocle_param_rows (MonocleGraph *graph, MonocleScope scope, guint n, guint k);

/* That of a convolution, in one of the two forms. */
MonocleValue monocle_param_convolution (MonocleGraph *graph,
                                        MonocleScope scope,
                                        MonocleParamForm form,
                                        guint n,
                                        guint channels,
                                        guint kernel);

/* (transfer full) (array length=n_pieces): a table [n, k], to look up its rows and for products
 * with few rows, in as many pieces of rows as one binding of the device allows. */
MonocleValue *
monocle_param_table (MonocleGraph *graph, MonocleScope scope, guint n, guint k, guint *n_pieces);

/* x w^T + bias: w [n, K], bias [n]. */
MonocleValue monocle_linear (MonocleGraph *graph, MonocleScope scope, MonocleValue x, guint n);

/**
 * MonocleLinearArgs:
 * @n: columns of the result, of each part
 * @n_others: columns of each part but the first; 0: @n as well
 * @parts: (array length=n_parts) (nullable): layers below the scope that read the same input; their
 *   results lie side by side. %NULL: the layer of the scope itself
 * @activation: of the sum
 * @residual: added after it; 0: nothing
 * @no_bias: none is stored
 * @is_kernel: the weight is stored as [K, n], under the name ".kernel", as flax has it
 */
typedef struct
{
  guint n, n_others;
  const char *const *parts;
  guint n_parts;
  MonocleActivation activation;
  MonocleValue residual;
  gboolean no_bias, is_kernel;
} MonocleLinearArgs;

MonocleValue monocle_linear_with (MonocleGraph *graph,
                                  MonocleScope scope,
                                  MonocleValue x,
                                  const MonocleLinearArgs *args);

/* A layer norm: weight, bias [C]. */
MonocleValue monocle_norm (MonocleGraph *graph, MonocleScope scope, MonocleValue x, float eps);

/* A norm by the mean square: weight [C], to which @offset is added. */
MonocleValue
monocle_norm_rms (MonocleGraph *graph, MonocleScope scope, MonocleValue x, float offset, float eps);

/* The same of heads: a weight [width] of each kind, below @scope under @parts. */
MonocleValue monocle_norm_rms_heads (MonocleGraph *graph,
                                     MonocleScope scope,
                                     const char *const parts[2],
                                     MonocleValue x,
                                     const MonocleHeads *heads,
                                     float offset,
                                     float eps);

/* x + depthwise convolution 3x3 of x: stored as weight [C, 1, 3, 3], bias [C]. */
MonocleValue monocle_depthwise (MonocleGraph *graph, MonocleScope scope, MonocleValue x);

/* A convolution of x [H, W, C]: stored as weight [n, C, kernel, kernel], bias [n]; result [H', W',
 * n]. */
MonocleValue monocle_convolution (MonocleGraph *graph,
                                  MonocleScope scope,
                                  MonocleValue x,
                                  guint n,
                                  guint kernel,
                                  guint stride,
                                  guint padding);

/* Whole patches of x [H, W, C], side by side: the same with kernels that do not overlap. @has_bias:
 * whether one is stored */
MonocleValue monocle_patches (MonocleGraph *graph,
                              MonocleScope scope,
                              MonocleValue x,
                              guint n,
                              guint kernel,
                              gboolean has_bias);

/* The same of a picture that is stored as several frames: weight [n, C, frames, kernel, kernel]. */
MonocleValue monocle_patches_of_frames (MonocleGraph *graph,
                                        MonocleScope scope,
                                        MonocleValue x,
                                        guint n,
                                        guint kernel,
                                        guint frames,
                                        gboolean has_bias);

/* Each row of x [T, C] spread over a patch of its own: a transposed convolution whose kernels do
 * not overlap, stored as weight [C, n, kernel, kernel], bias [n]; result [T * kernel * kernel, n],
 * the pixels of a patch one behind the other. */
MonocleValue monocle_spread (MonocleGraph *graph,
                             MonocleScope scope,
                             MonocleValue x,
                             guint n,
                             guint kernel,
                             MonocleActivation activation);

G_END_DECLS
