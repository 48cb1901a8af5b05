/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/format.h"

#include <math.h>
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

/* A scale and 32 bytes. */
#define Q8_BLOCK 32
#define Q8_BYTES (2 + Q8_BLOCK)

/* The largest of some numbers, without its sign; none where one of them is none. */
static float
find_largest (const float *numbers, guint n)
{
  float largest = 0;

  for (guint i = 0; i < n; i++)
    if (!isfinite (numbers[i]))
      return NAN;
    else
      largest = MAX (largest, fabsf (numbers[i]));
  return largest;
}

/* As ggml's reference rounds: halves away from zero, by the scale before that is rounded. A block
 * with a number that is none has none. */
static void
narrow_to_q8 (const float *from, gsize n, gpointer to)
{
  guint8 *block = to;

  for (gsize first = 0; first < n; first += Q8_BLOCK, block += Q8_BYTES)
    {
      const guint run = (guint) MIN (n - first, Q8_BLOCK);
      const float scale = find_largest (from + first, run) / 127;
      const float inverse = scale > 0 ? 1 / scale : 0;

      narrow_to_halves (&scale, 1, block);
      for (guint i = 0; i < Q8_BLOCK; i++)
        block[2 + i] = i < run && isfinite (inverse) && inverse > 0
                           ? (guint8) (gint8) lroundf (from[first + i] * inverse)
                           : 0;
    }
}

static void
widen_q8 (gconstpointer from, gsize n, float *to)
{
  const guint8 *block = from;

  for (gsize first = 0; first < n; first += Q8_BLOCK, block += Q8_BYTES)
    {
      const guint run = (guint) MIN (n - first, Q8_BLOCK);
      float scale;

      monocle_half_widen (block, 1, &scale);
      for (guint i = 0; i < run; i++)
        to[first + i] = (float) (gint8) block[2 + i] * scale;
    }
}

const MonocleFormat monocle_formats[MONOCLE_N_FORMATS] = {
  [MONOCLE_FORMAT_F32] = { "f32", 1, 4, copy_from_floats, copy_to_floats },
  [MONOCLE_FORMAT_F16] = { "f16", 1, 2, narrow_to_halves, monocle_half_widen },
  [MONOCLE_FORMAT_BF16] = { "bf16", 1, 2, narrow_to_bf16, monocle_bf16_widen },
  [MONOCLE_FORMAT_U32] = { "u32", 1, 4, round_to_integers, widen_integers },
  [MONOCLE_FORMAT_Q8] = { "q8", Q8_BLOCK, Q8_BYTES, narrow_to_q8, widen_q8 },
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

guint
monocle_format_get_texel_bytes (MonocleFormatId id)
{
  return id == MONOCLE_FORMAT_Q8 ? 4 : 4 * monocle_formats[id].block_bytes;
}

void
monocle_format_part_q8 (gconstpointer blocks, gsize n_blocks, void *integers, void *scales)
{
  const guint8 *block = blocks;

  for (gsize i = 0; i < n_blocks; i++, block += Q8_BYTES)
    {
      memcpy ((guint8 *) scales + 2 * i, block, 2);
      memcpy ((guint8 *) integers + Q8_BLOCK * i, block + 2, Q8_BLOCK);
    }
}

void
monocle_format_join_q8 (const void *integers, const void *scales, gsize n_blocks, gpointer blocks)
{
  guint8 *block = blocks;

  for (gsize i = 0; i < n_blocks; i++, block += Q8_BYTES)
    {
      memcpy (block, (const guint8 *) scales + 2 * i, 2);
      memcpy (block + 2, (const guint8 *) integers + Q8_BLOCK * i, Q8_BLOCK);
    }
}
