/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/coords.h"

gint
monocle_coords_truncate (float pixels)
{
  if (!(pixels > (float) G_MININT))
    return G_MININT;
  return pixels < (float) G_MAXINT ? (gint) pixels : G_MAXINT;
}
