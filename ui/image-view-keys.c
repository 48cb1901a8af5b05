/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: keys. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define KEY_PAN_PX 60.0

static gboolean
walk_objects (MonocleImageView *self, int step)
{
  GtkSelectionModel *objects = monocle_presentation_get_objects (self->presentation);
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (objects)), at = -1;
  g_autoptr (MonocleAnnotation) annotation = NULL;

  for (int i = 0; i < n; i++)
    if (gtk_selection_model_is_selected (objects, (guint) i) && (at < 0 || step > 0))
      at = i;
  at = at >= 0 ? at + step : step > 0 ? 0 : n - 1;
  if (at < 0 || at >= n)
    {
      /* On to the next widget; the next time it begins at its end. */
      gtk_selection_model_unselect_all (objects);
      return GDK_EVENT_PROPAGATE;
    }
  self->walks = TRUE;
  annotation = g_list_model_get_item (G_LIST_MODEL (objects), (guint) at);
  monocle_image_view_select_object (self, annotation, FALSE);
  monocle_image_view_reveal (self, monocle_annotation_get_bounds (annotation));
  return GDK_EVENT_STOP;
}

/* Around all of them, in the picture as it is shown. */
static MonocleBox
measure (MonocleImageView *self, GPtrArray *annotations)
{
  MonocleBox around = { INFINITY, INFINITY, -INFINITY, -INFINITY };

  for (guint i = 0; i < annotations->len; i++)
    {
      const MonocleBox box
          = monocle_image_view_get_box (self, monocle_annotation_get_shape (annotations->pdata[i]));

      around.x1 = MIN (around.x1, box.x1);
      around.y1 = MIN (around.y1, box.y1);
      around.x2 = MAX (around.x2, box.x2);
      around.y2 = MAX (around.y2, box.y2);
    }
  return around;
}

/* Whether there was anything selected, be it at the edge already. */
static gboolean
nudge (MonocleImageView *self, double dx, double dy)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);
  GPtrArray *objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (MonocleShape) there = NULL;
  MonocleBox around;

  g_ptr_array_extend_and_steal (selected, objects);
  if (selected->len == 0)
    return FALSE;
  around = measure (self, selected);
  monocle_image_view_clamp_move (self, &around, &dx, &dy);
  around.x1 += (float) dx;
  around.y1 += (float) dy;
  around.x2 += (float) dx;
  around.y2 += (float) dy;

  monocle_image_view_turn_back (self, &dx, &dy);
  monocle_document_move (self->document, selected, dx, dy);
  there = monocle_image_view_new_shape (self, &around);
  monocle_image_view_reveal (self, monocle_shape_get_bounds (there));
  return TRUE;
}

static gboolean
on_arrow (MonocleImageView *self, double dx, double dy, GdkModifierType state)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double step = state & GDK_SHIFT_MASK ? 10 : 1;

  if (state & GDK_CONTROL_MASK)
    {
      monocle_image_view_pan (self, dx * KEY_PAN_PX, dy * KEY_PAN_PX);
      return GDK_EVENT_STOP;
    }
  if (state & ~GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  if (monocle_image_view_nudge_vertex (self, dx * step, dy * step)
      || nudge (self, dx * step, dy * step))
    return GDK_EVENT_STOP;
  if (dx == 0.0 || state)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (GTK_WIDGET (self), (dx > 0) != mirrored ? "win.next" : "win.previous",
                              NULL);
  return GDK_EVENT_STOP;
}

/* What is being drawn is about that first. */
static gboolean
on_key_outlining (MonocleImageView *self, guint keyval, GdkModifierType state)
{
  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (state)
        return GDK_EVENT_PROPAGATE;
      if (!monocle_image_view_close_outline (self))
        gtk_widget_error_bell (GTK_WIDGET (self));
      return GDK_EVENT_STOP;
    case GDK_KEY_z:
      if (state != GDK_CONTROL_MASK)
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_shorten_outline (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_BackSpace:
      if (state)
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_shorten_outline (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (state)
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_cancel_drag (self);
      monocle_image_view_drop_outline (self);
      monocle_image_view_update_cursor (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
on_escape (MonocleImageView *self)
{
  if (self->drag != MONOCLE_DRAG_NONE)
    {
      monocle_image_view_cancel_drag (self);
      return GDK_EVENT_STOP;
    }
  if (monocle_image_view_clear_selection (self))
    return GDK_EVENT_STOP;
  if (self->tool != MONOCLE_TOOL_SELECT)
    {
      monocle_image_view_set_tool (self, MONOCLE_TOOL_SELECT);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_key (MonocleImageView *self, guint keyval, guint keycode, GdkModifierType state)
{
  state &= gtk_accelerator_get_default_mod_mask ();
  if (!self->presentation || !self->document)
    return GDK_EVENT_PROPAGATE;
  if (monocle_image_view_is_outlining (self) && on_key_outlining (self, keyval, state))
    return GDK_EVENT_STOP;
  if (self->has_cross && monocle_image_view_on_key_cross (self, keyval, state))
    return GDK_EVENT_STOP;
  if (self->drag == MONOCLE_DRAG_NONE && monocle_image_view_get_edited (self)
      && monocle_image_view_on_key_vertices (self, keyval, state))
    return GDK_EVENT_STOP;

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return !state
             && (monocle_image_view_show_cross (self) || monocle_image_view_edit_vertices (self));
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return on_arrow (self, -1, 0, state);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return on_arrow (self, 1, 0, state);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return on_arrow (self, 0, -1, state);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return on_arrow (self, 0, 1, state);
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
      return state & ~GDK_SHIFT_MASK ? GDK_EVENT_PROPAGATE
                                     : walk_objects (self, state & GDK_SHIFT_MASK ? -1 : 1);
    case GDK_KEY_ISO_Left_Tab:
      return state & ~GDK_SHIFT_MASK ? GDK_EVENT_PROPAGATE : walk_objects (self, -1);
    case GDK_KEY_Escape:
      return state ? GDK_EVENT_PROPAGATE : on_escape (self);
    case GDK_KEY_Menu:
      monocle_image_view_open_menu (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_F10:
      if (state != GDK_SHIFT_MASK)
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_open_menu (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_space:
      if (state)
        return GDK_EVENT_PROPAGATE;
      self->space_held = TRUE;
      monocle_image_view_update_hover (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return GDK_EVENT_STOP;
    default:
      /* What is text goes to the prompt: see monocle_window_start_typing(). */
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_key_released (MonocleImageView *self, guint keyval)
{
  if (keyval != GDK_KEY_space)
    return;
  self->space_held = FALSE;
  monocle_image_view_update_hover (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The brush is shown as the eraser at once, before the pointer moves. */
static gboolean
on_modifiers (MonocleImageView *self, GdkModifierType state)
{
  self->shift_held = (state & GDK_SHIFT_MASK) != 0;
  if (monocle_image_view_has_brush (self))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  return GDK_EVENT_PROPAGATE;
}

void
monocle_image_view_init_keys (MonocleImageView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (keys, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect_swapped (keys, "modifiers", G_CALLBACK (on_modifiers), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
