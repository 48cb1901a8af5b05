/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Taking out: what the clipboard holds after copying, what files hold after exporting what is
 * shown.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/export/export.h"
#include "tests/gui/harness.h"
#include "ui/export-dialog.h"
#include "ui/export-settings.h"
#include "ui/folder-export.h"

typedef struct
{
  GdkTexture *texture;
  char *text;
  gboolean done;
} Clip;

static gboolean
is_done (gpointer clip)
{
  return ((Clip *) clip)->done;
}

static void
on_texture (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  Clip *clip = data;

  clip->texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  clip->done = TRUE;
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  Clip *clip = data;

  clip->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  clip->done = TRUE;
}

static gboolean
holds_texture (gpointer clipboard)
{
  return gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard),
                                            GDK_TYPE_TEXTURE);
}

static void
test_copy_picture (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  g_autofree char *path = gui_sample ("1-park.png");
  g_autoptr (GdkPixbuf) bare = gdk_pixbuf_new_from_file (path, NULL);
  g_autoptr (GdkTexture) bare_texture = gdk_texture_new_for_pixbuf (bare);
  gsize stride = 4 * (gsize) gdk_pixbuf_get_width (bare);
  gsize size = stride * (gsize) gdk_pixbuf_get_height (bare), n_changed = 0;
  g_autofree guchar *before = g_malloc (size), *after = g_malloc (size);
  Clip clip = { 0 };

  gui_ask (window, "detect", NULL);
  gui_act (window, "win.copy", NULL);
  gui_wait_for ("the picture in the clipboard", holds_texture, clipboard);
  gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, &clip);
  gui_wait_for ("the picture", is_done, &clip);

  g_assert_nonnull (clip.texture);
  g_assert_cmpint (gdk_texture_get_width (clip.texture), ==, gdk_pixbuf_get_width (bare));
  g_assert_cmpint (gdk_texture_get_height (clip.texture), ==, gdk_pixbuf_get_height (bare));
  gdk_texture_download (bare_texture, before, stride);
  gdk_texture_download (clip.texture, after, stride);
  for (gsize i = 0; i < size; i++)
    n_changed += before[i] != after[i];
  /* Something lies on it, and most of it is as it was. */
  g_assert_cmpuint (n_changed, >, 2000);
  g_assert_cmpuint (n_changed, <, size * 3 / 4);
  g_object_unref (clip.texture);
}

static char *
copy_text (MonocleWindow *window, const char *action)
{
  Clip clip = { 0 };

  gui_act (window, action, NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window)), NULL, on_text,
                                 &clip);
  gui_wait_for ("the text", is_done, &clip);
  g_assert_nonnull (clip.text);
  return clip.text;
}

static void
test_copy_text (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleQuery *query = gui_ask (window, "detect", NULL);
  g_autoptr (MonocleAnnotation) first
      = g_list_model_get_item (monocle_query_get_annotations (query), 0);
  g_autofree char *json = NULL, *text = NULL, *coordinates = NULL, *caption = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root;

  text = copy_text (window, "win.copy-text");
  g_assert_nonnull (strstr (text, monocle_annotation_get_label (first)));
  coordinates = copy_text (window, "win.copy-coordinates");
  g_assert_nonnull (strchr (coordinates, ','));

  json = copy_text (window, "win.copy-json");
  g_assert_true (json_parser_load_from_data (parser, json, -1, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (root, "task"), ==, "detect");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "objects")), ==,
                    g_list_model_get_n_items (monocle_query_get_annotations (query)));

  query = gui_ask (window, "caption", NULL);
  caption = copy_text (window, "win.copy-text");
  g_assert_cmpstr (g_strstrip (caption), ==, monocle_query_get_text (query));
}

/* --- Files, of what the window shows --- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;

  monocle_export_write_finish (result, NULL, &error);
  g_assert_no_error (error);
  *(gboolean *) done = TRUE;
}

static gboolean
is_true (gpointer flag)
{
  return *(gboolean *) flag;
}

static void
test_files (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonoclePresentation *presentation = monocle_window_get_presentation (window);
  g_autofree char *folder = gui_temporary (NULL);
  guint n_formats;
  const MonocleExportFormat *const *formats = monocle_export_list_formats (&n_formats);

  gui_ask (window, "detect", NULL);
  g_assert_cmpuint (n_formats, >=, 8);
  for (guint i = 0; i < n_formats; i++)
    {
      MonocleExport export;
      g_autofree char *name = NULL, *path = NULL;
      g_autoptr (GFile) target = NULL;
      gboolean done = FALSE;

      monocle_presentation_fill_export (presentation, &export);
      name = monocle_export_propose_name (&export, formats[i]);
      path = g_build_filename (folder, name, NULL);
      target = g_file_new_for_path (path);
      monocle_export_write_async (&export, formats[i], target, NULL, NULL, NULL, on_written, &done);
      gui_wait_for (formats[i]->id, is_true, &done);
      g_ptr_array_unref (export.annotations);

      g_assert_true (
          g_file_test (path, formats[i]->is_folder ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR));
    }
}

static gboolean
has_dialog (gpointer window)
{
  return MONOCLE_IS_EXPORT_DIALOG (gui_find_dialog (window));
}

static void
test_dialog (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  GtkWidget *dialog;

  gui_ask (window, "detect", NULL);
  gui_act (window, "win.export", NULL);
  gui_wait_for ("the dialog", has_dialog, window);
  dialog = gui_find_dialog (window);
  g_assert_true (gui_has_text (dialog, "Export"));
  gtk_window_close (GTK_WINDOW (dialog));
  gui_settle ();
}

/* A name that does not say the form gets an ending; a file of that name stays. */
static void
test_names (void)
{
  static const struct
  {
    const char *chosen, *form, *written, *form_after;
  } rows[] = {
    { "a.png", "png", "a.png", "png" },       { "a.jpeg", "png", "a.jpeg", "jpeg" },
    { "a.JPG", "png", "a.JPG", "jpeg" },      { "plain", "png", "plain.png", "png" },
    { "taken", "png", "taken-2.png", "png" }, { "v1.2", "jpeg", "v1.2.jpg", "jpeg" },
    { "a.json", "png", "a.json.png", "png" }, { "words", "text", "words.txt", "text" },
  };
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *taken = g_build_filename (folder, "taken.png", NULL);

  g_assert_true (g_file_set_contents (taken, "mine", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleExportFormat *format = monocle_export_find_format (rows[i].form);
      g_autofree char *path = g_build_filename (folder, rows[i].chosen, NULL);
      g_autoptr (GFile) chosen = g_file_new_for_path (path);
      g_autoptr (GFile) file = monocle_export_settings_complete (chosen, &format);
      g_autofree char *name = g_file_get_basename (file);

      g_assert_cmpstr (name, ==, rows[i].written);
      g_assert_cmpstr (format->id, ==, rows[i].form_after);
    }
}

static gboolean
has_preview (gpointer dialog)
{
  GtkWidget *text = gui_find (dialog, GTK_TYPE_TEXT_VIEW);

  return text
         && gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text))) > 0;
}

/* No sign is put into data where its lines break. */
static void
test_preview_is_not_hyphenated (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autoptr (GSettings) settings = g_settings_new (MONOCLE_APPLICATION_ID);
  GtkWidget *dialog;
  GtkTextView *text;
  GtkTextIter start;
  GSList *tags;
  gboolean hyphens = TRUE;

  gui_ask (window, "detect", NULL);
  g_settings_set_string (settings, "export-format", "json");
  dialog = monocle_export_dialog_new (GTK_WINDOW (window), monocle_window_get_presentation (window),
                                      NULL);
  gtk_window_present (GTK_WINDOW (dialog));
  gui_wait_for ("the preview", has_preview, dialog);
  text = gui_find (dialog, GTK_TYPE_TEXT_VIEW);
  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (text), &start);
  tags = gtk_text_iter_get_tags (&start);
  g_assert_nonnull (tags);
  g_object_get (tags->data, "insert-hyphens", &hyphens, NULL);
  g_assert_false (hyphens);
  g_slist_free (tags);
  g_settings_reset (settings, "export-format");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gui_settle ();
}

/* What a format cannot say is there before anything is written. */
static void
test_losses (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autoptr (GSettings) settings = g_settings_new (MONOCLE_APPLICATION_ID);
  GtkWidget *dialog;

  gui_ask (window, "detect", NULL);
  g_settings_set_string (settings, "export-format", "voc");
  dialog = monocle_export_dialog_new (GTK_WINDOW (window), monocle_window_get_presentation (window),
                                      NULL);
  gtk_window_present (GTK_WINDOW (dialog));
  gui_wait_for_text (dialog, "In this format:");
  g_assert_true (gui_has_text (dialog, "scores are left out"));
  gui_keep_picture (dialog, "export-losses");
  g_settings_reset (settings, "export-format");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gui_settle ();
}

static gboolean
has_folder_dialog (gpointer window)
{
  return MONOCLE_IS_FOLDER_EXPORT (gui_find_dialog (window));
}

static gboolean
has_no_dialog (gpointer window)
{
  return gui_find_dialog (window) == NULL;
}

/* All that is kept of a folder, as COCO has it. */
static void
test_folder (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autofree char *path = gui_temporary (NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GDir) dir = NULL;
  g_autofree char *file = NULL, *text = NULL;
  GtkWidget *dialog;

  gui_ask (window, "detect", NULL);
  g_assert_true (gui_can_act (window, "win.export-folder"));
  gui_act (window, "win.export-folder", NULL);
  gui_wait_for ("the dialog", has_folder_dialog, window);
  dialog = gui_find_dialog (window);
  gui_wait_for_text (dialog, "In this format:");
  g_assert_true (gui_has_text (dialog, "scores are left out"));
  gui_keep_picture (dialog, "export-folder");
  monocle_folder_export_write_to (MONOCLE_FOLDER_EXPORT (dialog), folder);
  gui_wait_for ("the end", has_no_dialog, window);
  dir = g_dir_open (path, 0, NULL);
  file = g_build_filename (path, g_dir_read_name (dir), "instances.json", NULL);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "1-park.png"));
  g_assert_nonnull (strstr (text, "\"bbox\""));
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/export/copy-picture", test_copy_picture);
  g_test_add_func ("/gui/export/copy-text", test_copy_text);
  g_test_add_func ("/gui/export/files", test_files);
  g_test_add_func ("/gui/export/dialog", test_dialog);
  g_test_add_func ("/gui/export/names", test_names);
  g_test_add_func ("/gui/export/losses", test_losses);
  g_test_add_func ("/gui/export/folder", test_folder);
  g_test_add_func ("/gui/export/preview-is-not-hyphenated", test_preview_is_not_hyphenated);

  return gui_run ();
}
