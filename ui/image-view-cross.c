/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: a cross that keys move, for drawing without a pointer. It points where the pointer
 * would, so all that follows that follows it. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

/* Pixels of the picture, with nothing held, Shift, Ctrl. */
#define STEP      1.0
#define LONG_STEP 10.0
#define FAR_STEP  50.0

#define ARM_PX 14.0
#define GAP_PX 3.0

static gboolean
is_drawing_tool (MonocleImageView *self)
{
  return self->tool != MONOCLE_TOOL_SELECT && self->tool != MONOCLE_TOOL_HAND;
}

/* What is drawn goes on to there. */
static void
point (MonocleImageView *self)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  double px, py;

  monocle_image_view_reveal (self, (MonocleRect){ self->cross_x, self->cross_y, 0, 0 });
  self->pointer_x = self->cross_x;
  self->pointer_y = self->cross_y;
  monocle_matrix_map (&matrix, &self->pointer_x, &self->pointer_y);
  self->pointer_inside = TRUE;
  self->ctrl_held = self->shift_held = FALSE;
  if (self->drag == MONOCLE_DRAG_PAINT)
    monocle_image_view_stroke_to (self, self->pointer_x, self->pointer_y);
  else if (self->drag == MONOCLE_DRAG_DRAW)
    {
      monocle_image_view_to_picture (self, self->pointer_x, self->pointer_y, &px, &py);
      self->drawn = monocle_image_view_clamp_box (self, self->press_x, self->press_y, px, py);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
monocle_image_view_show_cross (MonocleImageView *self)
{
  double x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  double y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;

  if (!is_drawing_tool (self) || self->drag != MONOCLE_DRAG_NONE)
    return FALSE;
  if (self->pointer_inside)
    {
      x = self->pointer_x;
      y = self->pointer_y;
    }
  monocle_image_view_to_upright (self, x, y, &self->cross_x, &self->cross_y);
  self->cross_x = CLAMP (round (self->cross_x), 0, monocle_document_get_width (self->document));
  self->cross_y = CLAMP (round (self->cross_y), 0, monocle_document_get_height (self->document));
  self->has_cross = TRUE;
  point (self);
  return TRUE;
}

void
monocle_image_view_hide_cross (MonocleImageView *self)
{
  if (!self->has_cross)
    return;
  monocle_image_view_cancel_drag (self);
  self->has_cross = FALSE;
  self->pointer_inside = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
move (MonocleImageView *self, double dx, double dy, GdkModifierType state)
{
  const double step = state & GDK_CONTROL_MASK ? FAR_STEP
                      : state & GDK_SHIFT_MASK ? LONG_STEP
                                               : STEP;

  dx *= step;
  dy *= step;
  monocle_image_view_turn_back (self, &dx, &dy);
  self->cross_x = CLAMP (self->cross_x + dx, 0, monocle_document_get_width (self->document));
  self->cross_y = CLAMP (self->cross_y + dy, 0, monocle_document_get_height (self->document));
  point (self);
}

/* As a click does; what is drawn by dragging begins with one and ends with another. */
static void
press (MonocleImageView *self)
{
  const double x = self->pointer_x, y = self->pointer_y;
  const MonocleDrag drag = self->drag;
  const MonocleBox box = self->drawn;

  if (drag == MONOCLE_DRAG_PAINT || drag == MONOCLE_DRAG_DRAW)
    {
      g_autoptr (MonocleAnnotation) dragged = g_steal_pointer (&self->dragged);
      g_autoptr (MonocleShape) before = g_steal_pointer (&self->before);

      self->drag = MONOCLE_DRAG_NONE;
      if (drag == MONOCLE_DRAG_PAINT)
        monocle_image_view_end_stroke (self, dragged, before);
      else if (box.x2 > box.x1 && box.y2 > box.y1)
        monocle_image_view_finish_region (self);
    }
  else if (self->tool == MONOCLE_TOOL_POINTS)
    monocle_image_view_put_point (self, x, y);
  else if (self->tool == MONOCLE_TOOL_POLYGON || self->tool == MONOCLE_TOOL_LINE)
    monocle_image_view_add_to_outline (self, x, y);
  else if (self->tool == MONOCLE_TOOL_REGION)
    {
      monocle_image_view_to_picture (self, x, y, &self->press_x, &self->press_y);
      self->drag = MONOCLE_DRAG_DRAW;
      point (self);
    }
  else if (monocle_image_view_begin_stroke (self, x, y))
    self->drag = MONOCLE_DRAG_PAINT;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
monocle_image_view_on_key_cross (MonocleImageView *self, guint keyval, GdkModifierType state)
{
  if (state & ~(GDK_SHIFT_MASK | GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      move (self, -1, 0, state);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      move (self, 1, 0, state);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move (self, 0, -1, state);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move (self, 0, 1, state);
      return GDK_EVENT_STOP;
    case GDK_KEY_space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (state)
        return GDK_EVENT_PROPAGATE;
      press (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (state)
        return GDK_EVENT_PROPAGATE;
      if (self->drag != MONOCLE_DRAG_NONE)
        monocle_image_view_cancel_drag (self);
      else if (!monocle_image_view_clear_selection (self))
        monocle_image_view_hide_cross (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

void
monocle_image_view_draw_cross (MonocleImageView *self, cairo_t *cr)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  double x = self->cross_x, y = self->cross_y;

  if (!self->has_cross)
    return;
  monocle_matrix_map (&matrix, &x, &y);
  cairo_new_path (cr);
  for (int side = -1; side <= 1; side += 2)
    {
      cairo_move_to (cr, x + side * GAP_PX, y);
      cairo_line_to (cr, x + side * ARM_PX, y);
      cairo_move_to (cr, x, y + side * GAP_PX);
      cairo_line_to (cr, x, y + side * ARM_PX);
    }
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.8);
  cairo_set_line_width (cr, 4);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}
