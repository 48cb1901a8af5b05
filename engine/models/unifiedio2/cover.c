/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture lies in the square that is seen, and where what is drawn lies on a picture: in
 * the middle of it, either way.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <math.h>

#include "engine/answer/result-private.h"

#define LAST_BIN (MONOCLE_UNIFIEDIO2_N_BINS - 1)

/* In single precision, as the reference counts. */
MonocleUnifiedio2Fit
monocle_unifiedio2_fit (guint width, guint height, guint side)
{
  const float scale = MIN ((float) side / (float) height, (float) side / (float) width);
  MonocleUnifiedio2Fit fit = {
    .width = CLAMP ((guint) ((float) width * scale), 1, side),
    .height = CLAMP ((guint) ((float) height * scale), 1, side),
    .scale = scale,
  };

  fit.left = (side - fit.width) / 2;
  fit.top = (side - fit.height) / 2;
  return fit;
}

MonocleDrawingCover
monocle_unifiedio2_find_cover (guint width, guint height, guint side)
{
  const guint longest = MAX (width, height);

  return (MonocleDrawingCover){
    .drawn_width = side,
    .drawn_height = side,
    .all_width = longest,
    .all_height = longest,
    .left = (longest - width) / 2,
    .top = (longest - height) / 2,
    .width = width,
    .height = height,
    .from_middle = TRUE,
  };
}

/* --- boxes -------------------------------------------------------------------------------- */

static guint
find_bin (float edge, float scale, guint before, guint side)
{
  const float at = CLAMP (edge * scale + (float) before, 0, (float) side);

  return (guint) (at / (float) side * LAST_BIN);
}

void
monocle_unifiedio2_bin_box (
    const MonocleBox *box, guint width, guint height, guint side, guint *bins)
{
  const MonocleUnifiedio2Fit fit = monocle_unifiedio2_fit (width, height, side);

  bins[0] = find_bin (box->x1, fit.scale, fit.left, side);
  bins[1] = find_bin (box->y1, fit.scale, fit.top, side);
  bins[2] = find_bin (box->x2, fit.scale, fit.left, side);
  bins[3] = find_bin (box->y2, fit.scale, fit.top, side);
}

gboolean
monocle_unifiedio2_unbin_box (
    const guint *bins, guint width, guint height, guint side, double *edges)
{
  const MonocleUnifiedio2Fit fit = monocle_unifiedio2_fit (width, height, side);

  for (guint i = 0; i < 4; i++)
    {
      const gboolean is_y = i % 2 == 0;
      const double at = (double) bins[i] / LAST_BIN * side - (is_y ? fit.top : fit.left);

      edges[is_y ? i + 1 : i - 1]
          = CLAMP (at / (double) fit.scale, 0.0, (double) (is_y ? height : width));
    }
  return edges[0] < edges[2] && edges[1] < edges[3];
}

/* --- what a picture means ----------------------------------------------------------------- */

void
monocle_unifiedio2_add_mask (
    MonocleResult *result, MonocleImage *drawn, const char *label, guint width, guint height)
{
  const guint side = monocle_image_get_width (drawn);
  const guint8 *pixels = monocle_image_get_pixels (drawn);
  const MonocleDrawingCover cover = monocle_unifiedio2_find_cover (width, height, side);
  g_autofree guint8 *map = g_new (guint8, (gsize) side * side);
  g_autoptr (MonocleMaskRuns) mask = NULL;

  for (gsize i = 0; i < (gsize) side * side; i++, pixels += 3)
    map[i] = 2 * (pixels[0] + pixels[1] + pixels[2]) > 3 * 255;
  mask = monocle_drawing_spread (map, side, &cover);
  if (monocle_mask_runs_get_area (mask) > 0)
    {
      const MonocleObject object = { g_strdup (label), monocle_shape_new_mask (mask), NAN };

      monocle_result_take_object (result, &object);
    }
}

MonocleImage *
monocle_unifiedio2_drop_colours (MonocleImage *drawn, GError **error)
{
  const guint width = monocle_image_get_width (drawn), height = monocle_image_get_height (drawn);
  const gsize n = 3 * (gsize) width * height;
  guint8 *pixels = g_memdup2 (monocle_image_get_pixels (drawn), n);

  for (guint8 *at = pixels; at < pixels + n; at += 3)
    at[0] = at[1] = at[2] = (guint8) ((at[0] + at[1] + at[2] + 1) / 3);
  return monocle_image_new_take_pixels (width, height, pixels, error);
}
