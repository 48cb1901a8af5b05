/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of the picture: what is known of it, moving it to the rubbish and back, what the command
 * line asks about it, and the wheel that goes through a folder.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "app/base/error.h"
#include "tests/gui/harness.h"
#include "ui/ask-option.h"
#include "ui/image-view.h"
#include "ui/open-with-dialog.h"
#include "ui/properties-dialog.h"
#include "ui/welcome-page.h"

static char *
copy_sample (const char *folder, const char *name)
{
  g_autofree char *sample = gui_sample ("2-fruit.png");
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (sample);
  g_autoptr (GFile) to = g_file_new_for_path (path);

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  return path;
}

typedef struct
{
  MonocleWindow *window;
  const char *name; /* (nullable): nothing */
} Shown;

static gboolean
shows (gpointer data)
{
  Shown *shown = data;
  MonocleDocument *document = gui_get_document (shown->window);

  if (!shown->name)
    return gui_find (shown->window, MONOCLE_TYPE_WELCOME_PAGE) != NULL;
  return document && g_str_equal (monocle_document_get_name (document), shown->name);
}

static void
wait_shown (MonocleWindow *window, const char *name)
{
  Shown shown = { window, name };

  gui_wait_for (name ? name : "the first page", shows, &shown);
  gui_settle ();
}

static gboolean
can_next (gpointer window)
{
  return gui_can_act (window, "win.next");
}

static gboolean
is_alone (gpointer window)
{
  return !gui_can_act (window, "win.next") && !gui_can_act (window, "win.previous");
}

/* --- Rubbish --- */

#define TOAST_US (7 * G_USEC_PER_SEC)

typedef struct
{
  MonocleWindow *window;
  gint64 first_us, last_us; /* when it was seen */
} Said;

/* Before anything that is due at the same time: a machine that halted meanwhile takes nothing away.
 */
static gboolean
look_for_toast (gpointer data)
{
  Said *said = data;
  const gint64 now = g_get_monotonic_time ();

  if (!gui_has_text (said->window, "1 %.png moved to the rubbish"))
    return G_SOURCE_CONTINUE;
  if (said->first_us == 0)
    said->first_us = now;
  said->last_us = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
is_read (gpointer data)
{
  const Said *said = data;

  return said->first_us > 0 && said->last_us - said->first_us >= TOAST_US;
}

static void
test_trash_in_folder (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *first = copy_sample (folder, "1 %.png");
  g_autofree char *second = copy_sample (folder, "2.png");
  g_autoptr (GFile) file = g_file_new_for_path (first);
  g_autofree char *uri = g_file_get_uri (file);
  MonocleWindow *window = gui_open_path (first);
  Said said = { NULL };
  guint source;

  gui_wait_for ("its neighbour", can_next, window);
  gui_ask (window, "detect", NULL);
  g_assert_true (monocle_document_has_work (gui_get_document (window)));

  said.window = window;
  source = g_timeout_add_full (G_PRIORITY_HIGH, 20, look_for_toast, &said, NULL);
  gui_act (window, "win.trash", NULL);
  wait_shown (window, "2.png");
  g_assert_false (g_file_test (first, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (second, G_FILE_TEST_EXISTS));
  gui_wait_for ("the list without it", is_alone, window);
  /* Long enough to be read, and for the pointer to get there. */
  gui_wait_for ("what was said to be read", is_read, &said);
  g_source_remove (source);

  /* With everything that was asked about it. */
  gui_act (window, "win.untrash", uri);
  wait_shown (window, "1 %.png");
  g_assert_true (g_file_test (first, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==, 1);
  gui_wait_for ("its neighbour", can_next, window);
}

static void
test_trash_alone (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = copy_sample (folder, "only.png");
  g_autofree char *other = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *kept = NULL;
  MonocleWindow *window = gui_open_path (path);

  gui_act (window, "win.trash", NULL);
  wait_shown (window, NULL);
  g_assert_false (gui_can_act (window, "win.trash"));
  gui_act (window, "win.untrash", uri);
  wait_shown (window, "only.png");

  /* Of two that were thrown away from one place the later one comes back. */
  gui_act (window, "win.trash", NULL);
  wait_shown (window, NULL);
  g_assert_true (g_file_set_contents (path, "P2 1 1 1 1\n", -1, NULL));
  g_assert_true (g_file_trash (file, NULL, NULL));
  gui_act (window, "win.untrash", uri);
  wait_shown (window, "only.png");
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_true (g_str_has_prefix (kept, "P2"));

  /* What is in its place by now stays. */
  gui_act (window, "win.untrash", uri);
  gui_wait_ms (300);
  g_clear_pointer (&kept, g_free);
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_true (g_str_has_prefix (kept, "P2"));
  gui_close_all ();
}

/* --- What is known --- */

static gboolean
knows_size (gpointer window)
{
  GtkWidget *dialog = gui_find_dialog (window);

  return MONOCLE_IS_PROPERTIES_DIALOG (dialog) && gui_has_text (dialog, "bytes");
}

static gboolean
has_no_window (gpointer data)
{
  return gtk_application_get_windows (gui_get_application ()) == NULL;
}

/* Of places at the left of the picture, how many look other than the one above. */
static guint
count_changes (MonocleWindow *window)
{
  cairo_surface_t *picture = gui_take_picture (GTK_WINDOW (window), 1);
  guint n = 0;

  for (int x = 160; x < 260; x += 10)
    for (int y = 80; y < cairo_image_surface_get_height (picture) - 80; y += 10)
      n += gui_get_pixel (picture, x, y) != gui_get_pixel (picture, x, y - 10);
  cairo_surface_destroy (picture);
  return n;
}

/* Newer ones are inside of the window, and what is behind them is dimmed, not gone. */
static void
test_behind_dialog (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  guint n_before = count_changes (window);

  g_assert_cmpuint (n_before, >, 50);
  gui_act (window, "app.preferences", NULL);
  gui_wait_ms (500);
  g_assert_cmpuint (count_changes (window), >, n_before / 2);
  gui_close_all ();
}

/* The key works in windows that are none of the application's. */
static void
test_quit_in_dialog (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");

  if (gui_lacks_input ())
    return;
  gui_act (window, "win.properties", NULL);
  gui_wait_for ("the size of the file", knows_size, window);
  gui_type (GTK_WINDOW (gui_find_dialog (window)), "ctrl+q");
  gui_wait_for ("all windows to close", has_no_window, NULL);
}

static void
test_properties (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleDocument *document = gui_get_document (window);
  g_autofree char *width = g_strdup_printf ("%u ×", monocle_document_get_width (document));
  gpointer dialog;

  gui_act (window, "win.properties", NULL);
  gui_wait_for ("the size of the file", knows_size, window);
  dialog = gui_find_dialog (window);
  g_assert_true (gui_has_text (dialog, "3-street.png"));
  g_assert_true (gui_has_text (dialog, "samples"));
  g_assert_true (gui_has_text (dialog, width));
  gtk_window_close (dialog);
  gui_settle ();
}

static void
test_pasted_has_no_file (void)
{
  static const char *const actions[]
      = { "win.properties", "win.show-file", "win.open-with", "win.trash" };
  MonocleWindow *window = gui_open_sample ("3-street.png");
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 30);
  g_autoptr (GdkTexture) texture = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_assert_true (gui_can_act (window, actions[i]));
  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (window)), texture);
  gui_act (window, "win.paste", NULL);
  wait_shown (window, "Pasted picture");
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_assert_false (gui_can_act (window, actions[i]));
}

#define PAINTER "painter.desktop"

static gboolean
has_painter (gpointer data)
{
  g_autoptr (GPtrArray) applications = monocle_open_with_dialog_list ("image/png");

  for (guint i = 0; i < applications->len; i++)
    if (g_strcmp0 (g_app_info_get_id (applications->pdata[i]), PAINTER) == 0)
      return TRUE;
  return FALSE;
}

/* Monocle is none of the others. */
static void
test_open_with (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *cache = NULL;
  static const char *const names[] = { "org.monocle.Monocle.desktop", PAINTER };
  g_autoptr (GPtrArray) applications = NULL;

  g_mkdir_with_parents (folder, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autofree char *text
          = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Test %u\nExec=true %%f\n"
                             "MimeType=image/png;\n",
                             i);

      g_assert_true (g_file_set_contents (path, text, -1, NULL));
    }
  cache = g_build_filename (folder, "mimeinfo.cache", NULL);
  g_assert_true (g_file_set_contents (
      cache, "[MIME Cache]\nimage/png=org.monocle.Monocle.desktop;" PAINTER ";\n", -1, NULL));
  gui_wait_for ("the painter", has_painter, NULL);
  applications = monocle_open_with_dialog_list ("image/png");
  for (guint i = 0; i < applications->len; i++)
    g_assert_cmpstr (g_app_info_get_id (applications->pdata[i]), !=, names[0]);
}

/* --- The wheel --- */

static void
test_wheel (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *first = copy_sample (folder, "1.png");
  g_autofree char *second = copy_sample (folder, "2.png");
  MonocleWindow *window;
  MonocleImageView *view;
  double zoom;

  if (gui_lacks_input ())
    return;
  window = gui_open_path (first);
  view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  gui_wait_for ("its neighbour", can_next, window);
  zoom = monocle_image_view_get_zoom (view);
  gui_wheel (GTK_WIDGET (view), -1);
  gui_settle ();
  g_assert_cmpfloat (monocle_image_view_get_zoom (view), >, zoom);
  wait_shown (window, "1.png");

  g_settings_set_boolean (gui_get_settings (), "wheel-browses", TRUE);
  gui_wheel (GTK_WIDGET (view), 1);
  wait_shown (window, "2.png");
  gui_wheel (GTK_WIDGET (view), -1);
  wait_shown (window, "1.png");
  g_settings_reset (gui_get_settings (), "wheel-browses");
}

/* --- Asked on the command line --- */

static void
test_ask_option (void)
{
  static const struct
  {
    const char *option, *error;
  } rows[] = {
    { "detect", NULL },
    { "open-vocabulary-detection=red balloon", NULL },
    { "nonsense", "there is no task 'nonsense'" },
    { "", "there is no task ''" },
    { "open-vocabulary-detection", "needs a text" },
    { "open-vocabulary-detection= ", "needs a text" },
    { "detect=cat", "takes no text" },
    { "find", NULL },
    { "find=red balloon", NULL },
    { "read=cat", "takes no text" },
    { "region-to-category", "needs a region" },
  };
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleQuery) query = monocle_ask_option_parse (tasks, rows[i].option, &error);

      g_assert_true ((query != NULL) == (rows[i].error == NULL));
      if (rows[i].error)
        {
          g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
          g_assert_nonnull (strstr (error->message, rows[i].error));
        }
    }
}

static gboolean
is_answered (gpointer window)
{
  MonocleDocument *document = gui_get_document (window);
  GListModel *queries = document ? monocle_document_get_queries (document) : NULL;
  g_autoptr (MonocleQuery) query = queries ? g_list_model_get_item (queries, 0) : NULL;

  return query && !monocle_query_is_active (query);
}

static int
start (const char *const *arguments)
{
  GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, flags, &error);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  return g_subprocess_get_exit_status (process);
}

/* Also before the picture is there. */
static void
test_ask_before_open (void)
{
  MonocleWindow *window = gui_open_empty ();
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();
  GListModel *found;

  g_ptr_array_add (queries, monocle_ask_option_parse (tasks, "detect", NULL));
  g_assert_false (monocle_window_ask (window, queries));

  g_ptr_array_add (files, g_file_new_for_path (path));
  monocle_window_open_files (window, files);
  g_assert_true (monocle_window_ask (window, queries));
  gui_wait_for ("the answer", is_answered, window);
  found
      = G_LIST_MODEL (monocle_presentation_get_objects (monocle_window_get_presentation (window)));
  g_assert_cmpuint (g_list_model_get_n_items (found), >, 0);
}

static void
test_wrong_usage (void)
{
  static const char *const unknown[] = { MONOCLE_PROGRAM, "--ask", "nonsense", NULL };

  g_assert_cmpint (start (unknown), ==, 2);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/file/trash-in-folder", test_trash_in_folder);
  g_test_add_func ("/gui/file/trash-alone", test_trash_alone);
  g_test_add_func ("/gui/file/properties", test_properties);
  g_test_add_func ("/gui/file/behind-dialog", test_behind_dialog);
  g_test_add_func ("/gui/file/quit-in-dialog", test_quit_in_dialog);
  g_test_add_func ("/gui/file/pasted-has-no-file", test_pasted_has_no_file);
  g_test_add_func ("/gui/file/open-with", test_open_with);
  g_test_add_func ("/gui/file/wheel", test_wheel);
  g_test_add_func ("/gui/file/ask-option", test_ask_option);
  g_test_add_func ("/gui/file/ask-before-open", test_ask_before_open);
  g_test_add_func ("/gui/file/wrong-usage", test_wrong_usage);

  return gui_run ();
}
