/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/object-rows.h"

#include <adwaita.h>

#include "ui/object-menu.h"
#include "ui/object-row.h"

#define PRESENTATION "monocle-presentation"

static MonoclePresentation *
get_presentation (GtkListView *list)
{
  return g_object_get_data (G_OBJECT (list), PRESENTATION);
}

/* --- Menus --- */

static gboolean
is_selected (MonoclePresentation *presentation, MonocleAnnotation *annotation)
{
  g_autoptr (GPtrArray) selected
      = monocle_annotation_get_origin (annotation) == MONOCLE_ORIGIN_PERSON
            ? monocle_presentation_get_selected_regions (presentation)
            : monocle_presentation_get_selected_objects (presentation);

  return g_ptr_array_find (selected, annotation, NULL);
}

static void
popup_menu (GtkListView *list, MonocleObjectRow *row, double x, double y)
{
  MonocleAnnotation *annotation = monocle_object_row_get_annotation (row);
  GtkWidget *owner = gtk_widget_get_ancestor (GTK_WIDGET (list), ADW_TYPE_BIN);
  double owner_x, owner_y;
  gboolean is_own;

  if (!annotation
      || !gtk_widget_translate_coordinates (GTK_WIDGET (row), owner, x, y, &owner_x, &owner_y))
    return;
  if (!is_selected (get_presentation (list), annotation))
    monocle_presentation_select (get_presentation (list), annotation);
  is_own = monocle_annotation_get_origin (annotation) == MONOCLE_ORIGIN_PERSON;
  monocle_object_menu_popup (owner, is_own ? NULL : annotation, is_own ? annotation : NULL, owner_x,
                             owner_y);
  /* The button is let go over the menu, and GTK would leave pressed what it was pressed on. */
  for (GtkWidget *pressed = GTK_WIDGET (row); pressed != GTK_WIDGET (list);
       pressed = gtk_widget_get_parent (pressed))
    gtk_widget_unset_state_flags (pressed, GTK_STATE_FLAG_ACTIVE);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, GtkListView *list)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  GdkEvent *event = gtk_event_controller_get_current_event (controller);

  if (!event || !gdk_event_triggers_context_menu (event))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu (list, MONOCLE_OBJECT_ROW (gtk_event_controller_get_widget (controller)), x, y);
}

static void
on_long_pressed (GtkGestureLongPress *gesture, double x, double y, GtkListView *list)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu (list,
              MONOCLE_OBJECT_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture))),
              x, y);
}

/* The menu key: at the row that has the focus. */
static gboolean
on_menu_key (GtkWidget *list, GVariant *args, gpointer user_data)
{
  GtkWidget *item = gtk_widget_get_focus_child (list);
  GtkWidget *row = item ? gtk_widget_get_first_child (item) : NULL;

  if (!row || !MONOCLE_IS_OBJECT_ROW (row))
    return FALSE;
  popup_menu (GTK_LIST_VIEW (list), MONOCLE_OBJECT_ROW (row), gtk_widget_get_width (row) / 2.0,
              gtk_widget_get_height (row));
  return TRUE;
}

/* --- Rows --- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, GtkListView *list)
{
  GtkWidget *row = monocle_object_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *long_press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), list, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (long_press), TRUE);
  g_signal_connect_object (long_press, "pressed", G_CALLBACK (on_long_pressed), list, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (long_press));
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, GtkListView *list)
{
  monocle_object_row_bind (MONOCLE_OBJECT_ROW (gtk_list_item_get_child (item)),
                           get_presentation (list), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, GtkListView *list)
{
  monocle_object_row_bind (MONOCLE_OBJECT_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

static void
add_keys (GtkListView *list)
{
  /* As on the picture; the list view's own would leave out what is in other lists. */
  static const struct
  {
    const char *trigger, *action;
  } keys[] = {
    { "KP_Delete", "win.delete" },
    { "Delete", "win.delete" },
    { "<Control>a", "win.select-all" },
    { "<Control><Shift>a", "win.select-none" },
  };
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (shortcuts),
        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i].trigger),
                          gtk_named_action_new (keys[i].action)));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (shortcuts),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (on_menu_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (list), shortcuts);
}

void
monocle_object_rows_attach (GtkListView *list)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (GTK_IS_LIST_VIEW (list));

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), list, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), list, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), list, 0);
  gtk_list_view_set_factory (list, factory);
  add_keys (list);
}

void
monocle_object_rows_set_presentation (GtkListView *list, MonoclePresentation *presentation)
{
  g_return_if_fail (GTK_IS_LIST_VIEW (list));

  g_object_set_data_full (G_OBJECT (list), PRESENTATION,
                          presentation ? g_object_ref (presentation) : NULL,
                          presentation ? g_object_unref : NULL);
}
