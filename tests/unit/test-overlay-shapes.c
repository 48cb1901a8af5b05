/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes as they lie on a picture, pixel by pixel: with holes, as masks and points, and such as
 * models write on bad days.
 */
#include "config.h"

#include <time.h>

#include "tests/unit/overlay-fixture.h"

static void
test_quad (void)
{
  MonocleObject object = { .label = (char *) "",
                           .shape = quad_shape ((const double[]){ 20, 50, 50, 20, 80, 50, 50, 80 }),
                           .score = NAN };
  MonocleOverlayItem item = new_item (&object);
  g_autoptr (Canvas) canvas = new_canvas (1);

  draw (canvas, &item, 1);
  g_assert_true (is_near (pixel (canvas, 35, 34), colour_of (4)));
  g_assert_cmphex (pixel (canvas, 25, 25), ==, GREY);
  g_assert_cmphex (pixel (canvas, 50, 50), !=, GREY);
}

/* A hole is a hole whichever way it runs, and an outer ring inside of another is none. */
static void
test_rings (void)
{
  static const double outer[] = { 10, 10, 90, 10, 90, 90, 10, 90 };
  static const double inner[][8]
      = { { 30, 30, 30, 70, 70, 70, 70, 30 }, { 30, 30, 70, 30, 70, 70, 30, 70 } };
  static const MonocleOverlayStyle styles[]
      = { MONOCLE_OVERLAY_STYLE_BOX, MONOCLE_OVERLAY_STYLE_MASK, MONOCLE_OVERLAY_STYLE_BLUR };

  for (guint i = 0; i < 4 * G_N_ELEMENTS (styles); i++)
    {
      const MonocleRingRole role = i % 2 ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER;
      const MonocleRing rings[]
          = { { outer, 4, MONOCLE_RING_OUTER }, { inner[i / 2 % 2], 4, role } };
      MonocleObject object = { .label = (char *) "", .shape = rings_shape (rings, 2) };
      MonocleOverlayItem item = new_item (&object);
      g_autoptr (Canvas) canvas = new_canvas (1);

      canvas->options.style = styles[i / 4];
      draw (canvas, &item, 1);
      g_assert_cmphex (pixel (canvas, 20, 50), !=, GREY);
      g_assert_cmpint (pixel (canvas, 50, 50) == GREY, ==, role == MONOCLE_RING_HOLE);
    }
}

/* A mask is drawn along its pixels, holes and all; points are dots. */
static void
test_mask_and_points (void)
{
  static const double outer[] = { 20, 20, 80, 20, 80, 80, 20, 80 };
  static const double inner[] = { 40, 40, 60, 40, 60, 60, 40, 60 };
  static const double points[] = { 30, 30, 70, 70 };
  const MonocleRing rings[] = { { outer, 4, MONOCLE_RING_OUTER }, { inner, 4, MONOCLE_RING_HOLE } };
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (rings_shape (rings, 2), 100, 100);
  MonocleOverlayItem item = { .colour = 4, .score = NAN, .alpha = 1 };

  {
    g_autoptr (Canvas) canvas = new_canvas (1);

    item.shape = keep_shape (monocle_shape_new_mask (runs));
    draw (canvas, &item, 1);
    g_assert_cmphex (pixel (canvas, 30, 30), !=, GREY);
    g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
    g_assert_cmphex (pixel (canvas, 10, 10), ==, GREY);
    g_assert_cmphex (pixel (canvas, 50, 20), !=, pixel (canvas, 30, 30));
  }
  {
    g_autoptr (Canvas) canvas = new_canvas (1);

    item.shape = keep_shape (monocle_shape_new_points (points, 2));
    draw (canvas, &item, 1);
    g_assert_cmphex (pixel (canvas, 30, 30), !=, GREY);
    g_assert_cmphex (pixel (canvas, 70, 70), !=, GREY);
    g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
  }
}

/* An open line has no inside, in no style; a mask that has no name yet is seen all the same. */
static void
test_line (void)
{
  static const double bend[] = { 20, 20, 80, 20, 80, 80 };
  MonocleOverlayItem item = { .colour = 4, .score = NAN, .alpha = 1 };

  item.shape = keep_shape (monocle_shape_new_line (bend, 3));
  for (guint style = 0; style <= MONOCLE_OVERLAY_STYLE_BLUR; style++)
    {
      g_autoptr (Canvas) canvas = new_canvas (1);

      canvas->options.style = (MonocleOverlayStyle) style;
      draw (canvas, &item, 1);
      g_assert_cmphex (pixel (canvas, 50, 50), ==, pixel (canvas, 30, 60));
      g_assert_cmphex (pixel (canvas, 70, 30), ==, pixel (canvas, 30, 60));
      g_assert_cmphex (pixel (canvas, 50, 20), !=, pixel (canvas, 30, 60));
      g_assert_cmphex (pixel (canvas, 80, 50), !=, pixel (canvas, 30, 60));
    }
}

static void
test_unnamed_mask (void)
{
  static const double corners[] = { 20, 20, 80, 20, 80, 80, 20, 80 };
  const MonocleRing ring = { corners, 4, MONOCLE_RING_OUTER };
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (rings_shape (&ring, 1), 100, 100);
  MonocleOverlayItem item
      = { .colour = 4, .score = NAN, .alpha = 1, .role = MONOCLE_OVERLAY_REGION };
  g_autoptr (Canvas) canvas = new_canvas (1);

  item.shape = rings_shape (&ring, 1);
  draw (canvas, &item, 1);
  g_assert_cmphex (pixel (canvas, 50, 50), ==, GREY);
  item.shape = keep_shape (monocle_shape_new_mask (runs));
  draw (canvas, &item, 1);
  g_assert_cmphex (pixel (canvas, 50, 50), !=, GREY);
  g_assert_cmphex (pixel (canvas, 10, 50), ==, GREY);
}

static void
test_empty (void)
{
  static const double one_point[] = { 50, 50 };
  const MonocleRing none[] = { { 0 }, { 0 } }, one[] = { { one_point, 1, MONOCLE_RING_OUTER } };
  MonocleObject objects[] = {
    { .label = (char *) "", .shape = rings_shape (NULL, 0), .score = NAN },
    { .label = (char *) "", .shape = rings_shape (none, 2), .score = NAN },
    { .label = (char *) "", .shape = rings_shape (one, 1), .score = NAN },
    new_box (50, 50, 50, 50),
  };

  for (guint style = 0; style <= MONOCLE_OVERLAY_STYLE_BLUR; style++)
    for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
      {
        MonocleOverlayItem item = new_item (&objects[i]);
        g_autoptr (Canvas) canvas = new_canvas (1);

        item.label = "x";
        canvas->options.show_labels = TRUE;
        canvas->options.style = (MonocleOverlayStyle) style;
        draw (canvas, &item, 1);
        if (i < 2)
          g_assert_cmpuint (count_changed (canvas), ==, 0);
      }
}

/* What is nowhere is not drawn, also when another corner of it is somewhere. */
static void
test_not_a_number (void)
{
  MonocleObject objects[]
      = { new_box (20, NAN, 80, 80),
          new_box (20, 20, INFINITY, 80),
          { .label = (char *) "",
            .shape = quad_shape ((const double[]){ 10, 10, 90, 10, 90, 90, 10, NAN }),
            .score = NAN } };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      MonocleOverlayItem item = new_item (&objects[i]);
      g_autoptr (Canvas) canvas = new_canvas (1);

      item.label = "label";
      canvas->options.show_labels = TRUE;
      draw (canvas, &item, 1);
      g_assert_cmpuint (count_changed (canvas), ==, 0);
    }
}

/* Of this thread, in microseconds: how busy the machine is does not matter. */
static gint64
get_work (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (gint64) spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

/* Nothing of this may hang, crash or put the drawing into an error state. */
static void
test_bad_numbers (void)
{
  static const float numbers[] = { NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 1e9f, -5, 50 };
  const guint n = G_N_ELEMENTS (numbers);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  gint64 start = get_work ();

  for (guint round = 0; round < 400; round++)
    {
      double points[8];
      const MonocleRing ring = { points, 4, MONOCLE_RING_OUTER };
      MonocleOverlayItem item = { .label = "label", .colour = 2, .score = NAN, .alpha = 1 };
      g_autoptr (Canvas) canvas = new_canvas (1);

      for (guint i = 0; i < 8; i++)
        points[i] = (double) numbers[g_rand_int_range (random, 0, (gint32) n)];
      if (round % 3 == 0)
        item.shape = box_shape ((float) points[0], (float) points[1], (float) points[2],
                                (float) points[3]);
      else
        item.shape = round % 3 == 1 ? quad_shape (points) : rings_shape (&ring, 1);
      if (round % 7 == 0)
        item.role = MONOCLE_OVERLAY_REGION;
      canvas->options.style = (MonocleOverlayStyle) (round / 3 % 5);
      canvas->options.show_labels = TRUE;
      canvas->options.dashes = TRUE;
      if (round % 2)
        cairo_matrix_scale (&canvas->options.to_surface, 32, 32);
      draw (canvas, &item, 1);
    }
  g_assert_cmpint (get_work () - start, <, 15 * G_USEC_PER_SEC);
}

/* A dashed region around a picture of 20,000 pixels, much enlarged. */
static void
test_huge_region (void)
{
  MonocleOverlayItem item = new_region (0, 5, 20000, 20000);
  g_autoptr (Canvas) canvas = new_canvas (1);
  gint64 start = get_work ();

  cairo_matrix_init_scale (&canvas->options.to_surface, 32, 32);
  canvas->options.area = (MonocleRect){ 0, 0, 32 * 20000, 32 * 20000 };
  cairo_translate (canvas->cr, 0, -110);
  canvas->options.visible.y = 110;
  draw (canvas, &item, 1);
  g_assert_cmpuint (count_in_row (canvas, 49, 0xffffff), >, 10);
  g_assert_cmpint (get_work () - start, <, G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/overlay/quad", test_quad);
  g_test_add_func ("/app/overlay/rings", test_rings);
  g_test_add_func ("/app/overlay/mask-and-points", test_mask_and_points);
  g_test_add_func ("/app/overlay/line", test_line);
  g_test_add_func ("/app/overlay/unnamed-mask", test_unnamed_mask);
  g_test_add_func ("/app/overlay/empty", test_empty);
  g_test_add_func ("/app/overlay/not-a-number", test_not_a_number);
  g_test_add_func ("/app/overlay/bad-numbers", test_bad_numbers);
  g_test_add_func ("/app/overlay/huge-region", test_huge_region);
  return g_test_run ();
}
