/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work as a file of the person's: saved by keys where they said, found beside the picture and
 * offered, opened by itself, refused where it is of another picture; and what cannot be kept
 * anywhere is asked about.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document/work.h"
#include "app/json/work-file.h"
#include "tests/gui/harness-canvas.h"
#include "ui/own-list.h"
#include "ui/work-bar.h"

/* A picture of our own in a folder of its own. */
static char *
dup_picture (const char *folder, const char *sample)
{
  g_autofree char *source = gui_sample (sample);
  char *path = g_build_filename (folder, sample, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  return path;
}

static MonocleAnnotation *
draw (MonocleWindow *window, float x, const char *label)
{
  const MonocleBox box = { x, 340, x + 200, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_annotation_set_label (region, label);
  monocle_document_add_region (gui_get_document (window), region);
  return region;
}

static guint
count_own (MonocleWindow *window)
{
  return g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window)));
}

static GtkWidget *
get_bar (MonocleWindow *window)
{
  return gtk_widget_get_first_child (gui_find (window, MONOCLE_TYPE_WORK_BAR));
}

static gboolean
is_offered (gpointer window)
{
  return gtk_info_bar_get_revealed (GTK_INFO_BAR (get_bar (window)));
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

/* Where to was said once; from then on a key does it. */
static void
test_save (void)
{
  g_autofree char *folder = gui_temporary ("work-save");
  g_autofree char *picture = dup_picture (folder, "1-park.png");
  g_autofree char *path = g_build_filename (folder, "1-park.monocle.json", NULL);
  MonocleWindow *window = gui_open_path (picture);
  g_autoptr (MonocleWorkFile) once = NULL;
  g_autoptr (MonocleWorkFile) again = NULL;
  g_autoptr (GError) error = NULL;
  MonocleQuery *query;

  draw (window, 60, "hut");
  query = gui_ask (window, "detect", NULL);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  gui_act (window, "win.save-to", path);
  g_assert_true (gui_has_text (window, "Saved in 1-park.monocle.json"));
  gui_keep_picture (window, "work-saved");
  once = monocle_work_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_work_file_is_of (once, gui_get_document (window)));
  g_assert_cmpuint (once->annotations->len, ==, 1);
  g_assert_cmpuint (once->queries->len, ==, 1);
  query = once->queries->pdata[0];
  g_assert_nonnull (monocle_query_get_model_name (query));
  g_assert_cmpuint (strlen (monocle_query_get_model_digest (query)), ==, 64);
  g_assert_nonnull (monocle_query_get_device_name (query));
  g_assert_nonnull (monocle_query_get_driver_name (query));
  g_assert_nonnull (monocle_query_get_precision_name (query));
  g_assert_cmpuint (monocle_query_get_settings (query)->num_beams, >, 0);
  g_assert_cmpfloat (monocle_query_get_elapsed_ms (query), >, 0);

  draw (window, 300, "tree");
  g_assert_false (monocle_document_is_saved (gui_get_document (window)));
  if (gui_has_input ())
    gui_type (GTK_WINDOW (window), "ctrl+s");
  else
    gui_act (window, "win.save", NULL);
  gui_settle ();
  g_assert_true (monocle_document_is_saved (gui_get_document (window)));
  again = monocle_work_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->annotations->len, ==, 2);

  /* Somebody else wrote it: nothing of theirs is lost without a word. */
  g_assert_true (g_file_set_contents (path, "{}", -1, NULL));
  gui_act (window, "win.save", NULL);
  gui_wait_for ("a question", has_dialog, window);
  gui_settle ();
  g_assert_true (gui_has_text (gui_find_dialog (window), "Save Over What Somebody Else Wrote?"));
  gui_keep_picture (window, "work-changed");
  gui_close_dialog (gui_find_dialog (window));
}

/* A day later, on another computer: the picture with its file beside it. */
static void
test_beside (void)
{
  g_autofree char *folder = gui_temporary ("work-beside");
  g_autofree char *picture = dup_picture (folder, "1-park.png");
  g_autofree char *path = g_build_filename (folder, "1-park.monocle.json", NULL);
  MonocleWindow *window = gui_open_path (picture);

  draw (window, 60, "hut");
  draw (window, 300, "tree");
  gui_act (window, "win.save-to", path);
  g_assert_false (is_offered (window));
  window = gui_open_path (picture); /* forgets what was done */
  gui_wait_for ("an offer", is_offered, window);
  g_assert_cmpuint (count_own (window), ==, 0);
  g_assert_true (gui_has_text (get_bar (window), "1-park.monocle.json has work of this picture."));
  gui_keep_picture (window, "work-offered");
  gui_act (window, "win.open-offered", NULL);
  g_assert_false (is_offered (window));
  g_assert_cmpuint (count_own (window), ==, 2);
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_OWN_LIST), "tree"));
  g_assert_true (monocle_document_is_saved (gui_get_document (window)));
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_act (window, "win.redo", NULL);

  /* What was saved from here is not offered; what is other work is, and gives way in one step. */
  draw (window, 500, "cloud");
  window = gui_open_again (picture);
  gui_wait_ms (500);
  g_assert_false (is_offered (window));
  g_assert_cmpuint (count_own (window), ==, 3);
  window = gui_open_path (picture);
  gui_wait_for ("an offer", is_offered, window);
  draw (window, 500, "other");
  window = gui_open_again (picture);
  gui_wait_for ("an offer", is_offered, window);
  g_assert_true (gui_has_text (get_bar (window), "other work"));
  gui_keep_picture (window, "work-offered-instead");
  gui_act (window, "win.open-offered", NULL);
  g_assert_cmpuint (count_own (window), ==, 2);
  gui_act (window, "win.undo", NULL);
  g_assert_cmpuint (count_own (window), ==, 1);
}

static gboolean
shows_park (gpointer window)
{
  MonocleDocument *document = gui_get_document (window);

  return document && g_str_equal (monocle_document_get_name (document), "1-park.png");
}

static gboolean
shows_other (gpointer window)
{
  return gui_get_document (window) && !shows_park (window);
}

/* Not wanted: nothing happens, and it is not offered again. */
static void
test_refused (void)
{
  g_autofree char *folder = gui_temporary ("work-refused");
  g_autofree char *picture = dup_picture (folder, "1-park.png");
  g_autofree char *second = dup_picture (folder, "2-fruit.png");
  g_autofree char *path = g_build_filename (folder, "1-park.monocle.json", NULL);
  MonocleWindow *window = gui_open_path (picture);

  draw (window, 60, "hut");
  gui_act (window, "win.save-to", path);
  window = gui_open_path (picture);
  gui_wait_for ("an offer", is_offered, window);
  draw (window, 60, "mine");
  g_signal_emit_by_name (get_bar (window), "response", GTK_RESPONSE_CLOSE);
  g_assert_false (is_offered (window));
  gui_act (window, "win.next", NULL);
  gui_wait_for ("the other picture", shows_other, window);
  gui_act (window, "win.previous", NULL);
  gui_wait_for ("the picture again", shows_park, window);
  gui_wait_ms (800);
  g_assert_false (is_offered (window));
  g_assert_cmpuint (count_own (window), ==, 1);
}

static gboolean
has_two (gpointer window)
{
  return gui_get_document (window) && count_own (window) == 2;
}

/* The file itself, as a person opens or drops it: its picture comes with it. */
static void
test_open (void)
{
  g_autofree char *folder = gui_temporary ("work-open");
  g_autofree char *picture = dup_picture (folder, "1-park.png");
  g_autofree char *path = g_build_filename (folder, "mine.monocle.json", NULL);
  MonocleWindow *window = gui_open_path (picture);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *text = NULL;
  GdkFileList *list;
  GValue value = G_VALUE_INIT;

  draw (window, 60, "hut");
  draw (window, 300, "tree");
  gui_act (window, "win.save-to", path);
  window = gui_open_empty ();
  gui_act (window, "win.open-path", path);
  gui_wait_for ("the picture and its work", has_two, window);
  g_assert_true (monocle_document_is_saved (gui_get_document (window)));

  /* The same is nothing new; with other work there it is offered. */
  gui_act (window, "win.open-path", path);
  gui_wait_ms (300);
  g_assert_false (is_offered (window));
  g_assert_true (monocle_document_is_saved (gui_get_document (window)));
  draw (window, 500, "cloud");
  list = gdk_file_list_new_from_array (&file, 1);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, list);
  g_assert_true (gui_drop (
      gtk_widget_get_parent (gui_find (window, g_type_from_name ("MonocleCanvas"))), &value));
  g_value_unset (&value);
  gui_wait_for ("an offer", is_offered, window);
  g_assert_cmpuint (count_own (window), ==, 3);

  /* Nonsense is said to be it, and changes nothing. */
  g_assert_true (g_file_set_contents (path, "{\"format\": \"monocle-work\"}", -1, NULL));
  gui_act (window, "win.open-path", path);
  gui_wait_for ("an error", has_dialog, window);
  gui_settle ();
  gui_keep_picture (window, "work-nonsense");
  g_assert_true (gui_has_text (gui_find_dialog (window), "The Work Could Not Be Opened"));
  gui_close_dialog (gui_find_dialog (window));
  g_assert_cmpuint (count_own (window), ==, 3);
}

/* Of another picture, or of one that is not there. */
static void
test_other_picture (void)
{
  g_autofree char *folder = gui_temporary ("work-other");
  g_autofree char *picture = dup_picture (folder, "1-park.png");
  g_autofree char *path = g_build_filename (folder, "1-park.monocle.json", NULL);
  g_autofree char *sample = gui_sample ("2-fruit.png");
  g_autofree char *bytes = NULL;
  MonocleWindow *window = gui_open_path (picture);
  gsize size;

  draw (window, 60, "hut");
  gui_act (window, "win.save-to", path);
  /* The picture changed on the disk meanwhile. */
  g_assert_true (g_file_get_contents (sample, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (picture, bytes, (gssize) size, NULL));
  window = gui_open_path (picture);
  gui_wait_ms (500);
  g_assert_false (is_offered (window));
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_act (window, "win.open-path", path);
  gui_wait_for ("a word about it", has_dialog, window);
  gui_settle ();
  g_assert_true (gui_has_text (gui_find_dialog (window), "This Is Work of Another Picture"));
  gui_close_dialog (gui_find_dialog (window));
  g_assert_cmpuint (count_own (window), ==, 0);
  gui_close_all ();
  g_unlink (picture);
  window = gui_open_empty ();
  gui_act (window, "win.open-path", path);
  gui_wait_for ("a word about it", has_dialog, window);
  gui_settle ();
  gui_keep_picture (window, "work-no-picture");
  g_assert_true (gui_has_text (gui_find_dialog (window), "1-park.png"));
  gui_close_dialog (gui_find_dialog (window));
}

/* The journal cannot be written: a file that the person chose is as good. */
static void
test_rescued (void)
{
  g_autofree char *target = gui_temporary ("work-rescued");
  g_autofree char *picture = dup_picture (target, "1-park.png");
  g_autofree char *path = g_build_filename (target, "1-park.monocle.json", NULL);
  g_autofree char *nowhere = g_build_filename (target, "not", "there.monocle.json", NULL);
  g_autofree char *folder = monocle_work_dup_folder ();
  MonocleWindow *window = gui_open_path (picture);

  gui_close_all ();
  gui_forget_work ();
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  window = gui_open_again (picture);
  draw (window, 60, "hut");
  gui_settle ();
  gui_act (window, "win.save-to", nowhere);
  gui_wait_for ("an error", has_dialog, window);
  gui_settle ();
  g_assert_true (gui_has_text (gui_find_dialog (window), "The Work Could Not Be Saved"));
  gui_keep_picture (window, "work-not-saved");
  gui_close_dialog (gui_find_dialog (window));
  g_assert_true (monocle_document_is_unkept (gui_get_document (window)));
  gtk_window_close (GTK_WINDOW (window));
  gui_wait_for ("a question", has_dialog, window);
  gui_settle ();
  gui_close_dialog (gui_find_dialog (window));
  gui_act (window, "win.save-to", path);
  g_assert_false (monocle_document_is_unkept (gui_get_document (window)));
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_close (GTK_WINDOW (window));
  gui_settle ();
  g_assert_null (window);
  gui_forget_work ();
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/work/save", test_save);
  g_test_add_func ("/gui/work/beside", test_beside);
  g_test_add_func ("/gui/work/refused", test_refused);
  g_test_add_func ("/gui/work/open", test_open);
  g_test_add_func ("/gui/work/other-picture", test_other_picture);
  g_test_add_func ("/gui/work/rescued", test_rescued);
  return gui_run ();
}
