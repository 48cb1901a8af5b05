/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps made by hand: a round hill, from certain in its middle to nothing as far as it reaches.
 */
#pragma once

#include <math.h>

#include "tests/unit/answer-fixture.h"

/* @x, @y, @reach: in pixels of the picture, which is @width x @height */
static inline MonocleHeat *
heat_hill (const char *label, guint width, guint height, double x, double y, double reach)
{
  const MonocleHeat like = {
    .label = (char *) label,
    .columns = 40,
    .rows = 30,
    .width = width,
    .height = height,
    .threshold = 0.4f,
  };
  float likely[40 * 30];

  for (guint row = 0; row < like.rows; row++)
    for (guint column = 0; column < like.columns; column++)
      {
        const double dx = (column + 0.5) * width / like.columns - x;
        const double dy = (row + 0.5) * height / like.rows - y;

        likely[row * like.columns + column] = (float) MAX (0, 1 - hypot (dx, dy) / reach);
      }
  return monocle_heat_new (&like, likely);
}

/* As the model answers: each map, and what is above its threshold, if anything is. @heat: (transfer
 * full) */
static inline MonocleResult *
answer_with_heat (MonocleHeat *const *heat, guint n)
{
  MonocleResult *result = monocle_result_new ();

  for (guint i = 0; i < n; i++)
    {
      double mean;
      g_autoptr (MonocleMaskRuns) runs
          = monocle_heat_cut (heat[i], (double) heat[i]->threshold, &mean);
      const MonocleObject object
          = { g_strdup (heat[i]->label), monocle_shape_new_mask (runs), (float) mean };

      if (isnan (mean))
        {
          monocle_shape_unref (object.shape);
          g_free (object.label);
        }
      else
        monocle_result_take_object (result, &object);
      monocle_result_take_heat (result, heat[i]);
    }
  return result;
}

static inline guint64
get_pixels (MonocleAnnotation *annotation)
{
  return monocle_mask_runs_get_area (
      monocle_shape_get_mask (monocle_annotation_get_shape (annotation)));
}
