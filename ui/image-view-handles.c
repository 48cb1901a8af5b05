/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: what things are taken hold of by, and what has the focus. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define HANDLE_PX  9.0
#define ROTATE_PX  22.0 /* from the side to the handle to rotate by */
#define VERTEX_PX  8.0
#define POINT_PX   5.0
#define SIDES_FROM 44.0 /* regions shorter than this have handles at their corners only */
#define FOCUS_GAP  5.0

void
monocle_image_view_get_handle (const MonocleRect *rect, guint handle, double *x, double *y)
{
  static const double places[MONOCLE_N_HANDLES][2]
      = { { 0, 0 },   { 0.5, 0 }, { 1, 0 },   { 1, 0.5 }, { 1, 1 },
          { 0.5, 1 }, { 0, 1 },   { 0, 0.5 }, { 0.5, 0 } };

  *x = rect->x + places[handle][0] * rect->width;
  *y = rect->y + places[handle][1] * rect->height;
  if (handle == MONOCLE_HANDLE_ROTATE) /* below, where there is no room above */
    *y = *y >= ROTATE_PX + HANDLE_PX ? *y - ROTATE_PX : *y + rect->height + ROTATE_PX;
}

gboolean
monocle_image_view_has_handle (const MonocleRect *rect, guint handle)
{
  if (rect->width + rect->height <= 0) /* a point */
    return FALSE;
  if (handle % 2 == 0)
    return TRUE;
  return (handle % 4 == 1 ? rect->width : rect->height) >= SIDES_FROM;
}

/* --- Drawn --- */

void
monocle_image_view_draw_vertex (
    MonocleImageView *self, cairo_t *cr, double x, double y, gboolean is_current)
{
  GdkRGBA fill = { 1, 1, 1, 1 };

  if (is_current)
    gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                    "accent_bg_color", &fill);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, is_current ? VERTEX_PX / 2 + 1 : VERTEX_PX / 2, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill_preserve (cr);
  if (is_current)
    cairo_set_source_rgb (cr, 1, 1, 1);
  else
    cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.9);
  cairo_set_line_width (cr, is_current ? 2 : 1);
  cairo_stroke (cr);
}

/* A knob on a stalk. */
static void
draw_rotate_handle (
    MonocleImageView *self, cairo_t *cr, const MonocleRect *rect, double x, double y)
{
  cairo_move_to (cr, x,
                 y < rect->y ? rect->y - HANDLE_PX / 2 : rect->y + rect->height + HANDLE_PX / 2);
  cairo_line_to (cr, x, y);
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.6);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  monocle_image_view_draw_vertex (self, cr, x, y, self->drag == MONOCLE_DRAG_ROTATE);
}

void
monocle_image_view_draw_handles (MonocleImageView *self, cairo_t *cr)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);

  if (monocle_image_view_get_edited (self))
    {
      monocle_image_view_draw_vertices (self, cr);
      return;
    }
  for (guint i = 0; i < selected->len; i++)
    {
      MonocleRect rect = monocle_image_view_rect_of_region (self, selected->pdata[i]);

      for (guint handle = 0; handle < MONOCLE_N_HANDLES; handle++)
        {
          double x, y;

          if (!monocle_image_view_has_handle (&rect, handle))
            continue;
          monocle_image_view_get_handle (&rect, handle, &x, &y);
          if (handle == MONOCLE_HANDLE_ROTATE)
            {
              draw_rotate_handle (self, cr, &rect, x, y);
              continue;
            }
          /* On whole pixels, or it looks blurred. */
          cairo_rectangle (cr, round (x - HANDLE_PX / 2) + 0.5, round (y - HANDLE_PX / 2) + 0.5,
                           HANDLE_PX - 1, HANDLE_PX - 1);
          cairo_set_source_rgb (cr, 1, 1, 1);
          cairo_fill_preserve (cr);
          cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.9);
          cairo_set_line_width (cr, 1);
          cairo_stroke (cr);
        }
    }
}

void
monocle_image_view_show_instead (MonocleImageView *self, GHashTable *shapes)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  monocle_image_view_set_edited (self, NULL);
  g_clear_pointer (&self->instead, g_hash_table_unref);
  self->instead = shapes ? g_hash_table_ref (shapes) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_image_view_draw_points (MonocleImageView *self, cairo_t *cr)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  GHashTableIter shapes;
  gpointer shape;

  cairo_new_path (cr);
  g_hash_table_iter_init (&shapes, self->instead);
  while (g_hash_table_iter_next (&shapes, NULL, &shape))
    {
      guint n;
      const double *points = monocle_shape_get_points (shape, &n);

      for (guint i = 0; i < n; i++)
        {
          double x = points[2 * i], y = points[2 * i + 1];

          monocle_matrix_map (&matrix, &x, &y);
          cairo_rectangle (cr, round (x) - POINT_PX / 2, round (y) - POINT_PX / 2, POINT_PX,
                           POINT_PX);
        }
    }
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.9);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

/* Two lines, of which GTK sees that they are where they were. */
static void
draw_outline (MonocleImageView *self, GtkSnapshot *snapshot, const MonocleRect *r)
{
  static const float widths[][4] = { { 4, 4, 4, 4 }, { 2, 2, 2, 2 } };
  const double x = round (r->x) - 1.5, y = round (r->y) - 1.5;
  GdkRGBA colours[2] = { { 1, 1, 1, 0.9f }, { 0.21f, 0.52f, 0.89f, 1 } };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_color",
                                  &colours[1]);
  for (guint i = 0; i < 2; i++)
    {
      const GdkRGBA sides[] = { colours[i], colours[i], colours[i], colours[i] };
      GskRoundedRect rect;

      gsk_rounded_rect_init_from_rect (
          &rect,
          &GRAPHENE_RECT_INIT ((float) x + (float) i, (float) y + (float) i,
                               (float) round (r->width) + 4 - 2 * (float) i,
                               (float) round (r->height) + 4 - 2 * (float) i),
          0);
      gtk_snapshot_append_border (snapshot, &rect, widths[i], sides);
    }
}

void
monocle_image_view_draw_focus (MonocleImageView *self,
                               GtkSnapshot *snapshot,
                               const MonocleRect *view)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  gboolean visible
      = (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_VISIBLE) != 0;

  if (!gtk_widget_has_focus (GTK_WIDGET (self)) || !(visible || self->walks))
    return;
  objects = monocle_presentation_get_selected_objects (self->presentation);
  regions = monocle_presentation_get_selected_regions (self->presentation);
  if (objects->len > 0)
    {
      MonocleRect bounds = monocle_annotation_get_bounds (objects->pdata[objects->len - 1]), r;

      monocle_image_view_to_widget (self, &bounds, &r);
      draw_outline (self, snapshot,
                    &(MonocleRect){ r.x - FOCUS_GAP, r.y - FOCUS_GAP, r.width + 2 * FOCUS_GAP,
                                    r.height + 2 * FOCUS_GAP });
    }
  else if (visible && regions->len == 0) /* theirs are the handles */
    draw_outline (self, snapshot, &(MonocleRect){ 2, 2, view->width - 5, view->height - 5 });
}
