/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: what is dragged, and what turns out to be a click. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define ROTATE_STEP 15.0 /* degrees, with Shift */
#define MIN_REGION  4.0  /* logical pixels: shorter drags are clicks */

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
  if (self->dragged && self->before && self->drag != MONOCLE_DRAG_PENDING)
    monocle_annotation_set_shape (self->dragged, self->before);
  end_drag (self);
  gtk_gesture_set_state (self->drag_gesture, GTK_EVENT_SEQUENCE_DENIED);
}

/* What is dragged, and where it was. */
static void
hold (MonocleImageView *self, MonocleAnnotation *region)
{
  g_set_object (&self->dragged, region);
  g_clear_pointer (&self->before, monocle_shape_unref);
  self->before = monocle_shape_ref (monocle_annotation_get_shape (region));
}

static MonocleDrag
choose_drag (MonocleImageView *self, guint button, double x, double y)
{
  MonocleAnnotation *region = NULL;
  int vertex;

  self->edge = -1;
  if (button == GDK_BUTTON_MIDDLE || self->space_held || self->tool == MONOCLE_TOOL_HAND)
    return MONOCLE_DRAG_PAN;
  if (monocle_image_view_has_brush (self))
    return MONOCLE_DRAG_PAINT;
  if (monocle_image_view_is_outlining (self))
    return MONOCLE_DRAG_OUTLINE;
  vertex = monocle_image_view_find_vertex (self, x, y);
  if (vertex < 0)
    self->edge = monocle_image_view_find_edge (self, x, y);
  if (vertex >= 0 && vertex != self->vertex)
    self->nudges = FALSE;
  self->vertex = vertex >= 0 ? vertex : self->vertex;
  if (vertex >= 0 || self->edge >= 0)
    {
      hold (self, self->edited);
      return MONOCLE_DRAG_VERTEX;
    }
  if (monocle_image_view_is_hole (self, x, y))
    return MONOCLE_DRAG_OUTLINE;
  self->handle = monocle_image_view_find_handle (self, x, y, &region);
  if (self->handle < 0 && self->tool == MONOCLE_TOOL_REGION)
    return MONOCLE_DRAG_DRAW;
  if (self->handle < 0 && (self->tool == MONOCLE_TOOL_POLYGON || self->tool == MONOCLE_TOOL_LINE))
    return MONOCLE_DRAG_OUTLINE;
  if (self->handle < 0)
    region = monocle_image_view_find_region (self, x, y, FALSE);
  if (!region)
    return MONOCLE_DRAG_PAN;
  hold (self, region);
  if (self->handle == MONOCLE_HANDLE_ROTATE)
    return MONOCLE_DRAG_ROTATE;
  return self->handle >= 0 ? MONOCLE_DRAG_RESIZE : MONOCLE_DRAG_MOVE;
}

static GdkModifierType
get_modifiers (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (controller)
         & gtk_accelerator_get_default_mod_mask ();
}

static void
on_drag_begin (MonocleImageView *self, double x, double y, GtkGestureDrag *gesture)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  /* One button at a time. */
  if (!self->image || self->drag != MONOCLE_DRAG_NONE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  self->drag_gesture = GTK_GESTURE (gesture);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  monocle_image_view_hide_cross (self);
  self->walks = FALSE;
  self->start_x = self->pointer_x = x;
  self->start_y = self->pointer_y = y;
  self->press_time = gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (gesture));
  self->press_button = button;
  self->shift_held = (get_modifiers (gesture) & GDK_SHIFT_MASK) != 0;
  self->drag = MONOCLE_DRAG_PENDING;
  self->drag_intent = choose_drag (self, button, x, y);
  monocle_image_view_to_picture (self, x, y, &self->press_x, &self->press_y);
  self->pan_x = self->adjustments[0] ? gtk_adjustment_get_value (self->adjustments[0]) : 0;
  self->pan_y = self->adjustments[1] ? gtk_adjustment_get_value (self->adjustments[1]) : 0;
  /* Otherwise a scrolled window takes what a finger does for scrolling. */
  if (self->drag_intent != MONOCLE_DRAG_PAN)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->drag_intent == MONOCLE_DRAG_PAINT) /* a dab is a stroke as well */
    self->drag
        = monocle_image_view_begin_stroke (self, x, y) ? MONOCLE_DRAG_PAINT : MONOCLE_DRAG_NONE;
  monocle_image_view_update_cursor (self);
}

/* The box around a region after a handle went from where it was by @dx, @dy pixels of the picture.
 * Edges that have not moved need not lie on whole pixels. */
static MonocleBox
resize_box (MonocleImageView *self, double dx, double dy, gboolean keep_ratio)
{
  const MonocleBox before = monocle_image_view_get_box (self, self->before);
  double x1 = (double) before.x1, y1 = (double) before.y1;
  double x2 = (double) before.x2, y2 = (double) before.y2;
  double width = MAX (1, x2 - x1), height = MAX (1, y2 - y1);
  MonocleBox box;
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
  box = monocle_image_view_clamp_box (self, x1, y1, x2, y2);
  if (!keep_ratio && !west && box.x2 > before.x1)
    box.x1 = before.x1;
  if (!keep_ratio && !east && box.x1 < before.x2)
    box.x2 = before.x2;
  if (!keep_ratio && !north && box.y2 > before.y1)
    box.y1 = before.y1;
  if (!keep_ratio && !south && box.y1 < before.y2)
    box.y2 = before.y2;
  return box;
}

/* The region that is dragged is what it was where the picture goes by @matrix. */
static void
drag_region_by (MonocleImageView *self, const MonocleMatrix *matrix)
{
  g_autoptr (MonocleShape) there = monocle_image_view_transform (self, self->before, matrix);

  monocle_annotation_set_shape (self->dragged, there);
}

/* How a line from @from to @to becomes one from @new_from to @new_to. */
static double
stretch (float from, float to, float new_from, float new_to, double *shift)
{
  const double length = (double) to - (double) from;
  const double scale = length > 0 ? ((double) new_to - (double) new_from) / length : 1;

  *shift = (double) new_from - scale * (double) from;
  return scale;
}

/* What is in the box around the region fills @box then: boxes are that box, to the pixel. */
static void
drag_region_into (MonocleImageView *self, const MonocleBox *box)
{
  const MonocleBox from = monocle_image_view_get_box (self, self->before);
  MonocleMatrix matrix = MONOCLE_MATRIX_IDENTITY;

  if (monocle_shape_get_kind (self->before) == MONOCLE_SHAPE_BOX)
    {
      g_autoptr (MonocleShape) there = monocle_image_view_new_shape (self, box);

      monocle_annotation_set_shape (self->dragged, there);
      return;
    }
  matrix.xx = stretch (from.x1, from.x2, box->x1, box->x2, &matrix.x0);
  matrix.yy = stretch (from.y1, from.y2, box->y1, box->y2, &matrix.y0);
  drag_region_by (self, &matrix);
}

/* As far around its middle as the pointer went, with @in_steps in whole steps. */
static void
rotate_region (MonocleImageView *self, double x, double y, gboolean in_steps)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleMatrix half = monocle_reshape_get_rotation (self->before, 180);
  g_autoptr (MonocleShape) there = NULL;
  double middle_x = half.x0 / 2, middle_y = half.y0 / 2, degrees;
  MonocleMatrix matrix;

  monocle_matrix_map (&turn, &middle_x, &middle_y);
  degrees = (atan2 (y - middle_y, x - middle_x)
             - atan2 (self->press_y - middle_y, self->press_x - middle_x))
            * 180 / G_PI;
  if (in_steps)
    degrees = round (degrees / ROTATE_STEP) * ROTATE_STEP;
  matrix = monocle_reshape_get_rotation (self->before, degrees);
  there = monocle_shape_transform (self->before, &matrix);
  monocle_annotation_set_shape (self->dragged, there);
}

/* While it is dragged a mask is the outline of its pixels: those of the picture take their time. */
static void
finish_mask (MonocleImageView *self, MonocleAnnotation *region, const MonocleShape *before)
{
  g_autoptr (MonocleShape) there = NULL;

  if (!monocle_shape_get_mask (before))
    return;
  there = monocle_reshape_to_mask (monocle_annotation_get_shape (region),
                                   monocle_document_get_width (self->document),
                                   monocle_document_get_height (self->document));
  monocle_annotation_set_shape (region, there);
}

static void
drag_to (MonocleImageView *self, double x, double y, double dx, double dy, GdkModifierType state)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  double px, py;
  MonocleBox box;

  monocle_image_view_to_picture (self, x, y, &px, &py);
  self->ctrl_held = (state & GDK_CONTROL_MASK) != 0;
  switch (self->drag)
    {
    case MONOCLE_DRAG_PAINT:
      monocle_image_view_stroke_to (self, x, y);
      break;

    case MONOCLE_DRAG_OUTLINE:
      monocle_image_view_trail_outline (self, x, y);
      break;

    case MONOCLE_DRAG_VERTEX:
      monocle_image_view_drag_vertex (self, x, y);
      break;

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
      drag_region_by (self, &(MonocleMatrix){ .xx = 1, .yy = 1, .x0 = px, .y0 = py });
      break;

    case MONOCLE_DRAG_RESIZE:
      box = resize_box (self, px - self->press_x, py - self->press_y, shift);
      drag_region_into (self, &box);
      break;

    case MONOCLE_DRAG_ROTATE:
      rotate_region (self, px, py, shift);
      break;

    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PENDING:
    default:
      break;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_dragging (MonocleImageView *self, GtkGesture *gesture)
{
  return self->drag != MONOCLE_DRAG_NONE && gesture == self->drag_gesture;
}

/* From a click to a drag: what it does is certain now. */
static void
begin_drag (MonocleImageView *self, double x, double y)
{
  self->drag = self->drag_intent;
  monocle_presentation_set_hovered (self->presentation, NULL);
  if (self->drag == MONOCLE_DRAG_OUTLINE)
    monocle_image_view_trail_outline (self, x, y);
  if (self->drag == MONOCLE_DRAG_VERTEX && self->edge >= 0)
    monocle_image_view_pull_vertex (self, (guint) self->edge);
  if (self->dragged)
    {
      g_autoptr (GPtrArray) selected
          = monocle_presentation_get_selected_regions (self->presentation);

      if (!g_ptr_array_find (selected, self->dragged, NULL))
        monocle_image_view_select_region (self, self->dragged, FALSE);
    }
  monocle_image_view_update_cursor (self);
}

/* Returns: whether this is a drag, and no click (any more) */
static gboolean
follow_drag (MonocleImageView *self, double dx, double dy, GtkGesture *gesture)
{
  const double x = self->start_x, y = self->start_y;

  if (self->drag == MONOCLE_DRAG_PENDING)
    {
      if (MAX (fabs (dx), fabs (dy)) < MIN_REGION)
        return FALSE;
      begin_drag (self, x, y);
    }
  self->pointer_x = x + dx;
  self->pointer_y = y + dy;
  drag_to (self, x + dx, y + dy, dx, dy, get_modifiers (gesture));
  return TRUE;
}

static void
on_drag_update (MonocleImageView *self, double dx, double dy, GtkGesture *gesture)
{
  const gboolean was_pending = self->drag == MONOCLE_DRAG_PENDING;

  if (is_dragging (self, gesture) && follow_drag (self, dx, dy, gesture) && was_pending)
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

/* --- Clicks --- */

/* Whether a click is about the points of the outline that shows them, or is to show them. */
static gboolean
click_outline (MonocleImageView *self, double x, double y)
{
  MonocleAnnotation *annotation, *region;

  if (monocle_image_view_find_vertex (self, x, y) >= 0)
    return TRUE;
  if (self->edge >= 0 && monocle_image_view_get_edited (self))
    {
      monocle_image_view_add_vertex (self, (guint) self->edge, x, y);
      return TRUE;
    }
  monocle_image_view_find (self, x, y, &annotation, &region);
  if (!region || region != monocle_image_view_get_editable (self))
    return FALSE;
  if (!monocle_image_view_get_edited (self))
    monocle_image_view_set_edited (self, region);
  self->vertex = -1;
  return TRUE;
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
  const guint32 time = self->press_time;
  MonocleAnnotation *annotation, *region;
  int double_time = 400, double_distance = 5;
  gboolean twice;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &double_time,
                "gtk-double-click-distance", &double_distance, NULL);
  twice = self->click_time != 0 && time - self->click_time <= (guint32) double_time
          && MAX (fabs (x - self->click_x), fabs (y - self->click_y)) <= double_distance;
  self->click_time = twice ? 0 : time;
  self->click_x = x;
  self->click_y = y;
  if (self->tool == MONOCLE_TOOL_POINTS && !self->space_held)
    {
      self->ctrl_held = (state & GDK_CONTROL_MASK) != 0;
      monocle_image_view_put_point (self, x, y);
      return;
    }
  if ((self->tool == MONOCLE_TOOL_POLYGON || self->tool == MONOCLE_TOOL_LINE) && !self->space_held)
    {
      self->ctrl_held = (state & GDK_CONTROL_MASK) != 0;
      if (twice)
        monocle_image_view_close_outline (self);
      else
        monocle_image_view_add_to_outline (self, x, y);
      return;
    }
  if (!extend && self->tool == MONOCLE_TOOL_SELECT && !self->space_held
      && click_outline (self, x, y))
    return;
  if (twice && !extend && self->tool != MONOCLE_TOOL_REGION)
    {
      click_twice (self, x, y);
      return;
    }
  if (self->tool == MONOCLE_TOOL_HAND || self->space_held)
    return;
  monocle_image_view_find (self, x, y, &annotation, &region);
  if (region)
    monocle_image_view_select_region (self, region, extend);
  else if (annotation)
    monocle_image_view_select_object (self, annotation, extend);
  else if (!extend)
    monocle_image_view_clear_selection (self);
}

/* --- The end --- */

void
monocle_image_view_finish_region (MonocleImageView *self)
{
  g_autoptr (MonocleShape) shape = monocle_image_view_new_shape (self, &self->drawn);
  const MonocleBox box = monocle_shape_get_box (shape);
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_image_view_add_drawn (self, region, TRUE);
}

static MonocleVerb
get_verb (MonocleDrag drag)
{
  return drag == MONOCLE_DRAG_RESIZE   ? MONOCLE_VERB_RESIZE
         : drag == MONOCLE_DRAG_ROTATE ? MONOCLE_VERB_ROTATE
                                       : MONOCLE_VERB_MOVE;
}

/* Where the pointer was let go, beyond where it was pressed. */
static void
finish_drag (MonocleImageView *self, double dx, double dy, GtkGesture *gesture)
{
  MonocleDrag drag = self->drag;
  g_autoptr (MonocleAnnotation) dragged = g_steal_pointer (&self->dragged);
  g_autoptr (MonocleShape) before = g_steal_pointer (&self->before);
  const double x = self->start_x, y = self->start_y;
  MonocleBox box = self->drawn;

  end_drag (self);
  switch (drag)
    {
    case MONOCLE_DRAG_PENDING:
      if (self->press_button == GDK_BUTTON_PRIMARY)
        click (self, x, y, gesture);
      break;

    case MONOCLE_DRAG_DRAW:
      if ((double) (box.x2 - box.x1) * self->zoom >= MIN_REGION
          && (double) (box.y2 - box.y1) * self->zoom >= MIN_REGION)
        monocle_image_view_finish_region (self);
      break;

    case MONOCLE_DRAG_OUTLINE:
      monocle_image_view_end_trail (self, x + dx, y + dy);
      break;

    case MONOCLE_DRAG_VERTEX:
      monocle_image_view_end_vertex_drag (self, before);
      break;

    case MONOCLE_DRAG_PAINT:
      monocle_image_view_end_stroke (self, dragged, before);
      break;

    case MONOCLE_DRAG_MOVE:
    case MONOCLE_DRAG_RESIZE:
    case MONOCLE_DRAG_ROTATE:
      finish_mask (self, dragged, before);
      monocle_document_note_shape (self->document, get_verb (drag), dragged, before, TRUE);
      break;

    case MONOCLE_DRAG_NONE:
    case MONOCLE_DRAG_PAN:
    default:
      break;
    }
  monocle_image_view_update_hover (self);
}

static void
on_drag_end (MonocleImageView *self, double dx, double dy, GtkGesture *gesture)
{
  if (is_dragging (self, gesture))
    finish_drag (self, dx, dy, gesture);
}

/* Whether a gesture ends because the button is up again: GTK looks itself where the pointer is when
 * what lies under it may have moved, and may so learn of it before the release has come, of a short
 * click while a frame takes long. For GTK that is a drag that is given up. @dx, @dy: (out) */
static gboolean
is_released (MonocleImageView *self, GtkGesture *gesture, double *dx, double *dy)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  double x, y, inner_x, inner_y;

  if (!event || gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY
      || (gdk_event_get_modifier_state (event) & (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK)) != 0
      || !gdk_event_get_position (event, &x, &y))
    return FALSE;
  gtk_native_get_surface_transform (native, &inner_x, &inner_y);
  if (!gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self), x - inner_x,
                                         y - inner_y, &x, &y))
    return FALSE;
  *dx = x - self->start_x;
  *dy = y - self->start_y;
  return TRUE;
}

static void
on_cancel (MonocleImageView *self, GdkEventSequence *sequence, GtkGesture *gesture)
{
  double dx, dy;

  if (!is_dragging (self, gesture))
    return;
  if (!is_released (self, gesture, &dx, &dy))
    {
      monocle_image_view_cancel_drag (self);
      return;
    }
  follow_drag (self, dx, dy, gesture);
  finish_drag (self, dx, dy, gesture);
}

/* A gesture for each of the buttons: one for all of them would take that of the menu as well, whose
 * release the menu gets, and go on waiting for it while others are pressed. */
void
monocle_image_view_init_drag (MonocleImageView *self)
{
  static const guint buttons[] = { GDK_BUTTON_MIDDLE, GDK_BUTTON_PRIMARY };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      GtkGesture *gesture = gtk_gesture_drag_new ();

      self->drag_gesture = gesture;
      gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), buttons[i]);
      g_signal_connect_swapped (gesture, "drag-begin", G_CALLBACK (on_drag_begin), self);
      g_signal_connect_swapped (gesture, "drag-update", G_CALLBACK (on_drag_update), self);
      g_signal_connect_swapped (gesture, "drag-end", G_CALLBACK (on_drag_end), self);
      g_signal_connect_swapped (gesture, "cancel", G_CALLBACK (on_cancel), self);
      gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
    }
}
