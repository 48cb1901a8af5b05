/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: pointer and touch. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define WHEEL_FACTOR 1.2
#define PINCH_PX     200.0 /* of a touchpad with Ctrl held: so far for e times the zoom */
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

void
monocle_image_view_select_region (MonocleImageView *self,
                                  MonocleAnnotation *region,
                                  gboolean extend)
{
  select_in (monocle_presentation_get_regions (self->presentation),
             monocle_presentation_get_objects (self->presentation), region, extend);
}

void
monocle_image_view_add_drawn (MonocleImageView *self, MonocleAnnotation *region, gboolean is_whole)
{
  monocle_annotation_set_label (region, monocle_presentation_get_next_label (self->presentation));
  monocle_document_add_region (self->document, region);
  monocle_image_view_select_region (self, region, FALSE);
  if (is_whole)
    g_signal_emit_by_name (self, "drawn", region);
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
      = { "nw-resize", "n-resize",  "ne-resize", "e-resize", "se-resize",
          "s-resize",  "sw-resize", "w-resize",  "grab" };
  MonocleAnnotation *region;
  int handle;

  if (!self->image)
    return NULL;
  switch (self->drag)
    {
    case MONOCLE_DRAG_PAN:
      return "grabbing";
    case MONOCLE_DRAG_DRAW:
    case MONOCLE_DRAG_OUTLINE:
    case MONOCLE_DRAG_PAINT:
      return "crosshair";
    case MONOCLE_DRAG_MOVE:
    case MONOCLE_DRAG_VERTEX:
      return "move";
    case MONOCLE_DRAG_ROTATE:
      return "grabbing";
    case MONOCLE_DRAG_RESIZE:
      return handles[self->handle];
    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PENDING:
    default:
      break;
    }
  if (self->space_held || self->tool == MONOCLE_TOOL_HAND)
    return self->drag == MONOCLE_DRAG_PENDING ? "grabbing" : "grab";
  if (monocle_image_view_is_outlining (self) || monocle_image_view_has_brush (self))
    return "crosshair";
  handle = self->pointer_inside
               ? monocle_image_view_find_handle (self, self->pointer_x, self->pointer_y, &region)
               : -1;
  if (handle >= 0)
    return handles[handle];
  if (self->pointer_inside
      && monocle_image_view_find_vertex (self, self->pointer_x, self->pointer_y) >= 0)
    return "move";
  if (self->pointer_inside
      && monocle_image_view_find_edge (self, self->pointer_x, self->pointer_y) >= 0)
    return "copy";
  if (self->tool != MONOCLE_TOOL_SELECT)
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
  MonocleAnnotation *region = NULL;

  if (!self->presentation)
    return;
  if (self->pointer_inside && self->image && self->tool == MONOCLE_TOOL_SELECT && !self->space_held
      && self->drag == MONOCLE_DRAG_NONE
      && monocle_image_view_find_handle (self, self->pointer_x, self->pointer_y, &region) < 0)
    monocle_image_view_find (self, self->pointer_x, self->pointer_y, &hovered, &region);
  /* What is just a part of the picture is in the way of nothing. */
  if (!hovered && region && *monocle_annotation_get_label (region))
    hovered = region;
  monocle_presentation_set_hovered (self->presentation, hovered);
  monocle_image_view_update_cursor (self);
}

/* What follows the pointer. */
static void
update_pointer (MonocleImageView *self)
{
  if (monocle_image_view_is_outlining (self) || monocle_image_view_has_brush (self))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (MonocleImageView *self, double x, double y, GtkEventController *controller)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (controller);

  const gboolean moved = fabs (x - self->moved_x) + fabs (y - self->moved_y) >= 1;

  /* The scrolled window makes motions of its own when its content moves. */
  if (self->has_cross && !moved)
    return;
  monocle_image_view_hide_cross (self);
  self->moved_x = x;
  self->moved_y = y;
  self->pointer_x = x;
  self->pointer_y = y;
  self->pointer_inside = TRUE;
  self->ctrl_held = (state & GDK_CONTROL_MASK) != 0;
  self->shift_held = (state & GDK_SHIFT_MASK) != 0; /* what it is for depends on the tool */
  update_pointer (self);
  monocle_image_view_update_hover (self);
}

static void
on_leave (MonocleImageView *self)
{
  if (self->has_cross)
    return;
  self->pointer_inside = FALSE;
  update_pointer (self);
  if (self->drag == MONOCLE_DRAG_NONE)
    monocle_image_view_update_hover (self);
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
  monocle_image_view_find (self, x, y, &annotation, &region);
  /* What the menu is about is what is selected. */
  if (annotation && !is_selected (objects, annotation))
    monocle_image_view_select_object (self, annotation, FALSE);
  if (region && !is_selected (regions, region))
    monocle_image_view_select_region (self, region, FALSE);
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
  GdkModifierType state
      = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
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

  monocle_image_view_init_drag (self);

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
