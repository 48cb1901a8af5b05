/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: keys. See image-view-private.h.
 */
#include "config.h"

#include <string.h>

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

static gboolean
nudge (MonocleImageView *self, double dx, double dy)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);

  for (guint i = 0; i < selected->len; i++)
    {
      MonocleBox before = monocle_region_get_box (selected->pdata[i]);
      MonocleBox after = monocle_image_view_move_box (self, &before, dx, dy);

      if (memcmp (&before, &after, sizeof after) == 0)
        continue;
      monocle_region_set_box (selected->pdata[i], &after);
      monocle_document_move_region (self->document, selected->pdata[i], &before);
      if (i == 0)
        monocle_image_view_reveal (self, (MonocleRect){ (double) after.x1, (double) after.y1,
                                                        (double) (after.x2 - after.x1),
                                                        (double) (after.y2 - after.y1) });
    }
  return selected->len > 0;
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
  if (nudge (self, dx * step, dy * step))
    return GDK_EVENT_STOP;
  if (dx == 0.0 || state)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (GTK_WIDGET (self), (dx > 0) != mirrored ? "win.next" : "win.previous",
                              NULL);
  return GDK_EVENT_STOP;
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

/* Keys without modifiers, but for Shift, which some layouts need for "+". */
static gboolean
on_plain_key (MonocleImageView *self, guint keyval)
{
  switch (gdk_keyval_to_lower (keyval))
    {
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      monocle_image_view_fit (self);
      return TRUE;
    case GDK_KEY_1:
    case GDK_KEY_KP_1:
      monocle_image_view_set_zoom (self, 1);
      return TRUE;
    case GDK_KEY_2:
    case GDK_KEY_KP_2:
      monocle_image_view_set_zoom (self, 2);
      return TRUE;
    case GDK_KEY_r:
      monocle_image_view_set_tool (self, MONOCLE_TOOL_REGION);
      return TRUE;
    case GDK_KEY_s:
    case GDK_KEY_v:
      monocle_image_view_set_tool (self, MONOCLE_TOOL_SELECT);
      return TRUE;
    case GDK_KEY_h:
      monocle_image_view_set_tool (self, MONOCLE_TOOL_HAND);
      return TRUE;
    case GDK_KEY_space:
      self->space_held = TRUE;
      monocle_image_view_update_hover (self);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
start_typing (MonocleImageView *self, guint keyval)
{
  gunichar c = gdk_keyval_to_unicode (keyval);
  char text[8] = { 0 };

  if (c == 0 || !g_unichar_isgraph (c))
    return GDK_EVENT_PROPAGATE;
  g_unichar_to_utf8 (c, text);
  g_signal_emit_by_name (self, "start-typing", text);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (MonocleImageView *self, guint keyval, guint keycode, GdkModifierType state)
{
  state &= gtk_accelerator_get_default_mod_mask ();
  if (!self->presentation || !self->document)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      if (state & ~(GDK_SHIFT_MASK | GDK_CONTROL_MASK))
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_zoom_in (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      if (state & ~GDK_CONTROL_MASK)
        return GDK_EVENT_PROPAGATE;
      monocle_image_view_zoom_out (self);
      return GDK_EVENT_STOP;
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
    default:
      break;
    }
  if (state & ~GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  if (state == 0 && on_plain_key (self, keyval))
    return GDK_EVENT_STOP;
  return start_typing (self, keyval);
}

static void
on_key_released (MonocleImageView *self, guint keyval)
{
  if (keyval != GDK_KEY_space)
    return;
  self->space_held = FALSE;
  monocle_image_view_update_hover (self);
}

void
monocle_image_view_init_keys (MonocleImageView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
