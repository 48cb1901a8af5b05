/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of what is done window by window in an image: see kernel-cases.c.
 */
#include "config.h"

#include "kernel-cases.h"

static void
try_max_pool (KernelTest *t, const guint *s)
{
  const guint height = monocle_convolve_side (s[0], s[3], s[4], s[5]);
  const guint width = monocle_convolve_side (s[1], s[3], s[4], s[5]);
  float *x_values, *expected;
  MonocleTensor x, y;

  kernel_test_begin (t, "%u x %u x %u window %u stride %u padding %u", s[0], s[1], s[2], s[3], s[4],
                     s[5]);
  /* All below zero: padding that takes part would be the largest. */
  x = kernel_test_add_scaled (t, t->store, 1, -3, &x_values, 3, s[0], s[1], s[2]);
  y = kernel_test_add_output (t, t->store, 3, height, width, s[2]);
  monocle_op_max_pool (t->commands, &x, s[3], s[4], s[5], &y);
  expected = kernel_test_new_floats (t, (gsize) height * width * s[2]);
  monocle_reference_max_pool (x_values, s[0], s[1], s[2], s[3], s[4], s[5], expected);
  kernel_test_check (t, &y, expected, 0);
  kernel_test_end (t);
}

void
kernel_case_run_max_pool (KernelTest *t)
{
  /* height, width, channels, kernel, stride, padding */
  static const guint shapes[][6] = {
    { 1, 1, 4, 3, 2, 1 },   { 3, 31, 36, 3, 2, 1 },   { 32, 33, 8, 3, 2, 1 },
    { 127, 2, 4, 3, 2, 1 }, { 128, 48, 64, 3, 2, 1 }, { 7, 5, 12, 2, 2, 0 },
    { 9, 9, 4, 5, 1, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    try_max_pool (t, shapes[i]);
}

typedef struct
{
  guint height, width, channels, n;
  MonocleConvolution convolution;
  gboolean has_residual;
  guint patches; /* that the scratch memory holds; 0: all that are asked for */
} ConvolveShape;

static void
try_convolve (KernelTest *t, const ConvolveShape *s)
{
  const MonocleConvolution *c = &s->convolution;
  const guint height = monocle_convolution_get_side (c, s->height);
  const guint width = monocle_convolution_get_side (c, s->width);
  const guint columns = monocle_convolve_columns (c->kernel, s->channels);
  float *x_values, *w_values, *bias_values, *residual_values, *expected;
  MonocleTensor x, w, bias, residual, scratch, y;

  kernel_test_begin (t, "%u x %u x %u to %u, kernel %u stride %u padding %u, %u patches at once",
                     s->height, s->width, s->channels, s->n, c->kernel, c->stride, c->padding,
                     s->patches);
  x = kernel_test_add_input (t, t->store, &x_values, 3, s->height, s->width, s->channels);
  if (monocle_op_matmul_get_layout (t->gpu) == MONOCLE_LAYOUT_PACKED)
    w = kernel_test_add_packed (t, MONOCLE_FORMAT_F32, &w_values, s->n, columns);
  else
    w = kernel_test_add_input (t, t->store, &w_values, 2, s->n, columns);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, s->n);
  residual = kernel_test_add_input (t, t->store, &residual_values, 3, height, width, s->n);
  scratch = kernel_test_add_input (t, t->store, &expected, 1,
                                   s->patches ? s->patches * columns
                                              : (guint) monocle_op_convolve_scratch (&x, c));
  kernel_test_allow_writing (t, &scratch);
  y = kernel_test_add_output (t, t->store, 3, height, width, s->n);
  monocle_op_convolve (t->commands, &x, &w, &bias, s->has_residual ? &residual : NULL, c, &scratch,
                       &y);
  expected = kernel_test_new_floats (t, (gsize) height * width * s->n);
  monocle_reference_convolve (x_values, w_values, bias_values,
                              s->has_residual ? residual_values : NULL, c, s->height, s->width,
                              s->channels, s->n, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_convolve (KernelTest *t)
{
  static const ConvolveShape shapes[] = {
    { 1, 1, 4, 8, { 3, 2, 1, MONOCLE_ACTIVATION_RELU }, FALSE, 0 },
    { 31, 33, 3, 32, { 7, 2, 3, MONOCLE_ACTIVATION_RELU }, FALSE, 0 },
    /* A last piece of one patch, and one that is whole. */
    { 13, 15, 12, 32, { 3, 1, 1, MONOCLE_ACTIVATION_RELU_LAST }, TRUE, 64 },
    { 16, 16, 8, 32, { 3, 1, 1, MONOCLE_ACTIVATION_NONE }, TRUE, 128 },
    { 16, 17, 8, 32, { 3, 1, 1, MONOCLE_ACTIVATION_NONE }, FALSE, 100 },
    { 9, 7, 16, 64, { 1, 2, 0, MONOCLE_ACTIVATION_NONE }, FALSE, 0 },
  };

  /* Software devices have products of 32 bits alone. */
  if (t->store != MONOCLE_FORMAT_F32 && t->gpu->traits.software)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    try_convolve (t, &shapes[i]);
}

/* --- group norm --------------------------------------------------------------------------- */

typedef struct
{
  guint pixels, channels;
  MonocleGroupNorm norm;
  float offset; /* of what it gets: a mean far from 0 */
} GroupShape;

static void
try_group_norm (KernelTest *t, const GroupShape *s, gboolean in_place)
{
  float *x_values, *weight_values, *bias_values, *scratch_values, *expected;
  MonocleTensor x, weight, bias, scratch, y;

  kernel_test_begin (t, "%u pixels, %u channels in %u groups, activation %u, around %g%s",
                     s->pixels, s->channels, s->norm.n_groups, s->norm.activation,
                     (double) s->offset, in_place ? ", in place" : "");
  x = kernel_test_add_scaled (t, t->store, 1, s->offset, &x_values, 2, s->pixels, s->channels);
  weight = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &weight_values, 1, s->channels);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, s->channels);
  scratch = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &scratch_values, 1,
                                   monocle_op_group_norm_scratch (&x, &s->norm));
  kernel_test_allow_writing (t, &scratch);
  y = in_place ? x : kernel_test_add_output (t, t->store, 2, s->pixels, s->channels);
  if (in_place)
    kernel_test_allow_writing (t, &y);
  monocle_op_group_norm (t->commands, &x, &weight, &bias, &s->norm, &scratch, &y);
  expected = kernel_test_new_floats (t, (gsize) s->pixels * s->channels);
  monocle_reference_group_norm (x_values, weight_values, bias_values, &s->norm, s->pixels,
                                s->channels, expected);
  kernel_test_check (t, &y, expected, MAX (kernel_test_get_limit (t), 2e-6));
  kernel_test_end (t);
}

void
kernel_case_run_group_norm (KernelTest *t)
{
  static const GroupShape shapes[] = {
    { 1, 32, { 8, 1e-6f, MONOCLE_ACTIVATION_NONE }, 0 },
    { 33, 32, { 32, 1e-6f, MONOCLE_ACTIVATION_SILU }, 0 },
    { 64, 12, { 3, 1e-6f, MONOCLE_ACTIVATION_SILU }, 0 },
    { 1000, 128, { 32, 1e-6f, MONOCLE_ACTIVATION_NONE }, 4 },
    { 8200, 64, { 32, 1e-6f, MONOCLE_ACTIVATION_SILU }, 4 }, /* slices of 65 pixels */
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      try_group_norm (t, &shapes[i], FALSE);
      try_group_norm (t, &shapes[i], TRUE);
    }
}
