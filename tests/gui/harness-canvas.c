/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/gui/harness-canvas.h"

#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

MonocleImageView *
gui_get_view (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
}

MonocleQuery *
gui_answer_by_hand (MonocleWindow *window, const MonocleObject *objects, guint n_objects)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, n_objects));
  monocle_document_add_query (gui_get_document (window), query);
  gui_settle ();
  return query; /* the document holds it */
}

MonocleAnnotation *
gui_add_region (MonocleWindow *window, float x1, float y1, float x2, float y2)
{
  MonocleBox box = { x1, y1, x2, y2 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (gui_get_document (window), region);
  gui_settle ();
  return region; /* the document holds it */
}

MonocleAnnotation *
gui_get_region (MonocleWindow *window, guint index)
{
  g_autoptr (MonocleAnnotation) region
      = g_list_model_get_item (monocle_document_get_regions (gui_get_document (window)), index);

  return region; /* the document holds it */
}

guint
gui_count_regions (MonocleWindow *window)
{
  return g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window)));
}

void
gui_select_regions (MonocleWindow *window, guint first, guint n)
{
  GtkSelectionModel *regions
      = monocle_presentation_get_regions (monocle_window_get_presentation (window));

  gtk_selection_model_unselect_all (regions);
  for (guint i = first; i < first + n; i++)
    gtk_selection_model_select_item (regions, i, FALSE);
  gui_settle ();
}

void
gui_assert_region (MonocleAnnotation *region, double x1, double y1, double x2, double y2)
{
  const MonocleRect place = monocle_annotation_get_bounds (region);

  g_assert_cmpfloat_with_epsilon (place.x, x1, 3);
  g_assert_cmpfloat_with_epsilon (place.y, y1, 3);
  g_assert_cmpfloat_with_epsilon (place.x + place.width, x2, 3);
  g_assert_cmpfloat_with_epsilon (place.y + place.height, y2, 3);
}

void
gui_locate (MonocleWindow *window, double x, double y, double *view_x, double *view_y)
{
  MonocleRect place;

  monocle_image_view_to_widget (gui_get_view (window), &(MonocleRect){ x, y, 0, 0 }, &place);
  *view_x = place.x;
  *view_y = place.y;
}

void
gui_click_at (MonocleWindow *window, double x, double y, int button)
{
  double view_x, view_y;

  gui_locate (window, x, y, &view_x, &view_y);
  gui_click (GTK_WIDGET (gui_get_view (window)), view_x, view_y, button);
  gui_wait_ms (450); /* the next is no double click */
}

void
gui_drag_at (MonocleWindow *window, const char *key, double x, double y, double dx, double dy)
{
  double x1, y1, x2, y2;

  gui_locate (window, x, y, &x1, &y1);
  gui_locate (window, x + dx, y + dy, &x2, &y2);
  gui_drag_with (key, GTK_WIDGET (gui_get_view (window)), x1, y1, x2, y2);
  gui_settle ();
}

/* (transfer full) (nullable): the label of that action, anywhere in @menu */
static char *
find_label (GMenuModel *menu, const char *action)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autofree char *name = NULL;
      char *label = section ? find_label (section, action) : NULL;

      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &name);
      if (!label && g_strcmp0 (name, action) == 0)
        g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
      if (label)
        return label;
    }
  return NULL;
}

void
gui_undo (MonocleWindow *window, const char *title)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (window, GTK_TYPE_MENU_BUTTON);
  g_autofree char *expected = g_strconcat ("_Undo ", title, NULL);
  g_autofree char *label = NULL;

  for (guint i = 0; i < buttons->len && !label; i++)
    {
      GMenuModel *menu = gtk_menu_button_get_menu_model (buttons->pdata[i]);

      label = menu ? find_label (menu, "win.undo") : NULL;
    }
  g_assert_cmpstr (label, ==, expected);
  gui_act (window, "win.undo", NULL);
}

GtkWidget *
gui_open_menu (MonocleWindow *window, double x, double y)
{
  GtkWidget *menu;

  gui_click_at (window, x, y, 3);
  menu = gui_find (window, GTK_TYPE_POPOVER_MENU);
  g_assert_nonnull (menu);
  return menu;
}

void
gui_close_menu (MonocleWindow *window)
{
  gtk_popover_popdown (gui_find (window, GTK_TYPE_POPOVER_MENU));
  gui_settle ();
  gui_wait_ms (100);
  g_assert_null (gui_find (window, GTK_TYPE_POPOVER_MENU));
}
