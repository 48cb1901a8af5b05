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

/* A scale, what is added, and 16 bytes. */
#define Q4_BLOCK  32
#define Q4_SHARED 4
#define Q4_BYTES  (Q4_SHARED + Q4_BLOCK / 2)
#define Q4_MOST   15

typedef struct
{
  float scale, least;
} Q4Line;

/* As they are stored. */
static Q4Line
round_line (double scale, double least)
{
  const float wide[] = { (float) scale, (float) least };
  guint16 narrow[2];
  float back[2];

  narrow_to_halves (wide, 2, narrow);
  monocle_half_widen (narrow, 2, back);
  return (Q4Line){ back[0], back[1] };
}

/* The nearest of its sixteen numbers to each. Returns: the sum of the errors' squares */
static float
choose_steps (const Q4Line *line, const float *numbers, guint n, guint8 *steps)
{
  const float inverse = line->scale > 0 ? 1 / line->scale : 0;
  float squares[Q4_BLOCK] = { 0 }, error = 0;

  for (guint i = 0; i < n; i++)
    {
      float step = (numbers[i] - line->least) * inverse + 0.5f, off;

      step = step > 0 ? step : 0;
      step = step < Q4_MOST ? step : Q4_MOST;
      steps[i] = (guint8) (int) step;
      off = line->scale * (float) (int) step + line->least - numbers[i];
      squares[i] = off * off;
    }
  for (guint i = 0; i < n; i++)
    error += squares[i];
  return error;
}

/* The line that comes closest to some numbers at their steps. */
static gboolean
fit_line (const float *numbers, guint n, const guint8 *steps, Q4Line *line)
{
  gint64 xs = 0, xx = 0;
  double ys = 0, xy = 0, spread;

  for (guint i = 0; i < n; i++)
    {
      xs += steps[i];
      xx += steps[i] * steps[i];
      ys += (double) numbers[i];
      xy += steps[i] * (double) numbers[i];
    }
  spread = (double) (n * xx - xs * xs);
  if (spread <= 0)
    return FALSE;
  *line = round_line ((n * xy - (double) xs * ys) / spread,
                      (ys * (double) xx - (double) xs * xy) / spread);
  return isfinite (line->scale) && isfinite (line->least) && line->scale > 0;
}

/* How often steps and line are fitted to each other. */
#define Q4_FITS 4

/* From the least number to the largest, then as close as can be: the line by the steps, steps by
 * the line, as long as that helps. A block with a number that is none has none. */
static void
narrow_block_to_q4 (const float *numbers, guint n, guint8 *block)
{
  guint8 steps[Q4_BLOCK] = { 0 }, tried[Q4_BLOCK] = { 0 };
  double least = (double) numbers[0], most = (double) numbers[0];
  Q4Line line, next;
  float error;

  for (guint i = 0; i < n; i++)
    {
      least = MIN (least, (double) numbers[i]);
      most = MAX (most, (double) numbers[i]);
    }
  line = round_line ((most - least) / Q4_MOST, least);
  if (!isfinite (find_largest (numbers, n)) || !isfinite (line.scale) || !isfinite (line.least))
    line = (Q4Line){ NAN, NAN };
  else
    {
      error = choose_steps (&line, numbers, n, steps);
      for (guint i = 0; i < Q4_FITS && error > 0 && fit_line (numbers, n, steps, &next); i++)
        {
          const float tried_error = choose_steps (&next, numbers, n, tried);

          if (tried_error >= error)
            break;
          error = tried_error;
          line = next;
          memcpy (steps, tried, n);
        }
    }
  narrow_to_halves (&line.scale, 1, block);
  narrow_to_halves (&line.least, 1, block + 2);
  for (guint i = 0; i < Q4_BLOCK / 2; i++)
    block[Q4_SHARED + i] = (guint8) (steps[i] | steps[i + Q4_BLOCK / 2] << 4);
}

static void
narrow_to_q4 (const float *from, gsize n, gpointer to)
{
  guint8 *block = to;

  for (gsize first = 0; first < n; first += Q4_BLOCK, block += Q4_BYTES)
    narrow_block_to_q4 (from + first, (guint) MIN (n - first, Q4_BLOCK), block);
}

static void
widen_q4 (gconstpointer from, gsize n, float *to)
{
  const guint8 *block = from;

  for (gsize first = 0; first < n; first += Q4_BLOCK, block += Q4_BYTES)
    {
      const guint run = (guint) MIN (n - first, Q4_BLOCK);
      float line[2];

      monocle_half_widen (block, 2, line);
      for (guint i = 0; i < run; i++)
        {
          const guint8 pair = block[Q4_SHARED + i % (Q4_BLOCK / 2)];

          to[first + i] = line[0] * (float) (i < Q4_BLOCK / 2 ? pair & 15 : pair >> 4) + line[1];
        }
    }
}

const MonocleFormat monocle_formats[MONOCLE_N_FORMATS] = {
  [MONOCLE_FORMAT_F32] = { "f32", 1, 4, 0, copy_from_floats, copy_to_floats },
  [MONOCLE_FORMAT_F16] = { "f16", 1, 2, 0, narrow_to_halves, monocle_half_widen },
  [MONOCLE_FORMAT_BF16] = { "bf16", 1, 2, 0, narrow_to_bf16, monocle_bf16_widen },
  [MONOCLE_FORMAT_U32] = { "u32", 1, 4, 0, round_to_integers, widen_integers },
  [MONOCLE_FORMAT_Q8] = { "q8", Q8_BLOCK, Q8_BYTES, 2, narrow_to_q8, widen_q8 },
  [MONOCLE_FORMAT_Q4] = { "q4", Q4_BLOCK, Q4_BYTES, Q4_SHARED, narrow_to_q4, widen_q4 },
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

/* The line of a block of 4 bits is found again where it has the first step and the last. */
void
monocle_format_settle (MonocleFormatId id, float *numbers, gsize n)
{
  const MonocleFormat *format = &monocle_formats[id];
  const gsize n_bytes = monocle_format_count_bytes (format, n);
  g_autofree guint8 *blocks = g_malloc (n_bytes);

  format->narrow (numbers, n, blocks);
  if (id == MONOCLE_FORMAT_Q4)
    for (gsize i = 0; i < n_bytes / Q4_BYTES; i++)
      blocks[i * Q4_BYTES + Q4_SHARED + i % (Q4_BLOCK / 2)] = Q4_MOST << 4;
  format->widen (blocks, n, numbers);
}

guint
monocle_format_get_texel_bytes (MonocleFormatId id)
{
  const MonocleFormat *format = &monocle_formats[id];

  return 4 * (format->block_bytes - format->shared_bytes) / format->block;
}

guint64
monocle_format_get_shared_offset (MonocleFormatId id, guint64 n)
{
  const MonocleFormat *format = &monocle_formats[id];

  return n / format->block * (format->block_bytes - format->shared_bytes);
}

void
monocle_format_part (
    const MonocleFormat *format, gconstpointer blocks, gsize n_blocks, void *numbers, void *shared)
{
  const guint n_shared = format->shared_bytes, n_own = format->block_bytes - n_shared;
  const guint8 *block = blocks;

  for (gsize i = 0; i < n_blocks; i++, block += format->block_bytes)
    {
      memcpy ((guint8 *) shared + n_shared * i, block, n_shared);
      memcpy ((guint8 *) numbers + n_own * i, block + n_shared, n_own);
    }
}

void
monocle_format_join (const MonocleFormat *format,
                     const void *numbers,
                     const void *shared,
                     gsize n_blocks,
                     gpointer blocks)
{
  const guint n_shared = format->shared_bytes, n_own = format->block_bytes - n_shared;
  guint8 *block = blocks;

  for (gsize i = 0; i < n_blocks; i++, block += format->block_bytes)
    {
      memcpy (block, (const guint8 *) shared + n_shared * i, n_shared);
      memcpy (block + n_shared, (const guint8 *) numbers + n_own * i, n_own);
    }
}
