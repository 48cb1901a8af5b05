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

void
kernel_case_run_unviewed (KernelTest *t, void (*run) (KernelTest *t))
{
  const guint64 max_texels = t->gpu->traits.max_texels;

  t->gpu->traits.max_texels = 0;
  run (t);
  t->gpu->traits.max_texels = max_texels;
}

/* --- convolutions ------------------------------------------------------------------------- */

static void
run_im2col (KernelTest *t)
{
  static const struct
  {
    guint height, width, channels;
    MonocleConvolution convolution;
  } shapes[] = {
    { 1, 1, 3, { 7, 4, 3 } },
    { 31, 33, 3, { 7, 4, 3 } },
    { 12, 10, 4, { 3, 2, 1 } },
    { 7, 9, 36, { 3, 2, 1 } },
    { 32, 32, 128, { 3, 2, 1 } },
    { 5, 4, 1, { 2, 1, 0 } },
    { 96, 96, 3, { 7, 4, 3 } },
    /* Twice as large, as of decoders of pictures; zeros on two sides alone, as of their encoders.
     */
    { 5, 4, 36, { 3, 1, 1, .enlarge = 2 } },
    { 5, 7, 3, { 3, 2, 1, .enlarge = 3 } },
    { 8, 6, 20, { 3, 2, 0, .after = 1 } },
    { 8, 6, 1, { 3, 2, 1, .after = 2, .enlarge = 2 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const MonocleConvolution *c = &shapes[i].convolution;
      const guint height = shapes[i].height, width = shapes[i].width, channels = shapes[i].channels;
      const guint times = MAX (c->enlarge, 1);
      const guint rows = (height * times + 2 * c->padding + c->after - c->kernel) / c->stride + 1;
      const guint columns = (width * times + 2 * c->padding + c->after - c->kernel) / c->stride + 1;
      const guint numbers = (c->kernel * c->kernel * channels + 3) / 4 * 4;
      float *x_values, *expected;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u x %u x %u kernel %u stride %u padding %u + %u enlarged %u", height,
                         width, channels, c->kernel, c->stride, c->padding, c->after, c->enlarge);
      x = kernel_test_add_input (t, t->store, &x_values, 3, height, width, channels);
      y = kernel_test_add_output (t, t->store, 2, rows * columns, numbers);
      monocle_op_im2col (t->commands, &x, c, 0, &y);
      expected = kernel_test_new_floats (t, (gsize) rows * columns * numbers);
      monocle_reference_im2col (x_values, height, width, channels, c, expected);
      kernel_test_check (t, &y, expected, 0);
      kernel_test_end (t);
    }
  kernel_case_run_convolve (t);
}

static void
run_im2col_unviewed (KernelTest *t)
{
  kernel_case_run_unviewed (t, run_im2col);
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
      bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, s[2]);
      y = kernel_test_add_output (t, t->store, 3, s[0], s[1], s[2]);
      monocle_op_depthwise_conv (t->commands, &x, &w, &bias, &y);
      expected = kernel_test_new_floats (t, (gsize) s[0] * s[1] * s[2]);
      monocle_reference_depthwise_conv (x_values, w_values, bias_values, s[0], s[1], s[2],
                                        expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

static void
run_depthwise_conv_unviewed (KernelTest *t)
{
  kernel_case_run_unviewed (t, run_depthwise_conv);
}

/* --- means -------------------------------------------------------------------------------- */

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

/* --- embeddings --------------------------------------------------------------------------- */

static void
try_embed (KernelTest *t,
           guint tokens,
           guint columns,
           guint first_id,
           gboolean per_row,
           gboolean with_place,
           gboolean with_positions)
{
  const guint64 real_limit = t->gpu->traits.max_binding_bytes;
  const guint n_ids = 133, n_positions = 2 + 5 + tokens;
  const float scale = per_row ? 1 : 1.5f;
  float *table_values, *position_values, *y_values, *expected;
  guint32 *id_values, *place_values;
  MonocleTensor ids, table, positions, place, y;

  kernel_test_begin (t, "%u x %u, ids from %u%s%s%s", tokens, columns, first_id,
                     per_row ? ", per row" : "", with_place ? ", place" : "",
                     with_positions ? "" : ", no positions");
  ids = kernel_test_add_integers (t, n_ids + 9, &id_values, 1, tokens);
  table = kernel_test_add_input (t, t->weight, &table_values, 2, n_ids, columns);
  positions = kernel_test_add_input (t, with_positions ? t->weight : MONOCLE_FORMAT_F32,
                                     &position_values, 2, n_positions, columns);
  place = kernel_test_add_integers (t, 5, &place_values, 1, tokens);
  y = kernel_test_add_input (t, t->store, &y_values, 2, tokens, columns);
  kernel_test_allow_writing (t, &y);
  /* So little that the table must be looked up in pieces. */
  t->gpu->traits.max_binding_bytes = MAX (64, n_positions) * columns * (guint) sizeof (float);
  monocle_op_embed (t->commands, &ids, &table, first_id, scale, with_positions ? &positions : NULL,
                    2, per_row, with_place ? &place : NULL, &y);
  t->gpu->traits.max_binding_bytes = real_limit;
  expected = kernel_test_new_floats (t, (gsize) tokens * columns);
  memcpy (expected, y_values, sizeof (float) * tokens * columns);
  monocle_reference_embed (id_values, table_values, first_id, n_ids, scale,
                           with_positions ? position_values : NULL, 2, per_row,
                           with_place ? place_values : NULL, tokens, columns, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
run_embed (KernelTest *t)
{
  static const guint tokens[] = { 1, 3, 31, 128 };
  static const guint columns[] = { 4, 36, 768 };
  static const guint q8_columns[] = { 32, 96, 576 };

  /* Rows of whole groups, to which nothing is added. */
  if (t->weight == MONOCLE_FORMAT_Q8)
    {
      for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
        for (guint j = 0; j < G_N_ELEMENTS (q8_columns); j++)
          try_embed (t, tokens[i], q8_columns[j], i % 2 ? 9 : 0, j % 2, FALSE, FALSE);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_embed (t, tokens[i], columns[j], i % 2 ? 9 : 0, j % 2, (i + j) % 2, TRUE);
  try_embed (t, 31, 36, 9, FALSE, FALSE, FALSE);
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
      temporal = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &temporal_values, 1, s[2]);
      y = kernel_test_add_output (t, t->store, 3, s[0], s[1], s[2]);
      monocle_op_image_positions (t->commands, &x, &columns, &rows, &temporal, &y);
      expected = kernel_test_new_floats (t, (gsize) s[0] * s[1] * s[2]);
      monocle_reference_image_positions (x_values, column_values, row_values, temporal_values, s[0],
                                         s[1], s[2], s[3], expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- top-k -------------------------------------------------------------------------------- */

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
  logits = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 8, 0, &logit_values, 2, rows, n);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, n);
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
  scratch = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 1,
                                    monocle_op_top_k_scratch (t->gpu, rows, n, k));
  y = kernel_test_add_output (t, MONOCLE_FORMAT_U32, 2, rows, 2 * k);
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

/* --- the table ---------------------------------------------------------------------------- */

#define BOTH                       (KERNEL_CASE_BLOCK | KERNEL_CASE_GPU)
#define CASE(kernel, devices, run) { MONOCLE_KERNEL_##kernel, devices, run }

const KernelCase kernel_cases[] = {
  CASE (matmul_block, KERNEL_CASE_BLOCK, kernel_case_run_matmul_block),
  CASE (matmul_straight, KERNEL_CASE_BLOCK, kernel_case_run_matmul_straight),
  CASE (matmul_coop, KERNEL_CASE_GPU, kernel_case_run_matmul_coop),
  CASE (matmul_tile, KERNEL_CASE_GPU, kernel_case_run_matmul_tile),
  CASE (matvec_straight, KERNEL_CASE_BLOCK, kernel_case_run_matvec_straight),
  CASE (matvec_block, KERNEL_CASE_BLOCK, kernel_case_run_few_rows),
  CASE (matvec_groups_block, KERNEL_CASE_BLOCK, kernel_case_run_few_rows),
  CASE (matvec, KERNEL_CASE_GPU, kernel_case_run_few_rows),
  CASE (im2col_block, KERNEL_CASE_BLOCK, run_im2col),
  CASE (im2col, BOTH, run_im2col_unviewed),
  CASE (max_pool, BOTH, kernel_case_run_max_pool),
  CASE (depthwise_conv_block, KERNEL_CASE_BLOCK, run_depthwise_conv),
  CASE (depthwise_conv, BOTH, run_depthwise_conv_unviewed),
  CASE (layer_norm, KERNEL_CASE_BLOCK, kernel_case_run_layer_norm),
  CASE (layer_norm_group, KERNEL_CASE_GPU, kernel_case_run_layer_norm),
  CASE (rms_norm, KERNEL_CASE_BLOCK, kernel_case_run_rms_norm),
  CASE (rms_norm_group, KERNEL_CASE_GPU, kernel_case_run_rms_norm),
  CASE (group_norm_sums, BOTH, kernel_case_run_group_norm),
  CASE (group_norm, BOTH, kernel_case_run_group_norm),
  CASE (gate, BOTH, kernel_case_run_gate),
  CASE (soft_cap, BOTH, kernel_case_run_soft_cap),
  CASE (window_attention, KERNEL_CASE_BLOCK, kernel_case_run_window_attention),
  CASE (window_attention_straight, KERNEL_CASE_BLOCK, kernel_case_run_window_attention_straight),
  CASE (window_attention_group, KERNEL_CASE_GPU, kernel_case_run_window_attention),
  CASE (channel_attention_scores_block, KERNEL_CASE_BLOCK, kernel_case_run_channel_attention),
  CASE (channel_attention_scores, BOTH, kernel_case_run_channel_attention_unviewed),
  CASE (channel_attention_softmax, KERNEL_CASE_GPU, kernel_case_run_channel_attention),
  CASE (channel_attention_apply_block, KERNEL_CASE_BLOCK, kernel_case_run_channel_attention),
  CASE (channel_attention_apply, KERNEL_CASE_GPU, kernel_case_run_channel_attention),
  CASE (attention_block, KERNEL_CASE_BLOCK, kernel_case_run_attention_block),
  CASE (attention_pack, KERNEL_CASE_BLOCK, kernel_case_run_attention_straight),
  CASE (attention_straight, KERNEL_CASE_BLOCK, kernel_case_run_attention_straight),
  CASE (attention, BOTH, kernel_case_run_attention),
  CASE (attention_tile, KERNEL_CASE_GPU, kernel_case_run_attention_tile),
  CASE (attention_group, KERNEL_CASE_GPU, kernel_case_run_attention_group),
  CASE (cached_attention, KERNEL_CASE_BLOCK, kernel_case_run_cached_attention),
  CASE (cached_attention_group, KERNEL_CASE_GPU, kernel_case_run_cached_attention),
  CASE (head_scores, BOTH, kernel_case_run_head_scores),
  CASE (relative_bias, BOTH, kernel_case_run_relative_bias),
  CASE (embed, BOTH, run_embed),
  CASE (add_positions, BOTH, run_add_positions),
  CASE (image_positions, BOTH, run_image_positions),
  CASE (rotary_angles, BOTH, kernel_case_run_rotary_angles),
  CASE (rotary, BOTH, kernel_case_run_rotary),
  CASE (mean_rows, BOTH, run_mean_rows),
  CASE (top_k, BOTH, run_top_k),
  CASE (top_k_merge, BOTH, run_top_k),
  CASE (matmul_back, BOTH, kernel_case_run_matmul_back),
  CASE (matmul_back_block, KERNEL_CASE_BLOCK, kernel_case_run_matmul_back_block),
  CASE (matmul_outer, BOTH, kernel_case_run_matmul_outer),
  CASE (gelu, BOTH, kernel_case_run_gelu),
  CASE (gelu_back, BOTH, kernel_case_run_gelu_back),
  CASE (add, BOTH, kernel_case_run_add),
  CASE (layer_norm_back, BOTH, kernel_case_run_layer_norm_back),
  CASE (attention_weights, BOTH, kernel_case_run_attention_weights),
  CASE (attention_weights_back, BOTH, kernel_case_run_attention_weights_back),
  CASE (attention_mix, BOTH, kernel_case_run_attention_mix),
  CASE (cross_entropy, BOTH, kernel_case_run_cross_entropy),
  CASE (cross_entropy_back, BOTH, kernel_case_run_cross_entropy_back),
  CASE (sum_squares, BOTH, kernel_case_run_sum_squares),
  CASE (adamw, BOTH, kernel_case_run_adamw),
};
const guint n_kernel_cases = G_N_ELEMENTS (kernel_cases);
