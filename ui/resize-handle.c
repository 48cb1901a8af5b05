/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/resize-handle.h"

#include <math.h>

struct _MonocleResizeHandle
{
  AdwBin parent_instance;

  GtkOrientation orientation;
  double start; /* of the drag, in the window: the handle itself moves along */
};

enum
{
  PROP_ORIENTATION = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  BEGAN,
  DRAGGED,
  ENDED,
  RESET,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleResizeHandle, monocle_resize_handle, ADW_TYPE_BIN)

static double
get_place (MonocleResizeHandle *self, double x, double y)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_widget_translate_coordinates (GTK_WIDGET (self), root, x, y, &x, &y);
  return self->orientation == GTK_ORIENTATION_HORIZONTAL ? x : y;
}

static void
on_drag_begin (MonocleResizeHandle *self, double x, double y, GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  self->start = get_place (self, x, y);
  g_signal_emit (self, signals[BEGAN], 0);
}

static void
on_drag_update (MonocleResizeHandle *self, double dx, double dy, GtkGesture *gesture)
{
  gboolean mirrored = self->orientation == GTK_ORIENTATION_HORIZONTAL
                      && gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double x, y, moved;

  if (!gtk_gesture_get_point (gesture, NULL, &x, &y))
    return;
  moved = self->start - get_place (self, x, y);
  g_signal_emit (self, signals[DRAGGED], 0, (int) lround (mirrored ? -moved : moved));
}

static void
on_drag_end (MonocleResizeHandle *self)
{
  g_signal_emit (self, signals[ENDED], 0);
}

static void
on_pressed (MonocleResizeHandle *self, int n_press)
{
  if (n_press == 2)
    g_signal_emit (self, signals[RESET], 0);
}

static void
update_orientation (MonocleResizeHandle *self)
{
  gboolean horizontal = self->orientation == GTK_ORIENTATION_HORIZONTAL;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), horizontal ? "col-resize" : "row-resize");
  gtk_widget_remove_css_class (GTK_WIDGET (self), horizontal ? "vertical" : "horizontal");
  gtk_widget_add_css_class (GTK_WIDGET (self), horizontal ? "horizontal" : "vertical");
}

static void
monocle_resize_handle_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ORIENTATION)
    g_value_set_enum (value, (int) MONOCLE_RESIZE_HANDLE (object)->orientation);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_resize_handle_set_property (GObject *object,
                                    guint id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  if (id == PROP_ORIENTATION)
    {
      MONOCLE_RESIZE_HANDLE (object)->orientation = (GtkOrientation) g_value_get_enum (value);
      update_orientation (MONOCLE_RESIZE_HANDLE (object));
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_resize_handle_class_init (MonocleResizeHandleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = monocle_resize_handle_get_property;
  object_class->set_property = monocle_resize_handle_set_property;

  properties[PROP_ORIENTATION] = g_param_spec_enum (
      "orientation", NULL, NULL, GTK_TYPE_ORIENTATION, GTK_ORIENTATION_HORIZONTAL,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[BEGAN] = g_signal_new ("began", MONOCLE_TYPE_RESIZE_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  signals[DRAGGED] = g_signal_new ("dragged", MONOCLE_TYPE_RESIZE_HANDLE, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ENDED] = g_signal_new ("ended", MONOCLE_TYPE_RESIZE_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  signals[RESET] = g_signal_new ("reset", MONOCLE_TYPE_RESIZE_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "resizehandle");
}

static void
monocle_resize_handle_init (MonocleResizeHandle *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  /* Both see the press. */
  gtk_gesture_group (click, drag);
}
