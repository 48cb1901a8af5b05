/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of matrix products: see kernel-cases.c.
 */
#include "config.h"

#include <string.h>

#include "kernel-cases.h"

#include "engine/nn/ops.h"

typedef enum
{
  WITH_BIAS = 1 << 0,
  WITH_RESIDUAL = 1 << 1,
  WITH_GELU = 1 << 2,
  WITH_FLOATS = 1 << 3, /* y holds floats whatever the storage */
  IN_PLACE = 1 << 4,    /* the residual is y */
} ProductFlags;

typedef struct
{
  guint m, n, k;
  ProductFlags flags;
  MonocleActivation activation; /* other than GELU */
} ProductShape;

static void
try_product (KernelTest *t, const ProductShape *shape, MonocleLayout layout)
{
  const guint m = shape->m, n = shape->n, k = shape->k;
  const MonocleFormatId y_format = (shape->flags & WITH_FLOATS) ? MONOCLE_FORMAT_F32 : t->store;
  const MonocleActivation activation
      = (shape->flags & WITH_GELU) ? MONOCLE_ACTIVATION_GELU : shape->activation;
  float *x_values, *w_values, *bias_values, *residual_values;
  float *expected;
  MonocleTensor x, w, bias, residual, y;

  kernel_test_begin (t, "m %u n %u k %u flags %x activation %d", m, n, k, shape->flags, activation);
  x = kernel_test_add_input (t, t->store, &x_values, 2, m, k);
  if (layout == MONOCLE_LAYOUT_PACKED)
    w = kernel_test_add_packed (t, t->weight, &w_values, n, k);
  else
    w = kernel_test_add_input (t, t->weight, &w_values, 2, n, k);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, n);
  residual = kernel_test_add_input (t, t->store, &residual_values, 2, m, n);
  if (shape->flags & IN_PLACE)
    {
      y = residual;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, y_format, 2, m, n);

  monocle_op_matmul (t->commands, &x, &w, (shape->flags & WITH_BIAS) ? &bias : NULL,
                     (shape->flags & WITH_RESIDUAL) ? &residual : NULL, activation, &y);

  expected = kernel_test_new_floats (t, (gsize) m * n);
  monocle_reference_matmul (x_values, w_values, (shape->flags & WITH_BIAS) ? bias_values : NULL,
                            (shape->flags & WITH_RESIDUAL) ? residual_values : NULL, activation, m,
                            n, k, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
try_products (KernelTest *t, const ProductShape *shapes, guint n, MonocleLayout layout)
{
  for (guint i = 0; i < n; i++)
    try_product (t, &shapes[i], layout);
}

/* Few different tiles, since each takes the driver half a second to compile; together they have
 * every size of tile in one of its dimensions. */
static const ProductShape block_shapes[] = {
  { 1, 4, 4, WITH_BIAS },
  { 3, 32, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 8, 60, 36, 0 },
  { 31, 128, 128, WITH_BIAS },
  { 32, 128, 128, WITH_RESIDUAL },
  { 33, 96, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 127, 384, 128, WITH_BIAS },
  { 128, 128, 512, WITH_BIAS | WITH_RESIDUAL },
  { 590, 768, 128, WITH_BIAS },
  { 20, 96, 256, WITH_BIAS | WITH_GELU },
  { 1, 768, 1024, 0 },
  /* Columns that are no whole number of texels. */
  { 33, 1, 32, WITH_BIAS },
  { 32, 91, 36, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 127, 130, 32, WITH_GELU },
};

/* Sums of up to a few units either way, with a bias before and a residual after. */
static void
try_activations (KernelTest *t, guint m, guint n, MonocleLayout layout)
{
  for (guint i = MONOCLE_ACTIVATION_GELU_TANH; i <= MONOCLE_ACTIVATION_RELU_LAST; i++)
    try_product (t, &(ProductShape){ m, n, 36, WITH_BIAS | WITH_RESIDUAL, i }, layout);
}

/* As on a device that lets a kernel see little of a buffer at once: the op must cut the product. */
static void
try_pieces (KernelTest *t, const ProductShape *shape, MonocleLayout layout, guint limit)
{
  const guint64 real_limit = t->gpu->traits.max_binding_bytes;

  t->gpu->traits.max_binding_bytes = limit;
  try_product (t, shape, layout);
  t->gpu->traits.max_binding_bytes = real_limit;
}

void
kernel_case_run_matmul_block (KernelTest *t)
{
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };

  try_products (t, block_shapes, G_N_ELEMENTS (block_shapes), MONOCLE_LAYOUT_PACKED);
  try_activations (t, 3, 32, MONOCLE_LAYOUT_PACKED);
  try_pieces (t, &tall, MONOCLE_LAYOUT_PACKED, 40000);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 33, 96, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_PACKED);
}

static const ProductShape tile_shapes[] = {
  { 17, 4, 4, WITH_BIAS },
  { 31, 127, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 33, 33, 36, WITH_GELU },
  { 64, 128, 128, WITH_BIAS | WITH_GELU },
  { 127, 31, 128, WITH_BIAS | WITH_RESIDUAL },
  { 65, 1, 768, 0 },
};

void
kernel_case_run_matmul_tile (KernelTest *t)
{
  static const ProductShape packed_shape = { 33, 96, 36, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape wide = { 20, 300, 128, WITH_BIAS | WITH_RESIDUAL };

  try_products (t, tile_shapes, G_N_ELEMENTS (tile_shapes), MONOCLE_LAYOUT_ROWS);
  try_activations (t, 33, 31, MONOCLE_LAYOUT_ROWS);
  try_pieces (t, &tall, MONOCLE_LAYOUT_ROWS, 40000);
  try_pieces (t, &wide, MONOCLE_LAYOUT_ROWS, 40000);
  /* What a CPU device without room for texel views falls back to. */
  try_product (t, &packed_shape, MONOCLE_LAYOUT_PACKED);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 33, 33, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_ROWS);
}

static const ProductShape few_rows_shapes[] = {
  { 1, 1, 4, WITH_BIAS },
  { 1, 127, 128, WITH_BIAS | WITH_GELU },
  { 3, 31, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 3, 129, 36, 0 },
  { 8, 33, 128, WITH_BIAS | WITH_RESIDUAL },
  { 9, 128, 128, WITH_RESIDUAL },
  { 1, 768, 3072, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 3, 3072, 768, WITH_BIAS | WITH_GELU },
  { 3, 5129, 768, 0 },
};

static void
try_columns (KernelTest *t, guint m, guint n, guint k, guint first, guint columns)
{
  float *x_values, *w_values, *bias_values, *y_values, *part, *expected;
  MonocleTensor x, w, bias, y;

  kernel_test_begin (t, "m %u k %u columns %u + %u of %u", m, k, first, n, columns);
  x = kernel_test_add_input (t, t->store, &x_values, 2, m, k);
  w = kernel_test_add_input (t, t->weight, &w_values, 2, n, k);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, n);
  y = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &y_values, 2, m, columns);
  kernel_test_allow_writing (t, &y);
  monocle_op_matmul_columns (t->commands, &x, &w, &bias, first, &y);

  part = kernel_test_new_floats (t, (gsize) m * n);
  expected = kernel_test_new_floats (t, (gsize) m * columns);
  monocle_reference_matmul (x_values, w_values, bias_values, NULL, MONOCLE_ACTIVATION_NONE, m, n, k,
                            part);
  memcpy (expected, y_values, sizeof (float) * m * columns);
  for (guint i = 0; i < m; i++)
    memcpy (expected + i * columns + first, part + i * n, n * sizeof (float));
  kernel_test_check (t, &y, expected, 1e-6);
  kernel_test_end (t);
}

void
kernel_case_run_few_rows (KernelTest *t)
{
  try_products (t, few_rows_shapes, G_N_ELEMENTS (few_rows_shapes), MONOCLE_LAYOUT_ROWS);
  try_activations (t, 3, 33, MONOCLE_LAYOUT_ROWS);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 3, 31, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_ROWS);
  try_columns (t, 3, 33, 32, 7, 127);
}
