/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/delta.h"

#include <string.h>

void
monocle_delta_free (MonocleDelta *self)
{
  if (!self)
    return;
  g_free (self->a);
  g_free (self->b);
  g_free (self->scale);
  g_free (self->others);
  g_free (self->other_rows);
  g_free (self);
}

/* Of @row the numbers from column @first on. */
static void
apply_row (const MonocleDelta *self, guint64 row, guint64 first, guint64 n, float *values)
{
  for (guint r = 0; r < self->rank; r++)
    {
      const float weight = self->b[row * self->rank + r];
      const float *a = self->a + r * self->columns + first;

      for (guint64 i = 0; i < n; i++)
        values[i] += weight * a[i];
    }
  if (self->scale)
    for (guint64 i = 0; i < n; i++)
      values[i] *= self->scale[row];
}

/* (nullable): what stands for @row, where it is another. */
static const float *
find_other (const MonocleDelta *self, guint64 row)
{
  guint low = 0, high = self->n_others;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->others[middle] < row)
        low = middle + 1;
      else
        high = middle;
    }
  return low < self->n_others && self->others[low] == row ? self->other_rows + low * self->columns
                                                          : NULL;
}

void
monocle_delta_apply (const MonocleDelta *self, guint64 first, guint64 n, float *values)
{
  while (n > 0)
    {
      const guint64 row = first / self->columns, column = first % self->columns;
      const guint64 n_here = MIN (n, self->columns - column);
      const float *other = find_other (self, row);

      if (other)
        memcpy (values, other + column, n_here * sizeof *values);
      else
        apply_row (self, row, column, n_here, values);
      first += n_here;
      values += n_here;
      n -= n_here;
    }
}
