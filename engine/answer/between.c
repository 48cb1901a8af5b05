/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/between.h"

MonocleBetween *
monocle_between_new (guint n_in, guint n_out)
{
  MonocleBetween *places = g_new (MonocleBetween, n_out);
  double scale = (double) n_in / n_out;

  for (guint i = 0; i < n_out; i++)
    {
      double at = MAX ((i + 0.5) * scale - 0.5, 0);

      places[i].before = MIN ((guint) at, n_in - 1);
      places[i].after = MIN (places[i].before + 1, n_in - 1);
      places[i].part = (float) (at - places[i].before);
    }
  return places;
}
