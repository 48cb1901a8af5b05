/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: pointer and touch. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define WHEEL_FACTOR 1.2
#define PINCH_PX     200.0 /* of a touchpad with Ctrl held: so far for e times the zoom */
#define MIN_REGION   4.0   /* logical pixels: shorter drags are clicks */
#define WHEEL_PAN_PX 60.0

/* --- Selection --- */

/* Exactly one thing is selected, or with @extend one more, or one less. */
static void
select_in (GtkSelectionModel *model, GtkSelectionModel *other, gpointer item, gboolean extend)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (model));

  if (!extend)
    gtk_selection_model_unselect_all (other);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) at = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (at != item)
        continue;
      if (extend && gtk_selection_model_is_selected (model, i))
        gtk_selection_model_unselect_item (model, i);
      else
        gtk_selection_model_select_item (model, i, !extend);
      return;
    }
}

void
monocle_image_view_select_object (MonocleImageView *self,
                                  MonocleAnnotation *annotation,
                                  gboolean extend)
{
  select_in (monocle_presentation_get_objects (self->presentation),
             monocle_presentation_get_regions (self->presentation), annotation, extend);
}

static void
select_region (MonocleImageView *self, MonocleAnnotation *region, gboolean extend)
{
  select_in (monocle_presentation_get_regions (self->presentation),
             monocle_presentation_get_objects (self->presentation), region, extend);
}

gboolean
monocle_image_view_clear_selection (MonocleImageView *self)
{
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);

  gtk_selection_model_unselect_all (monocle_presentation_get_objects (self->presentation));
  gtk_selection_model_unselect_all (monocle_presentation_get_regions (self->presentation));
  return objects->len + regions->len > 0;
}

static gboolean
is_selected (GPtrArray *selected, gpointer item)
{
  return g_ptr_array_find (selected, item, NULL);
}

/* --- Cursor --- */

static const char *
choose_cursor (MonocleImageView *self)
{
  static const char *const handles[MONOCLE_N_HANDLES]
      = { "nw-resize", "n-resize", "ne-resize", "e-resize",
          "se-resize", "s-resize", "sw-resize", "w-resize" };
  MonocleAnnotation *region;
  int handle;

  if (!self->image)
    return NULL;
  switch (self->drag)
    {
    case MONOCLE_DRAG_PAN:
      return "grabbing";
    case MONOCLE_DRAG_DRAW:
      return "crosshair";
    case MONOCLE_DRAG_MOVE:
      return "move";
    case MONOCLE_DRAG_RESIZE:
      return handles[self->handle];
    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PENDING:
    default:
      break;
    }
  if (self->space_held || self->tool == MONOCLE_TOOL_HAND)
    return self->drag == MONOCLE_DRAG_PENDING ? "grabbing" : "grab";
  handle = self->pointer_inside
               ? monocle_image_view_find_handle (self, self->pointer_x, self->pointer_y, &region)
               : -1;
  if (handle >= 0)
    return handles[handle];
  if (self->tool == MONOCLE_TOOL_REGION)
    return "crosshair";
  if (self->pointer_inside
      && monocle_image_view_find_region (self, self->pointer_x, self->pointer_y, FALSE))
    return "move";
  return NULL;
}

void
monocle_image_view_update_cursor (MonocleImageView *self)
{
  const char *cursor = choose_cursor (self);

  if (g_strcmp0 (cursor, self->cursor) == 0)
    return;
  self->cursor = cursor; /* all are static */
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursor);
}

void
monocle_image_view_update_hover (MonocleImageView *self)
{
  MonocleAnnotation *hovered = NULL;
  MonocleAnnotation *region;

  if (!self->presentation)
    return;
  if (self->pointer_inside && self->image && self->tool == MONOCLE_TOOL_SELECT && !self->space_held
      && self->drag == MONOCLE_DRAG_NONE
      && monocle_image_view_find_handle (self, self->pointer_x, self->pointer_y, &region) < 0)
    hovered = monocle_image_view_find_object (self, self->pointer_x, self->pointer_y);
  monocle_presentation_set_hovered (self->presentation, hovered);
  monocle_image_view_update_cursor (self);
}

static void
on_motion (MonocleImageView *self, double x, double y)
{
  /* The scrolled window makes motions of its own when its content moves. */
  self->pointer_x = x;
  self->pointer_y = y;
  self->pointer_inside = TRUE;
  monocle_image_view_update_hover (self);
}

static void
on_leave (MonocleImageView *self)
{
  self->pointer_inside = FALSE;
  if (self->drag == MONOCLE_DRAG_NONE)
    monocle_image_view_update_hover (self);
}

/* --- Dragging --- */

static void
end_drag (MonocleImageView *self)
{
  self->drag = MONOCLE_DRAG_NONE;
  self->handle = -1;
  g_clear_object (&self->dragged);
  g_clear_pointer (&self->before, monocle_shape_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  monocle_image_view_update_cursor (self);
}

void
monocle_image_view_cancel_drag (MonocleImageView *self)
{
  if (self->drag == MONOCLE_DRAG_NONE)
    return;
  if ((self->drag == MONOCLE_DRAG_MOVE || self->drag == MONOCLE_DRAG_RESIZE) && self->dragged)
    monocle_annotation_set_shape (self->dragged, self->before);
  end_drag (self);
  gtk_gesture_set_state (self->drag_gesture, GTK_EVENT_SEQUENCE_DENIED);
}

static MonocleDrag
choose_drag (MonocleImageView *self, guint button, double x, double y)
{
  MonocleAnnotation *region = NULL;

  if (button == GDK_BUTTON_MIDDLE || self->space_held || self->tool == MONOCLE_TOOL_HAND)
    return MONOCLE_DRAG_PAN;
  self->handle = monocle_image_view_find_handle (self, x, y, &region);
  if (self->handle < 0 && self->tool == MONOCLE_TOOL_REGION)
    return MONOCLE_DRAG_DRAW;
  if (self->handle < 0)
    region = monocle_image_view_find_region (self, x, y, FALSE);
  if (!region)
    return MONOCLE_DRAG_PAN;
  g_set_object (&self->dragged, region);
  g_clear_pointer (&self->before, monocle_shape_unref);
  self->before = monocle_shape_ref (monocle_annotation_get_shape (region));
  return self->handle >= 0 ? MONOCLE_DRAG_RESIZE : MONOCLE_DRAG_MOVE;
}

static void
on_drag_begin (MonocleImageView *self, double x, double y, GtkGestureDrag *gesture)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  if (!self->image || (button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_MIDDLE))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->walks = FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
  self->drag = MONOCLE_DRAG_PENDING;
  self->drag_intent = choose_drag (self, button, x, y);
  monocle_image_view_to_picture (self, x, y, &self->press_x, &self->press_y);
  self->pan_x = self->adjustments[0] ? gtk_adjustment_get_value (self->adjustments[0]) : 0;
  self->pan_y = self->adjustments[1] ? gtk_adjustment_get_value (self->adjustments[1]) : 0;
  /* Otherwise a scrolled window takes what a finger does for scrolling. */
  if (self->drag_intent != MONOCLE_DRAG_PAN)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  monocle_image_view_update_cursor (self);
}

MonocleBox
monocle_image_view_get_box (MonocleImageView *self, const MonocleShape *shape)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleRect bounds = monocle_shape_get_bounds (shape);
  const MonocleRect shown = monocle_matrix_map_rect (&turn, &bounds);

  return monocle_rect_to_box (&shown);
}

MonocleShape *
monocle_image_view_new_shape (MonocleImageView *self, const MonocleBox *box)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleMatrix back = monocle_matrix_invert (&turn);
  const MonocleBox upright = monocle_matrix_map_box (&back, box);

  return monocle_shape_new_box (&upright);
}

/* The box of a region after a handle went from where it was by @dx, @dy pixels of the picture. */
static MonocleBox
resize_box (MonocleImageView *self, double dx, double dy, gboolean keep_ratio)
{
  const MonocleBox before = monocle_image_view_get_box (self, self->before);
  double x1 = (double) before.x1, y1 = (double) before.y1;
  double x2 = (double) before.x2, y2 = (double) before.y2;
  double width = MAX (1, x2 - x1), height = MAX (1, y2 - y1);
  int handle = self->handle;
  gboolean west = handle == 0 || handle >= 6, east = handle >= 2 && handle <= 4;
  gboolean north = handle <= 2, south = handle >= 4 && handle <= 6;

  if (keep_ratio)
    {
      double grow_x = west ? -dx / width : east ? dx / width : 0;
      double grow_y = north ? -dy / height : south ? dy / height : 0;
      double grow = fabs (grow_x) > fabs (grow_y) ? grow_x : grow_y;

      grow = MAX (grow, -0.99);
      dx = west ? -grow * width : grow * width;
      dy = north ? -grow * height : grow * height;
      /* From the middle of a side the other direction grows to both ends. */
      if (!west && !east)
        {
          x1 -= dx / 2;
          x2 += dx / 2;
        }
      if (!north && !south)
        {
          y1 -= dy / 2;
          y2 += dy / 2;
        }
    }
  if (west)
    x1 += dx;
  if (east)
    x2 += dx;
  if (north)
    y1 += dy;
  if (south)
    y2 += dy;
  return monocle_image_view_clamp_box (self, x1, y1, x2, y2);
}

void
monocle_image_view_clamp_move (MonocleImageView *self,
                               const MonocleBox *box,
                               double *dx,
                               double *dy)
{
  double width = monocle_document_get_shown_width (self->document);
  double height = monocle_document_get_shown_height (self->document);

  *dx = CLAMP (round (*dx), MIN (0, -(double) box->x1), MAX (0, width - (double) box->x2));
  *dy = CLAMP (round (*dy), MIN (0, -(double) box->y1), MAX (0, height - (double) box->y2));
}

static GdkModifierType
get_modifiers (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (controller)
         & gtk_accelerator_get_default_mod_mask ();
}

static void
drag_region_to (MonocleImageView *self, const MonocleBox *box)
{
  g_autoptr (MonocleShape) there = monocle_image_view_new_shape (self, box);

  monocle_annotation_set_shape (self->dragged, there);
}

static void
drag_to (MonocleImageView *self, double x, double y, double dx, double dy, GdkModifierType state)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  double px, py;
  MonocleBox box;

  monocle_image_view_to_picture (self, x, y, &px, &py);
  switch (self->drag)
    {
    case MONOCLE_DRAG_PAN:
      monocle_image_view_set_position (self, self->pan_x - dx, self->pan_y - dy);
      break;

    case MONOCLE_DRAG_DRAW:
      if (shift)
        {
          double side = MAX (fabs (px - self->press_x), fabs (py - self->press_y));

          px = self->press_x + (px < self->press_x ? -side : side);
          py = self->press_y + (py < self->press_y ? -side : side);
        }
      self->drawn = monocle_image_view_clamp_box (self, self->press_x, self->press_y, px, py);
      break;

    case MONOCLE_DRAG_MOVE:
      px -= self->press_x;
      py -= self->press_y;
      box = monocle_image_view_get_box (self, self->before);
      monocle_image_view_clamp_move (self, &box, &px, &py);
      box = (MonocleBox){ box.x1 + (float) px, box.y1 + (float) py, box.x2 + (float) px,
                          box.y2 + (float) py };
      drag_region_to (self, &box);
      break;

    case MONOCLE_DRAG_RESIZE:
      box = resize_box (self, px - self->press_x, py - self->press_y, shift);
      drag_region_to (self, &box);
      break;

    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PENDING:
    default:
      break;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_update (MonocleImageView *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x, y;

  if (self->drag == MONOCLE_DRAG_NONE || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  if (self->drag == MONOCLE_DRAG_PENDING)
    {
      if (MAX (fabs (dx), fabs (dy)) < MIN_REGION)
        return;
      self->drag = self->drag_intent;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      monocle_presentation_set_hovered (self->presentation, NULL);
      if (self->dragged)
        {
          g_autoptr (GPtrArray) selected
              = monocle_presentation_get_selected_regions (self->presentation);

          if (!is_selected (selected, self->dragged))
            select_region (self, self->dragged, FALSE);
        }
      monocle_image_view_update_cursor (self);
    }
  self->pointer_x = x + dx;
  self->pointer_y = y + dy;
  drag_to (self, x + dx, y + dy, dx, dy, get_modifiers (gesture));
}

/* A double click on nothing: all of it, or its pixels. */
static void
click_twice (MonocleImageView *self, double x, double y)
{
  if (monocle_image_view_find_object (self, x, y)
      || monocle_image_view_find_region (self, x, y, FALSE))
    return;
  if (self->fits && fabs (self->zoom - 1) > 1e-3)
    monocle_image_view_zoom_at (self, 1, x, y);
  else
    monocle_image_view_fit (self);
}

static void
click (MonocleImageView *self, double x, double y, GtkGesture *gesture)
{
  GdkModifierType state = get_modifiers (gesture);
  gboolean extend = (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;
  guint32 time = gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (gesture));
  MonocleAnnotation *annotation = monocle_image_view_find_object (self, x, y);
  MonocleAnnotation *region = monocle_image_view_find_region (self, x, y, annotation == NULL);
  int double_time = 400, double_distance = 5;
  gboolean twice;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &double_time,
                "gtk-double-click-distance", &double_distance, NULL);
  twice = self->click_time != 0 && time - self->click_time <= (guint32) double_time
          && MAX (fabs (x - self->click_x), fabs (y - self->click_y)) <= double_distance;
  self->click_time = twice ? 0 : time;
  self->click_x = x;
  self->click_y = y;
  if (twice && !extend && self->tool != MONOCLE_TOOL_REGION)
    {
      click_twice (self, x, y);
      return;
    }
  if (self->tool == MONOCLE_TOOL_HAND || self->space_held)
    return;
  /* An object in a region that is selected can still be clicked at. */
  if (annotation && region)
    {
      MonocleRect rect = monocle_image_view_rect_of_region (self, region);

      if (!monocle_image_view_is_on_border (&rect, x, y))
        region = NULL;
    }
  if (region)
    select_region (self, region, extend);
  else if (annotation)
    monocle_image_view_select_object (self, annotation, extend);
  else if (!extend)
    monocle_image_view_clear_selection (self);
}

static void
finish_region (MonocleImageView *self)
{
  g_autoptr (MonocleShape) shape = monocle_image_view_new_shape (self, &self->drawn);
  const MonocleBox box = monocle_shape_get_box (shape);
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (self->document, region);
  select_region (self, region, FALSE);
}

static void
on_drag_end (MonocleImageView *self, double dx, double dy, GtkGestureDrag *gesture)
{
  MonocleDrag drag = self->drag;
  g_autoptr (MonocleAnnotation) dragged = g_steal_pointer (&self->dragged);
  g_autoptr (MonocleShape) before = g_steal_pointer (&self->before);
  MonocleBox box = self->drawn;
  double x, y;

  if (drag == MONOCLE_DRAG_NONE || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  end_drag (self);
  switch (drag)
    {
    case MONOCLE_DRAG_PENDING:
      if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture))
          == GDK_BUTTON_PRIMARY)
        click (self, x, y, GTK_GESTURE (gesture));
      break;

    case MONOCLE_DRAG_DRAW:
      if ((double) (box.x2 - box.x1) * self->zoom >= MIN_REGION
          && (double) (box.y2 - box.y1) * self->zoom >= MIN_REGION)
        finish_region (self);
      break;

    case MONOCLE_DRAG_MOVE:
    case MONOCLE_DRAG_RESIZE:
      monocle_document_note_move (self->document, dragged, before);
      break;

    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PAN:
    default:
      break;
    }
  monocle_image_view_update_hover (self);
}

static void
on_drag_cancel (MonocleImageView *self)
{
  monocle_image_view_cancel_drag (self);
}

/* --- Menu --- */

static void
open_menu (MonocleImageView *self, double x, double y)
{
  MonocleAnnotation *annotation;
  MonocleAnnotation *region;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) regions = NULL;

  if (!self->image)
    return;
  objects = monocle_presentation_get_selected_objects (self->presentation);
  regions = monocle_presentation_get_selected_regions (self->presentation);
  annotation = monocle_image_view_find_object (self, x, y);
  region = monocle_image_view_find_region (self, x, y, annotation == NULL);
  if (region)
    annotation = NULL;
  /* What the menu is about is what is selected. */
  if (annotation && !is_selected (objects, annotation))
    monocle_image_view_select_object (self, annotation, FALSE);
  if (region && !is_selected (regions, region))
    select_region (self, region, FALSE);
  g_signal_emit_by_name (self, "context-menu", annotation, region, x, y);
}

static void
on_secondary (MonocleImageView *self, int n_press, double x, double y, GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  open_menu (self, x, y);
}

static void
on_long_press (MonocleImageView *self, double x, double y, GtkGesture *gesture)
{
  if (self->drag != MONOCLE_DRAG_NONE && self->drag != MONOCLE_DRAG_PENDING)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  monocle_image_view_cancel_drag (self);
  open_menu (self, x, y);
}

/* By keyboard: at what is selected, else in the middle. */
void
monocle_image_view_open_menu (MonocleImageView *self)
{
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  MonocleRect at = { 0, 0, width, height };

  if (objects->len > 0)
    {
      MonocleRect bounds = monocle_annotation_get_bounds (objects->pdata[0]);

      monocle_image_view_to_widget (self, &bounds, &at);
    }
  else if (regions->len > 0)
    at = monocle_image_view_rect_of_region (self, regions->pdata[0]);
  g_signal_emit_by_name (self, "context-menu", objects->len > 0 ? objects->pdata[0] : NULL,
                         objects->len == 0 && regions->len > 0 ? regions->pdata[0] : NULL,
                         CLAMP (at.x + at.width / 2, 0, width),
                         CLAMP (at.y + at.height / 2, 0, height));
}

/* --- Wheel and pinch --- */

static gboolean
on_scroll (MonocleImageView *self, double dx, double dy, GtkEventControllerScroll *controller)
{
  GdkModifierType state = get_modifiers (controller);
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  gboolean zooms = (state & GDK_CONTROL_MASK) || (wheel && !(state & GDK_SHIFT_MASK) && dx == 0.0);
  double x = self->pointer_x, y = self->pointer_y;

  if (!self->image)
    return GDK_EVENT_PROPAGATE;
  if (zooms)
    {
      double factor = wheel ? pow (WHEEL_FACTOR, -dy) : exp (-dy / PINCH_PX);

      if (!self->pointer_inside)
        {
          x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
          y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
        }
      monocle_image_view_zoom_at (self, self->zoom * CLAMP (factor, 0.1, 10), x, y);
      monocle_image_view_update_hover (self);
      return GDK_EVENT_STOP;
    }
  /* It goes on moving after the fingers have left. */
  if (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK && dx == 0.0)
    {
      dx = dy;
      dy = 0;
    }
  monocle_image_view_pan (self, dx * (wheel ? WHEEL_PAN_PX : 1), dy * (wheel ? WHEEL_PAN_PX : 1));
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (MonocleImageView *self, GdkEventSequence *sequence, GtkGesture *gesture)
{
  self->pinch_zoom = self->zoom;
  monocle_image_view_cancel_drag (self);
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_pinch (MonocleImageView *self, double scale, GtkGesture *gesture)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    monocle_image_view_zoom_at (self, self->pinch_zoom * scale, x, y);
}

/* --- Focus --- */

static void
on_focus_left (MonocleImageView *self)
{
  self->space_held = FALSE;
  monocle_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_focus_came (MonocleImageView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- Set-up --- */

static gpointer
add (MonocleImageView *self, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (controller));
  return controller;
}

void
monocle_image_view_init_input (MonocleImageView *self)
{
  gpointer c;

  c = add (self, gtk_event_controller_motion_new ());
  g_signal_connect_swapped (c, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (c, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (c, "leave", G_CALLBACK (on_leave), self);

  c = add (self, gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES));
  g_signal_connect_swapped (c, "scroll", G_CALLBACK (on_scroll), self);

  c = add (self, gtk_gesture_zoom_new ());
  g_signal_connect_swapped (c, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (c, "scale-changed", G_CALLBACK (on_pinch), self);

  c = add (self, gtk_gesture_drag_new ());
  self->drag_gesture = c;
  gtk_gesture_single_set_button (c, 0);
  g_signal_connect_swapped (c, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (c, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (c, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (c, "cancel", G_CALLBACK (on_drag_cancel), self);

  c = add (self, gtk_gesture_click_new ());
  gtk_gesture_single_set_button (c, GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (c, "pressed", G_CALLBACK (on_secondary), self);

  c = add (self, gtk_gesture_long_press_new ());
  gtk_gesture_single_set_touch_only (c, TRUE);
  g_signal_connect_swapped (c, "pressed", G_CALLBACK (on_long_press), self);

  monocle_image_view_init_keys (self);

  c = add (self, gtk_event_controller_focus_new ());
  g_signal_connect_swapped (c, "enter", G_CALLBACK (on_focus_came), self);
  g_signal_connect_swapped (c, "leave", G_CALLBACK (on_focus_left), self);
}
