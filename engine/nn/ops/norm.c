/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms.
 */
#include "config.h"

#include "engine/nn/ops/norm.h"

#include "engine/nn/op-record.h"

typedef struct
{
  const MonocleTensor *x, *weight, *bias, *y; /* bias: of a layer norm alone */
  guint rows, columns;
  float eps, offset;
  guint n_heads, n_first, n_second; /* of a row: where rows are cut into heads */
} Norm;

static void
record (
    MonocleCommands *commands, const Norm *norm, MonocleKernelId kernel, guint lanes, guint groups)
{
  const layer_norm_params layer = { norm->rows, norm->columns / 4, norm->eps };
  const rms_norm_params rms = { norm->rows,    norm->columns / 4, norm->eps,     norm->offset,
                                norm->n_heads, norm->n_first,     norm->n_second };
  MonocleVkBinding bindings[4];
  guint n = 0;

  G_STATIC_ASSERT (sizeof (layer_norm_params) == sizeof (layer_norm_group_params));
  G_STATIC_ASSERT (sizeof (rms_norm_params) == sizeof (rms_norm_group_params));
  bindings[n++] = monocle_tensor_get_binding (norm->x);
  bindings[n++] = monocle_tensor_get_binding (norm->weight);
  if (norm->bias)
    bindings[n++] = monocle_tensor_get_binding (norm->bias);
  bindings[n++] = monocle_tensor_get_binding (norm->y);
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch){
                                  .kernel = kernel,
                                  .formats = monocle_op_get_formats (norm->x, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = bindings,
                                  .push = norm->bias ? (gconstpointer) &layer : &rms,
                              },
                              groups);
}

/* A row an invocation. */
static void
record_rows (MonocleCommands *commands, gconstpointer call)
{
  const Norm *norm = call;
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));

  record (commands, norm, norm->bias ? MONOCLE_KERNEL_layer_norm : MONOCLE_KERNEL_rms_norm, lanes,
          CEIL_DIV (norm->rows, lanes));
}

/* A row a workgroup. */
static void
record_group (MonocleCommands *commands, gconstpointer call)
{
  const Norm *norm = call;

  record (commands, norm,
          norm->bias ? MONOCLE_KERNEL_layer_norm_group : MONOCLE_KERNEL_rms_norm_group, NORM_LANES,
          norm->rows);
}

static const MonocleVariant layer_variants[] = {
  { MONOCLE_KERNEL_layer_norm, monocle_variant_for_software, record_rows },
  { MONOCLE_KERNEL_layer_norm_group, NULL, record_group },
};

static const MonocleVariant rms_variants[] = {
  { MONOCLE_KERNEL_rms_norm, monocle_variant_for_software, record_rows },
  { MONOCLE_KERNEL_rms_norm_group, NULL, record_group },
};

void
monocle_op_layer_norm (MonocleCommands *commands,
                       const MonocleTensor *x,
                       const MonocleTensor *weight,
                       const MonocleTensor *bias,
                       float eps,
                       const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (x);
  const Norm norm = { .x = x,
                      .weight = weight,
                      .bias = bias,
                      .y = y,
                      .rows = monocle_tensor_count_rows (x),
                      .columns = columns,
                      .eps = eps };

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_is_vector (weight, columns) && monocle_op_is_vector (bias, columns));

  monocle_variant_record (layer_variants, G_N_ELEMENTS (layer_variants), commands,
                          monocle_op_get_formats (x, NULL), &norm);
}

void
monocle_op_rms_norm (MonocleCommands *commands,
                     const MonocleTensor *x,
                     const MonocleTensor *weight,
                     float offset,
                     float eps,
                     const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (x);
  const Norm norm = { .x = x,
                      .weight = weight,
                      .y = y,
                      .rows = monocle_tensor_count_rows (x),
                      .columns = columns,
                      .eps = eps,
                      .offset = offset };

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_is_vector (weight, columns));

  monocle_variant_record (rms_variants, G_N_ELEMENTS (rms_variants), commands,
                          monocle_op_get_formats (x, NULL), &norm);
}

void
monocle_op_rms_norm_heads (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *weight,
                           const MonocleHeads *heads,
                           float offset,
                           float eps,
                           const MonocleTensor *y)
{
  const guint n_heads = monocle_tensor_get_columns (x) / heads->width;
  const Norm norm = { .x = x,
                      .weight = weight,
                      .y = y,
                      .rows = monocle_tensor_count_rows (x) * n_heads,
                      .columns = heads->width,
                      .eps = eps,
                      .offset = offset,
                      .n_heads = n_heads,
                      .n_first = heads->n_first,
                      .n_second = heads->n_second };

  g_assert (heads->width % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_columns (x) == n_heads * heads->width);
  g_assert (heads->n_first + heads->n_second <= n_heads);
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_is_vector (weight, 2 * heads->width));

  monocle_variant_record (rms_variants, G_N_ELEMENTS (rms_variants), commands,
                          monocle_op_get_formats (x, NULL), &norm);
}
