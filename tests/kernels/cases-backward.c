/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of what trains: see kernel-cases.c.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "kernel-cases.h"

/* Of batches of 1 to 5 texts. */
static const guint odd_rows[] = { 1, 3, 31, 33, 130 };

/* --- products ----------------------------------------------------------------------------- */

static void
try_matmul_back (KernelTest *t, guint m, guint n, guint k, guint first, gboolean with_residual)
{
  const guint stride = first + n + (first == 0 ? 0 : first % 4 == 0 ? 4 : 3);
  float *dy_values, *w_values, *residual_values, *expected;
  MonocleTensor dy, w, residual, dx;

  kernel_test_begin (t, "%u x %u k %u, columns from %u%s", m, n, k, first,
                     with_residual ? ", in place" : "");
  dy = kernel_test_add_input (t, t->store, &dy_values, 2, m, stride);
  w = kernel_test_add_input (t, t->weight, &w_values, 2, n, k);
  residual = kernel_test_add_input (t, t->store, &residual_values, 2, m, k);
  if (with_residual)
    {
      dx = residual;
      kernel_test_allow_writing (t, &dx);
    }
  else
    dx = kernel_test_add_output (t, t->store, 2, m, k);
  monocle_op_matmul_back (t->commands, &dy, &w, first, with_residual ? &residual : NULL, &dx);
  expected = kernel_test_new_floats (t, (gsize) m * k);
  monocle_reference_matmul_back (dy_values, w_values, with_residual ? residual_values : NULL, m, n,
                                 k, first, stride, expected);
  kernel_test_check (t, &dx, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_matmul_back (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    try_matmul_back (t, odd_rows[i], odd_rows[4 - i], 4 * odd_rows[i], i % 3 * 5, i % 2);
  try_matmul_back (t, 33, 16, 192, 0, TRUE);
  try_matmul_back (t, 5, 1025, 64, 1, FALSE);
}

/* Its columns come by fours. */
void
kernel_case_run_matmul_back_block (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    try_matmul_back (t, odd_rows[i], 4 * odd_rows[4 - i], 4 * odd_rows[i], i % 3 * 8, i % 2);
  try_matmul_back (t, 5, 1028, 64, 4, FALSE);
  try_matmul_back (t, 9, 4, 4, 0, TRUE);
}

static void
try_matmul_outer (KernelTest *t, guint m, guint n, guint k)
{
  float *dy_values, *x_values, *dw_values, *expected;
  MonocleTensor dy, x, dw;

  kernel_test_begin (t, "%u x %u of %u rows", n, k, m);
  dy = kernel_test_add_input (t, t->store, &dy_values, 2, m, n);
  x = kernel_test_add_input (t, t->store, &x_values, 2, m, k);
  dw = kernel_test_add_input (t, t->store, &dw_values, 2, n, k);
  kernel_test_allow_writing (t, &dw);
  monocle_op_matmul_outer (t->commands, &dy, &x, &dw);
  expected = kernel_test_new_floats (t, (gsize) n * k);
  memcpy (expected, dw_values, sizeof (float) * n * k);
  monocle_reference_matmul_outer (dy_values, x_values, m, n, k, expected);
  kernel_test_check (t, &dw, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_matmul_outer (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    try_matmul_outer (t, odd_rows[i], odd_rows[4 - i], 4 * odd_rows[i]);
  try_matmul_outer (t, 192, 16, 192);
  try_matmul_outer (t, 192, 192, 16);
}

/* --- elements and rows -------------------------------------------------------------------- */

void
kernel_case_run_gelu (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    {
      const guint n = 4 * odd_rows[i];
      float *x_values, *expected;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u", n);
      x = kernel_test_add_scaled (t, t->store, 6, 0, &x_values, 2, 3, n);
      y = kernel_test_add_output (t, t->store, 2, 3, n);
      monocle_op_gelu (t->commands, &x, &y);
      expected = kernel_test_new_floats (t, 3 * n);
      monocle_reference_gelu (x_values, 3 * n, expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* Two inputs and what is made of them, over either or beside them. */
static void
try_pair (KernelTest *t,
          guint n,
          guint place,
          void (*op) (MonocleCommands *commands,
                      const MonocleTensor *a,
                      const MonocleTensor *b,
                      const MonocleTensor *y),
          void (*reference) (const float *a, const float *b, gsize n, float *y))
{
  float *a_values, *b_values, *expected;
  MonocleTensor a, b, y;

  kernel_test_begin (t, "%u, place %u", n, place);
  a = kernel_test_add_scaled (t, t->store, 6, 0, &a_values, 2, 3, n);
  b = kernel_test_add_input (t, t->store, &b_values, 2, 3, n);
  y = place == 0 ? a : place == 1 ? b : kernel_test_add_output (t, t->store, 2, 3, n);
  if (place < 2)
    kernel_test_allow_writing (t, &y);
  op (t->commands, &a, &b, &y);
  expected = kernel_test_new_floats (t, 3 * n);
  reference (a_values, b_values, 3 * n, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_gelu_back (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    try_pair (t, 4 * odd_rows[i], i % 3, monocle_op_gelu_back, monocle_reference_gelu_back);
}

void
kernel_case_run_add (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    try_pair (t, 4 * odd_rows[i], i % 3, monocle_op_add, monocle_reference_add);
}

void
kernel_case_run_layer_norm_back (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd_rows); i++)
    {
      const guint rows = odd_rows[i], columns = 4 * odd_rows[4 - i], n = rows * columns;
      float *x_values, *weight_values, *dy_values, *expected;
      MonocleTensor x, weight, dy, dx;

      kernel_test_begin (t, "%u x %u", rows, columns);
      x = kernel_test_add_scaled (t, t->store, 1, 0.5f, &x_values, 2, rows, columns);
      weight = kernel_test_add_scaled (t, t->store, 0.5f, 1, &weight_values, 1, columns);
      dy = kernel_test_add_input (t, t->store, &dy_values, 2, rows, columns);
      dx = i % 2 ? dy : kernel_test_add_output (t, t->store, 2, rows, columns);
      if (i % 2)
        kernel_test_allow_writing (t, &dx);
      monocle_op_layer_norm_back (t->commands, &x, &weight, &dy, 1e-5f, &dx);
      expected = kernel_test_new_floats (t, n);
      monocle_reference_layer_norm_back (x_values, weight_values, dy_values, rows, columns, 1e-5f,
                                         expected);
      kernel_test_check (t, &dx, expected, 3 * kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- attention ---------------------------------------------------------------------------- */

static const MonocleAttention shapes[] = {
  { .n_batches = 1, .n_queries = 1, .n_keys = 1, .n_heads = 1, .head_width = 4 },
  { .n_batches = 3,
    .n_queries = 31,
    .n_keys = 31,
    .n_heads = 2,
    .head_width = 16,
    .mask = MONOCLE_ATTENTION_MASK_CAUSAL },
  { .n_batches = 2, .n_queries = 5, .n_keys = 33, .n_heads = 3, .head_width = 32 },
  { .n_batches = 2, .n_queries = 33, .n_keys = 5, .n_heads = 2, .head_width = 12, .scale = 0.7f },
};

/* Numbers of elements like q, like k, and of weights. */
static guint
count_rows (const MonocleAttention *a, guint rows)
{
  return a->n_batches * rows * a->n_heads * a->head_width;
}

static guint
count_weights (const MonocleAttention *a)
{
  return a->n_batches * a->n_heads * a->n_queries * a->n_keys;
}

void
kernel_case_run_attention_weights (KernelTest *t)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (shapes); i++)
    {
      const MonocleAttention *a = &shapes[i / 2];
      float *q_values, *k_values, *expected;
      guint32 *length_values;
      MonocleTensor q, k, lengths, weights;

      kernel_test_begin (t, "shape %u%s", i / 2, i % 2 ? ", lengths" : "");
      q = kernel_test_add_input (t, t->store, &q_values, 1, count_rows (a, a->n_queries));
      k = kernel_test_add_input (t, t->store, &k_values, 1, count_rows (a, a->n_keys));
      /* The first one sees nothing at all. */
      lengths = kernel_test_add_integers (t, a->n_keys + 3, &length_values, 1, a->n_batches);
      length_values[0] = 0;
      kernel_test_set_integers (t, &lengths, length_values);
      weights = kernel_test_add_output (t, t->store, 1, count_weights (a));
      monocle_op_attention_weights (t->commands, a, &q, &k, i % 2 ? &lengths : NULL, &weights);
      expected = kernel_test_new_floats (t, count_weights (a));
      monocle_reference_attention_weights (a, q_values, k_values, i % 2 ? length_values : NULL,
                                           expected);
      kernel_test_check (t, &weights, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

void
kernel_case_run_attention_weights_back (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const MonocleAttention *a = &shapes[i];
      float *w_values, *v_values, *dy_values, *expected;
      MonocleTensor w, v, dy, ds;

      kernel_test_begin (t, "shape %u", i);
      w = kernel_test_add_scaled (t, t->store, 0.5f, 0.5f, &w_values, 1, count_weights (a));
      v = kernel_test_add_input (t, t->store, &v_values, 1, count_rows (a, a->n_keys));
      dy = kernel_test_add_input (t, t->store, &dy_values, 1, count_rows (a, a->n_queries));
      ds = kernel_test_add_output (t, t->store, 1, count_weights (a));
      monocle_op_attention_weights_back (t->commands, a, &w, &v, &dy, &ds);
      expected = kernel_test_new_floats (t, count_weights (a));
      monocle_reference_attention_weights_back (a, w_values, v_values, dy_values, expected);
      kernel_test_check (t, &ds, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

void
kernel_case_run_attention_mix (KernelTest *t)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (shapes); i++)
    {
      const MonocleAttention *a = &shapes[i / 2];
      const gboolean turned = i % 2;
      const guint n_x = count_rows (a, turned ? a->n_queries : a->n_keys);
      const guint n_y = count_rows (a, turned ? a->n_keys : a->n_queries);
      float *w_values, *x_values, *expected;
      MonocleTensor w, x, y;

      kernel_test_begin (t, "shape %u%s", i / 2, turned ? ", turned" : "");
      w = kernel_test_add_input (t, t->store, &w_values, 1, count_weights (a));
      x = kernel_test_add_input (t, t->store, &x_values, 1, n_x);
      y = kernel_test_add_output (t, t->store, 1, n_y);
      monocle_op_attention_mix (t->commands, a, turned, &w, &x, &y);
      expected = kernel_test_new_floats (t, n_y);
      monocle_reference_attention_mix (a, turned, w_values, x_values, expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

/* --- the loss ----------------------------------------------------------------------------- */

static void
try_cross_entropy (KernelTest *t, guint rows, guint n, gboolean with_bias, gboolean back)
{
  float *logit_values, *bias_values, *expected;
  guint32 *label_values;
  MonocleTensor logits, bias, labels, y;

  kernel_test_begin (t, "%u x %u%s", rows, n, with_bias ? ", bias" : "");
  logits = kernel_test_add_scaled (t, t->store, 8, 20, &logit_values, 2, rows, n);
  bias = kernel_test_add_input (t, t->store, &bias_values, 1, n);
  labels = kernel_test_add_integers (t, n, &label_values, 1, rows);
  for (guint i = 1; i < rows; i += 3)
    label_values[i] = i % 2 ? MONOCLE_NO_LABEL : n;
  kernel_test_set_integers (t, &labels, label_values);
  if (back)
    {
      y = logits;
      kernel_test_allow_writing (t, &y);
      monocle_op_cross_entropy_back (t->commands, &logits, with_bias ? &bias : NULL, &labels, &y);
      expected = kernel_test_new_floats (t, (gsize) rows * n);
      monocle_reference_cross_entropy_back (logit_values, with_bias ? bias_values : NULL,
                                            label_values, rows, n, expected);
    }
  else
    {
      y = kernel_test_add_output (t, t->store, 1, rows);
      monocle_op_cross_entropy (t->commands, &logits, with_bias ? &bias : NULL, &labels, &y);
      expected = kernel_test_new_floats (t, rows);
      monocle_reference_cross_entropy (logit_values, with_bias ? bias_values : NULL, label_values,
                                       rows, n, expected);
    }
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static void
try_cross_entropies (KernelTest *t, gboolean back)
{
  try_cross_entropy (t, 1, 3, FALSE, back);
  try_cross_entropy (t, 31, 33, TRUE, back);
  try_cross_entropy (t, 5, 1025, FALSE, back);
  try_cross_entropy (t, 2, 51289, TRUE, back);
}

void
kernel_case_run_cross_entropy (KernelTest *t)
{
  try_cross_entropies (t, FALSE);
}

void
kernel_case_run_cross_entropy_back (KernelTest *t)
{
  try_cross_entropies (t, TRUE);
}

/* --- learning ----------------------------------------------------------------------------- */

void
kernel_case_run_sum_squares (KernelTest *t)
{
  static const guint counts[] = { 4, 36, 260, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      float *x_values, *expected;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u", counts[i]);
      x = kernel_test_add_input (t, t->store, &x_values, 1, counts[i]);
      y = kernel_test_add_output (t, t->store, 1, 1);
      monocle_op_sum_squares (t->commands, &x, &y);
      expected = kernel_test_new_floats (t, 1);
      monocle_reference_sum_squares (x_values, counts[i], expected);
      kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
      kernel_test_end (t);
    }
}

static void
try_adamw (KernelTest *t, guint n, float sum, float largest_norm)
{
  /* In the order in which the op takes them. */
  float *values[5], *expected[4];
  MonocleTensor tensors[4], squares, settings;
  const MonocleAdamw steps = { 1e-2f, 0.1f, 0.9f, 0.98f, 0.271f, 0.0588f, 0.25f, largest_norm };
  float *steps_values;

  kernel_test_begin (t, "%u, squares %g, norm %g", n, (double) sum, (double) largest_norm);
  for (guint i = 0; i < 4; i++)
    {
      tensors[i] = kernel_test_add_scaled (t, t->store, i == 3 ? 0.5f : 1, i == 3 ? 0.5f : 0,
                                           &values[i], 1, n);
      kernel_test_allow_writing (t, &tensors[i]);
    }
  squares = kernel_test_add_input (t, t->store, &values[4], 1, 1);
  values[4][0] = sum;
  kernel_test_set_floats (t, &squares, values[4]);
  settings = kernel_test_add_input (t, t->store, &steps_values, 1, (guint) MONOCLE_ADAMW_N);
  memcpy (steps_values, &steps, sizeof steps);
  kernel_test_set_floats (t, &settings, steps_values);
  monocle_op_adamw (t->commands, &tensors[0], &tensors[1], &tensors[2], &tensors[3], &squares,
                    &settings);
  for (guint i = 0; i < 4; i++)
    {
      expected[i] = kernel_test_new_floats (t, n);
      memcpy (expected[i], values[i], n * sizeof (float));
    }
  monocle_reference_adamw (expected[0], expected[1], expected[2], expected[3], values[4], &steps,
                           n);
  for (guint i = 0; i < 4; i++)
    kernel_test_check (t, &tensors[i], expected[i], kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_adamw (KernelTest *t)
{
  try_adamw (t, 4, 2, 100);
  try_adamw (t, 132, 50, 1);
  try_adamw (t, 40000, 1e4f, 1);
  /* Nothing is learnt. */
  try_adamw (t, 36, NAN, 1);
  try_adamw (t, 36, INFINITY, 1);
}
