/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas by itself, without the application: zoom, what is seen, pixels on the screen, tiles of
 * large pictures, idleness.
 */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "ui/image-tiles.h"
#include "ui/image-view.h"

#define WINDOW_WIDTH  524
#define WINDOW_HEIGHT 424
#define MARGIN        12

typedef struct
{
  GtkWidget *window;
  MonocleImageView *view;
  MonoclePresentation *presentation;
} Stage;

/* Also where the machine is so busy that time goes by with nothing done. */
static void
wait_ms (guint ms)
{
  gint64 end = g_get_monotonic_time () + 1000 * (gint64) ms;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  gdk_display_sync (gdk_display_get_default ());
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* What never comes is ended by who runs the tests. */
#define WAIT_UNTIL(condition)                                                                      \
  while (!(condition))                                                                             \
  wait_ms (10)

static void
set_flag (GdkFrameClock *clock, gboolean *flag)
{
  *flag = TRUE;
}

/* Left half red, right half blue; below the middle both are darker. */
static MonocleImage *
new_image (guint width, guint height)
{
  g_autofree guint8 *rgb = g_malloc0 (3 * (gsize) width * height);

  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      rgb[3 * (y * width + x) + (x < width / 2 ? 0 : 2)] = y < height / 2 ? 240 : 120;
  return monocle_image_new_from_pixels (width, height, 3 * (gsize) width, rgb, NULL);
}

/* Laid out and drawn. */
static void
wait_frame (Stage *stage)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (stage->view));
  gboolean is_painted = FALSE;
  gulong handler;

  wait_ms (50);
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (set_flag), &is_painted);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
  WAIT_UNTIL (is_painted);
  g_signal_handler_disconnect (clock, handler);
}

static MonocleDocument *
show_picture (Stage *stage, guint width, guint height)
{
  g_autoptr (MonocleImage) image = new_image (width, height);
  g_autoptr (MonocleDocument) document = monocle_document_new (NULL, "test.png", image);

  monocle_presentation_set_document (stage->presentation, document);
  wait_frame (stage);
  return document; /* the presentation holds it */
}

static void
open_stage (Stage *stage, gconstpointer data)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  stage->presentation = monocle_presentation_new ();
  stage->view = MONOCLE_IMAGE_VIEW (monocle_image_view_new ());
  monocle_image_view_set_presentation (stage->view, stage->presentation);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (stage->view));
  gtk_widget_set_size_request (scrolled, WINDOW_WIDTH, WINDOW_HEIGHT);
  stage->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (stage->window), FALSE);
  gtk_window_set_resizable (GTK_WINDOW (stage->window), FALSE);
  gtk_window_set_child (GTK_WINDOW (stage->window), scrolled);
  gtk_window_present (GTK_WINDOW (stage->window));
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (stage->view)) > 0);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (stage->view)), ==, WINDOW_WIDTH);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (stage->view)), ==, WINDOW_HEIGHT);
}

static void
close_stage (Stage *stage, gconstpointer data)
{
  gpointer view = stage->view;

  g_object_add_weak_pointer (G_OBJECT (stage->view), &view);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_assert_finalize_object (stage->presentation);
  WAIT_UNTIL (!view);
}

/* What is drawn, as 0xRRGGBB. */
static guint32
pixel (Stage *stage, int x, int y)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (stage->view));
  GskRenderNode *node = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;
  guint32 found;

  /* On a busy machine a frame can take its time. */
  while (!node)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      wait_ms (60);
      gdk_paintable_snapshot (paintable, snapshot, WINDOW_WIDTH, WINDOW_HEIGHT);
      node = gtk_snapshot_free_to_node (snapshot);
    }
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WINDOW_WIDTH, WINDOW_HEIGHT);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_surface_flush (surface);
  found = ((const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface)
                                              + y * cairo_image_surface_get_stride (surface)))[x]
          & 0xffffff;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  gsk_render_node_unref (node);
  return found;
}

static gboolean
is_near (double a, double b)
{
  return fabs (a - b) < 1e-6;
}

/* --- Zoom --- */

static void
test_fit (Stage *stage, gconstpointer data)
{
  MonocleBox seen;

  show_picture (stage, 2000, 1000);
  g_assert_true (monocle_image_view_get_fits (stage->view));
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 0.25));
  seen = monocle_image_view_get_visible (stage->view);
  g_assert_cmpfloat (seen.x1, ==, 0);
  g_assert_cmpfloat (seen.y1, ==, 0);
  g_assert_cmpfloat (seen.x2, ==, 2000);
  g_assert_cmpfloat (seen.y2, ==, 1000);

  /* Small pictures are enlarged, every pixel alike, and lie in the middle. */
  show_picture (stage, 100, 50);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 5));
  {
    const MonocleRect all = { 0, 0, 100, 50 };
    MonocleRect place;

    monocle_image_view_to_widget (stage->view, &all, &place);
    g_assert_true (is_near (place.x, (WINDOW_WIDTH - 500) / 2));
    g_assert_true (is_near (place.y, (WINDOW_HEIGHT - 250) / 2));
  }
  /* An icon stays an icon. */
  show_picture (stage, 16, 16);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 8));
}

/* Also of a small picture 100 % can be had, and Best Fit again. */
static void
test_small (Stage *stage, gconstpointer data)
{
  gboolean can_in, can_out;

  show_picture (stage, 100, 50);
  monocle_image_view_set_zoom (stage->view, 1);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 1));
  g_assert_false (monocle_image_view_get_fits (stage->view));
  g_object_get (stage->view, "can-zoom-in", &can_in, "can-zoom-out", &can_out, NULL);
  g_assert_true (can_in);
  g_assert_false (can_out);
  gtk_widget_queue_allocate (GTK_WIDGET (stage->view));
  wait_frame (stage);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 1));
  monocle_image_view_fit (stage->view);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 5));
}

/* What floats at the bottom covers nothing of a picture that fits, high or wide. */
static void
test_inset (Stage *stage, gconstpointer data)
{
  static const int sizes[][2] = { { 2000, 1000 }, { 1000, 2000 }, { 2000, 2000 }, { 4000, 200 } };
  const double inset = 60;

  monocle_image_view_set_inset (stage->view, inset);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const MonocleRect all = { 0, 0, sizes[i][0], sizes[i][1] };
      MonocleRect place;

      show_picture (stage, sizes[i][0], sizes[i][1]);
      wait_frame (stage);
      monocle_image_view_to_widget (stage->view, &all, &place);
      g_assert_cmpfloat (place.y, >=, 0);
      g_assert_cmpfloat (place.y + place.height, <=, WINDOW_HEIGHT - inset + 0.5);
      /* In the middle where there is room enough. */
      if (sizes[i][1] == 200)
        g_assert_cmpfloat (fabs (place.y + place.height / 2 - WINDOW_HEIGHT / 2.0), <=, 1);
    }
}

static void
test_zoom (Stage *stage, gconstpointer data)
{
  MonocleBox seen;
  gboolean can_in, can_out;

  show_picture (stage, 2000, 1000);
  monocle_image_view_set_zoom (stage->view, 1);
  g_assert_false (monocle_image_view_get_fits (stage->view));
  seen = monocle_image_view_get_visible (stage->view);
  g_assert_cmpfloat (fabs ((double) (seen.x1 + seen.x2) / 2 - 1000), <, 1.5);
  g_assert_cmpfloat (fabs ((double) (seen.y1 + seen.y2) / 2 - 500), <, 1.5);
  g_object_get (stage->view, "can-zoom-in", &can_in, "can-zoom-out", &can_out, NULL);
  g_assert_true (can_in && can_out);

  monocle_image_view_set_zoom (stage->view, 1e9);
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 32));
  g_object_get (stage->view, "can-zoom-in", &can_in, "can-zoom-out", &can_out, NULL);
  g_assert_true (!can_in && can_out);

  monocle_image_view_set_zoom (stage->view, 0);
  g_assert_true (monocle_image_view_get_fits (stage->view));
  g_object_get (stage->view, "can-zoom-in", &can_in, "can-zoom-out", &can_out, NULL);
  g_assert_true (can_in && !can_out);
}

static void
test_reveal (Stage *stage, gconstpointer data)
{
  MonocleBox seen;

  show_picture (stage, 4000, 4000);
  monocle_image_view_set_zoom (stage->view, 1);
  monocle_image_view_reveal (stage->view, (MonocleRect){ 3900, 100, 50, 50 });
  seen = monocle_image_view_get_visible (stage->view);
  g_assert_cmpfloat (seen.x1, <, 3900);
  g_assert_cmpfloat (seen.x2, >, 3950);
  g_assert_cmpfloat (seen.y1, <, 100);
  g_assert_cmpfloat (seen.y2, >, 150);
  /* What is in view stays where it is. */
  monocle_image_view_reveal (stage->view, (MonocleRect){ 3890, 110, 20, 20 });
  g_assert_cmpfloat (monocle_image_view_get_visible (stage->view).x1, ==, seen.x1);
}

static void
test_turn (Stage *stage, gconstpointer data)
{
  MonocleDocument *document = show_picture (stage, 2000, 1000);

  monocle_document_rotate (document, 1);
  wait_frame (stage);
  g_assert_true (monocle_image_view_get_fits (stage->view));
  g_assert_true (is_near (monocle_image_view_get_zoom (stage->view), 0.2));
}

/* --- Pixels --- */

static gboolean
is_colour (guint32 found, guint32 wanted)
{
  for (guint shift = 0; shift < 24; shift += 8)
    if (ABS ((int) (found >> shift & 0xff) - (int) (wanted >> shift & 0xff)) > 3)
      return FALSE;
  return TRUE;
}

/* A small one, one of several tiles, one whose levels come from a thread. */
static void
test_pixels (Stage *stage, gconstpointer data)
{
  static const guint widths[] = { 1000, 1900, 4800 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      show_picture (stage, widths[i], widths[i] / 2);
      for (guint wait = 0; wait < 2; wait++)
        {
          g_assert_true (is_colour (pixel (stage, MARGIN + 60, 150), 0xf00000));
          g_assert_true (is_colour (pixel (stage, MARGIN + 440, 150), 0x0000f0));
          g_assert_true (is_colour (pixel (stage, MARGIN + 60, 300), 0x780000));
          g_assert_true (is_colour (pixel (stage, MARGIN + 440, 300), 0x000078));
          wait_ms (200);
        }
    }
}

/* Much enlarged a pixel is a square, with nothing between it and the next. */
static void
test_squares (Stage *stage, gconstpointer data)
{
  MonocleRect middle = { 500, 250, 1, 1 }, place;

  show_picture (stage, 1000, 500);
  monocle_image_view_set_zoom (stage->view, 32);
  monocle_image_view_to_widget (stage->view, &middle, &place);
  g_assert_true (is_colour (pixel (stage, (int) place.x - 1, (int) place.y - 1), 0xf00000));
  g_assert_true (is_colour (pixel (stage, (int) place.x + 1, (int) place.y - 1), 0x0000f0));
  g_assert_true (is_colour (pixel (stage, (int) place.x - 1, (int) place.y + 1), 0x780000));
  g_assert_true (is_colour (pixel (stage, (int) place.x + 1, (int) place.y + 1), 0x000078));
}

/* --- Tiles --- */

static void
draw_tiles (MonocleImageTiles *tiles, double x, double zoom, double side)
{
  const MonocleRect picture = { -x, 0, side * zoom, side * zoom }, view = { 0, 0, 800, 600 };
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  monocle_image_tiles_snapshot (tiles, snapshot, &picture, &view, 1, NULL);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_unref (node);
}

/* However far one pans, few textures are held; when a picture goes, all go. */
static void
test_tiles (void)
{
  g_autoptr (MonocleImage) image = new_image (9000, 9000);
  MonocleImageTiles *tiles = monocle_image_tiles_new (image);
  gpointer held = tiles;

  g_object_add_weak_pointer (G_OBJECT (tiles), &held);
  draw_tiles (tiles, 0, 0.05, 9000); /* before the levels are there */
  WAIT_UNTIL (monocle_image_tiles_is_complete (tiles));
  for (guint round = 0; round < 3; round++)
    for (double zoom = 0.05; zoom < 2; zoom *= 1.5)
      for (double x = 0; x < 9000 * zoom - 800; x += 300)
        draw_tiles (tiles, x, zoom, 9000);
  g_assert_cmpuint (monocle_image_tiles_get_n_textures (tiles), <, 40);
  monocle_image_tiles_stop (tiles);
  g_assert_cmpuint (monocle_image_tiles_get_n_textures (tiles), ==, 0);
  g_object_unref (tiles);
  g_assert_null (held);
}

/* A picture that goes while its levels are worked out takes the work along. */
static void
test_tiles_stop (void)
{
  g_autoptr (MonocleImage) image = new_image (9000, 9000);
  MonocleImageTiles *tiles = monocle_image_tiles_new (image);
  gpointer held = tiles;

  g_object_add_weak_pointer (G_OBJECT (tiles), &held);
  monocle_image_tiles_stop (tiles);
  g_object_unref (tiles);
  WAIT_UNTIL (!held);
}

/* (transfer full): what is seen of @node. */
static cairo_surface_t *
draw_node (GskRenderNode *node, int scale)
{
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 800 * scale, 600 * scale);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static GskRenderNode *
record_tiles (MonocleImageTiles *tiles,
              const MonocleRect *picture,
              int scale,
              GskRenderer *renderer)
{
  const MonocleRect view = { 0, 0, 800, 600 };
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  monocle_image_tiles_snapshot (tiles, snapshot, picture, &view, scale, renderer);
  return gtk_snapshot_free_to_node (snapshot);
}

/* Whoever draws, it looks the same; where nothing changed the processor has nothing to draw. */
static void
check_processor (MonocleImage *image, double zoom, double x, int scale, GskRenderer *renderer)
{
  MonocleImageTiles *tiles = monocle_image_tiles_new (image);
  const MonocleRect picture
      = { -x, 10, monocle_image_get_width (image) * zoom, monocle_image_get_height (image) * zoom };
  GskRenderNode *textures = record_tiles (tiles, &picture, scale, NULL);
  GskRenderNode *elsewhere = record_tiles (
      tiles, &(MonocleRect){ 7 - x, 3, picture.width, picture.height }, scale, renderer);
  GskRenderNode *first = record_tiles (tiles, &picture, scale, renderer);
  GskRenderNode *second = record_tiles (tiles, &picture, scale, renderer);
  cairo_surface_t *expected = draw_node (textures, scale), *found = draw_node (first, scale);
  const guint8 *a = cairo_image_surface_get_data (expected);
  const guint8 *b = cairo_image_surface_get_data (found);

  for (gsize i = 0; i < 4 * 800 * 600 * (gsize) (scale * scale); i++)
    g_assert_cmpint (ABS (a[i] - b[i]), <=, 1);
  if (gsk_render_node_get_node_type (first) == GSK_CONTAINER_NODE)
    for (guint i = 0; i < gsk_container_node_get_n_children (first); i++)
      g_assert_true (gsk_container_node_get_child (first, i)
                     == gsk_container_node_get_child (second, i));
  else
    g_assert_true (first == second);
  cairo_surface_destroy (expected);
  cairo_surface_destroy (found);
  gsk_render_node_unref (textures);
  gsk_render_node_unref (elsewhere);
  gsk_render_node_unref (first);
  gsk_render_node_unref (second);
  monocle_image_tiles_stop (tiles);
  g_object_unref (tiles);
}

static void
test_tiles_processor (void)
{
  static const double zooms[] = { 0.23, 0.5, 0.71, 1, 1.6 };
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  g_autoptr (MonocleImage) image = new_image (1500, 1300);

  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    for (int scale = 1; scale <= 2; scale++)
      for (guint x = 0; x <= 600 * zooms[i]; x += 300)
        check_processor (image, zooms[i] / scale, x, scale, renderer);
}

/* --- What is see-through --- */

static MonocleDocument *
show_logo (Stage *stage, guint width, guint height)
{
  guint8 *rgb = g_malloc0 (3 * (gsize) width * height);
  guint8 *alpha = g_malloc ((gsize) width * height);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleDocument) document = NULL;

  for (gsize i = 0; i < (gsize) width * height; i++)
    {
      rgb[3 * i] = 240;
      alpha[i] = i % width < width / 2 ? 0 : 255;
    }
  image = monocle_image_new_take_planes (width, height, rgb, alpha, FALSE, NULL);
  document = monocle_document_new (NULL, "logo.png", image);
  monocle_presentation_set_document (stage->presentation, document);
  wait_frame (stage);
  return document;
}

static gboolean
is_grey (guint32 colour)
{
  const guint red = colour >> 16, green = colour >> 8 & 0xff, blue = colour & 0xff;

  return red == green && green == blue && red >= 0xc0 && red < 0xff;
}

/* Two greys where the picture is see-through, its colours elsewhere: at every level of the tiles,
 * the one that is worked out at once too, and as squares. */
static void
test_alpha (Stage *stage, gconstpointer data)
{
  static const guint widths[] = { 300, 900, 1700, 4000, 90 };
  const int x = WINDOW_WIDTH / 2, y = WINDOW_HEIGHT / 2;

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      guint n_greys = 1;
      guint32 before = 0;

      show_logo (stage, widths[i], widths[i] / 2);
      if (widths[i] == 90)
        monocle_image_view_set_zoom (stage->view, 4);
      for (int step = 0; step < 3; step++)
        {
          const guint32 colour = pixel (stage, x - 40 + 8 * step, y);

          g_assert_true (is_grey (colour));
          n_greys += step > 0 && colour != before;
          before = colour;
        }
      g_assert_cmpuint (n_greys, ==, 3);
      g_assert_cmphex (pixel (stage, x + 20, y), ==, 0xf00000);
    }
}

/* Nobody keeps the second level: its pixels are those of the first, halved. */
static void
test_second_level (Stage *stage, gconstpointer data)
{
  show_picture (stage, 1700, 850);
  monocle_image_view_set_zoom (stage->view, 0.5);
  g_assert_cmphex (pixel (stage, WINDOW_WIDTH / 2 - 20, WINDOW_HEIGHT / 2 - 20), ==, 0xf00000);
  g_assert_cmphex (pixel (stage, WINDOW_WIDTH / 2 + 20, WINDOW_HEIGHT / 2 + 20), ==, 0x000078);
}

/* --- Idleness --- */

static void
count_frame (GdkFrameClock *clock, guint *n_frames)
{
  (*n_frames)++;
}

static void
test_idle (Stage *stage, gconstpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (stage->view));
  guint n_frames = 0;
  gulong id;

  show_picture (stage, 2000, 1000);
  id = g_signal_connect (clock, "paint", G_CALLBACK (count_frame), &n_frames);
  /* It comes to rest, when what threads do for it is done. */
  do
    {
      n_frames = 0;
      wait_ms (500);
    }
  while (n_frames > 0);
  monocle_image_view_zoom_in (stage->view);
  WAIT_UNTIL (n_frames > 0);
  g_signal_handler_disconnect (clock, id);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 77;
    }
  adw_init ();
#define ADD(path, test) g_test_add (path, Stage, NULL, open_stage, test, close_stage)
  ADD ("/ui/image-view/fit", test_fit);
  ADD ("/ui/image-view/small", test_small);
  ADD ("/ui/image-view/inset", test_inset);
  ADD ("/ui/image-view/zoom", test_zoom);
  ADD ("/ui/image-view/reveal", test_reveal);
  ADD ("/ui/image-view/turn", test_turn);
  ADD ("/ui/image-view/pixels", test_pixels);
  ADD ("/ui/image-view/squares", test_squares);
  ADD ("/ui/image-view/alpha", test_alpha);
  ADD ("/ui/image-view/second-level", test_second_level);
  ADD ("/ui/image-view/idle", test_idle);
#undef ADD
  g_test_add_func ("/ui/image-tiles/few", test_tiles);
  g_test_add_func ("/ui/image-tiles/stop", test_tiles_stop);
  g_test_add_func ("/ui/image-tiles/processor", test_tiles_processor);
  return g_test_run ();
}
