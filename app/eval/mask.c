/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/mask.h"

#include <math.h>
#include <string.h>

/* How much finer than pixels an outline is walked. */
#define FINE 5

/* The fine column, of each FINE, behind which a column of pixels begins. */
#define FINE_MIDDLE 2

/* Farther out nothing changes any more, and fine coordinates stay small integers. */
#define MAX_COORDINATE 1e6

/* Bits of a character of compressed run lengths, and what it starts from. */
#define STRING_BITS           5
#define STRING_MORE           0x20
#define STRING_SIGN           0x10
#define STRING_BASE           48
#define STRING_MAX_CHARACTERS 7

typedef struct
{
  MonocleEvalMask mask;
  gatomicrefcount count;
} Counted;

/* @counts: (transfer full). */
static MonocleEvalMask *
take_counts (GArray *counts, guint width, guint height)
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

MonocleEvalMask *
monocle_eval_mask_ref (MonocleEvalMask *self)
{
  g_atomic_ref_count_inc (&((Counted *) self)->count);
  return self;
}

void
monocle_eval_mask_unref (MonocleEvalMask *self)
{
  if (!self || !g_atomic_ref_count_dec (&((Counted *) self)->count))
    return;
  g_free (self->counts);
  g_free (self);
}

/* --- Polygons --- */

/* What is filled: borders are positions, counted down the columns, where inside and outside swap.
 */
typedef struct
{
  gint width, height;
  GArray *borders;
} Filling;

static gint
to_fine (double pixels)
{
  return (gint) (FINE * CLAMP (pixels, -MAX_COORDINATE, MAX_COORDINATE) + 0.5);
}

/* The outline steps between the fine columns @column and @column + 1, at the upper fine row @row.
 */
static void
add_border (Filling *filling, gint column, gint row)
{
  gint x, y;
  guint32 border;

  if (column < FINE_MIDDLE || column % FINE != FINE_MIDDLE)
    return;
  x = column / FINE;
  if (x >= filling->width)
    return;

  /* The first pixel whose middle is not above the row. */
  y = row <= FINE_MIDDLE ? 0 : (row - FINE_MIDDLE + FINE - 1) / FINE;
  border = (guint32) x * (guint32) filling->height + (guint32) MIN (y, filling->height);
  g_array_append_val (filling->borders, border);
}

/* The first fine column at or after @column that a border can lie behind. */
static gint
next_column (gint column)
{
  if (column <= FINE_MIDDLE)
    return FINE_MIDDLE;
  return column + (FINE_MIDDLE - column % FINE + FINE) % FINE;
}

/* Rather wide than high: one step a column. @xs < @xe. */
static void
walk_wide (Filling *filling, gint xs, gint ys, gint xe, gint ye)
{
  double slope = (double) (ye - ys) / (xe - xs);
  gint last = MIN (xe - 1, FINE * (filling->width - 1) + FINE_MIDDLE);

  for (gint column = next_column (xs); column <= last; column += FINE)
    {
      gint here = (gint) (ys + slope * (column - xs) + 0.5);
      gint there = (gint) (ys + slope * (column + 1 - xs) + 0.5);

      add_border (filling, column, MIN (here, there));
    }
}

/* Rather high than wide: one step a row, and the column changes now and then. @ys < @ye. */
static void
walk_high (Filling *filling, gint xs, gint ys, gint xe, gint ye)
{
  double slope = (double) (xe - xs) / (ye - ys);
  gint first = MIN (xs, xe), end = MAX (xs, xe);
  gint last = MIN (end - 1, FINE * (filling->width - 1) + FINE_MIDDLE);

  for (gint column = next_column (first); column <= last; column += FINE)
    {
      /* The last step that is still on the near side of the border: columns never turn back. */
      gint near = 0, far = ye - ys;

      while (far - near > 1)
        {
          gint middle = near + (far - near) / 2;
          gint at = (gint) (xs + slope * middle + 0.5);

          if (xe > xs ? at <= column : at > column)
            near = middle;
          else
            far = middle;
        }
      add_border (filling, column, ys + near);
    }
}

static void
walk (Filling *filling, gint xs, gint ys, gint xe, gint ye)
{
  gint dx = ABS (xe - xs), dy = ABS (ye - ys);

  /* Always walked the same way, so that neighbours share their border. */
  if (dx >= dy && xs > xe)
    walk_wide (filling, xe, ye, xs, ys);
  else if (dx >= dy && dx > 0)
    walk_wide (filling, xs, ys, xe, ye);
  else if (dx < dy && ys > ye)
    walk_high (filling, xe, ye, xs, ys);
  else if (dx < dy)
    walk_high (filling, xs, ys, xe, ye);
}

static int
compare_borders (gconstpointer a, gconstpointer b)
{
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

/* Run lengths between borders; two borders at one place are none. */
static GArray *
count_runs (GArray *borders, guint32 n_pixels)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 at = 0;

  g_array_sort (borders, compare_borders);
  for (guint i = 0; i < borders->len; i++)
    {
      guint32 border = g_array_index (borders, guint32, i), run;

      if (i + 1 < borders->len && g_array_index (borders, guint32, i + 1) == border)
        {
          i++;
          continue;
        }
      if (border >= n_pixels)
        break;
      run = border - at;
      g_array_append_val (counts, run);
      at = border;
    }
  at = n_pixels - at;
  g_array_append_val (counts, at);
  return counts;
}

static MonocleEvalMask *
fill (const GArray *polygon, guint width, guint height)
{
  g_autoptr (GArray) borders = g_array_new (FALSE, FALSE, sizeof (guint32));
  Filling filling = { (gint) width, (gint) height, borders };
  const double *points = (const double *) (gconstpointer) polygon->data;
  guint n_points = polygon->len / 2;

  for (guint i = 0; i < n_points && n_points >= 3; i++)
    {
      const double *here = points + 2 * i, *there = points + 2 * ((i + 1) % n_points);

      walk (&filling, to_fine (here[0]), to_fine (here[1]), to_fine (there[0]), to_fine (there[1]));
    }
  return take_counts (count_runs (borders, width * height), width, height);
}

/* --- Two masks --- */

/* Where one mask is read. */
typedef struct
{
  const MonocleEvalMask *mask;
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
pair_begin (const MonocleEvalMask *a, const MonocleEvalMask *b)
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

static MonocleEvalMask *
unite (const MonocleEvalMask *a, const MonocleEvalMask *b)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  Pair pair = pair_begin (a, b);
  gboolean inside = FALSE;
  guint32 length = 0, run;

  while ((run = pair_next (&pair)) > 0)
    {
      if ((pair.sides[0].inside || pair.sides[1].inside) != inside)
        {
          g_array_append_val (counts, length);
          length = 0;
          inside = !inside;
        }
      length += run;
    }
  g_array_append_val (counts, length);
  return take_counts (counts, a->width, a->height);
}

MonocleEvalMask *
monocle_eval_mask_new_from_polygons (GArray *const *polygons,
                                     guint n_polygons,
                                     guint width,
                                     guint height)
{
  g_autoptr (MonocleEvalMask) mask = NULL;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail ((guint64) width * height <= MONOCLE_EVAL_MAX_PIXELS, NULL);

  for (guint i = 0; i < n_polygons; i++)
    {
      g_autoptr (MonocleEvalMask) part = fill (polygons[i], width, height);
      MonocleEvalMask *sum = mask ? unite (mask, part) : monocle_eval_mask_ref (part);

      monocle_eval_mask_unref (mask);
      mask = sum;
    }
  if (!mask)
    {
      g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (guint32));

      mask = take_counts (count_runs (none, width * height), width, height);
    }
  return g_steal_pointer (&mask);
}

/* --- Run lengths --- */

MonocleEvalMask *
monocle_eval_mask_new_from_counts (const gint64 *counts, guint n_counts, guint width, guint height)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 left;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail ((guint64) width * height <= MONOCLE_EVAL_MAX_PIXELS, NULL);

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
  return left == 0 ? take_counts (g_steal_pointer (&runs), width, height) : NULL;
}

MonocleEvalMask *
monocle_eval_mask_new_from_string (const char *text, guint width, guint height)
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
      if (value < 0 || value > MONOCLE_EVAL_MAX_PIXELS)
        return NULL;
      g_array_append_val (counts, value);
    }
  return monocle_eval_mask_new_from_counts ((const gint64 *) (gpointer) counts->data, counts->len,
                                            width, height);
}

char *
monocle_eval_mask_to_string (const MonocleEvalMask *self)
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
monocle_eval_mask_get_area (const MonocleEvalMask *self)
{
  guint64 area = 0;

  for (guint i = 1; i < self->n_counts; i += 2)
    area += self->counts[i];
  return area;
}

double
monocle_eval_mask_get_iou (const MonocleEvalMask *self,
                           const MonocleEvalMask *truth,
                           MonocleEvalCrowd crowd)
{
  Pair pair = pair_begin (self, truth);
  guint64 both = 0, either = 0;
  guint32 run;

  g_return_val_if_fail (self->width == truth->width && self->height == truth->height, 0);

  while ((run = pair_next (&pair)) > 0)
    {
      if (pair.sides[0].inside && pair.sides[1].inside)
        both += run;
      if (pair.sides[0].inside || (pair.sides[1].inside && crowd == MONOCLE_EVAL_SINGLE))
        either += run;
    }
  return both > 0 ? (double) both / (double) either : 0;
}
