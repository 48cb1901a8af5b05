/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of matrix products: see kernel-cases.c.
 */
#include "config.h"

#include <string.h>

#include "kernel-cases.h"

#include "engine/nn/ops.h"
#include "engine/nn/ops/matmul-coop.h"

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
  MonocleMatmulCoopTile tile;   /* 0: as the op chooses */
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

  kernel_test_begin (t, "m %u n %u k %u flags %x activation %d tile %u x %u", m, n, k, shape->flags,
                     activation, shape->tile.rows, shape->tile.columns);
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

  monocle_op_matmul_in_tiles (t->commands, shape->tile.rows ? &shape->tile : NULL, &x, &w,
                              (shape->flags & WITH_BIAS) ? &bias : NULL,
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
  const gboolean addresses = t->gpu->traits.addresses;

  t->gpu->traits.addresses = FALSE;
  try_products (t, block_shapes, G_N_ELEMENTS (block_shapes), MONOCLE_LAYOUT_PACKED);
  try_activations (t, 3, 32, MONOCLE_LAYOUT_PACKED);
  try_pieces (t, &tall, MONOCLE_LAYOUT_PACKED, 40000);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 33, 96, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_PACKED);
  t->gpu->traits.addresses = addresses;
}

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

/* Rows one less and one more than a subgroup has, and fewer than one: the last is computed again.
 * Inputs of every length that is written out, and of several. */
static const ProductShape straight_shapes[] = {
  { 8, 8192, 64, 0 },
  { 65, 32, 36, WITH_BIAS },
  { 66, 48, 148, WITH_BIAS | WITH_GELU },
  { 9, 144, 1536, WITH_BIAS | WITH_RESIDUAL },
  { 1030, 64, 64, WITH_BIAS },
  { 257, 128, 128, WITH_BIAS | WITH_GELU },
  { 127, 192, 256, WITH_BIAS | WITH_RESIDUAL },
  { 33, 320, 512, WITH_RESIDUAL | IN_PLACE },
  { 69, 64, 960, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 590, 256, 1088, WITH_BIAS | WITH_GELU },
};

void
kernel_case_run_matmul_straight (KernelTest *t)
{
  static const ProductShape tall = { 809, 128, 192, WITH_BIAS | WITH_RESIDUAL };
  static const MonocleLayout layouts[] = { MONOCLE_LAYOUT_PACKED, MONOCLE_LAYOUT_ROWS };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      try_products (t, straight_shapes, G_N_ELEMENTS (straight_shapes), layouts[i]);
      try_pieces (t, &tall, layouts[i], 300000);
      for (guint j = MONOCLE_ACTIVATION_GELU_TANH; j <= MONOCLE_ACTIVATION_RELU_LAST; j++)
        try_product (t, &(ProductShape){ 1026, 64, 64, WITH_BIAS, j }, layouts[i]);
      try_product (t,
                   &(ProductShape){ 1026, 64, 64, WITH_BIAS | WITH_RESIDUAL | IN_PLACE,
                                    MONOCLE_ACTIVATION_RELU_LAST },
                   layouts[i]);
    }
  /* Of one length, and of two, the second of which starts from what is there. */
  try_columns (t, 1026, 64, 64, 8, 84);
  try_columns (t, 345, 64, 192, 12, 80);
}

static const ProductShape tile_shapes[] = {
  { 17, 4, 4, WITH_BIAS },
  { 31, 127, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 33, 33, 36, WITH_GELU },
  { 64, 128, 128, WITH_BIAS | WITH_GELU },
  { 127, 31, 128, WITH_BIAS | WITH_RESIDUAL },
  { 65, 1, 768, 0 },
};

/* Of each kind: subgroups side by side and below each other, one slice and two, shares of a slice
 * that are whole and that are not. */
static const MonocleMatmulCoopTile coop_tiles[] = {
  { 128, 128, 64, 32, 32, 1 }, { 64, 64, 32, 32, 32, 2 }, { 32, 64, 16, 32, 32, 2 },
  { 64, 64, 32, 32, 64, 1 },   { 16, 96, 16, 48, 16, 1 },
};
/* Those that a software device is done compiling within the day. */
static const MonocleMatmulCoopTile small_coop_tiles[] = {
  { 32, 16, 16, 8, 16, 2 },
  { 16, 48, 8, 16, 8, 1 },
};

/* Each dimension one less and one more than a tile, and one that is whole; inputs that are no whole
 * slice, nor pieces of 16 bytes. */
static void
try_coop_tile (KernelTest *t, const MonocleMatmulCoopTile *tile)
{
  const guint m = MAX (tile->rows, 32), n = tile->columns, k = tile->depth;
  const ProductShape shapes[] = {
    { m, n, k, 0, 0, *tile },
    { m, n, 2 * k, WITH_BIAS | WITH_GELU, 0, *tile },
    { m - 1, n + 1, 3 * k + 4, WITH_BIAS | WITH_RESIDUAL | IN_PLACE, 0, *tile },
    { m + 1, n - 1, k - 4, WITH_GELU, 0, *tile },
    { m + 1, n + 4, 4, WITH_BIAS | WITH_RESIDUAL, 0, *tile },
    { 17, 4, k + 8, WITH_BIAS | WITH_FLOATS, 0, *tile },
    { 2 * m - 3, 3, 12, WITH_BIAS | WITH_FLOATS, 0, *tile },
    { 3 * m, 2 * n, k + 4, WITH_RESIDUAL | WITH_BIAS | WITH_GELU | IN_PLACE, 0, *tile },
    { m - 1, n - 4, 20, WITH_BIAS | WITH_RESIDUAL, MONOCLE_ACTIVATION_RELU_LAST, *tile },
  };

  try_products (t, shapes, G_N_ELEMENTS (shapes), MONOCLE_LAYOUT_ROWS);
}

void
kernel_case_run_matmul_coop (KernelTest *t)
{
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape wide = { 20, 300, 128, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape large = { 1665, 1156, 36, WITH_BIAS | WITH_RESIDUAL };
  const gboolean is_software = monocle_matmul_coop_choose (&t->gpu->traits, 64, 64) == NULL;
  const MonocleMatmulCoopTile *tiles = is_software ? small_coop_tiles : coop_tiles;
  const guint n_tiles = is_software ? G_N_ELEMENTS (small_coop_tiles) : G_N_ELEMENTS (coop_tiles);
  const guint subgroup_size = t->gpu->traits.subgroup_size;

  for (guint i = 0; i < n_tiles; i++)
    if (monocle_matmul_coop_fits (&t->gpu->traits, &tiles[i]))
      try_coop_tile (t, &tiles[i]);
  /* A device whose subgroups are of another size than it says: more of them than tiles, fewer. */
  t->gpu->traits.subgroup_size = 2 * subgroup_size;
  try_coop_tile (t, &tiles[n_tiles - 1]);
  t->gpu->traits.subgroup_size = subgroup_size / 2;
  try_coop_tile (t, &tiles[n_tiles - 1]);
  t->gpu->traits.subgroup_size = subgroup_size;
  if (is_software)
    return;

  try_products (t, tile_shapes, G_N_ELEMENTS (tile_shapes), MONOCLE_LAYOUT_ROWS);
  try_activations (t, 33, 31, MONOCLE_LAYOUT_ROWS);
  try_activations (t, 33, 32, MONOCLE_LAYOUT_ROWS);
  try_pieces (t, &tall, MONOCLE_LAYOUT_ROWS, 40000);
  try_pieces (t, &wide, MONOCLE_LAYOUT_ROWS, 40000);
  try_product (t, &large, MONOCLE_LAYOUT_ROWS);
}

/* Weights in 8 or 4 bits: rows are whole groups of 32. One group, few, a number that divides by no
 * lanes, scales that begin anywhere in their four; sums of the longest rows; tiles that end in the
 * middle.
 */
static const ProductShape few_rows_groups_shapes[] = {
  { 1, 1, 32, WITH_BIAS },
  { 1, 127, 128, WITH_BIAS | WITH_GELU },
  { 2, 8, 64, WITH_RESIDUAL },
  { 3, 31, 96, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 8, 33, 576, WITH_BIAS | WITH_RESIDUAL },
  { 9, 65, 160, WITH_RESIDUAL },
  { 1, 768, 3072, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 1, 5129, 576, 0, MONOCLE_ACTIVATION_SILU },
};
static const ProductShape many_rows_groups_shapes[] = {
  { 17, 1, 32, WITH_BIAS },
  { 31, 127, 96, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 64, 128, 128, WITH_BIAS | WITH_GELU },
  { 65, 31, 576, WITH_BIAS | WITH_RESIDUAL },
};

void
kernel_case_run_matmul_tile (KernelTest *t)
{
  const MonocleVkMatrix matrix = t->gpu->traits.matrix;
  static const ProductShape packed_shape = { 33, 96, 36, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape wide = { 20, 300, 128, WITH_BIAS | WITH_RESIDUAL };

  /* Not what a device with matrices takes instead. */
  t->gpu->traits.matrix = (MonocleVkMatrix){ 0 };
  if (monocle_formats[t->weight].shared_bytes > 0)
    {
      try_products (t, many_rows_groups_shapes, G_N_ELEMENTS (many_rows_groups_shapes),
                    MONOCLE_LAYOUT_ROWS);
      try_columns (t, 17, 33, 96, 7, 127);
      t->gpu->traits.matrix = matrix;
      return;
    }
  try_products (t, tile_shapes, G_N_ELEMENTS (tile_shapes), MONOCLE_LAYOUT_ROWS);
  try_activations (t, 33, 31, MONOCLE_LAYOUT_ROWS);
  try_pieces (t, &tall, MONOCLE_LAYOUT_ROWS, 40000);
  try_pieces (t, &wide, MONOCLE_LAYOUT_ROWS, 40000);
  /* What a CPU device without room for texel views falls back to. */
  try_product (t, &packed_shape, MONOCLE_LAYOUT_PACKED);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 33, 33, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_ROWS);
  t->gpu->traits.matrix = matrix;
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

void
kernel_case_run_few_rows (KernelTest *t)
{
  const gboolean addresses = t->gpu->traits.addresses;

  t->gpu->traits.addresses = FALSE;
  if (monocle_formats[t->weight].shared_bytes > 0)
    {
      try_products (t, few_rows_groups_shapes, G_N_ELEMENTS (few_rows_groups_shapes),
                    MONOCLE_LAYOUT_ROWS);
      try_columns (t, 3, 33, 96, 7, 127);
      t->gpu->traits.addresses = addresses;
      return;
    }
  try_products (t, few_rows_shapes, G_N_ELEMENTS (few_rows_shapes), MONOCLE_LAYOUT_ROWS);
  try_activations (t, 3, 33, MONOCLE_LAYOUT_ROWS);
  if (t->store == MONOCLE_FORMAT_F16)
    try_product (t, &(ProductShape){ 3, 31, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_ROWS);
  try_columns (t, 3, 33, 32, 7, 127);
  t->gpu->traits.addresses = addresses;
}

/* Columns that are no whole subgroup's, nor workgroup's; inputs in one piece and in several; one
 * row more than share a reading. */
static const ProductShape vector_shapes[] = {
  { 1, 1031, 64, WITH_BIAS },
  { 1, 2050, 32, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 3, 129, 768, WITH_GELU },
  { 3, 96, 3072, WITH_BIAS | WITH_RESIDUAL | IN_PLACE },
  { 3, 96, 3072, WITH_BIAS | WITH_RESIDUAL, MONOCLE_ACTIVATION_RELU_LAST },
  { 4, 1100, 64, WITH_BIAS | WITH_RESIDUAL },
  { 2, 2048, 40, WITH_RESIDUAL },
  { 5, 1100, 64, WITH_BIAS },
  { 7, 90, 1536, WITH_BIAS | WITH_GELU },
  { 8, 134, 512, WITH_BIAS | WITH_RESIDUAL },
  { 9, 1026, 72, WITH_RESIDUAL | IN_PLACE },
};

void
kernel_case_run_matvec_straight (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (vector_shapes); i++)
    if (vector_shapes[i].k % monocle_formats[t->weight].block == 0)
      try_product (t, &vector_shapes[i], MONOCLE_LAYOUT_ROWS);
  for (guint i = MONOCLE_ACTIVATION_GELU_TANH; i <= MONOCLE_ACTIVATION_RELU_LAST; i++)
    try_product (t, &(ProductShape){ 3, 1032, 64, WITH_BIAS, i }, MONOCLE_LAYOUT_ROWS);
  try_columns (t, 3, 1033, 64, 7, 1127);
  try_columns (t, 3, 96, 3072, 7, 127);
}
