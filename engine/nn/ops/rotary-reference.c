/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/rotary.h"

#include <math.h>

/* Which number of a place pair @i turns by. */
static guint
find_axis (const MonocleRotaryAxes *axes, guint i, guint n_pairs)
{
  const guint axis = axes ? i % MONOCLE_ROTARY_AXES : 0;

  if (axes && axes->in_blocks)
    return (i + axes->n_second + axes->n_third >= n_pairs) + (i + axes->n_third >= n_pairs);
  if (axis == 0 || i / MONOCLE_ROTARY_AXES >= (axis == 1 ? axes->n_second : axes->n_third))
    return 0;
  return axis;
}

void
monocle_reference_rotary_angles (const guint32 *positions,
                                 guint rows,
                                 guint width,
                                 float base,
                                 const MonocleRotaryAxes *axes,
                                 float *angles)
{
  for (guint t = 0; t < rows; t++)
    for (guint i = 0; i < width / 2; i++)
      {
        const gsize place
            = (gsize) t * (axes ? MONOCLE_ROTARY_AXES : 1) + find_axis (axes, i, width / 2);
        const double angle = positions[place] * pow ((double) base, -2.0 * i / width);

        angles[(gsize) t * width + 2 * i] = (float) cos (angle);
        angles[(gsize) t * width + 2 * i + 1] = (float) sin (angle);
      }
}

void
monocle_reference_rotary (const float *x,
                          const float *angles,
                          guint rows,
                          guint columns,
                          guint width,
                          const MonocleRotary *rotary,
                          float *y)
{
  for (gsize i = 0; i < (gsize) rows * columns; i++)
    y[i] = x[i];
  for (guint t = 0; t < rows; t++)
    for (guint h = 0; h < rotary->n_heads; h++)
      for (guint i = 0; i < width / 2; i++)
        {
          const double c = (double) angles[(gsize) t * width + 2 * i];
          const double s = (double) angles[(gsize) t * width + 2 * i + 1];
          float *head = y + (gsize) t * columns + h * rotary->head_width;
          float *first = head + (rotary->neighbours ? 2 * i : i);
          float *second = head + (rotary->neighbours ? 2 * i + 1 : width / 2 + i);
          const double a = (double) *first, b = (double) *second;

          *first = (float) (a * c - b * s);
          *second = (float) (b * c + a * s);
        }
}
