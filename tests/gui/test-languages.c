/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every page in every language in the narrowest window: nothing of it is beyond the edge. Words are
 * longer elsewhere.
 */
#include "config.h"

#include <locale.h>

#include "tests/gui/harness-canvas.h"
#include "tests/unit/answer-fixture.h"
#include "ui/window-private.h"

#define WIDTH 360
/* Without a window manager the frame counts; around popovers there is their shadow. */
#define FRAME  24
#define SHADOW 46

/* Those of po/LINGUAS. */
static const char *const languages[] = { "de", "es", "fr", "ko", "zh_CN" };

static const char *language;
static guint n_wide;

/* Says what gettext() answers from now on. */
static void
speak (const char *code)
{
  extern int _nl_msg_cat_cntr;

  language = code;
  g_setenv ("LANGUAGE", code, TRUE);
  _nl_msg_cat_cntr++;
}

/* --- What is too wide --- */

static const char *
peek_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_label (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (peek_text (child))
      return peek_text (child);
  return NULL;
}

/* What is inside can be scrolled to. */
static gboolean
scrolls (GtkWidget *widget)
{
  GtkPolicyType across;

  if (!GTK_IS_SCROLLED_WINDOW (widget))
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &across, NULL);
  return across != GTK_POLICY_NEVER;
}

/* The outermost things that are beyond an edge of @root, which is @width wide. */
static void
look (GtkWidget *widget, GtkWidget *root, float width, const char *page)
{
  graphene_rect_t place;

  if (!gtk_widget_get_mapped (widget) || GTK_IS_NATIVE (widget))
    return;
  /* Parts of scrollbars and shadows, which have no children, are where nobody sees them. */
  if (!g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "Gizmo")
      && gtk_widget_compute_bounds (widget, root, &place) && place.size.width > 0
      && (place.origin.x < -1 || place.origin.x + place.size.width > width + 1))
    {
      const char *text = peek_text (widget);

      g_test_message ("%s, %s: %s \"%s\" from %g to %g of %g", language, page,
                      G_OBJECT_TYPE_NAME (widget), text ? text : "", (double) place.origin.x,
                      (double) (place.origin.x + place.size.width), (double) width);
      n_wide++;
      return;
    }
  if (scrolls (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    look (child, root, width, page);
}

static void
note (const char *page, int width, int most)
{
  if (width <= most)
    return;
  g_test_message ("%s, %s: %d wide", language, page, width);
  n_wide++;
}

/* What is chosen in a row, of as many letters as there is always room for. */
static void
look_at_choices (GtkWidget *widget, const char *page)
{
  g_autoptr (GPtrArray) rows = gui_find_all (widget, ADW_TYPE_COMBO_ROW);

  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (GPtrArray) labels = gui_find_all (rows->pdata[i], GTK_TYPE_LABEL);

      for (guint k = 0; gtk_widget_get_mapped (rows->pdata[i]) && k < labels->len; k++)
        {
          const char *text = gtk_label_get_label (labels->pdata[k]);

          if (!gtk_widget_get_mapped (labels->pdata[k]) || g_utf8_strlen (text, -1) > 12
              || !pango_layout_is_ellipsized (gtk_label_get_layout (labels->pdata[k])))
            continue;
          g_test_message ("%s, %s: \"%s\" is cut", language, page, text);
          n_wide++;
        }
    }
}

static void
look_at (gpointer root, const char *page)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", page, language);
  int width;

  gui_keep_picture (root, name);
  width = gtk_widget_get_width (root);
  note (page, width, WIDTH + FRAME);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    look (child, root, (float) MIN (width, WIDTH + FRAME), page);
  look_at_choices (root, page);
}

/* --- Pages --- */

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

static void
look_at_dialog (MonocleWindow *window, const char *action)
{
  GtkWidget *dialog;

  gui_act (window, action, NULL);
  gui_wait_for (action, has_dialog, window);
  dialog = gui_find_dialog (window);
  /* As narrow as it goes. */
  if (GTK_IS_WINDOW (dialog))
    gtk_window_set_default_size (GTK_WINDOW (dialog), WIDTH, 600);
  look_at (dialog, action);
  gui_close_dialog (dialog);
}

/* Of all buttons that are seen. */
static void
look_at_popovers (MonocleWindow *window)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (window, GTK_TYPE_MENU_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *popover;
      int width = 0;

      if (!gtk_widget_get_mapped (buttons->pdata[i])
          || !gtk_widget_is_sensitive (buttons->pdata[i]))
        continue;
      popover = GTK_WIDGET (gtk_menu_button_get_popover (buttons->pdata[i]));
      gtk_menu_button_popup (buttons->pdata[i]);
      if (popover)
        gtk_widget_measure (popover, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
      note (gtk_widget_get_tooltip_text (buttons->pdata[i]), width, WIDTH + SHADOW);
      gtk_menu_button_popdown (buttons->pdata[i]);
    }
}

static void
look_at_pages (void)
{
  static const char *const dialogs[]
      = { "win.export",        "win.properties", "app.preferences",      "app.models",
          "app.about",         "win.labels",     "win.ask-all",          "win.statistics",
          "win.export-folder", "win.open-with",  "app.what-happens-next" };
  static const char *const tools[] = { "brush", "select" };
  const MonocleObject objects[] = { box_object ("a thing with a name", 3, 100, 200, 200),
                                    box_object ("far", 300, 100, 400, 200) };
  MonocleWindow *window = gui_open_empty ();
  MonocleQuery *first;

  look_at (window, "welcome");
  window = gui_open_sample ("1-park.png");
  look_at (window, "picture");
  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      gui_act (window, "win.tool", tools[i]);
      look_at (window, tools[i]);
    }
  gui_add_region (window, 100, 100, 200, 200);
  gui_add_region (window, 300, 100, 400, 200);
  gui_act (window, "win.select-all", NULL);
  look_at (window, "regions");
  gui_act (window, "win.to-polygon", NULL);
  gui_act (window, "win.simplify", NULL);
  look_at (window, "simplify");
  gui_type (GTK_WINDOW (window), "Escape");
  gui_act (window, "win.toggle-panel", NULL);
  look_at (window, "panel");
  first = gui_answer_by_hand (window, objects, G_N_ELEMENTS (objects));
  gui_answer_by_hand (window, objects, 1);
  look_at (window, "objects");
  monocle_presentation_set_pinned (monocle_window_get_presentation (window), first);
  look_at (window, "compare");
  monocle_presentation_set_pinned (monocle_window_get_presentation (window), NULL);
  monocle_window_offer_models (window);
  look_at (window, "offer");
  monocle_window_say_device_lost (window);
  look_at (window, "lost");
  gui_act (window, "win.talk", NULL);
  look_at (window, "talk");
  look_at_popovers (window);
  for (guint i = 0; i < G_N_ELEMENTS (dialogs); i++)
    look_at_dialog (window, dialogs[i]);
  gui_act (window, "win.search", NULL);
  look_at (window, "search");
  gui_close_all ();
}

static void
test_narrow (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      speak (languages[i]);
      look_at_pages ();
    }
  g_assert_cmpuint (n_wide, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *model = NULL;

  speak (languages[0]);
  gui_init (&argc, &argv);
  model = gui_fixture ("smolvlm/idefics3");
  g_settings_set_string (gui_get_settings (), "model", model);
  g_settings_set_int (gui_get_settings (), "window-width", WIDTH + 10);
  g_settings_set_int (gui_get_settings (), "window-height", 640);
  g_test_add_func ("/gui/languages/narrow", test_narrow);
  return gui_run ();
}
