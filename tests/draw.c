/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * draw FILE.drawn...: what chance drew needs no room, since it draws it again. Of FILE, FILE.drawn
 * says which numbers those are (tests/reference/draw.py wrote it), a line for each tensor:
 *
 *   offset count type seed hash factor plus
 *
 * They are plus + factor * x with x of NumPy's default_rng ([seed, hash]).standard_normal (). FILE
 * has what is left of it when they are taken away, bit by bit, which is mostly nothing; here they
 * are put back, and FILE.drawn goes.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/half.h"

/* --- PCG64 ------------------------------------------------------------------------------- */

typedef unsigned __int128 Wide;

typedef struct
{
  Wide state, increment;
} Random;

static guint64
random_next (Random *self)
{
  const Wide factor = (Wide) 0x2360ed051fc65da4 << 64 | 0x4385df649fccf645;
  guint64 mixed;
  guint turn;

  self->state = self->state * factor + self->increment;
  mixed = (guint64) (self->state >> 64) ^ (guint64) self->state;
  turn = (guint) (self->state >> 122);
  return mixed >> turn | mixed << (-turn & 63);
}

static double
random_next_part (Random *self)
{
  return (double) (random_next (self) >> 11) * 0x1p-53;
}

static guint32
hash_word (guint32 word, guint32 *key, guint32 factor)
{
  word ^= *key;
  *key *= factor;
  word *= *key;
  return word ^ word >> 16;
}

static void
random_init (Random *self, guint32 seed, guint32 hash)
{
  guint32 pool[4] = { seed, hash, 0, 0 };
  guint32 key = 0x43b0d7e5;
  Wide words[2] = { 0 };

  for (guint i = 0; i < 4; i++)
    pool[i] = hash_word (pool[i], &key, 0x931e8875);
  for (guint from = 0; from < 4; from++)
    for (guint to = 0; to < 4; to++)
      if (from != to)
        {
          guint32 mixed
              = pool[to] * 0xca01f9dd - hash_word (pool[from], &key, 0x931e8875) * 0x4973f715;

          pool[to] = mixed ^ mixed >> 16;
        }

  key = 0x8b51f9dd;
  for (guint i = 0; i < 8; i++)
    words[i / 4] |= (Wide) hash_word (pool[i % 4], &key, 0x58f38ded)
                    << (i % 4 / 2 ? 0 : 64) << i % 2 * 32;

  self->increment = words[1] << 1 | 1;
  self->state = self->increment + words[0];
  random_next (self);
}

/* --- a ziggurat of 256 layers (Marsaglia and Tsang 2000) ----------------------------------- */

#define LAST 3.6541528853610087963519472518L

static double widths[256], heights[256];
static guint64 inside[256];

static void
make_layers (void)
{
  long double area = LAST * expl (-LAST * LAST / 2) + sqrtl (G_PI_2) * erfcl (LAST / sqrtl (2));
  long double x = LAST;

  widths[0] = (double) (area / expl (-LAST * LAST / 2) * 0x1p-52L);
  inside[0] = (guint64) (LAST * expl (-LAST * LAST / 2) / area * 0x1p52L);
  heights[0] = 1;
  for (guint i = 255; i > 0; i--)
    {
      long double next = i > 1 ? sqrtl (-2 * logl (area / x + expl (-x * x / 2))) : 0;

      widths[i] = (double) (x * 0x1p-52L);
      heights[i] = (double) expl (-x * x / 2);
      inside[i] = (guint64) (next / x * 0x1p52L);
      x = next;
    }
}

static double
random_next_normal (Random *self)
{
  for (;;)
    {
      guint64 bits = random_next (self);
      guint layer = bits & 255;
      guint64 place = bits >> 9 & 0xfffffffffffff;
      double x = (double) place * widths[layer];

      if (bits & 256)
        x = -x;
      if (place < inside[layer])
        return x;
      if (layer > 0)
        {
          double part = random_next_part (self);

          if ((heights[layer - 1] - heights[layer]) * part + heights[layer] < exp (-0.5 * x * x))
            return x;
          continue;
        }
      for (;;)
        {
          double beyond = -log1p (-random_next_part (self)) / (double) LAST;
          double y = -log1p (-random_next_part (self));

          if (y + y > beyond * beyond)
            return bits >> 17 & 1 ? -((double) LAST + beyond) : (double) LAST + beyond;
        }
    }
}

/* --- files ------------------------------------------------------------------------------- */

/* @to: @n numbers */
static gsize
draw (const char *type, guint32 seed, guint32 hash, double factor, double plus, gsize n, void *to)
{
  g_autofree float *numbers = g_new (float, n);
  Random random;

  random_init (&random, seed, hash);
  for (gsize i = 0; i < n; i++)
    numbers[i] = (float) (plus + factor * random_next_normal (&random));

  if (g_str_equal (type, "F32"))
    {
      memcpy (to, numbers, n * sizeof *numbers);
      return n * sizeof *numbers;
    }
  if (g_str_equal (type, "F16"))
    monocle_half_narrow (numbers, n, to);
  else
    monocle_bf16_narrow (numbers, n, to);
  return n * 2;
}

static gboolean
draw_line (const char *line, char *contents, gsize length)
{
  gsize offset, n;
  char type[8];
  guint seed, hash;
  double factor, plus;
  g_autofree guint8 *drawn = NULL;
  gsize n_bytes;

  if (sscanf (line, "%zu %zu %7s %u %u %lf %lf", &offset, &n, type, &seed, &hash, &factor, &plus)
          != 7
      || offset > length || n > (length - offset) / (g_str_equal (type, "F32") ? 4 : 2))
    return FALSE;

  drawn = g_new (guint8, 4 * n);
  n_bytes = draw (type, seed, hash, factor, plus, n, drawn);
  for (gsize i = 0; i < n_bytes; i++)
    contents[offset + i] ^= (char) drawn[i];
  return TRUE;
}

static void
draw_file (const char *list)
{
  g_autofree char *path = g_strndup (list, strlen (list) - strlen (".drawn"));
  g_autofree char *contents = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (list, &text, NULL, &error)
      || !g_file_get_contents (path, &contents, &length, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (!draw_line (lines[i], contents, length))
      g_error ("%s: line %u is no tensor of the file", list, i + 1);
  if (!g_file_set_contents (path, contents, (gssize) length, &error))
    g_error ("%s", error->message);
  g_remove (list);
}

int
main (int argc, char **argv)
{
  make_layers ();
  for (int i = 1; i < argc; i++)
    {
      if (!g_str_has_suffix (argv[i], ".drawn"))
        g_error ("%s is not FILE.drawn", argv[i]);
      draw_file (argv[i]);
    }
  return 0;
}
