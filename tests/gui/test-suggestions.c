/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model suggests, gone through without a mouse: on to the next, kept, deleted, given another
 * label by a digit or a name, and all that are as sure in one step. Needs real input.
 */
#include "config.h"

#include "app/labels/label-home.h"
#include "tests/gui/harness-canvas.h"
#include "tests/unit/answer-fixture.h"

#define N_SHOWN 6

static MonocleObject
suggest (const char *label, float x, float score)
{
  MonocleObject object = box_object (label, x, 100, x + 60, 200);

  object.score = score;
  return object;
}

static GListModel *
get_objects (MonocleWindow *window)
{
  return G_LIST_MODEL (monocle_presentation_get_objects (monocle_window_get_presentation (window)));
}

static const char *
get_name (MonocleWindow *window, guint index)
{
  return monocle_annotation_get_label (gui_get_region (window, index));
}

/* (nullable): the only object that is selected */
static const char *
get_selected (MonocleWindow *window)
{
  g_autoptr (GPtrArray) selected
      = monocle_presentation_get_selected_objects (monocle_window_get_presentation (window));

  return selected->len == 1 ? monocle_annotation_get_label (selected->pdata[0]) : NULL;
}

static void
press (MonocleWindow *window, const char *keys)
{
  gui_type (GTK_WINDOW (window), keys);
  gui_settle ();
}

static MonocleWindow *
open_with_suggestions (void)
{
  const MonocleObject objects[]
      = { suggest ("hut", 10, 0.9f),  suggest ("dog", 80, 0.4f),   suggest ("tree", 150, 0.7f),
          suggest ("cat", 220, 0.6f), suggest ("bird", 290, 0.8f), suggest ("cloud", 360, 0.3f) };
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_answer_by_hand (window, objects, G_N_ELEMENTS (objects));
  g_assert_cmpuint (g_list_model_get_n_items (get_objects (window)), ==, N_SHOWN);
  return window;
}

static gboolean
has_text_entry (gpointer window)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return GTK_IS_TEXT (focus);
}

static void
test_one_by_one (void)
{
  g_autofree char *sample = NULL;
  g_autofree char *folder_path = NULL;
  g_autoptr (GFile) folder = NULL;
  g_autoptr (MonocleLabelSet) labels = NULL;
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  sample = gui_sample ("1-park.png");
  folder_path = g_path_get_dirname (sample);
  folder = g_file_new_for_path (folder_path);
  labels = monocle_label_home_open (folder);
  monocle_label_set_add (labels, "plant");
  monocle_label_set_add (labels, "animal");
  window = open_with_suggestions ();

  press (window, "Tab");
  g_assert_cmpstr (get_selected (window), ==, "hut");
  gui_keep_picture (window, "suggestions");
  press (window, "ctrl+k");
  g_assert_cmpstr (get_name (window, 0), ==, "hut");
  g_assert_cmpstr (get_selected (window), ==, "dog");
  press (window, "ctrl+alt+2");
  g_assert_cmpstr (get_name (window, 1), ==, "animal");
  g_assert_cmpstr (get_selected (window), ==, "tree");
  press (window, "Delete");
  g_assert_cmpuint (gui_count_regions (window), ==, 2);
  g_assert_cmpstr (get_selected (window), ==, "cat");
  press (window, "Tab");
  g_assert_cmpstr (get_selected (window), ==, "bird");
  press (window, "shift+Tab");
  g_assert_cmpstr (get_selected (window), ==, "cat");
  press (window, "F2");
  gui_wait_for ("a place for a name", has_text_entry, window);
  press (window, "ctrl+a p u m a Return");
  g_assert_cmpuint (gui_count_regions (window), ==, 3);
  g_assert_cmpstr (get_name (window, 2), ==, "puma");
  g_assert_cmpstr (get_selected (window), ==, "bird");
  press (window, "ctrl+k ctrl+k");
  g_assert_cmpuint (gui_count_regions (window), ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (get_objects (window)), ==, 0);
  press (window, "ctrl+z ctrl+z");
  g_assert_cmpuint (gui_count_regions (window), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (get_objects (window)), ==, 2);
}

/* The score of what is selected is the lowest that is taken; one step. */
static void
test_above (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_suggestions ();
  g_assert_false (gui_can_act (window, "win.keep-above"));
  press (window, "Tab Tab Tab");
  g_assert_cmpstr (get_selected (window), ==, "tree");
  press (window, "ctrl+alt+k");
  g_assert_cmpuint (gui_count_regions (window), ==, 3);
  g_assert_cmpstr (get_name (window, 0), ==, "hut");
  g_assert_cmpstr (get_name (window, 1), ==, "tree");
  g_assert_cmpstr (get_name (window, 2), ==, "bird");
  g_assert_cmpstr (get_selected (window), ==, "cat");
  g_assert_true (gui_has_text (window, "3 objects kept"));
  gui_keep_picture (window, "suggestions-above");
  gui_undo (window, "Keep Objects");
  g_assert_cmpuint (gui_count_regions (window), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (get_objects (window)), ==, N_SHOWN);
}

/* Whoever looks for the keys finds them. */
static void
test_help (void)
{
  static const char *const keys[][2] = {
    { "Tab <Shift>Tab", "Next or previous object" },
    { "<Control>k", "Keep what is selected, and go on to the next" },
    { "<Control><Shift>k", "Keep all that is shown" },
    { "<Control><Alt>k", "Keep all with the score of what is selected, or more" },
    { "<Control><Alt>1...9", "Give the label of the digit, and go on to the next" },
    { "Delete", "Delete objects or regions" },
  };
  MonocleWindow *window = open_with_suggestions ();
  GtkShortcutsWindow *help
      = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window));
  g_autoptr (GPtrArray) all = gui_find_all (help, GTK_TYPE_SHORTCUTS_SHORTCUT);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gboolean is_there = FALSE;

      for (guint k = 0; k < all->len; k++)
        {
          g_autofree char *accelerator = NULL;
          g_autofree char *title = NULL;

          g_object_get (all->pdata[k], "accelerator", &accelerator, "title", &title, NULL);
          is_there
              |= g_strcmp0 (accelerator, keys[i][0]) == 0 && g_strcmp0 (title, keys[i][1]) == 0;
        }
      g_assert_true (is_there);
    }
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/suggestions/one-by-one", test_one_by_one);
  g_test_add_func ("/gui/suggestions/above", test_above);
  g_test_add_func ("/gui/suggestions/help", test_help);

  return gui_run ();
}
