/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two people's versions of one picture: both seen, gone through by keys and by pointer, merged in
 * one step that can be taken back.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "tests/gui/harness-canvas.h"
#include "ui/versions-view.h"
#include "ui/work-bar.h"

typedef struct
{
  char *picture;
  char *theirs; /* their version of it */
  MonocleWindow *window;
} Fixture;

static void
draw (MonocleWindow *window, float x, float y, const char *label)
{
  const MonocleBox box = { x, y, x + 200, y + 240 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_annotation_set_label (region, label);
  monocle_document_add_region (gui_get_document (window), region);
}

/* Both have the house, the dog by other names and a little elsewhere; the tree is mine, the
 * bicycle theirs. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = gui_temporary ("versions");
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  f->picture = g_build_filename (folder, "1-park.png", NULL);
  f->theirs = g_build_filename (folder, "theirs.monocle.json", NULL);
  g_assert_true (g_file_get_contents (sample, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (f->picture, bytes, (gssize) size, NULL));
  f->window = gui_open_path (f->picture);
  draw (f->window, 320, 40, "house");
  draw (f->window, 80, 350, "hound");
  draw (f->window, 320, 360, "bicycle");
  gui_act (f->window, "win.save-to", f->theirs);
  f->window = gui_open_path (f->picture); /* forgets what was done */
  draw (f->window, 320, 40, "house");
  draw (f->window, 60, 340, "dog");
  draw (f->window, 60, 40, "tree");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gui_close_all ();
  g_free (f->picture);
  g_free (f->theirs);
}

static gboolean
is_comparing (gpointer window)
{
  MonocleVersionsView *view = gui_find (window, MONOCLE_TYPE_VERSIONS_VIEW);

  return view && gtk_widget_get_mapped (GTK_WIDGET (view));
}

static char *
dup_labels (MonocleWindow *window)
{
  GListModel *regions = monocle_document_get_regions (gui_get_document (window));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              monocle_annotation_get_label (region));
    }
  return g_string_free (text, FALSE);
}

static void
assert_labels (MonocleWindow *window, const char *expected)
{
  g_autofree char *labels = dup_labels (window);

  g_assert_cmpstr (labels, ==, expected);
}

static GtkWidget *
open_versions (Fixture *f)
{
  gui_act (f->window, "win.compare-with", f->theirs);
  gui_wait_for ("the versions", is_comparing, f->window);
  gui_settle ();
  return gui_find (f->window, MONOCLE_TYPE_VERSIONS_VIEW);
}

static void
test_seen (Fixture *f, gconstpointer data)
{
  GtkWidget *view = open_versions (f);
  g_autoptr (GPtrArray) views = gui_find_all (f->window, MONOCLE_TYPE_IMAGE_VIEW);

  g_assert_true (gui_has_text (view, "Theirs: theirs.monocle.json"));
  g_assert_true (gui_has_text (view, "2 in the same place, of 3 and 3"));
  g_assert_true (gui_has_text (view, "1 of 2 with the same name"));
  g_assert_true (gui_has_text (view, "Different (1)"));
  g_assert_true (gui_has_text (view, "dog → hound"));
  g_assert_true (gui_has_text (view, "Only Mine (1)"));
  g_assert_true (gui_has_text (view, "Only Theirs (1)"));
  g_assert_true (gui_has_text (view, "The Same (1)"));
  g_assert_cmpuint (views->len, ==, 2);
  g_assert_true (gtk_widget_get_mapped (views->pdata[1]));
  gui_keep_picture (f->window, "versions");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (f->window, "versions-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  /* Nothing is done by looking. */
  gui_act (f->window, "win.close-versions", NULL);
  g_assert_false (is_comparing (f->window));
  assert_labels (f->window, "house, dog, tree");
}

/* By keys alone: theirs, removed, added. */
static void
test_keys (Fixture *f, gconstpointer data)
{
  GtkWidget *list;

  if (gui_lacks_input ())
    return;
  list = gui_find (open_versions (f), GTK_TYPE_LIST_VIEW);
  gtk_widget_grab_focus (list);
  gui_settle ();
  gui_type (GTK_WINDOW (f->window), "Home 2");
  gui_type (GTK_WINDOW (f->window), "Down 2");
  gui_type (GTK_WINDOW (f->window), "Down 2");
  gui_settle ();
  gui_keep_picture (f->window, "versions-chosen");
  /* What is looked at is selected on both pictures. */
  gui_act (f->window, "win.merge-versions", NULL);
  g_assert_false (is_comparing (f->window));
  assert_labels (f->window, "house, hound, bicycle");
  gui_act (f->window, "win.undo", NULL);
  assert_labels (f->window, "house, dog, tree");
  gui_act (f->window, "win.redo", NULL);
  assert_labels (f->window, "house, hound, bicycle");
}

/* By pointer: both of one, and all else as it is. */
static void
test_pointer (Fixture *f, gconstpointer data)
{
  GtkWidget *both, *merge;

  if (gui_lacks_input ())
    return;
  both = gui_find_text (open_versions (f), "Both");
  g_assert_nonnull (both);
  gui_click (both, gtk_widget_get_width (both) / 2.0, gtk_widget_get_height (both) / 2.0, 1);
  gui_settle ();
  merge = gui_find_text (gui_find (f->window, MONOCLE_TYPE_VERSIONS_VIEW), "Merge");
  g_assert_nonnull (merge);
  gui_click (merge, gtk_widget_get_width (merge) / 2.0, gtk_widget_get_height (merge) / 2.0, 1);
  gui_settle ();
  assert_labels (f->window, "house, dog, tree, hound");
}

/* What is done meanwhile is seen; another picture ends it. */
static void
test_meanwhile (Fixture *f, gconstpointer data)
{
  GtkWidget *view = open_versions (f);

  gui_act (f->window, "win.undo", NULL);
  gui_settle ();
  g_assert_true (gui_has_text (view, "of 2 and 3"));
  g_assert_true (g_file_set_contents (f->theirs, "nonsense", -1, NULL));
  gui_act (f->window, "win.compare-with", f->theirs);
  gui_wait_ms (300);
  g_assert_nonnull (gui_find_dialog (f->window));
  gui_close_dialog (gui_find_dialog (f->window));
  g_assert_true (is_comparing (f->window));
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add ("/gui/versions/seen", Fixture, NULL, set_up, test_seen, tear_down);
  g_test_add ("/gui/versions/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/gui/versions/pointer", Fixture, NULL, set_up, test_pointer, tear_down);
  g_test_add ("/gui/versions/meanwhile", Fixture, NULL, set_up, test_meanwhile, tear_down);
  return gui_run ();
}
