/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/format: the rows of the table, sizes in blocks, and a format in blocks through all of it.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/base/format.h"

#define BLOCK 32

/* 32 numbers of 8 bits and what they are multiples of: a power of two, as an integer of 16 bits. */
typedef struct
{
  gint16 exponent;
  gint8 numbers[BLOCK];
} Block;

G_STATIC_ASSERT (sizeof (Block) == 34);

static void
narrow_to_blocks (const float *from, gsize n, gpointer to)
{
  for (gsize first = 0; first < n; first += BLOCK)
    {
      Block block = { 0 };
      float most = 0;
      int exponent;

      for (gsize i = first; i < MIN (first + BLOCK, n); i++)
        most = MAX (most, fabsf (from[i]));
      frexpf (most, &exponent);
      block.exponent = (gint16) (exponent - 7);
      for (gsize i = first; i < MIN (first + BLOCK, n); i++)
        block.numbers[i - first]
            = (gint8) CLAMP (lrintf (ldexpf (from[i], -block.exponent)), -127, 127);
      memcpy ((guint8 *) to + first / BLOCK * sizeof block, &block, sizeof block);
    }
}

static void
widen_blocks (gconstpointer from, gsize n, float *to)
{
  for (gsize i = 0; i < n; i++)
    {
      Block block;

      memcpy (&block, (const guint8 *) from + i / BLOCK * sizeof block, sizeof block);
      to[i] = ldexpf (block.numbers[i % BLOCK], block.exponent);
    }
}

static const MonocleFormat blocks
    = { "blocks", BLOCK, sizeof (Block), 0, narrow_to_blocks, widen_blocks };

static void
test_sizes (void)
{
  static const struct
  {
    guint64 n, bytes;
  } sizes[] = {
    { 0, 0 },
    { 1, 34 },
    { 31, 34 },
    { 32, 34 },
    { 33, 68 },
    { 64, 68 },
    { 4096 * 4096 + 1, 34 * (4096 * 128 + 1) },
    { G_GUINT64_CONSTANT (1) << 40, (G_GUINT64_CONSTANT (1) << 35) * 34 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_cmpuint (monocle_format_count_bytes (&blocks, sizes[i].n), ==, sizes[i].bytes);

  g_assert_cmpuint (monocle_format_get_bytes (MONOCLE_FORMAT_F32, 7), ==, 28);
  g_assert_cmpuint (monocle_format_get_bytes (MONOCLE_FORMAT_F16, 7), ==, 14);
  g_assert_cmpuint (monocle_format_get_bytes (MONOCLE_FORMAT_BF16, 7), ==, 14);
  g_assert_cmpuint (monocle_format_get_bytes (MONOCLE_FORMAT_U32, 7), ==, 28);
  g_assert_cmpuint (monocle_format_get_bytes (MONOCLE_FORMAT_BF16, G_GUINT64_CONSTANT (1) << 33),
                    ==, G_GUINT64_CONSTANT (1) << 34);
}

/* What every row must do: hold small integers exactly (those of few bits to half a step), write no
 * more than it says, and be read at any address, since files have it at any. */
static void
check_row (const MonocleFormat *format)
{
  enum
  {
    N = 37
  };
  float numbers[N], back[N + 1];
  guint8 stored[4 * N + 8], moved[4 * N + 9];
  const gsize n_bytes = monocle_format_count_bytes (format, N);

  g_assert_cmpuint (n_bytes, <=, 4 * N);
  for (guint i = 0; i < N; i++)
    numbers[i] = i % 2 == 0 ? i : 100;
  memset (stored, 0xaa, sizeof stored);
  format->narrow (numbers, N, stored);
  for (gsize i = n_bytes; i < sizeof stored; i++)
    g_assert_cmphex (stored[i], ==, 0xaa);

  memcpy (moved + 1, stored, n_bytes);
  back[N] = -1;
  format->widen (moved + 1, N, back);
  if (format->shared_bytes > 0)
    for (guint i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon (
          back[i], numbers[i],
          100.0f / (format == &monocle_formats[MONOCLE_FORMAT_Q8] ? 127 : 15) / 2 + 0.05f);
  else
    g_assert_cmpmem (back, sizeof numbers, numbers, sizeof numbers);
  g_assert_cmpfloat (back[N], ==, -1);
}

static void
test_rows (void)
{
  check_row (&blocks);
  for (guint i = 0; i < MONOCLE_N_FORMATS; i++)
    {
      check_row (&monocle_formats[i]);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (monocle_formats[i].id, !=, monocle_formats[j].id);
    }
  g_assert_cmpstr (monocle_formats[MONOCLE_FORMAT_BF16].id, ==, "bf16");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/format/sizes", test_sizes);
  g_test_add_func ("/engine/format/rows", test_rows);
  return g_test_run ();
}
