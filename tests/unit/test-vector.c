/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * answer/vector: products with vectors of 16 bits are the same bits whatever the processor can do,
 * and base/parallel: everything is done, once.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/base/parallel.h"
#include "engine/answer/vector.h"
#include "engine/base/half.h"

#define MAX_DIMS 1100

/* Of all sizes, so that the order in which they are added shows in the sum. */
static void
draw (GRand *random, float *a, guint16 *b, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      a[i] = (float) ldexp (g_rand_double_range (random, -1, 1), g_rand_int_range (random, -20, 9));
      b[i] = (guint16) g_rand_int_range (random, 0, 0x7c00);
      b[i] |= (guint16) (g_rand_boolean (random) ? 0x8000 : 0);
    }
}

/* What the header of the function promises, in its plainest form. */
static float
define_sum (const float *a, const guint16 *b, guint n)
{
  const guint whole = n / 32 * 32;
  float sums[4][8] = { 0 }, sum = 0, rest = 0, wide[MAX_DIMS];

  monocle_half_widen (b, n, wide);
  for (guint i = 0; i < whole; i++)
    sums[i / 8 % 4][i % 8] += a[i] * wide[i];
  for (guint i = 0; i < 8; i++)
    sum += (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]);
  for (guint i = whole; i < n; i++)
    rest += a[i] * wide[i];
  return sum + rest;
}

static void
check_same (float found, float expected)
{
  g_assert_cmpmem (&found, sizeof found, &expected, sizeof expected);
}

static void
test_same_bits (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  float a[MAX_DIMS + 1];
  guint16 b[MAX_DIMS + 1];

  for (guint n = 0; n <= MAX_DIMS; n += n < 140 ? 1 : 93)
    for (guint i = 0; i < 20; i++)
      {
        const guint shift = i % 2;

        draw (random, a + shift, b + shift, n);
        check_same (monocle_vector_dot_half (a + shift, b + shift, n),
                    define_sum (a + shift, b + shift, n));
        check_same (monocle_vector_dot_half_plain (a + shift, b + shift, n),
                    define_sum (a + shift, b + shift, n));
      }
}

static void
test_near (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  float a[MAX_DIMS], wide[MAX_DIMS];
  guint16 b[MAX_DIMS];

  for (guint i = 0; i < MAX_DIMS; i++)
    a[i] = (float) g_rand_double_range (random, -1, 1);
  monocle_half_narrow (a, MAX_DIMS, b);
  monocle_half_widen (b, MAX_DIMS, wide);
  g_assert_cmpfloat_with_epsilon ((double) monocle_vector_dot_half (a, b, MAX_DIMS),
                                  monocle_vector_dot (a, wide, MAX_DIMS), 1e-3);
}

/* --- In all processors --- */

typedef struct
{
  guint n, block;
  gint *done;
} Count;

static void
count (guint first, guint end, gpointer data)
{
  const Count *self = data;

  g_assert_cmpuint (first, <, end);
  g_assert_cmpuint (end, <=, self->n);
  g_assert_cmpuint (end - first, <=, self->block);
  for (guint i = first; i < end; i++)
    g_atomic_int_inc (&self->done[i]);
}

static void
test_once (void)
{
  static const guint sizes[] = { 0, 1, 2, 63, 64, 65, 1000, 100000 };
  static const guint blocks[] = { 1, 64, 999, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (blocks); k++)
      {
        g_autofree gint *done = g_new0 (gint, sizes[i] + 1);

        monocle_parallel_run (sizes[i], blocks[k], count, &(Count){ sizes[i], blocks[k], done });
        for (guint n = 0; n < sizes[i]; n++)
          g_assert_cmpint (done[n], ==, 1);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vector/same-bits", test_same_bits);
  g_test_add_func ("/vector/near", test_near);
  g_test_add_func ("/parallel/once", test_once);
  return g_test_run ();
}
