/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of a window, as it is drawn.
 */
#include "config.h"

#include "tests/gui/harness.h"

/* What is painted has the padding of the widget around it. */
static void
append_widget (GtkSnapshot *snapshot, GtkWidget *widget, double x, double y)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, widget, &bounds));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float) x + bounds.origin.x, (float) y + bounds.origin.y));
  gdk_paintable_snapshot (paintable, snapshot, (double) bounds.size.width,
                          (double) bounds.size.height);
  gtk_snapshot_restore (snapshot);
}

/* Popovers are surfaces of their own; their place is relative to that of what they belong to. */
static void
append_popovers (GtkSnapshot *snapshot, GtkWidget *widget, double x, double y)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    {
      double child_x = x, child_y = y;

      if (GTK_IS_POPOVER (child) && gtk_widget_get_mapped (child))
        {
          GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (child));
          double inner_x, inner_y;

          gtk_native_get_surface_transform (GTK_NATIVE (child), &inner_x, &inner_y);
          child_x += gdk_popup_get_position_x (GDK_POPUP (surface)) + inner_x;
          child_y += gdk_popup_get_position_y (GDK_POPUP (surface)) + inner_y;
          append_widget (snapshot, child, child_x, child_y);
          child_x -= inner_x;
          child_y -= inner_y;
        }
      append_popovers (snapshot, child, child_x, child_y);
    }
}

typedef struct
{
  GtkWindow *window;
  int scale;
  GskRenderNode *node;
} Shot;

/* There is nothing to take before a frame was drawn. */
static gboolean
take_node (gpointer data)
{
  Shot *shot = data;
  GtkWidget *widget = GTK_WIDGET (shot->window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  double inner_x, inner_y;

  gtk_snapshot_scale (snapshot, (float) shot->scale, (float) shot->scale);
  append_widget (snapshot, widget, 0, 0);
  gtk_native_get_surface_transform (GTK_NATIVE (shot->window), &inner_x, &inner_y);
  append_popovers (snapshot, widget, -inner_x, -inner_y);
  shot->node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  return shot->node != NULL;
}

cairo_surface_t *
gui_take_picture (GtkWindow *window, int scale)
{
  GtkWidget *widget = GTK_WIDGET (window);
  Shot shot = { window, scale, NULL };
  g_autoptr (GdkTexture) texture = NULL;
  int width, height;
  cairo_surface_t *picture;

  /* Without a window manager the window is never the active one. */
  gtk_widget_unset_state_flags (widget, GTK_STATE_FLAG_BACKDROP);
  gui_settle ();
  gui_wait_for ("a frame", take_node, &shot);

  width = gtk_widget_get_width (widget) * scale;
  height = gtk_widget_get_height (widget) * scale;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), shot.node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gsk_render_node_unref (shot.node);

  picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  gdk_texture_download (texture, cairo_image_surface_get_data (picture),
                        (gsize) cairo_image_surface_get_stride (picture));
  cairo_surface_mark_dirty (picture);
  return picture;
}

void
gui_write_picture (GtkWindow *window, int scale, const char *path)
{
  cairo_surface_t *picture = gui_take_picture (window, scale);

  g_assert_cmpint (cairo_surface_write_to_png (picture, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (picture);
}

static const char *pictures;

void
gui_keep_pictures_in (const char *folder)
{
  pictures = folder;
}

void
gui_keep_picture (gpointer widget, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = pictures ? g_build_filename (pictures, file, NULL) : NULL;

  gui_settle ();
  if (!path)
    return;
  gui_wait_ms (250);
  gui_write_picture (GTK_WINDOW (gtk_widget_get_root (widget)), 1, path);
}

guint32
gui_get_pixel (cairo_surface_t *picture, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (picture);
  int stride = cairo_image_surface_get_stride (picture);

  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (picture));
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y, <, cairo_image_surface_get_height (picture));
  return ((const guint32 *) (gconstpointer) (data + (gsize) y * (gsize) stride))[x] & 0xffffff;
}
