/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes: 1, 3, 31, 32, 33, 127, 128 where the op takes them (multiples of 4 where it needs them),
 * and a few of the model's own. Each shape draws its inputs from the test's generator, runs the op
 * and the reference, and compares.
 */
#include "config.h"

#include "kernel-cases.h"

#include <math.h>
#include <string.h>

#include "engine/nn/reference.h"

/* --- products ----------------------------------------------------------------------------- */

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
} ProductShape;

static void
try_product (KernelTest *t, const ProductShape *shape, MonocleLayout layout)
{
  const guint m = shape->m, n = shape->n, k = shape->k;
  const MonocleElement y_element = (shape->flags & WITH_FLOATS) ? MONOCLE_ELEMENT_F32 : t->store;
  float *x_values, *w_values, *bias_values, *residual_values;
  float *expected;
  MonocleTensor x, w, bias, residual, y;

  kernel_test_begin (t, "m %u n %u k %u flags %x", m, n, k, shape->flags);
  x = kernel_test_add_input (t, t->store, &x_values, 2, m, k);
  if (layout == MONOCLE_LAYOUT_PACKED)
    w = kernel_test_add_packed (t, t->weight, &w_values, n, k);
  else
    w = kernel_test_add_input (t, t->weight, &w_values, 2, n, k);
  bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, n);
  residual = kernel_test_add_input (t, t->store, &residual_values, 2, m, n);
  if (shape->flags & IN_PLACE)
    {
      y = residual;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, y_element, 2, m, n);

  monocle_op_matmul (t->commands, &x, &w, (shape->flags & WITH_BIAS) ? &bias : NULL,
                     (shape->flags & WITH_RESIDUAL) ? &residual : NULL,
                     (shape->flags & WITH_GELU) ? MONOCLE_ACTIVATION_GELU : MONOCLE_ACTIVATION_NONE,
                     &y);

  expected = kernel_test_new_floats (t, (gsize) m * n);
  monocle_reference_matmul (x_values, w_values, (shape->flags & WITH_BIAS) ? bias_values : NULL,
                            (shape->flags & WITH_RESIDUAL) ? residual_values : NULL,
                            (shape->flags & WITH_GELU) ? MONOCLE_ACTIVATION_GELU
                                                       : MONOCLE_ACTIVATION_NONE,
                            m, n, k, expected);
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
};

/* As on a device that lets a kernel see little of a buffer at once: the op must cut the product. */
static void
try_pieces (KernelTest *t, const ProductShape *shape, MonocleLayout layout, guint limit)
{
  const guint real_limit = t->gpu->info.limits.maxStorageBufferRange;

  t->gpu->info.limits.maxStorageBufferRange = limit;
  try_product (t, shape, layout);
  t->gpu->info.limits.maxStorageBufferRange = real_limit;
}

static void
run_matmul_block (KernelTest *t)
{
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };

  try_products (t, block_shapes, G_N_ELEMENTS (block_shapes), MONOCLE_LAYOUT_PACKED);
  try_pieces (t, &tall, MONOCLE_LAYOUT_PACKED, 40000);
  if (t->storage == MONOCLE_STORAGE_F16)
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

static void
run_matmul_tile (KernelTest *t)
{
  static const ProductShape packed_shape = { 33, 96, 36, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape tall = { 209, 96, 32, WITH_BIAS | WITH_RESIDUAL };
  static const ProductShape wide = { 20, 300, 128, WITH_BIAS | WITH_RESIDUAL };

  try_products (t, tile_shapes, G_N_ELEMENTS (tile_shapes), MONOCLE_LAYOUT_ROWS);
  try_pieces (t, &tall, MONOCLE_LAYOUT_ROWS, 40000);
  try_pieces (t, &wide, MONOCLE_LAYOUT_ROWS, 40000);
  /* What a CPU device without room for texel views falls back to. */
  try_product (t, &packed_shape, MONOCLE_LAYOUT_PACKED);
  if (t->storage == MONOCLE_STORAGE_F16)
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
  bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, n);
  y = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &y_values, 2, m, columns);
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

static void
run_few_rows (KernelTest *t)
{
  try_products (t, few_rows_shapes, G_N_ELEMENTS (few_rows_shapes), MONOCLE_LAYOUT_ROWS);
  if (t->storage == MONOCLE_STORAGE_F16)
    try_product (t, &(ProductShape){ 3, 31, 32, WITH_BIAS | WITH_FLOATS }, MONOCLE_LAYOUT_ROWS);
  try_columns (t, 3, 33, 32, 7, 127);
}

/* --- convolutions ------------------------------------------------------------------------- */

static void
run_im2col (KernelTest *t)
{
  /* height, width, channels, kernel, stride, padding */
  static const guint shapes[][6] = {
    { 1, 1, 3, 7, 4, 3 },     { 31, 33, 3, 7, 4, 3 }, { 12, 10, 4, 3, 2, 1 }, { 7, 9, 36, 3, 2, 1 },
    { 32, 32, 128, 3, 2, 1 }, { 5, 4, 1, 2, 1, 0 },   { 96, 96, 3, 7, 4, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const guint *s = shapes[i];
      const guint height = (s[0] + 2 * s[5] - s[3]) / s[4] + 1;
      const guint width = (s[1] + 2 * s[5] - s[3]) / s[4] + 1;
      const guint columns = (s[3] * s[3] * s[2] + 3) / 4 * 4;
      float *x_values, *expected;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u x %u x %u kernel %u stride %u padding %u", s[0], s[1], s[2], s[3],
                         s[4], s[5]);
      x = kernel_test_add_input (t, t->store, &x_values, 3, s[0], s[1], s[2]);
      y = kernel_test_add_output (t, t->store, 2, height * width, columns);
      monocle_op_im2col (t->commands, &x, s[3], s[4], s[5], &y);
      expected = kernel_test_new_floats (t, (gsize) height * width * columns);
      monocle_reference_im2col (x_values, s[0], s[1], s[2], s[3], s[4], s[5], expected);
      kernel_test_check (t, &y, expected, 0);
      kernel_test_end (t);
    }
}

static void
run_depthwise_conv (KernelTest *t)
{
  static const guint shapes[][3] = {
    { 1, 1, 4 },   { 3, 31, 4 },   { 31, 3, 36 },  { 33, 32, 12 },
    { 127, 2, 8 }, { 2, 128, 32 }, { 48, 48, 64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const guint *s = shapes[i];
      float *x_values, *w_values, *bias_values, *expected;
      MonocleTensor x, w, bias, y;

      kernel_test_begin (t, "%u x %u x %u", s[0], s[1], s[2]);
      x = kernel_test_add_input (t, t->store, &x_values, 3, s[0], s[1], s[2]);
      w = kernel_test_add_input (t, t->weight, &w_values, 2, 9, s[2]);
      bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, s[2]);
      y = kernel_test_add_output (t, t->store, 3, s[0], s[1], s[2]);
      monocle_op_depthwise_conv (t->commands, &x, &w, &bias, &y);
      expected = kernel_test_new_floats (t, (gsize) s[0] * s[1] * s[2]);
      monocle_reference_depthwise_conv (x_values, w_values, bias_values, s[0], s[1], s[2],
                                        expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- norms and means ---------------------------------------------------------------------- */

static void
try_layer_norm (KernelTest *t, guint rows, guint columns, float offset, gboolean in_place)
{
  float *x_values, *weight_values, *bias_values, *expected;
  MonocleTensor x, weight, bias, y;

  kernel_test_begin (t, "%u x %u around %g%s", rows, columns, (double) offset,
                     in_place ? " in place" : "");
  x = kernel_test_add_scaled (t, t->store, 1, offset, &x_values, 2, rows, columns);
  weight = kernel_test_add_scaled (t, MONOCLE_ELEMENT_F32, 0.5f, 1, &weight_values, 1, columns);
  bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, columns);
  if (in_place)
    {
      y = x;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, t->store, 2, rows, columns);
  monocle_op_layer_norm (t->commands, &x, &weight, &bias, 1e-5f, &y);
  expected = kernel_test_new_floats (t, (gsize) rows * columns);
  monocle_reference_layer_norm (x_values, weight_values, bias_values, rows, columns, 1e-5f,
                                expected);
  /* A mean of n times the deviation leaves an n times larger error. */
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t) * (1 + (double) offset));
  kernel_test_end (t);
}

static void
run_layer_norm (KernelTest *t)
{
  static const guint rows[] = { 1, 3, 31, 33, 128 };
  static const guint columns[] = { 4, 32, 36, 128, 768 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_layer_norm (t, rows[i], columns[j], 0, (i + j) % 2);
  try_layer_norm (t, 33, 128, 30, FALSE);
}

static void
run_mean_rows (KernelTest *t)
{
  static const guint rows[] = { 1, 3, 31, 33, 127, 128, 576 };
  static const guint columns[] = { 4, 36, 128, 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      {
        float *x_values, *expected;
        MonocleTensor x, y;

        kernel_test_begin (t, "%u x %u", rows[i], columns[j]);
        x = kernel_test_add_scaled (t, t->store, 1, 0.5f, &x_values, 2, rows[i], columns[j]);
        y = kernel_test_add_output (t, t->store, 2, 1, columns[j]);
        monocle_op_mean_rows (t->commands, &x, &y);
        expected = kernel_test_new_floats (t, columns[j]);
        monocle_reference_mean_rows (x_values, rows[i], columns[j], expected);
        kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
        kernel_test_end (t);
      }
}

/* --- attention ---------------------------------------------------------------------------- */

/* Queries and keys as products leave them: scores of a few units, so that the softmax has work. */
#define SCORE_SCALE 2.5f

static void
try_window_attention (
    KernelTest *t, guint height, guint width, guint heads, guint head_width, guint window)
{
  const guint channels = heads * head_width;
  float *qkv_values, *bias_values, *expected;
  MonocleTensor qkv, bias, y;

  kernel_test_begin (t, "%u x %u heads %u x %u window %u", height, width, heads, head_width,
                     window);
  qkv = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &qkv_values, 3, height, width,
                                3 * channels);
  bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, 3 * channels);
  y = kernel_test_add_output (t, t->store, 3, height, width, channels);
  monocle_op_window_attention (t->commands, &qkv, &bias, heads, window, &y);
  expected = kernel_test_new_floats (t, (gsize) height * width * channels);
  monocle_reference_window_attention (qkv_values, bias_values, height, width, heads, head_width,
                                      window, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
run_window_attention (KernelTest *t)
{
  try_window_attention (t, 12, 12, 1, 32, 12);
  try_window_attention (t, 24, 24, 4, 32, 12);
  try_window_attention (t, 13, 31, 2, 32, 12);
  try_window_attention (t, 1, 1, 1, 4, 3);
  try_window_attention (t, 7, 33, 3, 4, 3);
}

static void
try_channel_attention (KernelTest *t, guint tokens, guint groups, guint width)
{
  const guint channels = groups * width;
  const guint n_scratch = monocle_op_channel_attention_scratch (t->gpu, tokens, channels, groups);
  float *qkv_values, *expected;
  MonocleTensor qkv, scratch, y;

  kernel_test_begin (t, "%u tokens, groups %u x %u", tokens, groups, width);
  qkv = kernel_test_add_scaled (t, t->store, 1.5f, 0, &qkv_values, 2, tokens, 3 * channels);
  scratch = kernel_test_add_output (t, MONOCLE_ELEMENT_F32, 1, n_scratch);
  y = kernel_test_add_output (t, t->store, 2, tokens, channels);
  monocle_op_channel_attention (t->commands, &qkv, groups, &scratch, &y);
  expected = kernel_test_new_floats (t, (gsize) tokens * channels);
  monocle_reference_channel_attention (qkv_values, tokens, groups, width, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
run_channel_attention (KernelTest *t)
{
  try_channel_attention (t, 1, 1, 32);
  try_channel_attention (t, 3, 3, 32);
  try_channel_attention (t, 33, 1, 12);
  try_channel_attention (t, 127, 2, 32);
  try_channel_attention (t, 128, 3, 12);
  try_channel_attention (t, 576, 4, 32);
}

typedef struct
{
  guint batches, queries, keys, heads, width;
  gboolean causal, lengths;
} AttentionShape;

static void
try_attention (KernelTest *t, const AttentionShape *s)
{
  const guint channels = s->heads * s->width;
  /* Queries in a tensor of their own with a gap, keys and values side by side, as products of
   * merged weights leave them. */
  const guint q_row = channels + 4, kv_row = 2 * channels;
  float *q_values, *kv_values, *expected;
  guint32 *lengths_values;
  MonocleTensor lengths;
  MonocleAttention attention = {
    .q_first = 4,
    .v_first = channels,
    .q_row_stride = q_row,
    .kv_row_stride = kv_row,
    .q_batch_stride = s->queries * q_row,
    .kv_batch_stride = s->keys * kv_row,
    .n_batches = s->batches,
    .n_queries = s->queries,
    .n_keys = s->keys,
    .n_heads = s->heads,
    .head_width = s->width,
    .causal = s->causal,
  };

  kernel_test_begin (t, "%u x %u queries, %u keys, heads %u x %u%s%s", s->batches, s->queries,
                     s->keys, s->heads, s->width, s->causal ? ", causal" : "",
                     s->lengths ? ", lengths" : "");
  attention.q = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &q_values, 3, s->batches,
                                        s->queries, q_row);
  attention.k = kernel_test_add_input (t, t->store, &kv_values, 3, s->batches, s->keys, kv_row);
  attention.v = attention.k;
  lengths = kernel_test_add_integers (t, s->keys, &lengths_values, 1, s->batches);
  for (guint b = 0; b < s->batches; b++)
    lengths_values[b] += 1;
  kernel_test_set_integers (t, &lengths, lengths_values);
  /* Keys past the length may be anything. */
  if (s->lengths)
    {
      for (guint b = 0; b < s->batches; b++)
        for (guint i = lengths_values[b] * kv_row; i < s->keys * kv_row; i++)
          kv_values[b * s->keys * kv_row + i] = NAN;
      kernel_test_set_floats (t, &attention.k, kv_values);
      attention.lengths = &lengths;
    }
  attention.y = kernel_test_add_output (t, t->store, 3, s->batches, s->queries, channels);
  monocle_op_attention (t->commands, &attention);
  expected = kernel_test_new_floats (t, (gsize) s->batches * s->queries * channels);
  monocle_reference_attention (q_values, kv_values, kv_values, &attention,
                               s->lengths ? lengths_values : NULL, expected);
  kernel_test_check (t, &attention.y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static const AttentionShape few_queries_shapes[] = {
  { 1, 1, 1, 1, 64, FALSE, FALSE },    { 1, 4, 3, 2, 64, FALSE, FALSE },
  { 3, 4, 33, 2, 64, FALSE, TRUE },    { 1, 31, 31, 3, 64, TRUE, FALSE },
  { 2, 33, 127, 1, 64, FALSE, FALSE }, { 1, 128, 128, 1, 64, TRUE, TRUE },
  { 1, 4, 585, 12, 64, FALSE, FALSE }, { 2, 32, 32, 3, 20, TRUE, FALSE },
};

static void
run_attention (KernelTest *t)
{
  if (t->gpu->block_kernels)
    for (guint i = 0; i < G_N_ELEMENTS (few_queries_shapes); i++)
      try_attention (t, &few_queries_shapes[i]);
  else
    {
      try_attention (t, &(AttentionShape){ 2, 128, 33, 16, 20, FALSE, TRUE });
      try_attention (t, &(AttentionShape){ 1, 129, 129, 32, 20, TRUE, FALSE });
    }
}

static void
run_attention_group (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (few_queries_shapes); i++)
    try_attention (t, &few_queries_shapes[i]);
}

/* Rows are at different places: row r is @here - r % 3 places in, as far as there are so many. */
static void
try_cached_attention (
    KernelTest *t, guint rows, guint n, guint places, guint here, guint heads, guint width)
{
  const guint channels = heads * width;
  float *qkv_values, *key_values, *value_values, *expected;
  guint32 *ancestor_values, *place_values;
  MonocleCachedAttention a = { .n_tokens = n, .n_heads = heads };

  kernel_test_begin (t, "%u rows, %u at place %u of %u, heads %u x %u", rows, n, here, places,
                     heads, width);
  a.qkv = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &qkv_values, 2, rows * n,
                                  3 * channels);
  a.keys = kernel_test_add_input (t, t->store, &key_values, 3, rows, places, channels);
  a.values = kernel_test_add_input (t, t->store, &value_values, 3, rows, places, channels);
  a.ancestors = kernel_test_add_integers (t, rows, &ancestor_values, 2, rows, places);
  a.place = kernel_test_add_integers (t, 1, &place_values, 1, rows);
  for (guint r = 0; r < rows; r++)
    place_values[r] = here - MIN (here, r % 3);
  kernel_test_set_integers (t, &a.place, place_values);
  /* Places behind the last one of any row hold nothing yet, and nobody looks at those of another row
   * that this step writes. */
  for (guint r = 0; r < rows; r++)
    for (guint i = 0; i < places; i++)
      {
        if (i + 2 >= here)
          ancestor_values[r * places + i] = i < place_values[r] ? r : G_MAXUINT32;
        for (guint c = 0; i >= here && c < channels; c++)
          key_values[(r * places + i) * channels + c]
              = value_values[(r * places + i) * channels + c] = NAN;
      }
  kernel_test_set_integers (t, &a.ancestors, ancestor_values);
  kernel_test_set_floats (t, &a.keys, key_values);
  kernel_test_set_floats (t, &a.values, value_values);
  kernel_test_allow_writing (t, &a.keys);
  kernel_test_allow_writing (t, &a.values);
  a.y = kernel_test_add_output (t, t->store, 2, rows * n, channels);
  monocle_op_cached_attention (t->commands, &a);

  expected = kernel_test_new_floats (t, (gsize) rows * n * channels);
  monocle_reference_cached_attention (&a, qkv_values, key_values, value_values, ancestor_values,
                                      place_values, expected);
  kernel_test_check (t, &a.y, expected, kernel_test_get_limit (t));

  /* The new places are written; what is still empty stays NaN, on both sides. */
  kernel_test_check (t, &a.keys, key_values, 0);
  kernel_test_check (t, &a.values, value_values, 0);
  kernel_test_end (t);
}

static void
run_cached_attention (KernelTest *t)
{
  try_cached_attention (t, 1, 1, 1, 0, 1, 64);
  try_cached_attention (t, 3, 1, 8, 3, 2, 64);
  try_cached_attention (t, 9, 1, 40, 31, 1, 20);
  try_cached_attention (t, 3, 1, 130, 127, 3, 64);
  try_cached_attention (t, 3, 1, 330, 300, 2, 20);

  /* Several tokens at once: all there is room for, behind others, more than lanes. */
  try_cached_attention (t, 1, 5, 5, 0, 2, 64);
  try_cached_attention (t, 3, 7, 20, 12, 1, 20);
  try_cached_attention (t, 2, 70, 140, 66, 2, 64);
}

/* --- embeddings --------------------------------------------------------------------------- */

static void
try_embed (KernelTest *t,
           guint tokens,
           guint columns,
           guint first_id,
           gboolean per_row,
           gboolean with_place)
{
  const guint real_limit = t->gpu->info.limits.maxStorageBufferRange;
  const guint n_ids = 133, n_positions = 2 + 5 + tokens;
  float *table_values, *position_values, *y_values, *expected;
  guint32 *id_values, *place_values;
  MonocleTensor ids, table, positions, place, y;

  kernel_test_begin (t, "%u x %u, ids from %u%s%s", tokens, columns, first_id,
                     per_row ? ", per row" : "", with_place ? ", place" : "");
  ids = kernel_test_add_integers (t, n_ids + 9, &id_values, 1, tokens);
  table = kernel_test_add_input (t, t->weight, &table_values, 2, n_ids, columns);
  positions = kernel_test_add_input (t, t->weight, &position_values, 2, n_positions, columns);
  place = kernel_test_add_integers (t, 5, &place_values, 1, tokens);
  y = kernel_test_add_input (t, t->store, &y_values, 2, tokens, columns);
  kernel_test_allow_writing (t, &y);
  /* So little that the table must be looked up in pieces. */
  t->gpu->info.limits.maxStorageBufferRange
      = MAX (64, n_positions) * columns * (guint) sizeof (float);
  monocle_op_embed (t->commands, &ids, &table, first_id, &positions, 2, per_row,
                    with_place ? &place : NULL, &y);
  t->gpu->info.limits.maxStorageBufferRange = real_limit;
  expected = kernel_test_new_floats (t, (gsize) tokens * columns);
  memcpy (expected, y_values, sizeof (float) * tokens * columns);
  monocle_reference_embed (id_values, table_values, first_id, n_ids, position_values, 2, per_row,
                           with_place ? place_values : NULL, tokens, columns, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
run_embed (KernelTest *t)
{
  static const guint tokens[] = { 1, 3, 31, 128 };
  static const guint columns[] = { 4, 36, 768 };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_embed (t, tokens[i], columns[j], i % 2 ? 9 : 0, j % 2, (i + j) % 2);
}

static void
run_add_positions (KernelTest *t)
{
  static const guint shapes[][5] = {
    /* shared, batches, tokens, columns, first row */
    { 1, 1, 1, 4, 0 },     { 1, 3, 31, 36, 2 },   { 0, 3, 33, 32, 1 },
    { 0, 1, 127, 768, 0 }, { 1, 2, 577, 128, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const guint *s = shapes[i];
      const guint batch_rows = s[2] + s[4] + 3;
      float *x_values, *position_values, *y_values, *expected;
      MonocleTensor x, positions, y;

      kernel_test_begin (t, "%s %u x %u x %u", s[0] ? "shared" : "own", s[1], s[2], s[3]);
      x = s[0] ? kernel_test_add_input (t, t->store, &x_values, 2, s[2], s[3])
               : kernel_test_add_input (t, t->store, &x_values, 3, s[1], s[2], s[3]);
      positions = kernel_test_add_input (t, t->weight, &position_values, 2, s[2] + 2, s[3]);
      y = kernel_test_add_input (t, t->store, &y_values, 3, s[1], batch_rows, s[3]);
      kernel_test_allow_writing (t, &y);
      monocle_op_add_positions (t->commands, &x, &positions, 2, s[1], s[4], batch_rows, &y);
      expected = kernel_test_new_floats (t, (gsize) s[1] * batch_rows * s[3]);
      memcpy (expected, y_values, sizeof (float) * s[1] * batch_rows * s[3]);
      monocle_reference_add_positions (x_values, s[0], position_values, 2, s[1], s[2], s[3], s[4],
                                       batch_rows, expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

static void
run_image_positions (KernelTest *t)
{
  static const guint shapes[][4] = {
    /* height, width, channels, of them from the columns */
    { 1, 1, 4, 2 },
    { 3, 31, 36, 18 },
    { 33, 3, 12, 5 },
    { 24, 24, 1024, 512 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const guint *s = shapes[i];
      float *x_values, *column_values, *row_values, *temporal_values, *expected;
      MonocleTensor x, columns, rows, temporal, y;

      kernel_test_begin (t, "%u x %u x %u, %u from columns", s[0], s[1], s[2], s[3]);
      x = kernel_test_add_input (t, t->store, &x_values, 3, s[0], s[1], s[2]);
      columns = kernel_test_add_input (t, t->weight, &column_values, 2, 50, s[3]);
      rows = kernel_test_add_input (t, t->weight, &row_values, 2, 50, s[2] - s[3]);
      temporal = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &temporal_values, 1, s[2]);
      y = kernel_test_add_output (t, t->store, 3, s[0], s[1], s[2]);
      monocle_op_image_positions (t->commands, &x, &columns, &rows, &temporal, &y);
      expected = kernel_test_new_floats (t, (gsize) s[0] * s[1] * s[2]);
      monocle_reference_image_positions (x_values, column_values, row_values, temporal_values, s[0],
                                         s[1], s[2], s[3], expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- top-k and conversion ----------------------------------------------------------------- */

static void
try_top_k (KernelTest *t, guint rows, guint n, guint k, gboolean with_bias, gboolean with_ties)
{
  const guint max_banned = 5;
  float *logit_values, *bias_values, *log_probabilities, *got;
  guint32 *banned_values, *n_banned_values, *ids, *got_ids;
  const guint32 *pairs;
  MonocleTensor logits, bias, banned, n_banned, scratch, y, results;
  double error;
  gsize worst;

  kernel_test_begin (t, "%u x %u k %u%s%s", rows, n, k, with_bias ? ", bias" : "",
                     with_ties ? ", ties" : "");
  logits = kernel_test_add_scaled (t, MONOCLE_ELEMENT_F32, 8, 0, &logit_values, 2, rows, n);
  bias = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &bias_values, 1, n);
  if (with_ties)
    {
      for (guint i = 0; i < rows * n; i++)
        logit_values[i] = floorf (logit_values[i]);
      for (guint i = 0; i < n; i++)
        bias_values[i] = floorf (bias_values[i]);
      kernel_test_set_floats (t, &logits, logit_values);
      kernel_test_set_floats (t, &bias, bias_values);
    }
  banned = kernel_test_add_integers (t, n, &banned_values, 2, rows, 2 * max_banned);
  n_banned = kernel_test_add_integers (t, max_banned + 1, &n_banned_values, 1, rows);
  /* The best one of each row is banned. */
  for (guint r = 0; r < rows; r++)
    {
      guint best = 0;

      for (guint i = 1; i < n; i++)
        if (logit_values[r * n + i] > logit_values[r * n + best])
          best = i;
      banned_values[r * 2 * max_banned] = best;
      banned_values[r * 2 * max_banned + 1] = MIN (best + 3, n - 1);
    }
  kernel_test_set_integers (t, &banned, banned_values);
  scratch = kernel_test_add_output (t, MONOCLE_ELEMENT_F32, 1,
                                    monocle_op_top_k_scratch (t->gpu, rows, n, k));
  y = kernel_test_add_output (t, MONOCLE_ELEMENT_U32, 2, rows, 2 * k);
  monocle_op_top_k (t->commands, &logits, with_bias ? &bias : NULL, &banned, &n_banned, k, &scratch,
                    &y);

  ids = g_new (guint32, rows * k);
  g_ptr_array_add (t->values, ids);
  got_ids = g_new (guint32, rows * k);
  g_ptr_array_add (t->values, got_ids);
  got = kernel_test_new_floats (t, rows * k);
  log_probabilities = kernel_test_new_floats (t, rows * k);
  monocle_reference_top_k (logit_values, with_bias ? bias_values : NULL, banned_values,
                           n_banned_values, max_banned, rows, n, k, ids, log_probabilities);

  /* Ids and log-probabilities lie in pairs; the checks want them one after the other. */
  pairs = (const guint32 *) kernel_test_get_bytes (t, &y);
  for (guint i = 0; i < rows * k; i++)
    {
      got_ids[i] = pairs[2 * i];
      memcpy (&got[i], &pairs[2 * i + 1], sizeof (float));
      if (ids[i] == G_MAXUINT32)
        got[i] = log_probabilities[i] = 0;
    }
  results = y;
  results.dims[1] = k;
  memcpy (t->after + y.offset, got_ids, sizeof (guint32) * rows * k);
  kernel_test_check_integers (t, &results, ids);
  error = kernel_test_compare (got, log_probabilities, rows * k, &worst);
  if (!(error <= 1e-6))
    kernel_test_fail (
        t, "error %g of log-probabilities, worst at %" G_GSIZE_FORMAT ": got %.9g, expected %.9g",
        error, worst, (double) got[worst], (double) log_probabilities[worst]);
  kernel_test_end (t);
}

static void
run_top_k (KernelTest *t)
{
  try_top_k (t, 1, 1, 6, FALSE, FALSE);
  try_top_k (t, 3, 3, 6, TRUE, FALSE);
  try_top_k (t, 3, 33, 6, FALSE, TRUE);
  try_top_k (t, 9, 1025, 6, TRUE, TRUE);
  try_top_k (t, 3, 51289, 6, TRUE, FALSE);
  try_top_k (t, 2, 51289, 6, TRUE, TRUE);
  try_top_k (t, 1, 127, 1, FALSE, FALSE);
  try_top_k (t, 2, 4000, MONOCLE_OP_TOP_K_MAX, TRUE, TRUE);
}

static void
run_convert (KernelTest *t)
{
  static const guint counts[] = { 1, 3, 31, 32, 33, 127, 128, 100003 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      float *x_values;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u", counts[i]);
      x = kernel_test_add_input (t, MONOCLE_ELEMENT_F32, &x_values, 1, counts[i]);
      y = kernel_test_add_output (t, t->store, 1, counts[i]);
      monocle_op_convert (t->commands, &x, &y);
      kernel_test_check (t, &y, x_values, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- the table ---------------------------------------------------------------------------- */

#define BOTH (KERNEL_CASE_BLOCK | KERNEL_CASE_GPU)
#define CASE(kernel, devices, flags, run)                                                          \
  {                                                                                                \
#kernel, devices, flags, run                                                                   \
  }

const KernelCase kernel_cases[] = {
  CASE (matmul_block, KERNEL_CASE_BLOCK, KERNEL_CASE_WEIGHTS, run_matmul_block),
  CASE (matmul_tile, KERNEL_CASE_GPU, KERNEL_CASE_WEIGHTS, run_matmul_tile),
  CASE (matvec_block, KERNEL_CASE_BLOCK, KERNEL_CASE_WEIGHTS, run_few_rows),
  CASE (matvec, KERNEL_CASE_GPU, KERNEL_CASE_WEIGHTS, run_few_rows),
  CASE (im2col, BOTH, 0, run_im2col),
  CASE (depthwise_conv, BOTH, KERNEL_CASE_WEIGHTS, run_depthwise_conv),
  CASE (layer_norm, KERNEL_CASE_BLOCK, 0, run_layer_norm),
  CASE (layer_norm_group, KERNEL_CASE_GPU, 0, run_layer_norm),
  CASE (window_attention, KERNEL_CASE_BLOCK, 0, run_window_attention),
  CASE (window_attention_group, KERNEL_CASE_GPU, 0, run_window_attention),
  CASE (channel_attention_scores, KERNEL_CASE_BLOCK, 0, run_channel_attention),
  CASE (channel_attention_softmax, KERNEL_CASE_GPU, 0, run_channel_attention),
  CASE (channel_attention_apply, KERNEL_CASE_BLOCK, 0, run_channel_attention),
  CASE (attention, BOTH, 0, run_attention),
  CASE (attention_group, KERNEL_CASE_GPU, 0, run_attention_group),
  CASE (cached_attention, KERNEL_CASE_BLOCK, 0, run_cached_attention),
  CASE (cached_attention_group, KERNEL_CASE_GPU, 0, run_cached_attention),
  CASE (embed, BOTH, KERNEL_CASE_WEIGHTS, run_embed),
  CASE (add_positions, BOTH, KERNEL_CASE_WEIGHTS, run_add_positions),
  CASE (image_positions, BOTH, KERNEL_CASE_WEIGHTS, run_image_positions),
  CASE (mean_rows, BOTH, 0, run_mean_rows),
  CASE (top_k, BOTH, KERNEL_CASE_FLOAT, run_top_k),
  CASE (top_k_merge, BOTH, KERNEL_CASE_FLOAT, run_top_k),
  CASE (convert, BOTH, 0, run_convert),
};
const guint n_kernel_cases = G_N_ELEMENTS (kernel_cases);
