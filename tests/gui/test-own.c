/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the person's own: objects kept one by one and together, by keys; names; copies; and that
 * all of it, answers and steps back too, is there when the picture is opened another time.
 */
#include "config.h"

#include "app/document/work.h"
#include "tests/gui/harness-canvas.h"
#include "ui/open-again.h"
#include "ui/own-list.h"

static GtkSelectionModel *
get_objects (MonocleWindow *window)
{
  return monocle_presentation_get_objects (monocle_window_get_presentation (window));
}

static guint
count (gpointer list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static GListModel *
get_regions (MonocleWindow *window)
{
  return monocle_document_get_regions (gui_get_document (window));
}

static char *
dup_labels (GListModel *list)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < count (list); i++)
    {
      g_autoptr (MonocleAnnotation) item = g_list_model_get_item (list, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", monocle_annotation_get_label (item));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* One after the other: what is kept or deleted makes room for the next. */
static void
test_go_through (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleOwnList *own = NULL;
  g_autofree char *all = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *left = NULL;
  g_auto (GStrv) names = NULL;
  guint n;

  g_assert_null (gui_find (window, MONOCLE_TYPE_OWN_LIST));
  gui_ask (window, "detect", NULL);
  n = count (get_objects (window));
  g_assert_cmpuint (n, >=, 3);
  all = dup_labels (G_LIST_MODEL (get_objects (window)));
  names = g_strsplit (all, ", ", -1);
  g_assert_false (gui_can_act (window, "win.keep"));
  gtk_selection_model_select_item (get_objects (window), 0, TRUE);
  gui_act (window, "win.keep", NULL);
  own = gui_find (window, MONOCLE_TYPE_OWN_LIST);
  g_assert_nonnull (own);
  g_assert_true (gui_has_text (own, "Yours (1)"));
  g_assert_true (gtk_selection_model_is_selected (get_objects (window), 0));
  gui_act (window, "win.delete", NULL);
  g_assert_true (gtk_selection_model_is_selected (get_objects (window), 0));
  gui_act (window, "win.keep", NULL);
  gui_keep_picture (window, "own-kept");

  kept = dup_labels (get_regions (window));
  left = g_strdup_printf ("%s, %s", names[0], names[2]);
  g_assert_cmpstr (kept, ==, left);
  g_assert_cmpuint (count (get_objects (window)), ==, n - 3);
  for (guint i = 0; i < 3; i++)
    gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (count (get_regions (window)), ==, 0);
  g_assert_cmpuint (count (get_objects (window)), ==, n);
  g_assert_null (gui_find (window, MONOCLE_TYPE_OWN_LIST));
}

/* What is shown, and no more. */
static void
test_keep_all (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonoclePresentation *presentation = monocle_window_get_presentation (window);
  guint n_shown;

  gui_ask (window, "detect", NULL);
  monocle_presentation_set_search (presentation, "b");
  n_shown = count (get_objects (window));
  g_assert_cmpuint (n_shown, >, 0);
  gui_act (window, "win.keep-all", NULL);
  g_assert_cmpuint (count (get_regions (window)), ==, n_shown);
  g_assert_cmpuint (count (get_objects (window)), ==, 0);
  monocle_presentation_set_search (presentation, "");
  g_assert_cmpuint (count (get_objects (window)), >, 0);
  /* Questions about regions are about those without a name. */
  g_assert_false (gui_can_act (window, "win.ask-what"));
  gtk_selection_model_select_item (monocle_presentation_get_regions (presentation), 0, TRUE);
  g_assert_true (gui_can_act (window, "win.ask-what"));
}

/* By keys: drawn, named, named anew, once more. */
static void
test_name (void)
{
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleWindow *window;
  MonoclePresentation *presentation;
  g_autofree char *labels = NULL;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  presentation = monocle_window_get_presentation (window);
  g_assert_false (gui_can_act (window, "win.rename"));
  monocle_document_add_region (gui_get_document (window), region);
  monocle_presentation_select (presentation, region);
  gtk_widget_grab_focus (gui_find (window, MONOCLE_TYPE_IMAGE_VIEW));
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "r e d space h u t");
  gui_keep_picture (window, "own-name");
  gui_type (GTK_WINDOW (window), "Return");
  gui_wait_ms (300);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "red hut");
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_OWN_LIST), "red hut"));
  gui_keep_picture (window, "own-named");

  gui_type (GTK_WINDOW (window), "ctrl+d");
  g_assert_cmpuint (count (get_regions (window)), ==, 2);
  labels = dup_labels (get_regions (window));
  g_assert_cmpstr (labels, ==, "red hut, red hut");
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_ms (300);
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_ms (300);
  gui_act (window, "win.undo", NULL);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "");
}

/* Another day. */
static void
test_again (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleWindow *window = gui_open_path (path);
  MonocleQuery *query;
  g_autofree char *own = NULL;
  g_autofree char *own_again = NULL;
  g_autofree char *objects = NULL;
  g_autofree char *objects_again = NULL;

  gui_ask (window, "caption", NULL);
  gui_ask (window, "detect", NULL);
  gtk_selection_model_select_item (get_objects (window), 1, TRUE);
  gui_act (window, "win.keep", NULL);
  gui_act (window, "win.rotate-right", NULL);
  own = dup_labels (get_regions (window));
  objects = dup_labels (G_LIST_MODEL (get_objects (window)));

  window = gui_open_again (path);
  own_again = dup_labels (get_regions (window));
  objects_again = dup_labels (G_LIST_MODEL (get_objects (window)));
  g_assert_cmpstr (own_again, ==, own);
  g_assert_cmpstr (objects_again, ==, objects);
  g_assert_cmpuint (monocle_document_get_rotation (gui_get_document (window)), ==, 1);
  g_assert_cmpuint (count (monocle_document_get_queries (gui_get_document (window))), ==, 2);
  query = monocle_presentation_get_query (monocle_window_get_presentation (window));
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "detect");
  gui_keep_picture (window, "own-again");
  gui_act (window, "win.undo", NULL);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (count (get_regions (window)), ==, 0);
  g_assert_false (gui_can_act (window, "win.undo"));
  /* And on from there. */
  gui_ask (window, "detect", NULL);
  window = gui_open_again (path);
  g_assert_cmpuint (count (monocle_document_get_queries (gui_get_document (window))), ==, 3);
}

static gboolean
has_document (gpointer window)
{
  return gui_get_document (window) != NULL;
}

/* What is done in one window is seen in the other. */
static void
test_two_windows (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  MonocleWindow *first = gui_open_path (path), *second;
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  g_action_group_activate_action (G_ACTION_GROUP (gui_get_application ()), "new-window", NULL);
  gui_settle ();
  second = MONOCLE_WINDOW (gtk_application_get_active_window (gui_get_application ()));
  g_assert_true (second != first);
  g_ptr_array_add (files, g_object_ref (file));
  monocle_window_open_files (second, files);
  gui_wait_for ("the picture in the second window", has_document, second);
  g_assert_true (gui_get_document (first) == gui_get_document (second));
  monocle_document_add_region (gui_get_document (first), region);
  gui_settle ();
  g_assert_true (gui_has_text (gui_find (second, MONOCLE_TYPE_OWN_LIST), "Yours (1)"));
  /* The one that stays still has its pixels. */
  gtk_window_close (GTK_WINDOW (second));
  gui_settle ();
  g_assert_nonnull (monocle_document_get_image (gui_get_document (first)));
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

/* Nothing can be written: it is said, and nobody loses anything without being asked. */
static void
test_unkept (void)
{
  MonocleWindow *window;
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  g_autofree char *folder = monocle_work_dup_folder ();
  GtkWidget *dialog;

  window = gui_open_sample ("2-fruit.png");
  gui_close_all ();
  gui_forget_work ();
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  {
    g_autofree char *path = gui_sample ("1-park.png");

    window = gui_open_again (path);
  }
  monocle_document_add_region (gui_get_document (window), region);
  gui_wait_for_text (window, "What is done to this picture cannot be kept");
  gui_keep_picture (window, "own-unkept");
  gtk_window_close (GTK_WINDOW (window));
  gui_wait_for ("a question", has_dialog, window);
  gui_settle ();
  dialog = gui_find_dialog (window);
  g_assert_true (gui_has_text (dialog, "Close and Lose What Was Done?"));
  gui_keep_picture (window, "own-close");
  gui_close_dialog (dialog);
  g_assert_nonnull (gui_get_document (window));
  /* Taken back, there is nothing to lose. */
  gui_act (window, "win.undo", NULL);
  gui_close_all ();
  gui_forget_work ();
}

/* What was open when nobody told the application to end. */
static void
test_interrupted (void)
{
  g_autofree char *path = gui_sample ("3-street.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) none = NULL;

  gui_open_path (path);
  /* It stays so until something is shown, but not for ever. */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) again = monocle_open_again_take ();

      g_assert_cmpuint (again->len, ==, 1);
      g_assert_true (g_file_equal (again->pdata[0], file));
    }
  none = monocle_open_again_take ();
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/own/go-through", test_go_through);
  g_test_add_func ("/gui/own/keep-all", test_keep_all);
  g_test_add_func ("/gui/own/name", test_name);
  g_test_add_func ("/gui/own/again", test_again);
  g_test_add_func ("/gui/own/two-windows", test_two_windows);
  g_test_add_func ("/gui/own/unkept", test_unkept);
  g_test_add_func ("/gui/own/interrupted", test_interrupted);
  return gui_run ();
}
