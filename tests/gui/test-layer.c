/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies on a picture is drawn when anything of it changed, and else not; what was dragged
 * leaves nothing behind.
 */
#include "config.h"

#include <math.h>

#include "tests/gui/outline-fixture.h"
#include "ui/image-layer.h"

static const MonocleRect whole = { 0, 0, 100, 80 };

static gboolean
show (MonocleImageLayer *layer,
      const MonocleOverlayItem *item,
      const MonocleOverlayOptions *options)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const gboolean drawn
      = monocle_image_layer_snapshot (layer, item, 1, NULL, options, NULL, &whole, 1, snapshot);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);

  g_assert_nonnull (node);
  gsk_render_node_unref (node);
  return drawn;
}

static void
test_changes (void)
{
  g_autoptr (MonocleImageLayer) layer = monocle_image_layer_new ();
  g_autoptr (MonocleShape) shape = monocle_shape_new_box (&(MonocleBox){ 10, 10, 50, 40 });
  g_autoptr (MonocleShape) other = monocle_shape_new_box (&(MonocleBox){ 10, 10, 51, 40 });
  g_autofree char *label = g_strdup ("cat");
  MonocleOverlayItem item = { .shape = shape, .label = label, .score = NAN, .alpha = 1 };
  MonocleOverlayOptions options
      = { .opacity = 0.5, .font_px = 12, .show_labels = TRUE, .area = whole, .visible = whole };

  cairo_matrix_init_identity (&options.to_surface);
  g_assert_true (show (layer, &item, &options));
  g_assert_false (show (layer, &item, &options));
  label[0] = 'b'; /* a copy was kept */
  g_assert_true (show (layer, &item, &options));
  g_assert_false (show (layer, &item, &options));
  item.shape = other;
  g_assert_true (show (layer, &item, &options));
  item.emphasis = MONOCLE_EMPHASIS_HOVERED;
  g_assert_true (show (layer, &item, &options));
  item.score = 0.5f;
  g_assert_true (show (layer, &item, &options));
  item.colour = 3;
  g_assert_true (show (layer, &item, &options));
  item.alpha = 0.5;
  g_assert_true (show (layer, &item, &options));
  options.to_surface.x0 = 0.25;
  g_assert_true (show (layer, &item, &options));
  options.show_labels = FALSE;
  g_assert_true (show (layer, &item, &options));
  options.style = MONOCLE_OVERLAY_STYLE_MASK;
  g_assert_true (show (layer, &item, &options));
  options.opacity = 0.6;
  g_assert_true (show (layer, &item, &options));
  g_assert_false (show (layer, &item, &options));
}

static guint32
get_value (cairo_surface_t *surface, int x, int y)
{
  const int stride = cairo_image_surface_get_stride (surface);

  return ((guint32 *) (gpointer) (cairo_image_surface_get_data (surface) + y * stride))[x];
}

/* The picture: white. */
static void
draw_ground (gpointer data, GtkSnapshot *snapshot)
{
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 },
                             &GRAPHENE_RECT_INIT (0, 0, 100, 80));
}

/* What moves is cut out of the dimming as it is when all of it is drawn at once; also by itself. */
static void
test_spotlight (void)
{
  g_autoptr (MonocleImageLayer) layer = monocle_image_layer_new ();
  g_autoptr (MonocleShape) rests = monocle_shape_new_box (&(MonocleBox){ 10, 10, 40, 40 });
  g_autoptr (MonocleShape) moves = monocle_shape_new_box (&(MonocleBox){ 50, 20, 90, 60 });
  const MonocleOverlayItem items[] = { { .shape = rests, .colour = 1, .score = NAN, .alpha = 1 },
                                       { .shape = moves, .colour = 2, .score = NAN, .alpha = 1 } };
  const MonocleImageGround ground = { items + 1, 1, draw_ground, NULL };
  MonocleOverlayOptions options = { .style = MONOCLE_OVERLAY_STYLE_SPOTLIGHT,
                                    .opacity = 0.5,
                                    .font_px = 12,
                                    .area = whole,
                                    .visible = whole };

  cairo_matrix_init_identity (&options.to_surface);
  for (guint n_rest = 0; n_rest <= 1; n_rest++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      cairo_surface_t *once = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 100, 80);
      cairo_surface_t *split = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 100, 80);
      cairo_t *cr = cairo_create (once);
      GskRenderNode *node;

      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_paint (cr);
      options.part = MONOCLE_OVERLAY_WHOLE;
      monocle_overlay_draw (items + 1 - n_rest, 1 + n_rest, &options, NULL, cr);
      cairo_destroy (cr);
      monocle_image_layer_snapshot (layer, items, n_rest, &ground, &options, NULL, &whole, 1,
                                    snapshot);
      node = gtk_snapshot_free_to_node (snapshot);
      cr = cairo_create (split);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_paint (cr);
      gsk_render_node_draw (node, cr);
      options.part = MONOCLE_OVERLAY_THINGS;
      monocle_overlay_draw (items + 1, 1, &options, NULL, cr);
      cairo_destroy (cr);
      cairo_surface_flush (once);
      cairo_surface_flush (split);
      g_assert_cmphex (get_value (once, 95, 70), !=, 0xffffffff);
      g_assert_cmphex (get_value (once, 70, 40), ==, 0xffffffff);
      for (int y = 0; y < 80; y++)
        for (int x = 0; x < 100; x++)
          g_assert_cmphex (get_value (once, x, y), ==, get_value (split, x, y));
      gsk_render_node_unref (node);
      cairo_surface_destroy (once);
      cairo_surface_destroy (split);
    }
}

/* Nothing is selected, and the pointer is elsewhere. */
static cairo_surface_t *
take_at_rest (MonocleWindow *window)
{
  gui_select_regions (window, 0, 0);
  gui_point (GTK_WIDGET (gui_get_view (window)), 5, 5);
  gui_wait_ms (200);
  return gui_take_picture (GTK_WINDOW (window), 1);
}

/* There and back is as if nothing had been, to the pixel. */
static void
test_dragged (void)
{
  MonocleWindow *window;
  MonocleAnnotation *region;
  cairo_surface_t *before, *after;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_rings (window, frame, 2, "frame");
  region = add_rings (window, &triangle, 1, "sail");
  gui_select_regions (window, 1, 1);
  before = take_at_rest (window);
  gui_select_regions (window, 1, 1);
  gui_drag_at (window, NULL, 250, 350, 100, 50);
  gui_assert_region (region, 300, 250, 500, 450);
  after = take_at_rest (window);
  g_assert_cmphex (get_colour_at (window, before, 205, 300), !=,
                   get_colour_at (window, after, 205, 300));
  cairo_surface_destroy (after);
  gui_act (window, "win.undo", NULL);
  after = take_at_rest (window);
  for (guint i = 0; i < 100; i++)
    for (guint k = 0; k < 100; k++)
      g_assert_cmphex (get_colour_at (window, before, 60 + i * 5, 60 + k * 5), ==,
                       get_colour_at (window, after, 60 + i * 5, 60 + k * 5));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/layer/changes", test_changes);
  g_test_add_func ("/gui/layer/spotlight", test_spotlight);
  g_test_add_func ("/gui/layer/dragged", test_dragged);

  return gui_run ();
}
