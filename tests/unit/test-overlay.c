/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies on a picture, pixel by pixel: styles at several scales, labels, emphasis, dashes.
 */
#include "config.h"

#include <string.h>

#include "tests/unit/overlay-fixture.h"

/* --- Styles --- */

/* The line lies where the box is, two units wide, at every scale. */
static void
test_box (void)
{
  static const double scales[] = { 0.5, 1, 3 };
  MonocleObject object = new_box (20, 30, 80, 70);
  MonocleOverlayItem item = new_item (&object);

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      double s = scales[i];
      g_autoptr (Canvas) canvas = new_canvas (s);

      draw (canvas, &item, 1);
      g_assert_true (is_near (pixel (canvas, 50 * s, 30 * s), colour_of (4)));
      g_assert_true (is_near (pixel (canvas, 50 * s, 30 * s - 1), colour_of (4)));
      g_assert_true (is_near (pixel (canvas, 20 * s, 50 * s), colour_of (4)));
      g_assert_true (is_near (pixel (canvas, 80 * s - 1, 50 * s), colour_of (4)));
      g_assert_true (is_near (pixel (canvas, 50 * s, 70 * s), colour_of (4)));
      /* Not beyond its casing; inside a little of its colour. */
      g_assert_cmphex (pixel (canvas, 50 * s, 30 * s - 4), ==, GREY);
      g_assert_cmphex (pixel (canvas, 50 * s, 50 * s), !=, GREY);
      g_assert_false (is_near (pixel (canvas, 50 * s, 50 * s), colour_of (4)));
    }
}

static void
test_shifted (void)
{
  MonocleObject object = new_box (20, 30, 80, 70);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  cairo_matrix_init (&canvas->options.to_surface, 2, 0, 0, 2, -30, -40);
  canvas->options.area = (MonocleRect){ -30, -40, 2 * SIDE, 2 * SIDE };
  draw (canvas, &item, 1);
  g_assert_true (is_near (pixel (canvas, 50, 20), colour_of (4)));
  g_assert_true (is_near (pixel (canvas, 10, 60), colour_of (4)));
  g_assert_cmphex (pixel (canvas, 4, 4), ==, GREY);
}

/* Turned by 90 and by 45 degrees: corners are where the matrix says. */
static void
test_turned (void)
{
  MonocleObject object = new_box (20, 30, 60, 50);
  MonocleOverlayItem item = new_item (&object);

  {
    g_autoptr (Canvas) canvas = new_canvas (1);

    cairo_matrix_init (&canvas->options.to_surface, 0, 1, -1, 0, SIDE, 0);
    draw (canvas, &item, 1);
    g_assert_true (is_near (pixel (canvas, 60, 20), colour_of (4)));
    g_assert_true (is_near (pixel (canvas, 70, 40), colour_of (4)));
    g_assert_cmphex (pixel (canvas, 30, 40), ==, GREY);
  }
  {
    g_autoptr (Canvas) canvas = new_canvas (1);
    double x = 40, y = 30;

    cairo_matrix_init_translate (&canvas->options.to_surface, 50, 0);
    cairo_matrix_rotate (&canvas->options.to_surface, G_PI / 4);
    cairo_matrix_transform_point (&canvas->options.to_surface, &x, &y);
    draw (canvas, &item, 1);
    g_assert_true (is_near (pixel (canvas, x, y), colour_of (4)));
  }
}

static void
test_corners (void)
{
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  canvas->options.style = MONOCLE_OVERLAY_STYLE_CORNERS;
  draw (canvas, &item, 1);
  g_assert_true (is_near (pixel (canvas, 24, 20), colour_of (4)));
  g_assert_true (is_near (pixel (canvas, 79, 76), colour_of (4)));
  g_assert_cmphex (pixel (canvas, 50, 20), ==, GREY);
  g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
}

static void
test_spotlight (void)
{
  /* Two that meet: what both cover is not dimmed either. */
  MonocleObject objects[] = { new_box (20, 20, 60, 60), new_box (40, 40, 80, 80) };
  MonocleOverlayItem items[] = { new_item (&objects[0]), new_item (&objects[1]) };
  g_autoptr (Canvas) canvas = new_canvas (1);

  canvas->options.style = MONOCLE_OVERLAY_STYLE_SPOTLIGHT;
  canvas->options.opacity = 0.35;
  draw (canvas, items, 2);
  g_assert_cmphex (pixel (canvas, 30, 30), ==, GREY);
  g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
  g_assert_cmphex (pixel (canvas, 70, 70), ==, GREY);
  /* 30 % of it are left. */
  g_assert_true (is_near (pixel (canvas, 5, 5), 0x262626));
  g_assert_true (is_near (pixel (canvas, 70, 30), 0x262626));
}

static void
test_spotlight_of_nothing (void)
{
  MonocleOverlayItem item = new_region (10, 10, 20, 20);
  g_autoptr (Canvas) canvas = new_canvas (1);

  canvas->options.style = MONOCLE_OVERLAY_STYLE_SPOTLIGHT;
  draw (canvas, NULL, 0);
  g_assert_cmpuint (count_changed (canvas), ==, 0);
  draw (canvas, &item, 1);
  g_assert_cmphex (pixel (canvas, 60, 60), ==, GREY);
}

/* A chequered picture: its squares are gone inside, the rest is as it was. */
static void
test_blur (void)
{
  g_autofree guint8 *rgb = g_malloc (3 * SIDE * SIDE);
  g_autoptr (MonocleImage) image = NULL;
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);

  for (guint i = 0; i < SIDE * SIDE; i++)
    memset (rgb + 3 * i, (i % SIDE / 2 + i / SIDE / 2) % 2 ? 255 : 0, 3);
  image = monocle_image_new_from_pixels (SIDE, SIDE, 3 * SIDE, rgb, NULL);

  for (guint scale = 1; scale <= 8; scale *= 2)
    {
      g_autoptr (Canvas) canvas = new_canvas (scale);
      guint least = 255, most = 0;

      canvas->options.style = MONOCLE_OVERLAY_STYLE_BLUR;
      item.emphasis = MONOCLE_EMPHASIS_DIMMED;
      item.alpha = 0.1;
      monocle_overlay_draw (&item, 1, &canvas->options, image, canvas->cr);
      cairo_surface_flush (canvas->surface);
      for (guint y = 20 * scale; y < 80 * scale; y++)
        for (guint x = 20 * scale; x < 80 * scale; x++)
          {
            guint level = pixel (canvas, x, y) & 0xff;

            least = MIN (least, level);
            most = MAX (most, level);
          }
      g_assert_cmpuint (least, >, 90);
      g_assert_cmpuint (most, <, 165);
      g_assert_cmphex (pixel (canvas, 10 * scale, 50 * scale), ==, GREY);
      g_assert_cmphex (pixel (canvas, 50 * scale, 83 * scale), ==, GREY);
    }
}

/* On a picture that lies turned below it hides what is there, in its colours. */
static void
test_blur_turned (void)
{
  g_autofree guint8 *rgb = g_malloc0 (3 * SIDE * SIDE);
  MonocleObject object = new_box (20, 10, 40, 30);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (Canvas) canvas = new_canvas (1);
  const MonocleMatrix turn = monocle_matrix_turn (1, SIDE, SIDE);

  /* Red where the box lies when it is turned with the picture. */
  for (guint y = 20; y < 40; y++)
    for (guint x = SIDE - 30; x < SIDE - 10; x++)
      rgb[3 * (y * SIDE + x)] = 200;
  image = monocle_image_new_from_pixels (SIDE, SIDE, 3 * SIDE, rgb, NULL);
  canvas->options.style = MONOCLE_OVERLAY_STYLE_BLUR;
  canvas->options.quarters = 1;
  cairo_matrix_init (&canvas->options.to_surface, turn.xx, turn.yx, turn.xy, turn.yy, turn.x0,
                     turn.y0);
  monocle_overlay_draw (&item, 1, &canvas->options, image, canvas->cr);
  cairo_surface_flush (canvas->surface);
  g_assert_true (is_near (pixel (canvas, SIDE - 20, 30), 0xc80000));
  g_assert_true (is_near (pixel (canvas, SIDE - 28, 38), 0xc80000));
  g_assert_cmphex (pixel (canvas, 30, 20), ==, GREY);
}

/* What hides must not be see-through itself, and shows no colours that nobody saw. */
static void
test_blur_with_alpha (void)
{
  g_autoptr (MonocleImage) image = monocle_image_new_take_planes (
      SIDE, SIDE, g_malloc0 (3 * SIDE * SIDE), g_malloc0 (SIDE * SIDE), FALSE, NULL);
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  canvas->options.style = MONOCLE_OVERLAY_STYLE_BLUR;
  monocle_overlay_draw (&item, 1, &canvas->options, image, canvas->cr);
  cairo_surface_flush (canvas->surface);
  g_assert_cmphex (pixel (canvas, 50, 50), ==, 0xffffff);
}

/* Without the picture what is private is hidden all the same. */
static void
test_blur_without_picture (void)
{
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  canvas->options.style = MONOCLE_OVERLAY_STYLE_BLUR;
  draw (canvas, &item, 1);
  g_assert_cmphex (pixel (canvas, 50, 50), !=, GREY);
}

static void
test_ids (void)
{
  for (guint i = MONOCLE_OVERLAY_STYLE_BOX; i <= MONOCLE_OVERLAY_STYLE_BLUR; i++)
    {
      MonocleOverlayStyle found;

      g_assert_true (monocle_overlay_style_find (
          monocle_overlay_style_get_id ((MonocleOverlayStyle) i), &found));
      g_assert_cmpuint (found, ==, i);
    }
  g_assert_false (monocle_overlay_style_find ("sparkles", &(MonocleOverlayStyle){ 0 }));
  g_assert_false (monocle_overlay_style_find (NULL, &(MonocleOverlayStyle){ 0 }));
}

/* --- Labels and emphasis --- */

static void
test_labels (void)
{
  MonocleObject object = new_box (20, 40, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) with = new_canvas (1);
  g_autoptr (Canvas) without = new_canvas (1);

  item.label = "name";
  draw (without, &item, 1);
  g_assert_cmphex (pixel (without, 23, 32), ==, GREY);
  with->options.show_labels = TRUE;
  draw (with, &item, 1);
  g_assert_true (is_near (pixel (with, 22, 32), colour_of (4)));
}

/* From afar there are no plates, but for what is hovered. */
static void
test_thin_out (void)
{
  MonocleObject object = new_box (40, 40, 43, 43);
  MonocleOverlayItem item = new_item (&object);
  guint n[3];

  item.label = "name";
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Canvas) canvas = new_canvas (1);

      canvas->options.show_labels = TRUE;
      canvas->options.thin_out = i > 0;
      item.emphasis = i == 2 ? MONOCLE_EMPHASIS_HOVERED : MONOCLE_EMPHASIS_NORMAL;
      draw (canvas, &item, 1);
      n[i] = count_changed (canvas);
    }
  g_assert_cmpuint (n[1], <, n[0] / 2);
  g_assert_cmpuint (n[2], >=, n[0]);
}

static void
test_emphasis (void)
{
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  guint n[8];
  guint32 line[8], beside[8];

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (Canvas) canvas = new_canvas (1);

      item.emphasis = (MonocleEmphasis) i;
      draw (canvas, &item, 1);
      n[i] = count_changed (canvas);
      line[i] = pixel (canvas, 50, 20);
      beside[i] = pixel (canvas, 50, 17);
    }
  g_assert_cmpuint (n[MONOCLE_EMPHASIS_HOVERED], >, n[MONOCLE_EMPHASIS_NORMAL]);
  g_assert_cmpuint (n[MONOCLE_EMPHASIS_SELECTED], >, n[MONOCLE_EMPHASIS_NORMAL]);
  g_assert_true (is_near (line[MONOCLE_EMPHASIS_SELECTED], colour_of (4)));
  g_assert_false (is_near (line[MONOCLE_EMPHASIS_HOVERED], colour_of (4)));
  g_assert_false (is_near (line[MONOCLE_EMPHASIS_DIMMED], colour_of (4)));
  /* What is selected has a rim, hovered or not; what is only hovered has none. */
  g_assert_true (is_near (beside[MONOCLE_EMPHASIS_SELECTED], 0xffffff));
  g_assert_true (is_near (beside[MONOCLE_EMPHASIS_SELECTED | MONOCLE_EMPHASIS_HOVERED], 0xffffff));
  g_assert_false (is_near (beside[MONOCLE_EMPHASIS_HOVERED], 0xffffff));
  g_assert_cmpuint (n[MONOCLE_EMPHASIS_SELECTED], !=, n[MONOCLE_EMPHASIS_HOVERED]);
}

/* A plate is dimmed with all that stands on it. */
static void
test_dimmed_plate (void)
{
  MonocleObject object = new_box (5, 60, 95, 95);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) plain = new_canvas (4);
  g_autoptr (Canvas) dimmed = new_canvas (4);
  guint n = 0;

  item.label = "name";
  item.score = 0.9f;
  plain->options.show_labels = dimmed->options.show_labels = TRUE;
  draw (plain, &item, 1);
  item.emphasis = MONOCLE_EMPHASIS_DIMMED;
  draw (dimmed, &item, 1);
  for (guint y = 0; y < 4 * SIDE; y++)
    for (guint x = 0; x < 4 * SIDE; x++)
      for (guint shift = 0; shift < 24; shift += 8)
        {
          int grey = (GREY >> shift) & 0xff;
          int full = abs ((int) ((pixel (plain, x, y) >> shift) & 0xff) - grey);
          int part = abs ((int) ((pixel (dimmed, x, y) >> shift) & 0xff) - grey);

          /* Above the box and its line, where only the plate is. */
          if (y >= 4 * 60 - 4)
            continue;
          n += full > 0;
          g_assert_cmpint (part, <=, full * 2 / 5 + 2);
        }
  g_assert_cmpuint (n, >, 500);
}

static void
test_invisible (void)
{
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  item.alpha = 0;
  item.label = "name";
  canvas->options.show_labels = TRUE;
  draw (canvas, &item, 1);
  g_assert_cmpuint (count_changed (canvas), ==, 0);
}

/* A region is dashed; objects only when asked for, each colour in its own way. */
static void
test_dashes (void)
{
  MonocleOverlayItem region_item = new_region (20, 20, 80, 80);
  MonocleObject object = new_box (20, 20, 80, 80);
  MonocleOverlayItem item = new_item (&object);
  guint n[3], white;

  {
    g_autoptr (Canvas) canvas = new_canvas (1);

    draw (canvas, &region_item, 1);
    white = count_in_row (canvas, 20, 0xffffff);
    g_assert_cmpuint (white, >, 15);
    g_assert_cmpuint (white, <, 40);
    g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
  }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Canvas) canvas = new_canvas (1);

      canvas->options.dashes = i > 0;
      item.colour = i;
      draw (canvas, &item, 1);
      n[i] = count_in_row (canvas, 20, colour_of (i));
    }
  g_assert_cmpuint (n[0], ==, 50);
  g_assert_cmpuint (n[1], <, 45);
  g_assert_cmpuint (n[2], <, n[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/overlay/box", test_box);
  g_test_add_func ("/app/overlay/shifted", test_shifted);
  g_test_add_func ("/app/overlay/turned", test_turned);
  g_test_add_func ("/app/overlay/corners", test_corners);
  g_test_add_func ("/app/overlay/spotlight", test_spotlight);
  g_test_add_func ("/app/overlay/spotlight-of-nothing", test_spotlight_of_nothing);
  g_test_add_func ("/app/overlay/blur", test_blur);
  g_test_add_func ("/app/overlay/blur-turned", test_blur_turned);
  g_test_add_func ("/app/overlay/blur-with-alpha", test_blur_with_alpha);
  g_test_add_func ("/app/overlay/blur-without-picture", test_blur_without_picture);
  g_test_add_func ("/app/overlay/ids", test_ids);
  g_test_add_func ("/app/overlay/labels", test_labels);
  g_test_add_func ("/app/overlay/thin-out", test_thin_out);
  g_test_add_func ("/app/overlay/emphasis", test_emphasis);
  g_test_add_func ("/app/overlay/dimmed-plate", test_dimmed_plate);
  g_test_add_func ("/app/overlay/invisible", test_invisible);
  g_test_add_func ("/app/overlay/dashes", test_dashes);
  return g_test_run ();
}
