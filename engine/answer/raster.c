/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An outline as pixels, the same as in COCO's own tools, so that figures can be compared.
 */
#include "config.h"

#include "engine/answer/mask-runs-private.h"

/* How much finer than pixels an outline is walked. */
#define FINE 5

/* The fine column, of each FINE, behind which a column of pixels begins. */
#define FINE_MIDDLE 2

/* Fewer borders are listed, however small the picture. */
#define MIN_MARKED 4096

/* Farther out nothing changes any more, and fine coordinates stay small integers. */
#define MAX_COORDINATE 1e6

/* What is filled: borders are positions, counted down the columns, where inside and outside swap.
 * They are listed, or, where an outline crosses itself so often that the list would be the longer
 * one, marked: a bit a position. Two at one place are none.
 */
typedef struct
{
  gint width, height;
  guint32 n_pixels;
  GArray *borders;
  guint64 *marks;
} Filling;

static void
mark_border (guint64 *marks, guint32 border)
{
  marks[border / 64] ^= G_GUINT64_CONSTANT (1) << border % 64;
}

static void
note_border (Filling *filling, guint32 border)
{
  if (border >= filling->n_pixels)
    return;
  if (filling->marks)
    {
      mark_border (filling->marks, border);
      return;
    }
  g_array_append_val (filling->borders, border);
  if (filling->borders->len < MAX (MIN_MARKED, filling->n_pixels / 32))
    return;
  filling->marks = g_new0 (guint64, filling->n_pixels / 64 + 1);
  for (guint i = 0; i < filling->borders->len; i++)
    mark_border (filling->marks, g_array_index (filling->borders, guint32, i));
  g_array_set_size (filling->borders, 0);
}

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

  if (column < FINE_MIDDLE || column % FINE != FINE_MIDDLE)
    return;
  x = column / FINE;
  if (x >= filling->width)
    return;

  /* The first pixel whose middle is not above the row. */
  y = row <= FINE_MIDDLE ? 0 : (row - FINE_MIDDLE + FINE - 1) / FINE;
  note_border (filling,
               (guint32) x * (guint32) filling->height + (guint32) MIN (y, filling->height));
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

static void
add_run (GArray *counts, guint32 *at, guint32 border)
{
  guint32 run = border - *at;

  g_array_append_val (counts, run);
  *at = border;
}

static void
count_listed (GArray *borders, GArray *counts, guint32 *at)
{
  g_array_sort (borders, compare_borders);
  for (guint i = 0; i < borders->len; i++)
    {
      guint32 border = g_array_index (borders, guint32, i);

      if (i + 1 < borders->len && g_array_index (borders, guint32, i + 1) == border)
        i++;
      else
        add_run (counts, at, border);
    }
}

static void
count_marked (const guint64 *marks, guint32 n_pixels, GArray *counts, guint32 *at)
{
  for (guint32 word = 0; word <= n_pixels / 64; word++)
    for (guint64 left = marks[word]; left; left &= left - 1)
      add_run (counts, at, word * 64 + (guint32) __builtin_ctzll (left));
}

MonocleMaskRuns *
monocle_raster_fill (const double *points, guint n_points, guint width, guint height)
{
  g_autoptr (GArray) borders = g_array_new (FALSE, FALSE, sizeof (guint32));
  Filling filling = { (gint) width, (gint) height, width * height, borders, NULL };
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 at = 0;

  for (guint i = 0; i < n_points && n_points >= 3; i++)
    {
      const double *here = points + 2 * i, *there = points + 2 * ((i + 1) % n_points);

      walk (&filling, to_fine (here[0]), to_fine (here[1]), to_fine (there[0]), to_fine (there[1]));
    }

  /* Lengths of runs between borders. */
  if (filling.marks)
    count_marked (filling.marks, filling.n_pixels, counts, &at);
  else
    count_listed (borders, counts, &at);
  add_run (counts, &at, filling.n_pixels);
  g_free (filling.marks);
  return monocle_mask_runs_new_take (counts, width, height);
}
