/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of what is done row by row: see kernel-cases.c.
 */
#include "config.h"

#include <math.h>

#include "kernel-cases.h"

static void
try_layer_norm (KernelTest *t, guint rows, guint columns, float offset, gboolean in_place)
{
  float *x_values, *weight_values, *bias_values, *expected;
  MonocleTensor x, weight, bias, y;

  kernel_test_begin (t, "%u x %u around %g%s", rows, columns, (double) offset,
                     in_place ? " in place" : "");
  x = kernel_test_add_scaled (t, t->store, 1, offset, &x_values, 2, rows, columns);
  weight = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 0.5f, 1, &weight_values, 1, columns);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, columns);
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

void
kernel_case_run_layer_norm (KernelTest *t)
{
  static const guint rows[] = { 1, 3, 31, 33, 128 };
  static const guint columns[] = { 4, 32, 36, 128, 768 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_layer_norm (t, rows[i], columns[j], 0, (i + j) % 2);
  try_layer_norm (t, 33, 128, 30, FALSE);
}

static void
try_rms_norm (
    KernelTest *t, guint rows, guint columns, float scale, float offset, gboolean in_place)
{
  const float eps = 1e-6f;
  float *x_values, *weight_values, *expected;
  MonocleTensor x, weight, y;

  kernel_test_begin (t, "%u x %u times %g, weights around %g%s", rows, columns, (double) scale,
                     (double) offset, in_place ? " in place" : "");
  x = kernel_test_add_scaled (t, t->store, scale, 0, &x_values, 2, rows, columns);
  weight = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 0.5f, 1 - offset, &weight_values, 1,
                                   columns);
  if (in_place)
    {
      y = x;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, t->store, 2, rows, columns);
  monocle_op_rms_norm (t->commands, &x, &weight, offset, eps, &y);
  expected = kernel_test_new_floats (t, (gsize) rows * columns);
  monocle_reference_rms_norm (x_values, weight_values, offset, rows, columns, eps, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

/* Two kinds of heads, and columns behind them that stay. */
static void
try_rms_norm_heads (
    KernelTest *t, guint rows, guint n_heads, const MonocleHeads *heads, gboolean in_place)
{
  const guint columns = n_heads * heads->width;
  const float eps = 1e-6f;
  float *x_values, *weight_values, *expected;
  MonocleTensor x, weight, y;

  kernel_test_begin (t, "%u x %u heads of %u, %u and %u%s", rows, n_heads, heads->width,
                     heads->n_first, heads->n_second, in_place ? " in place" : "");
  x = kernel_test_add_input (t, t->store, &x_values, 2, rows, columns);
  weight = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 0.5f, 1, &weight_values, 1,
                                   2 * heads->width);
  if (in_place)
    {
      y = x;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, t->store, 2, rows, columns);
  monocle_op_rms_norm_heads (t->commands, &x, &weight, heads, 0, eps, &y);
  expected = kernel_test_new_floats (t, (gsize) rows * columns);
  monocle_reference_rms_norm_heads (x_values, weight_values, heads, 0, rows, columns, eps,
                                    expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_rms_norm (KernelTest *t)
{
  static const struct
  {
    guint rows, n_heads;
    MonocleHeads heads;
  } cut[] = {
    { 1, 3, { 4, 1, 1 } },      { 3, 8, { 16, 4, 2 } },   { 31, 6, { 36, 4, 1 } },
    { 33, 32, { 128, 16, 8 } }, { 128, 5, { 32, 5, 0 } },
  };
  static const guint rows[] = { 1, 3, 31, 33, 128 };
  static const guint columns[] = { 4, 32, 36, 128, 576 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_rms_norm (t, rows[i], columns[j], 1, j % 2, (i + j) % 2);
  for (guint i = 0; i < G_N_ELEMENTS (cut); i++)
    for (guint k = 0; k < 2; k++)
      try_rms_norm_heads (t, cut[i].rows, cut[i].n_heads, &cut[i].heads, k == 1);
  /* So small that eps counts; as large as the rows of a long residual. */
  try_rms_norm (t, 9, 64, 1e-3f, 0, FALSE);
  try_rms_norm (t, 2, 2304, 200, 1, FALSE);
}

/* --- gates -------------------------------------------------------------------------------- */

typedef enum
{
  GATE_APART,
  GATE_OVER_GATE,
  GATE_OVER_UP,
  GATE_MERGED,
} GatePlaces;

static void
try_gate (KernelTest *t, guint rows, guint columns, MonocleActivation activation, GatePlaces places)
{
  const gboolean merged = places == GATE_MERGED;
  float *gate_values, *up_values, *expected;
  MonocleTensor gate, up, y;

  kernel_test_begin (t, "%u x %u, activation %d, places %d", rows, columns, activation, places);
  /* As far out as activations are flat. */
  gate = kernel_test_add_scaled (t, t->store, 12, 0, &gate_values, 2, rows,
                                 merged ? 2 * columns : columns);
  up = kernel_test_add_input (t, t->store, &up_values, 2, rows, columns);
  y = places == GATE_OVER_GATE ? gate
      : places == GATE_OVER_UP ? up
                               : kernel_test_add_output (t, t->store, 2, rows, columns);
  if (places == GATE_OVER_GATE || places == GATE_OVER_UP)
    kernel_test_allow_writing (t, &y);
  monocle_op_gate (t->commands, &gate, merged ? NULL : &up, activation, &y);
  expected = kernel_test_new_floats (t, (gsize) rows * columns);
  monocle_reference_gate (gate_values, merged ? NULL : up_values, activation, rows, columns,
                          expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_gate (KernelTest *t)
{
  static const guint rows[] = { 1, 3, 33, 128 };
  static const guint columns[] = { 4, 36, 1536 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      try_gate (t, rows[i], columns[j], MONOCLE_ACTIVATION_SILU, (i + j) % 4);
  for (guint i = MONOCLE_ACTIVATION_NONE; i <= MONOCLE_ACTIVATION_RELU; i++)
    for (guint j = GATE_APART; j <= GATE_MERGED; j++)
      try_gate (t, 31, 32, i, j);
}

void
kernel_case_run_soft_cap (KernelTest *t)
{
  static const guint sizes[] = { 1, 3, 33, 1001, 257216 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      float *x_values, *expected;
      MonocleTensor x, y;

      kernel_test_begin (t, "%u numbers", sizes[i]);
      /* As far out as all of them come to the same. */
      x = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 200, 0, &x_values, 2, 1, sizes[i]);
      y = i % 2 ? x : kernel_test_add_output (t, MONOCLE_FORMAT_F32, 2, 1, sizes[i]);
      if (i % 2)
        kernel_test_allow_writing (t, &y);
      monocle_op_soft_cap (t->commands, &x, 30, &y);
      expected = kernel_test_new_floats (t, sizes[i]);
      monocle_reference_soft_cap (x_values, 30, sizes[i], expected);
      kernel_test_check (t, &y, expected, 1e-6);
      kernel_test_end (t);
    }
}

/* --- rotary positions --------------------------------------------------------------------- */

static void
try_rotary_angles (
    KernelTest *t, guint rows, guint width, float base, guint32 last, const MonocleRotaryAxes *axes)
{
  float *expected;
  guint32 *position_values;
  MonocleTensor positions, angles;

  kernel_test_begin (t, "%u x %u, base %g, up to position %u%s", rows, width, (double) base, last,
                     axes ? ", of three axes" : "");
  positions = kernel_test_add_integers (t, last + 1, &position_values, 2, rows,
                                        axes ? MONOCLE_ROTARY_AXES : 1);
  position_values[0] = last;
  kernel_test_set_integers (t, &positions, position_values);
  angles = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 2, rows, width);
  monocle_op_rotary_angles (t->commands, &positions, base, axes, &angles);
  expected = kernel_test_new_floats (t, (gsize) rows * width);
  monocle_reference_rotary_angles (position_values, rows, width, base, axes, expected);
  kernel_test_check (t, &angles, expected, 1e-7);
  kernel_test_end (t);
}

void
kernel_case_run_rotary_angles (KernelTest *t)
{
  static const MonocleRotaryAxes axes[]
      = { { 20, 20, FALSE }, { 3, 2, FALSE }, { 1, 0, FALSE }, { 24, 24, TRUE }, { 3, 2, TRUE } };

  try_rotary_angles (t, 1, 2, 10000, 0, NULL);
  try_rotary_angles (t, 3, 4, 10000, 3, NULL);
  try_rotary_angles (t, 33, 20, 10000, 1000, NULL);
  try_rotary_angles (t, 128, 64, 100000, 8192, NULL);
  try_rotary_angles (t, 31, 128, 5e6f, 32768, NULL);
  try_rotary_angles (t, 127, 256, 10000, 32768, NULL);
  try_rotary_angles (t, 9, 128, 1e6f, 1 << 20, NULL);
  try_rotary_angles (t, 31, 128, 5e6f, 32768, &axes[0]);
  try_rotary_angles (t, 33, 22, 10000, 1000, &axes[1]);
  try_rotary_angles (t, 1, 8, 10000, 9, &axes[2]);
  try_rotary_angles (t, 31, 128, 1e6f, 32768, &axes[3]);
  try_rotary_angles (t, 3, 10, 10000, 1000, &axes[4]);
}

typedef struct
{
  guint rows, columns, width;
  MonocleRotary rotary;
} RotaryShape;

static void
try_rotary (KernelTest *t, const RotaryShape *s, gboolean in_place)
{
  float *x_values, *angle_values, *expected;
  MonocleTensor x, angles, y;

  kernel_test_begin (t, "%u x %u, heads %u x %u of which %u%s%s", s->rows, s->columns,
                     s->rotary.n_heads, s->rotary.head_width, s->width,
                     s->rotary.neighbours ? ", neighbours" : "", in_place ? ", in place" : "");
  x = kernel_test_add_input (t, t->store, &x_values, 2, s->rows, s->columns);
  angles = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &angle_values, 2, s->rows, s->width);
  if (in_place)
    {
      y = x;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, t->store, 2, s->rows, s->columns);
  monocle_op_rotary (t->commands, &x, &angles, &s->rotary, &y);
  expected = kernel_test_new_floats (t, (gsize) s->rows * s->columns);
  monocle_reference_rotary (x_values, angle_values, s->rows, s->columns, s->width, &s->rotary,
                            expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_rotary (KernelTest *t)
{
  static const RotaryShape shapes[] = {
    { 1, 4, 2, { 1, 4, FALSE } },        { 3, 64, 64, { 1, 64, FALSE } },
    { 31, 36, 10, { 1, 12, FALSE } }, /* part of a head, two more that stay */
    { 33, 36, 12, { 3, 12, TRUE } },     { 128, 192, 16, { 2, 64, TRUE } },
    { 127, 960, 64, { 12, 64, FALSE } }, /* nine heads of queries and three of keys; values stay */
    { 2, 4608, 256, { 8, 256, FALSE } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      try_rotary (t, &shapes[i], FALSE);
      try_rotary (t, &shapes[i], TRUE);
    }
}
