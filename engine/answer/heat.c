/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/heat.h"

#include <gio/gio.h>
#include <math.h>

#include "engine/answer/between.h"
#include "engine/answer/pack.h"

#define CERTAIN 65535

/* What fits into 8 bits, and back. */
#define COARSE 257

static gsize
count_levels (const MonocleHeat *self)
{
  return (gsize) self->columns * self->rows;
}

static MonocleHeat *
new_like (const MonocleHeat *like)
{
  MonocleHeat *self
      = g_atomic_rc_box_alloc0 (sizeof *self + count_levels (like) * sizeof *self->levels);

  *self = *like;
  self->label = g_strdup (like->label);
  return self;
}

MonocleHeat *
monocle_heat_new (const MonocleHeat *like, const float *likely)
{
  MonocleHeat *self;

  g_return_val_if_fail (like->columns > 0 && like->rows > 0, NULL);
  g_return_val_if_fail (like->width > 0 && like->height > 0, NULL);

  self = new_like (like);
  for (gsize i = 0; i < count_levels (self); i++)
    self->levels[i] = (guint16) lroundf (CLAMP (likely[i], 0, 1) * CERTAIN);
  return self;
}

MonocleHeat *
monocle_heat_ref (MonocleHeat *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer self)
{
  g_free (((MonocleHeat *) self)->label);
}

void
monocle_heat_unref (MonocleHeat *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear);
}

/* --- Outlines --- */

static float *
widen (const MonocleHeat *self)
{
  float *likely = g_new (float, count_levels (self));

  for (gsize i = 0; i < count_levels (self); i++)
    likely[i] = (float) self->levels[i] / CERTAIN;
  return likely;
}

MonocleMaskRuns *
monocle_heat_cut (const MonocleHeat *self, double threshold, double *mean)
{
  g_autofree float *map = widen (self);
  g_autofree MonocleBetween *across = monocle_between_new (self->columns, self->width);
  g_autofree MonocleBetween *down = monocle_between_new (self->rows, self->height);
  g_autofree float *column = g_new (float, self->rows);
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean inside = FALSE;
  guint64 n_inside = 0;
  gint64 run = 0;
  double sum = 0;

  for (guint x = 0; x < self->width; x++)
    {
      for (guint y = 0; y < self->rows; y++)
        column[y] = monocle_between (&across[x], map + (gsize) y * self->columns, 1);
      for (guint y = 0; y < self->height; y++)
        {
          const float likely = monocle_between (&down[y], column, 1);

          if ((likely >= (float) threshold) != inside)
            {
              g_array_append_val (counts, run);
              run = 0;
              inside = !inside;
            }
          run++;
          if (inside)
            {
              sum += (double) likely;
              n_inside++;
            }
        }
    }
  g_array_append_val (counts, run);
  *mean = n_inside > 0 ? sum / (double) n_inside : (double) NAN;
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gconstpointer) counts->data,
                                            counts->len, self->width, self->height);
}

/* --- Pixels --- */

guint16 *
monocle_heat_spread (const MonocleHeat *const *heats, guint n)
{
  const MonocleHeat *first = heats[0];
  g_autofree float *map = widen (first);
  g_autofree MonocleBetween *across = monocle_between_new (first->columns, first->width);
  g_autofree MonocleBetween *down = monocle_between_new (first->rows, first->height);
  g_autofree float *column = g_new (float, first->rows);
  guint16 *levels = g_new (guint16, (gsize) first->width * first->height);

  for (guint i = 1; i < n; i++)
    {
      g_autofree float *other = widen (heats[i]);

      if (heats[i]->columns == first->columns && heats[i]->rows == first->rows)
        for (gsize k = 0; k < count_levels (first); k++)
          map[k] = MAX (map[k], other[k]);
    }
  for (guint x = 0; x < first->width; x++)
    {
      for (guint y = 0; y < first->rows; y++)
        column[y] = monocle_between (&across[x], map + (gsize) y * first->columns, 1);
      for (guint y = 0; y < first->height; y++)
        levels[(gsize) y * first->width + x]
            = (guint16) lroundf (CLAMP (monocle_between (&down[y], column, 1), 0, 1) * CERTAIN);
    }
  return levels;
}

/* --- Turned --- */

MonocleHeat *
monocle_heat_turn (const MonocleHeat *self, const MonocleMatrix *matrix)
{
  const MonocleMatrix back = monocle_matrix_invert (matrix);
  const gboolean lies = fabs (matrix->xx) < fabs (matrix->xy);
  const MonocleHeat like = {
    .label = self->label,
    .columns = lies ? self->rows : self->columns,
    .rows = lies ? self->columns : self->rows,
    .width = lies ? self->height : self->width,
    .height = lies ? self->width : self->height,
    .threshold = self->threshold,
  };
  MonocleHeat *there = new_like (&like);

  for (guint y = 0; y < there->rows; y++)
    for (guint x = 0; x < there->columns; x++)
      {
        /* The middle of a cell, in pixels, there and here. */
        double px = (x + 0.5) * there->width / there->columns;
        double py = (y + 0.5) * there->height / there->rows;
        guint column, row;

        monocle_matrix_map (&back, &px, &py);
        column = (guint) CLAMP (px * self->columns / self->width, 0, self->columns - 1);
        row = (guint) CLAMP (py * self->rows / self->height, 0, self->rows - 1);
        there->levels[(gsize) y * there->columns + x]
            = self->levels[(gsize) row * self->columns + column];
      }
  return there;
}

/* --- In files --- */

GBytes *
monocle_heat_pack (const MonocleHeat *self)
{
  const gsize n = count_levels (self);
  g_autofree guint8 *coarse = g_new (guint8, n);

  for (gsize i = 0; i < n; i++)
    coarse[i] = (guint8) ((self->levels[i] + COARSE / 2) / COARSE);
  return monocle_pack (coarse, n);
}

MonocleHeat *
monocle_heat_unpack (const MonocleHeat *like, const guint8 *packed, gsize n_packed)
{
  g_autoptr (GByteArray) coarse = NULL;
  MonocleHeat *self;

  if (like->columns == 0 || like->columns > MONOCLE_HEAT_MAX_SIDE || like->rows == 0
      || like->rows > MONOCLE_HEAT_MAX_SIDE || like->width == 0 || like->height == 0
      || (guint64) like->width * like->height > MONOCLE_MASK_MAX_PIXELS
      || !(like->threshold >= 0 && like->threshold <= 1))
    return NULL;
  coarse = monocle_unpack (packed, n_packed, count_levels (like));
  if (!coarse)
    return NULL;
  self = new_like (like);
  for (gsize i = 0; i < coarse->len; i++)
    self->levels[i] = (guint16) (coarse->data[i] * COARSE);
  return self;
}
