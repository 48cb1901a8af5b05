/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/blocks.h"

#include <string.h>

#include "engine/base/half.h"

/* Of the kinds without and with scales of scales. */
#define SMALL 32
#define LARGE MONOCLE_BLOCKS_MAX

/* Bytes of the eight scales and minima of a large block, six bits each. */
#define SCALES_BYTES 12

static float
read_half (const guint8 *at)
{
  float value;

  monocle_half_widen (at, 1, &value);
  return value;
}

/* --- 32 numbers, one scale ---------------------------------------------------------------- */

/* The low halves of the bytes come before the high ones. */
static void
widen_q4_0 (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= SMALL, block += 18, to += SMALL)
    {
      const float scale = read_half (block);

      for (guint i = 0; i < SMALL / 2; i++)
        {
          to[i] = scale * (float) ((block[2 + i] & 15) - 8);
          to[i + SMALL / 2] = scale * (float) ((block[2 + i] >> 4) - 8);
        }
    }
}

/* Number @i of a block whose fifth bits lie in front of the others. */
static guint
read_five (const guint8 *high, guint i)
{
  const guint8 *low = high + 4;
  const guint bits = i < SMALL / 2 ? low[i] & 15 : low[i - SMALL / 2] >> 4;

  return bits | (high[i / 8] >> (i % 8) & 1u) << 4;
}

static void
widen_q5_0 (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= SMALL, block += 22, to += SMALL)
    {
      const float scale = read_half (block);

      for (guint i = 0; i < SMALL; i++)
        to[i] = scale * (float) ((int) read_five (block + 2, i) - 16);
    }
}

static void
widen_q5_1 (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= SMALL, block += 24, to += SMALL)
    {
      const float scale = read_half (block), least = read_half (block + 2);

      for (guint i = 0; i < SMALL; i++)
        to[i] = scale * (float) read_five (block + 4, i) + least;
    }
}

/* Sixteen steps that are finer around zero. */
static void
widen_iq4_nl (gconstpointer from, gsize n, float *to)
{
  static const gint8 steps[16]
      = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 };

  for (const guint8 *block = from; n > 0; n -= SMALL, block += 18, to += SMALL)
    {
      const float scale = read_half (block);

      for (guint i = 0; i < SMALL / 2; i++)
        {
          to[i] = scale * (float) steps[block[2 + i] & 15];
          to[i + SMALL / 2] = scale * (float) steps[block[2 + i] >> 4];
        }
    }
}

/* --- 256 numbers, scales of scales -------------------------------------------------------- */

/* Scale and minimum of the @i-th 32 numbers: six bits each, of which the last four groups have the
 * upper two in the bytes of the first four. */
static void
read_scale (const guint8 *scales, guint i, guint *scale, guint *least)
{
  if (i < 4)
    {
      *scale = scales[i] & 63;
      *least = scales[i + 4] & 63;
    }
  else
    {
      *scale = (scales[i + 4] & 15) | (scales[i - 4] >> 6) << 4;
      *least = (scales[i + 4] >> 4) | (scales[i] >> 6) << 4;
    }
}

/* @high: (nullable): a fifth bit of each number, that of the @i-th 32 numbers in bit @i */
static void
widen_k (const guint8 *block, const guint8 *high, const guint8 *low, float *to)
{
  const float of_scales = read_half (block), of_least = read_half (block + 2);

  for (guint i = 0; i < LARGE / 32; i++)
    {
      guint scale, least;
      float factor, shift;

      read_scale (block + 4, i, &scale, &least);
      factor = of_scales * (float) scale;
      shift = of_least * (float) least;
      for (guint j = 0; j < 32; j++)
        {
          const guint8 pair = low[32 * (i / 2) + j];
          guint bits = i % 2 == 0 ? pair & 15 : pair >> 4;

          if (high)
            bits |= (high[j] >> i & 1u) << 4;
          to[32 * i + j] = factor * (float) bits - shift;
        }
    }
}

static void
widen_q4_k (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= LARGE, block += 144, to += LARGE)
    widen_k (block, NULL, block + 4 + SCALES_BYTES, to);
}

static void
widen_q5_k (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= LARGE, block += 176, to += LARGE)
    widen_k (block, block + 4 + SCALES_BYTES, block + 4 + SCALES_BYTES + LARGE / 8, to);
}

/* Each half of a block: 64 bytes of low bits, in which 32 numbers lie beside 64 later ones, and 32
 * bytes of four pairs of high bits; a scale for 16 numbers. */
static void
widen_q6_k (gconstpointer from, gsize n, float *to)
{
  for (const guint8 *block = from; n > 0; n -= LARGE, block += 210, to += LARGE)
    {
      const gint8 *scales = (const gint8 *) block + 192;
      const float of_scales = read_half (block + 208);

      for (guint i = 0; i < LARGE; i++)
        {
          const guint half = i / 128, group = i % 128 / 32, j = i % 32;
          const guint8 pair = block[64 * half + 32 * (group % 2) + j];
          const guint low = group < 2 ? pair & 15 : pair >> 4;
          const guint high = block[128 + 32 * half + j] >> (2 * group) & 3;
          const float factor = of_scales * (float) scales[i / 16];

          to[i] = factor * (float) ((int) (low | high << 4) - 32);
        }
    }
}

/* --- as devices have four bits ------------------------------------------------------------ */

#define Q4_BYTES 20

static void
put_line (float scale, float least, guint8 *block)
{
  const float line[] = { scale, least };
  guint16 halves[2];

  monocle_half_narrow (line, 2, halves);
  memcpy (block, halves, sizeof halves);
}

static void
convert_q4_0 (const guint8 *from, guint64 n, guint8 *to)
{
  for (; n > 0; n -= SMALL, from += 18, to += Q4_BYTES)
    {
      const float scale = read_half (from);

      put_line (scale, -8 * scale, to);
      memcpy (to + 4, from + 2, SMALL / 2);
    }
}

/* There a byte has numbers of two groups, here of the halves of one. */
static void
convert_q4_k (const guint8 *from, guint64 n, guint8 *to)
{
  for (; n > 0; n -= LARGE, from += 144)
    for (guint i = 0; i < LARGE / SMALL; i++, to += Q4_BYTES)
      {
        const guint8 *pairs = from + 4 + SCALES_BYTES + SMALL * (i / 2);
        const guint shift = i % 2 == 0 ? 0 : 4;
        guint scale, least;

        read_scale (from + 4, i, &scale, &least);
        put_line (read_half (from) * (float) scale, -(read_half (from + 2) * (float) least), to);
        for (guint j = 0; j < SMALL / 2; j++)
          to[4 + j]
              = (guint8) ((pairs[j] >> shift & 15) | (pairs[j + SMALL / 2] >> shift & 15) << 4);
      }
}

gboolean
monocle_blocks_has_q4 (MonocleDtype dtype)
{
  return dtype == MONOCLE_DTYPE_Q4_0 || dtype == MONOCLE_DTYPE_Q4_1 || dtype == MONOCLE_DTYPE_Q4_K;
}

void
monocle_blocks_to_q4 (MonocleDtype dtype, const guint8 *blocks, guint64 n, guint8 *to)
{
  g_assert (monocle_blocks_has_q4 (dtype));
  g_assert (n % (dtype == MONOCLE_DTYPE_Q4_K ? LARGE : SMALL) == 0);
  if (dtype == MONOCLE_DTYPE_Q4_0)
    convert_q4_0 (blocks, n, to);
  else if (dtype == MONOCLE_DTYPE_Q4_K)
    convert_q4_k (blocks, n, to);
  else
    memcpy (to, blocks, n / SMALL * Q4_BYTES);
}

/* --- the kinds ---------------------------------------------------------------------------- */

const MonocleFormat *
monocle_blocks_get_format (MonocleDtype dtype)
{
  static const MonocleFormat formats[MONOCLE_DTYPE_OTHER + 1] = {
    [MONOCLE_DTYPE_Q4_0] = { "q4_0", SMALL, 18, 0, NULL, widen_q4_0 },
    [MONOCLE_DTYPE_Q5_0] = { "q5_0", SMALL, 22, 0, NULL, widen_q5_0 },
    [MONOCLE_DTYPE_Q5_1] = { "q5_1", SMALL, 24, 0, NULL, widen_q5_1 },
    [MONOCLE_DTYPE_IQ4_NL] = { "iq4_nl", SMALL, 18, 0, NULL, widen_iq4_nl },
    [MONOCLE_DTYPE_Q4_K] = { "q4_k", LARGE, 144, 0, NULL, widen_q4_k },
    [MONOCLE_DTYPE_Q5_K] = { "q5_k", LARGE, 176, 0, NULL, widen_q5_k },
    [MONOCLE_DTYPE_Q6_K] = { "q6_k", LARGE, 210, 0, NULL, widen_q6_k },
  };

  if (dtype == MONOCLE_DTYPE_Q8_0)
    return &monocle_formats[MONOCLE_FORMAT_Q8];
  if (dtype == MONOCLE_DTYPE_Q4_1)
    return &monocle_formats[MONOCLE_FORMAT_Q4];
  return formats[dtype].widen ? &formats[dtype] : NULL;
}
