/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture that is drawn lies on what was seen.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#define SIDE MONOCLE_UNIFIEDIO_DRAWN_SIDE

MonocleDrawingCover
monocle_unifiedio_find_cover (guint width, guint height)
{
  const double ratio = (double) SIDE / MAX (width, height);

  return (MonocleDrawingCover){
    .drawn_width = height > width ? MAX ((guint) (ratio * width), 1) : SIDE,
    .drawn_height = height > width ? SIDE : MAX ((guint) (ratio * height), 1),
    .all_width = width,
    .all_height = height,
    .width = width,
    .height = height,
  };
}
