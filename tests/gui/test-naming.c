/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is drawn gets its name at once: the last one by itself, another one by a digit, by its first
 * letters, or by going on with the next thing.
 */
#include "config.h"

#include "app/labels/label-home.h"
#include "tests/gui/harness-canvas.h"
#include "ui/name-popover.h"

/* Those of the samples' folder. */
static MonocleLabelSet *
have_labels (const char *const *names)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  MonocleLabelSet *set = monocle_label_home_open (folder);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (set)); i > 0; i--)
    {
      g_autoptr (MonocleLabelItem) label = g_list_model_get_item (G_LIST_MODEL (set), i - 1);

      monocle_label_set_remove (set, label);
    }
  for (guint i = 0; names[i]; i++)
    monocle_label_set_add (set, names[i]);
  return set;
}

static MonocleWindow *
open_to_draw (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "alt+2");
  return window;
}

static gboolean
is_asked (gpointer window)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return focus && gtk_widget_get_ancestor (focus, MONOCLE_TYPE_NAME_POPOVER)
         && gtk_widget_get_mapped (focus);
}

static gboolean
is_drawing (gpointer window)
{
  return gtk_window_get_focus (window) == GTK_WIDGET (gui_get_view (window));
}

/* The @n-th one, which then is asked about. */
static void
draw (MonocleWindow *window, guint n)
{
  gui_drag_at (window, NULL, 40 + 70 * n, 60, 50, 120);
  gui_wait_for ("a place for the name", is_asked, window);
  g_assert_cmpuint (gui_count_regions (window), ==, n + 1);
}

static void
type (MonocleWindow *window, const char *keys)
{
  gui_type (GTK_WINDOW (window), keys);
  gui_wait_for ("the picture again", is_drawing, window);
}

static void
assert_label (MonocleWindow *window, guint index, const char *label)
{
  g_assert_cmpstr (monocle_annotation_get_label (gui_get_region (window, index)), ==, label);
}

static void
test_names (void)
{
  g_autoptr (MonocleLabelSet) set
      = have_labels ((const char *const[]){ "tree", "Red hut", "skyline", "sky", NULL });
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  draw (window, 0);
  assert_label (window, 0, "");
  gui_keep_picture (window, "naming");
  type (window, "2");
  assert_label (window, 0, "Red hut");

  /* The last one, unless something is said. */
  draw (window, 1);
  assert_label (window, 1, "Red hut");
  gui_keep_picture (window, "naming-again");
  type (window, "Escape");
  assert_label (window, 1, "Red hut");
  draw (window, 2);
  type (window, "Return");
  assert_label (window, 2, "Red hut");

  /* Its first letter, as it is spelled; a letter less is not that name. */
  draw (window, 3);
  gui_type (GTK_WINDOW (window), "t");
  gui_settle ();
  gui_keep_picture (window, "naming-typed");
  type (window, "Return");
  assert_label (window, 3, "tree");
  draw (window, 4);
  type (window, "r BackSpace Return");
  assert_label (window, 4, "r");

  /* Who goes on with the next means it; what is a name does not become a longer one. */
  draw (window, 5);
  gui_type (GTK_WINDOW (window), "s k y");
  draw (window, 6);
  assert_label (window, 5, "sky");
  assert_label (window, 6, "sky");
  draw (window, 7);
  assert_label (window, 6, "sky");

  /* What was drawn is taken back, with its name. */
  gui_type (GTK_WINDOW (window), "ctrl+z");
  gui_wait_for ("the picture again", is_drawing, window);
  g_assert_cmpuint (gui_count_regions (window), ==, 7);
  gui_close_all ();
}

/* What is selected in the entry is so no longer when something else is the primary selection, as it
 * is for a moment when keys come quickly. */
static void
take_selection (MonocleWindow *window)
{
  GtkWidget *entry = gtk_window_get_focus (GTK_WINDOW (window));

  gdk_clipboard_set_text (gtk_widget_get_primary_clipboard (entry), "of somebody else");
  g_assert_false (gtk_editable_get_selection_bounds (GTK_EDITABLE (entry), NULL, NULL));
}

/* How a name goes on is replaced by the next key all the same; not where the cursor was moved. */
static void
test_rest (void)
{
  g_autoptr (MonocleLabelSet) set = have_labels ((const char *const[]){ "skyline", "sky", NULL });
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  draw (window, 0);
  gui_type (GTK_WINDOW (window), "s k");
  take_selection (window);
  type (window, "y Return");
  assert_label (window, 0, "sky");
  draw (window, 1);
  gui_type (GTK_WINDOW (window), "s k");
  gtk_editable_select_region (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (window))), 2, -1);
  type (window, "Left y Return");
  assert_label (window, 1, "skyyline");

  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_for ("a place for the name", is_asked, window);
  gui_type (GTK_WINDOW (window), "ctrl+a s k");
  take_selection (window);
  type (window, "i Return");
  assert_label (window, 1, "ski");
  gui_close_all ();
}

/* Nothing is left of it when something else is done. */
static void
test_left (void)
{
  g_autoptr (MonocleLabelSet) set = have_labels ((const char *const[]){ "tree", "hut", NULL });
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  draw (window, 0);
  type (window, "h Return");
  assert_label (window, 0, "hut");
  draw (window, 1);
  type (window, "h ctrl+alt+1");
  assert_label (window, 1, "tree");
  draw (window, 2);
  gui_act (window, "win.zoom-in", NULL);
  gui_wait_for ("the picture again", is_drawing, window);
  gui_act (window, "win.zoom-fit", NULL);

  /* By keys alone, for whoever has no pointer. */
  type (window, "Return space ctrl+Down ctrl+Right");
  gui_type (GTK_WINDOW (window), "space");
  gui_wait_for ("a place for the name", is_asked, window);
  type (window, "t Return");
  assert_label (window, 3, "tree");

  /* The label went: it is no thing's any more. */
  monocle_label_set_remove (set, monocle_label_set_find (set, "tree"));
  draw (window, 4);
  assert_label (window, 4, "");
  gui_close_all ();
}

/* Where the place for the name of one is, or what can be done with it, the next one begins. */
static void
test_fast (void)
{
  g_autoptr (MonocleLabelSet) set = have_labels ((const char *const[]){ "tree", "hut", NULL });
  MonocleWindow *window;
  GdkRectangle ways[24];

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      const double x = 80 + 80 * (i / 4), y = i < 12 ? 440 - 80 * (i % 4) : 200 + 80 * (i % 4);
      double x1, y1, x2, y2;

      gui_locate (window, x, y, &x1, &y1);
      gui_locate (window, x + 50, y - 45, &x2, &y2);
      ways[i] = (GdkRectangle){ (int) x1, (int) y1, (int) (x2 - x1), (int) (y2 - y1) };
    }
  gui_drag_many (GTK_WIDGET (gui_get_view (window)), ways, G_N_ELEMENTS (ways));
  gui_keep_picture (window, "naming-fast");
  g_assert_cmpuint (gui_count_regions (window), ==, G_N_ELEMENTS (ways));
  gui_close_all ();
}

static gboolean
shows_none (gpointer window)
{
  return gui_get_document (window) && gui_count_regions (window) == 0;
}

static gboolean
shows_some (gpointer window)
{
  return gui_get_document (window) && gui_count_regions (window) > 0;
}

/* The next picture is one key away, whether the last thing has its name already or half of it. */
static void
test_next (void)
{
  g_autoptr (MonocleLabelSet) set = have_labels ((const char *const[]){ "tree", "hut", NULL });
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  draw (window, 0);
  type (window, "h Return");
  draw (window, 1);
  gui_type (GTK_WINDOW (window), "Page_Down");
  gui_wait_for ("the next picture", shows_none, window);
  gui_type (GTK_WINDOW (window), "Page_Up");
  gui_wait_for ("the picture before", shows_some, window);
  assert_label (window, 1, "hut");

  draw (window, 2);
  gui_type (GTK_WINDOW (window), "t Page_Down");
  gui_wait_for ("the next picture", shows_none, window);
  gui_type (GTK_WINDOW (window), "Page_Up");
  gui_wait_for ("the picture before", shows_some, window);
  assert_label (window, 2, "tree");
  gui_close_all ();
}

/* Who has no labels draws to ask. */
static void
test_nobody_asks (void)
{
  g_autoptr (MonocleLabelSet) set = have_labels ((const char *const[]){ NULL });
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_to_draw ();
  gui_drag_at (window, NULL, 40, 60, 50, 120);
  g_assert_true (is_drawing (window));
  g_assert_cmpuint (gui_count_regions (window), ==, 1);
  /* Until something was named. */
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_for ("a place for the name", is_asked, window);
  type (window, "o a k Return");
  draw (window, 1);
  assert_label (window, 1, "oak");
  type (window, "Escape");

  g_settings_set_boolean (gui_get_settings (), "name-drawn", FALSE);
  gui_drag_at (window, NULL, 260, 60, 50, 120);
  g_assert_true (is_drawing (window));
  g_settings_reset (gui_get_settings (), "name-drawn");
  gui_close_all ();
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/naming/names", test_names);
  g_test_add_func ("/gui/naming/rest", test_rest);
  g_test_add_func ("/gui/naming/left", test_left);
  g_test_add_func ("/gui/naming/fast", test_fast);
  g_test_add_func ("/gui/naming/next", test_next);
  g_test_add_func ("/gui/naming/nobody-asks", test_nobody_asks);
  return gui_run ();
}
