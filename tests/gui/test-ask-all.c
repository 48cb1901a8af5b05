/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One question about all pictures of a folder: chosen in a dialog, answered while one goes on
 * browsing, with progress, pause and stop; what was answered and what was not leads to its picture.
 */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "ui/ask-all-bar.h"
#include "ui/ask-all-dialog.h"
#include "ui/ask-all-page.h"
#include "ui/folder-export.h"

#define MODEL "models/native-96"
#define FEW   5
/* Enough for all that is done meanwhile. */
#define MANY 200

/* Of those the folder's last is no picture. */
static char *
make_folder (guint n_pictures)
{
  char *folder = gui_temporary (NULL);
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *bad = g_build_filename (folder, "picture 999.png", NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (sample, &bytes, &n, NULL));
  for (guint i = 1; i <= n_pictures; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/picture %03u.png", folder, i);
      g_autofree char *more = g_malloc0 (n + i);

      /* What is behind the end of a picture makes another file of it. */
      memcpy (more, bytes, n);
      g_assert_true (g_file_set_contents (path, more, (gssize) (n + i), NULL));
    }
  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  return folder;
}

/* --- Waiting --- */

typedef struct
{
  gpointer root;
  const char *text;
  guint n;
} Expected;

static gboolean
says (gpointer data)
{
  Expected *expected = data;

  return gui_has_text (expected->root, expected->text);
}

static void
expect_text (gpointer root, const char *text)
{
  gui_wait_for (text, says, &(Expected){ .root = root, .text = text });
}

static gboolean
shows (gpointer data)
{
  Expected *expected = data;
  MonocleDocument *document = gui_get_document (expected->root);

  return document && g_str_equal (monocle_document_get_name (document), expected->text);
}

static gboolean
has_folder (gpointer data)
{
  Expected *expected = data;

  return gui_has_text (expected->root, expected->text)
         && gui_can_act (expected->root, "win.ask-all");
}

/* @model: a folder; "": the default one, which finds something */
static MonocleWindow *
open_folder_for (guint n_pictures, const char *model)
{
  g_autofree char *folder = make_folder (n_pictures);
  g_autofree char *first = g_build_filename (folder, "picture 001.png", NULL);
  g_autofree char *place = g_strdup_printf ("1 of %u", n_pictures + 1);
  MonocleWindow *window;

  g_settings_set_string (gui_get_settings (), "model", model);
  window = gui_open_path (first);
  gui_wait_for (place, has_folder, &(Expected){ .root = window, .text = place });
  return window;
}

static MonocleWindow *
open_folder (guint n_pictures)
{
  g_autofree char *model = gui_fixture (MODEL);

  return open_folder_for (n_pictures, model);
}

static MonocleAskAll *
get_all (void)
{
  return monocle_application_get_ask_all (MONOCLE_APPLICATION (gui_get_application ()));
}

static gboolean
is_in_state (gpointer state)
{
  return monocle_ask_all_get_state (get_all ()) == (MonocleAskAllState) GPOINTER_TO_INT (state);
}

static void
expect_state (MonocleAskAllState state)
{
  gui_wait_for ("the state", is_in_state, GINT_TO_POINTER ((int) state));
}

/* (transfer none) (nullable) */
static gpointer
peek_toplevel (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (toplevel, type) && gtk_widget_get_mapped (toplevel))
        return toplevel;
    }
  return NULL;
}

static gboolean
has_toplevel (gpointer data)
{
  return peek_toplevel (*(GType *) data) != NULL;
}

static gpointer
find_toplevel (GType type)
{
  gui_wait_for (g_type_name (type), has_toplevel, &type);
  gui_settle ();
  return peek_toplevel (type);
}

static void
click (GtkWidget *widget)
{
  g_assert_nonnull (widget);
  gui_click (widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0, 1);
}

static void
click_text (gpointer root, const char *text)
{
  click (gui_find_text (root, text));
}

static MonocleAskAllDialog *
open_dialog (MonocleWindow *window)
{
  gui_act (window, "win.ask-all", NULL);
  return find_toplevel (MONOCLE_TYPE_ASK_ALL_DIALOG);
}

/* The one of that id, in the dialog. */
static void
choose_task (MonocleAskAllDialog *dialog, const char *title)
{
  AdwComboRow *row = gui_find (dialog, ADW_TYPE_COMBO_ROW);
  GListModel *titles = adw_combo_row_get_model (row);

  for (guint i = 0; i < g_list_model_get_n_items (titles); i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (titles, i);

      if (g_str_equal (gtk_string_object_get_string (item), title))
        {
          adw_combo_row_set_selected (row, i);
          gui_settle ();
          return;
        }
    }
  g_error ("no task %s", title);
}

static void
begin (MonocleWindow *window, const char *title)
{
  MonocleAskAllDialog *dialog = open_dialog (window);
  GType type = MONOCLE_TYPE_ASK_ALL_DIALOG;

  choose_task (dialog, title);
  click_text (dialog, "Begin");
  gui_settle ();
  while (has_toplevel (&type))
    gui_wait_ms (20);
}

static void
end (void)
{
  monocle_ask_all_stop (get_all ());
  gui_close_all ();
}

/* --- The tests --- */

static void
test_run (void)
{
  MonocleWindow *window = open_folder (FEW);
  MonocleAskAllDialog *dialog;
  MonocleAskAllPage *page;
  GtkWidget *bar = gui_find (window, MONOCLE_TYPE_ASK_ALL_BAR);

  if (gui_lacks_input ())
    return;
  g_assert_null (bar);
  dialog = open_dialog (window);
  choose_task (dialog, "Caption");
  g_assert_true (gui_has_text (dialog, "6 pictures"));
  gui_keep_picture (dialog, "ask-all-dialog");
  click_text (dialog, "Begin");
  expect_state (MONOCLE_ASK_ALL_DONE);
  expect_text (window, "5 answered, 1 failed");
  bar = gui_find (window, MONOCLE_TYPE_ASK_ALL_BAR);
  g_assert_nonnull (bar);
  gui_keep_picture (window, "ask-all-bar-done");

  click_text (bar, "Details");
  page = find_toplevel (MONOCLE_TYPE_ASK_ALL_PAGE);
  g_assert_true (gui_has_text (page, "Answers (5)"));
  g_assert_true (gui_has_text (page, "Errors (1)"));
  g_assert_false (gui_has_text (page, "Stop"));
  gui_keep_picture (page, "ask-all-page");
  click_text (page, "picture 003.png");
  gui_wait_for ("that picture", shows, &(Expected){ .root = window, .text = "picture 003.png" });
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==, 1);
  gui_keep_picture (window, "ask-all-answer");
  /* A window manager keeps it above. */
  gtk_window_present (GTK_WINDOW (page));
  gui_settle ();
  click_text (page, "Errors (1)");
  expect_text (page, "picture 999.png");
  gui_settle ();
  gui_keep_picture (page, "ask-all-errors");
  gui_type (GTK_WINDOW (page), "Escape");
  gui_settle ();

  /* What is answered is not asked again. */
  begin (window, "Caption");
  expect_state (MONOCLE_ASK_ALL_DONE);
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==, 1);
  click (gtk_widget_get_last_child (gtk_widget_get_first_child (bar)));
  gui_settle ();
  g_assert_false (gtk_widget_get_visible (bar));
  end ();
}

/* One goes on working meanwhile, and what is asked by hand comes first. */
static void
test_pause (void)
{
  MonocleWindow *window = open_folder (MANY);
  MonocleAskAllPage *page;
  GtkWidget *bar;

  if (gui_lacks_input ())
    return;
  begin (window, "Caption");
  expect_text (window, " of 201");
  bar = gui_find (window, MONOCLE_TYPE_ASK_ALL_BAR);
  gui_keep_picture (window, "ask-all-bar");
  gui_type (GTK_WINDOW (window), "Page_Down");
  gui_wait_for ("the next", shows, &(Expected){ .root = window, .text = "picture 002.png" });
  gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_ask_all_get_state (get_all ()), ==, MONOCLE_ASK_ALL_RUNNING);

  click (gtk_widget_get_next_sibling (gui_find (bar, GTK_TYPE_PROGRESS_BAR)));
  expect_state (MONOCLE_ASK_ALL_PAUSED);
  expect_text (bar, "paused");
  /* The one that is under way is shown, by the way that began it. */
  gui_act (window, "win.ask-all", NULL);
  page = find_toplevel (MONOCLE_TYPE_ASK_ALL_PAGE);
  gui_keep_picture (page, "ask-all-paused");
  gui_type (GTK_WINDOW (page), "alt+g");
  expect_state (MONOCLE_ASK_ALL_RUNNING);
  click_text (page, "Stop");
  expect_state (MONOCLE_ASK_ALL_STOPPED);
  expect_text (page, "not asked");
  g_assert_cmpuint (monocle_ask_all_get_done (get_all ()), <, MANY + 1);
  end ();
}

static gboolean
is_gone (gpointer type)
{
  return !has_toplevel (type);
}

/* What was answered leaves in a file, with nothing of it accepted before. */
static void
test_export (void)
{
  MonocleWindow *window = open_folder_for (2, "");
  GType type = MONOCLE_TYPE_FOLDER_EXPORT;
  g_autofree char *path = gui_temporary (NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autofree char *file = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GDir) dir = NULL;
  MonocleAskAllPage *page;
  MonocleFolderExport *dialog;

  if (gui_lacks_input ())
    return;
  begin (window, "Find Objects");
  expect_state (MONOCLE_ASK_ALL_DONE);
  click_text (gui_find (window, MONOCLE_TYPE_ASK_ALL_BAR), "Details");
  page = find_toplevel (MONOCLE_TYPE_ASK_ALL_PAGE);
  gui_type (GTK_WINDOW (page), "alt+e");
  dialog = find_toplevel (MONOCLE_TYPE_FOLDER_EXPORT);
  expect_text (dialog, "2 pictures, ");
  gui_keep_picture (dialog, "ask-all-export");
  monocle_folder_export_write_to (dialog, folder);
  gui_wait_for ("the end", is_gone, &type);
  dir = g_dir_open (path, 0, NULL);
  file = g_build_filename (path, g_dir_read_name (dir), "instances.json", NULL);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "picture 002.png"));
  g_assert_nonnull (strstr (text, "\"bbox\""));
  g_assert_null (strstr (text, "picture 999.png"));
  expect_text (window, " exported");
  end ();
}

/* What was paused is, also when the program is started again. */
static void
test_stays_paused (void)
{
  MonocleWindow *window = open_folder (MANY);
  guint n_done;

  if (gui_lacks_input ())
    return;
  begin (window, "Caption");
  monocle_ask_all_pause (get_all ());
  n_done = monocle_ask_all_get_done (get_all ());
  for (guint round = 0; round < 2; round++)
    {
      monocle_ask_all_shut (get_all ());
      g_assert_true (monocle_ask_all_restore (get_all ()));
      g_assert_cmpint (monocle_ask_all_get_state (get_all ()), ==, MONOCLE_ASK_ALL_PAUSED);
      expect_text (window, "paused");
    }
  g_assert_cmpuint (monocle_ask_all_get_done (get_all ()), ==, n_done);
  monocle_ask_all_resume (get_all ());
  monocle_ask_all_shut (get_all ());
  g_assert_true (monocle_ask_all_restore (get_all ()));
  g_assert_cmpint (monocle_ask_all_get_state (get_all ()), ==, MONOCLE_ASK_ALL_RUNNING);
  end ();
}

static void
test_words (void)
{
  MonocleWindow *window = open_folder (FEW);
  MonocleAskAllDialog *dialog;
  GtkWidget *begin, *entry;

  if (gui_lacks_input ())
    return;
  gui_act (window, "win.done", NULL);
  gui_act (window, "win.filter", "done");
  expect_text (window, "Done: 1 of 6");
  dialog = open_dialog (window);
  choose_task (dialog, "Find by Name");
  begin = gtk_widget_get_ancestor (gui_find_text (dialog, "Begin"), GTK_TYPE_BUTTON);
  g_assert_false (gtk_widget_get_sensitive (begin));
  entry = gui_find (dialog, ADW_TYPE_ENTRY_ROW);
  gtk_widget_grab_focus (entry);
  gui_type (GTK_WINDOW (dialog), "d o g");
  gui_settle ();
  g_assert_true (gtk_widget_get_sensitive (begin));
  /* Those that are shown. */
  g_assert_true (gui_has_text (dialog, "1 picture"));
  click_text (dialog, "Done");
  gui_settle ();
  gui_keep_picture (dialog, "ask-all-words");
  gtk_widget_grab_focus (entry);
  gui_type (GTK_WINDOW (dialog), "Return");
  expect_state (MONOCLE_ASK_ALL_DONE);
  g_assert_cmpuint (monocle_ask_all_get_total (get_all ()), ==, 1);
  g_assert_cmpstr (monocle_ask_all_get_plan (get_all ())->text, ==, "dog");
  end ();
}

/* Nobody ends it without knowing. */
static void
test_close (void)
{
  MonocleWindow *window = open_folder (MANY);
  GtkWidget *dialog;

  if (gui_lacks_input ())
    return;
  begin (window, "Caption");
  expect_state (MONOCLE_ASK_ALL_RUNNING);
  gui_act (window, "win.close", NULL);
  gui_settle ();
  dialog = gui_find_dialog (window);
  g_assert_nonnull (dialog);
  g_assert_true (gui_has_text (dialog, "goes on when Monocle is started again"));
  gui_keep_picture (window, "ask-all-close");
  click_text (dialog, "Cancel");
  gui_settle ();
  g_assert_cmpint (monocle_ask_all_get_state (get_all ()), ==, MONOCLE_ASK_ALL_RUNNING);
  end ();
}

/* 360 pixels wide. */
static void
test_narrow (void)
{
  MonocleWindow *window = open_folder (FEW);
  MonocleAskAllDialog *dialog;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  gui_wait_ms (100);
  dialog = open_dialog (window);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 500);
  gui_wait_ms (100);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (dialog)), <=, 360);
  gui_keep_picture (dialog, "ask-all-dialog-narrow");
  gui_close_dialog (GTK_WIDGET (dialog));
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  begin (window, "Caption");
  expect_text (window, "answered");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
  gui_keep_picture (window, "ask-all-narrow-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  end ();
}

/* --- The program, killed and started again --- */

static char *
dup_plan_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "ask-all.journal", NULL);
}

static gboolean
is_done (gpointer data)
{
  g_autofree char *path = dup_plan_path ();

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

/* More is kept of it than there was. */
static gboolean
has_grown (gpointer size)
{
  g_autofree char *path = dup_plan_path ();
  g_autofree char *bytes = NULL;
  gsize n;

  return !g_file_get_contents (path, &bytes, &n, NULL) || n > *(gsize *) size;
}

static gsize
measure_plan (void)
{
  g_autofree char *path = dup_plan_path ();
  g_autofree char *bytes = NULL;
  gsize n = 0;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  return n;
}

static GSubprocess *
start_program (void)
{
  g_autofree char *sample = gui_sample ("2-fruit.png");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  process = g_subprocess_launcher_spawn (launcher, &error, MONOCLE_PROGRAM, sample, NULL);
  g_assert_no_error (error);
  return process;
}

/* What was not ended goes on by itself, and nothing is asked twice. */
static void
test_killed (void)
{
  g_autofree char *folder = make_folder (FEW);
  MonocleAskPlan *plan = NULL;
  g_autoptr (GSubprocess) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  gui_close_all ();
  gui_forget_work ();
  plan = monocle_ask_plan_new (monocle_florence2_find_task ("caption"), NULL, FALSE);
  for (guint i = 1; i <= FEW; i++)
    {
      g_autofree char *name = g_strdup_printf ("picture %03u.png", i);
      g_autoptr (GFile) file = g_file_new_build_filename (folder, name, NULL);

      g_ptr_array_add (plan->items, monocle_ask_item_new (file, 0, name));
    }
  monocle_ask_all_begin (get_all (), plan, &error);
  g_assert_no_error (error);
  monocle_ask_all_shut (get_all ());
  size = measure_plan ();

  first = start_program ();
  gui_wait_for ("an answer", has_grown, &size);
  g_subprocess_force_exit (first);
  g_subprocess_wait (first, NULL, NULL);
  second = start_program ();
  gui_wait_for ("all answers", is_done, NULL);
  g_subprocess_send_signal (second, SIGTERM);
  g_subprocess_wait (second, NULL, NULL);

  for (guint i = 1; i <= FEW; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/picture %03u.png", folder, i);
      MonocleWindow *window = gui_open_again (path);

      g_assert_cmpuint (
          g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==,
          1);
    }
  gui_close_all ();
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  gui_serve_notifications ();
  g_test_add_func ("/gui/ask-all/run", test_run);
  g_test_add_func ("/gui/ask-all/pause", test_pause);
  g_test_add_func ("/gui/ask-all/export", test_export);
  g_test_add_func ("/gui/ask-all/stays-paused", test_stays_paused);
  g_test_add_func ("/gui/ask-all/words", test_words);
  g_test_add_func ("/gui/ask-all/close", test_close);
  g_test_add_func ("/gui/ask-all/narrow", test_narrow);
  g_test_add_func ("/gui/ask-all/killed", test_killed);
  return gui_run ();
}
