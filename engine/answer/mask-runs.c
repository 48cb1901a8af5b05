/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/mask-runs-private.h"

#include <string.h>

/* Bits of a character of compressed run lengths, and what it starts from. */
#define STRING_BITS           5
#define STRING_MORE           0x20
#define STRING_SIGN           0x10
#define STRING_BASE           48
#define STRING_MAX_CHARACTERS 7

typedef struct
{
  MonocleMaskRuns mask;
  gatomicrefcount count;
} Counted;

MonocleMaskRuns *
monocle_mask_runs_new_take (GArray *counts, guint width, guint height)
{
  Counted *counted = g_new (Counted, 1);
  gsize n_counts = 0;

  counted->mask.width = width;
  counted->mask.height = height;
  counted->mask.counts = g_array_steal (counts, &n_counts);
  counted->mask.n_counts = (guint) n_counts;
  g_array_unref (counts);
  g_atomic_ref_count_init (&counted->count);
  return &counted->mask;
}

MonocleMaskRuns *
monocle_mask_runs_ref (MonocleMaskRuns *self)
{
  g_atomic_ref_count_inc (&((Counted *) self)->count);
  return self;
}

void
monocle_mask_runs_unref (MonocleMaskRuns *self)
{
  if (!self || !g_atomic_ref_count_dec (&((Counted *) self)->count))
    return;
  g_free (self->counts);
  g_free (self);
}

/* --- Two masks --- */

/* Where one mask is read. */
typedef struct
{
  const MonocleMaskRuns *mask;
  guint next;
  guint32 left;
  gboolean inside;
} Side;

/* Both masks as one list of runs. */
typedef struct
{
  Side sides[2];
} Pair;

static Pair
pair_begin (const MonocleMaskRuns *a, const MonocleMaskRuns *b)
{
  return (Pair){ { { a, 0, 0, TRUE }, { b, 0, 0, TRUE } } };
}

/* Goes to the next run that is not empty. */
static gboolean
side_fill (Side *side)
{
  while (side->left == 0)
    {
      if (side->next == side->mask->n_counts)
        return FALSE;
      side->left = side->mask->counts[side->next++];
      side->inside = !side->inside;
    }
  return TRUE;
}

/* The length of the next run in which neither changes; 0 at the end. */
static guint32
pair_next (Pair *pair)
{
  Side *a = &pair->sides[0], *b = &pair->sides[1];
  guint32 run;

  if (!side_fill (a) || !side_fill (b))
    return 0;
  run = MIN (a->left, b->left);
  a->left -= run;
  b->left -= run;
  return run;
}

MonocleMaskRuns *
monocle_mask_runs_paint (const MonocleMaskRuns *a, const MonocleMaskRuns *b, MonocleRingRole role)
{
  const gboolean adds = role == MONOCLE_RING_OUTER;
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  Pair pair = pair_begin (a, b);
  gboolean inside = FALSE;
  guint32 length = 0, run;

  while ((run = pair_next (&pair)) > 0)
    {
      const gboolean here = pair.sides[1].inside ? adds : pair.sides[0].inside;

      if (here != inside)
        {
          g_array_append_val (counts, length);
          length = 0;
          inside = !inside;
        }
      length += run;
    }
  g_array_append_val (counts, length);
  return monocle_mask_runs_new_take (counts, a->width, a->height);
}

/* --- Run lengths --- */

MonocleMaskRuns *
monocle_mask_runs_new_from_counts (const gint64 *counts, guint n_counts, guint width, guint height)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 left;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail ((guint64) width * height <= MONOCLE_MASK_MAX_PIXELS, NULL);

  left = (guint64) width * height;
  for (guint i = 0; i < n_counts; i++)
    {
      guint32 run;

      if (counts[i] < 0 || (guint64) counts[i] > left)
        return NULL;
      run = (guint32) counts[i];
      left -= run;
      /* An empty run joins its neighbours. */
      if (run == 0 && i > 0 && i + 1 < n_counts && counts[i + 1] >= 0
          && (guint64) counts[i + 1] <= left)
        {
          g_array_index (runs, guint32, runs->len - 1) += (guint32) counts[++i];
          left -= (guint64) counts[i];
        }
      else if (run > 0 || i == 0)
        g_array_append_val (runs, run);
    }
  return left == 0 ? monocle_mask_runs_new_take (g_steal_pointer (&runs), width, height) : NULL;
}

MonocleMaskRuns *
monocle_mask_runs_new_from_string (const char *text, guint width, guint height)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));

  while (*text)
    {
      gint64 value = 0;
      guint n = 0;
      gint c;

      do
        {
          c = *text - STRING_BASE;
          if (c < 0 || c >= 2 * STRING_MORE || n == STRING_MAX_CHARACTERS)
            return NULL;
          value |= (gint64) (c & (STRING_MORE - 1)) << (STRING_BITS * n++);
          text++;
        }
      while (c & STRING_MORE);
      if (c & STRING_SIGN)
        value -= G_GINT64_CONSTANT (1) << (STRING_BITS * n);
      /* From the fourth run on it is the difference to the last but one. */
      if (counts->len > 2)
        value += g_array_index (counts, gint64, counts->len - 2);
      if (value < 0 || value > MONOCLE_MASK_MAX_PIXELS)
        return NULL;
      g_array_append_val (counts, value);
    }
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gpointer) counts->data, counts->len,
                                            width, height);
}

char *
monocle_mask_runs_to_string (const MonocleMaskRuns *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_counts; i++)
    {
      gint64 value = (gint64) self->counts[i] - (i > 2 ? (gint64) self->counts[i - 2] : 0);
      gboolean more;

      do
        {
          gint c = (gint) (value & (STRING_MORE - 1));

          value >>= STRING_BITS;
          more = c & STRING_SIGN ? value != -1 : value != 0;
          g_string_append_c (text, (char) ((more ? c | STRING_MORE : c) + STRING_BASE));
        }
      while (more);
    }
  return g_string_free (text, FALSE);
}

guint64
monocle_mask_runs_get_area (const MonocleMaskRuns *self)
{
  guint64 area = 0;

  for (guint i = 1; i < self->n_counts; i += 2)
    area += self->counts[i];
  return area;
}

guint64
monocle_mask_runs_get_common (const MonocleMaskRuns *self, const MonocleMaskRuns *other)
{
  Pair pair = pair_begin (self, other);
  guint64 both = 0;
  guint32 run;

  g_return_val_if_fail (self->width == other->width && self->height == other->height, 0);

  while ((run = pair_next (&pair)) > 0)
    if (pair.sides[0].inside && pair.sides[1].inside)
      both += run;
  return both;
}

gboolean
monocle_mask_runs_equal (const MonocleMaskRuns *self, const MonocleMaskRuns *other)
{
  return self->width == other->width && self->height == other->height
         && self->n_counts == other->n_counts
         && memcmp (self->counts, other->counts, self->n_counts * sizeof *self->counts) == 0;
}

gboolean
monocle_mask_runs_has (const MonocleMaskRuns *self, guint x, guint y)
{
  guint64 at = (guint64) x * self->height + y;

  if (x >= self->width || y >= self->height)
    return FALSE;
  for (guint i = 0; i < self->n_counts; i++)
    {
      if (at < self->counts[i])
        return i % 2 == 1;
      at -= self->counts[i];
    }
  return FALSE;
}

void
monocle_mask_runs_to_pixels (const MonocleMaskRuns *self, guint8 *pixels, gsize stride)
{
  guint64 at = 0;

  for (guint i = 0; i < self->n_counts; i++)
    {
      for (guint64 k = at; i % 2 == 1 && k < at + self->counts[i]; k++)
        pixels[k % self->height * stride + k / self->height] = 0xff;
      at += self->counts[i];
    }
}
