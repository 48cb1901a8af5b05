/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/coords.h"

#include <math.h>

/* The reference divides in double precision and goes on in single. */
static float
get_bin_size (guint side)
{
  return (float) (side / (double) MONOCLE_COORDS_BINS);
}

guint
monocle_coords_to_bin (float pixels, guint side)
{
  float bin = floorf (pixels / get_bin_size (side));

  /* Also for NaN. */
  if (!(bin > 0))
    return 0;
  return bin < MONOCLE_COORDS_BINS - 1 ? (guint) bin : MONOCLE_COORDS_BINS - 1;
}

float
monocle_coords_from_bin (guint64 bin, guint side)
{
  return ((float) bin + 0.5f) * get_bin_size (side);
}

gint
monocle_coords_truncate (float pixels)
{
  if (!(pixels > (float) G_MININT))
    return G_MININT;
  return pixels < (float) G_MAXINT ? (gint) pixels : G_MAXINT;
}

char *
monocle_coords_box_to_text (const MonocleBox *box, guint width, guint height)
{
  return g_strdup_printf (
      "<loc_%u><loc_%u><loc_%u><loc_%u>", monocle_coords_to_bin (box->x1, width),
      monocle_coords_to_bin (box->y1, height), monocle_coords_to_bin (box->x2, width),
      monocle_coords_to_bin (box->y2, height));
}
