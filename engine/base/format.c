/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/format.h"

#include <string.h>

#include "engine/base/half.h"

static void
copy_from_floats (const float *from, gsize n, gpointer to)
{
  memcpy (to, from, n * sizeof *from);
}

static void
copy_to_floats (gconstpointer from, gsize n, float *to)
{
  memcpy (to, from, n * sizeof *to);
}

static void
narrow_to_halves (const float *from, gsize n, gpointer to)
{
  monocle_half_narrow (from, n, to);
}

static void
narrow_to_bf16 (const float *from, gsize n, gpointer to)
{
  monocle_bf16_narrow (from, n, to);
}

static void
round_to_integers (const float *from, gsize n, gpointer to)
{
  guint32 *integers = to;

  for (gsize i = 0; i < n; i++)
    integers[i] = (guint32) from[i];
}

static void
widen_integers (gconstpointer from, gsize n, float *to)
{
  const guint8 *p = from;

  for (gsize i = 0; i < n; i++)
    {
      guint32 integer;

      memcpy (&integer, p + i * sizeof integer, sizeof integer);
      to[i] = (float) integer;
    }
}

const MonocleFormat monocle_formats[MONOCLE_N_FORMATS] = {
  [MONOCLE_FORMAT_F32] = { "f32", 1, 4, copy_from_floats, copy_to_floats },
  [MONOCLE_FORMAT_F16] = { "f16", 1, 2, narrow_to_halves, monocle_half_widen },
  [MONOCLE_FORMAT_BF16] = { "bf16", 1, 2, narrow_to_bf16, monocle_bf16_widen },
  [MONOCLE_FORMAT_U32] = { "u32", 1, 4, round_to_integers, widen_integers },
};

guint64
monocle_format_count_bytes (const MonocleFormat *format, guint64 n)
{
  return (n + format->block - 1) / format->block * format->block_bytes;
}

guint64
monocle_format_get_bytes (MonocleFormatId id, guint64 n)
{
  return monocle_format_count_bytes (&monocle_formats[id], n);
}
