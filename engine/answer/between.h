/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps that are coarser than the picture: what they say between their own pixels, which is what the
 * reference's bilinear interpolation says.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleBetween:
 * @before, @after: two neighbours along a side of a map
 * @part: how far it is from one to the other, 0 to 1
 *
 * Where a pixel of the picture lies in the map.
 */
typedef struct
{
  guint before, after;
  float part;
} MonocleBetween;

/* (transfer full) (array length=n_out): along a side of @n_in, at least one */
MonocleBetween *monocle_between_new (guint n_in, guint n_out);

static inline float
monocle_between (const MonocleBetween *place, const float *values, gsize stride)
{
  const float before = values[place->before * stride];

  return before + (values[place->after * stride] - before) * place->part;
}

G_END_DECLS
