/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages in the window: a model that reads them, their pieces in order on the picture and in the
 * list, and all of it as text that is copied and exported.
 */
#include "config.h"

#include <string.h>

#include "app/export/export.h"
#include "tests/gui/harness.h"
#include "ui/answer-words.h"
#include "ui/export-dialog.h"
#include "ui/object-row.h"

#define N_PIECES 7

/* (transfer none): of the model that reads pages */
static MonocleQuery *
ask (MonocleWindow *window, const char *task)
{
  const MonocleTask *found = monocle_model_recall_task (task, MONOCLE_GIVES_PAGE);
  MonocleQuery *query;

  g_assert_nonnull (found);
  query = monocle_query_new (found, NULL, NULL, 0, NULL);
  monocle_window_run_query (window, query);
  gui_wait_done (query);
  gui_settle ();
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  g_object_unref (query);
  return query;
}

static MonocleWindow *
open_page (void)
{
  g_autofree char *path = gui_fixture ("docling/page.png");

  return gui_open_path (path);
}

static gpointer
find_mapped (gpointer root, GType type)
{
  g_autoptr (GPtrArray) all = gui_find_all (root, type);

  for (guint i = 0; i < all->len; i++)
    if (gtk_widget_get_mapped (all->pdata[i]))
      return all->pdata[i];
  return NULL;
}

static GtkToggleButton *
find_toggle (MonocleWindow *window)
{
  g_autoptr (GPtrArray) all = gui_find_all (window, GTK_TYPE_TOGGLE_BUTTON);

  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (all->pdata[i]), "Show the Page as Text") == 0)
      return all->pdata[i];
  g_assert_not_reached ();
}

/* --- */

static void
test_pieces (void)
{
  MonocleWindow *window = open_page ();
  MonocleQuery *query = ask (window, "read-page");
  GListModel *pieces = monocle_query_get_annotations (query);
  GtkToggleButton *toggle = find_toggle (window);

  g_assert_cmpuint (g_list_model_get_n_items (pieces), ==, N_PIECES);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_autoptr (MonocleAnnotation) piece = g_list_model_get_item (pieces, i);

      g_assert_cmpuint (monocle_annotation_get_number (piece), ==, i + 1);
      g_assert_nonnull (monocle_annotation_get_object (piece)->text);
    }
  /* The list says what is written in each. */
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (toggle)));
  g_assert_false (gtk_toggle_button_get_active (toggle));
  g_assert_nonnull (find_mapped (window, MONOCLE_TYPE_OBJECT_ROW));
  g_assert_null (find_mapped (window, MONOCLE_TYPE_ANSWER_WORDS));
  g_assert_true (gui_has_text (window, "section header") || gui_has_text (window, "title"));
  g_assert_true (gui_has_text (window, "# A cat"));
  gui_keep_picture (window, "page-pieces");

  gtk_toggle_button_set_active (toggle, TRUE);
  gui_settle ();
  g_assert_null (find_mapped (window, MONOCLE_TYPE_OBJECT_ROW));
  g_assert_nonnull (find_mapped (window, MONOCLE_TYPE_ANSWER_WORDS));
  g_assert_true (gui_has_text (window, monocle_query_get_text (query)));
  gui_keep_picture (window, "page-text");
  gtk_toggle_button_set_active (toggle, FALSE);
  gui_settle ();
  g_assert_nonnull (find_mapped (window, MONOCLE_TYPE_OBJECT_ROW));
}

/* --- What is taken out --- */

typedef struct
{
  char *text;
  gboolean done;
} Clip;

static gboolean
is_done (gpointer done)
{
  return *(gboolean *) done;
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  Clip *clip = data;

  clip->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  clip->done = TRUE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;

  monocle_export_write_finish (result, NULL, &error);
  g_assert_no_error (error);
  *(gboolean *) done = TRUE;
}

static char *
export_as (MonocleWindow *window, MonocleQuery *query, const char *id)
{
  const MonocleExportFormat *format = monocle_export_find_format (id);
  g_autofree char *path = gui_temporary (NULL);
  g_autofree char *file = g_strconcat (path, "/page.", format->extension, NULL);
  g_autoptr (GFile) output = g_file_new_for_path (file);
  const MonocleExport export = { .document = gui_get_document (window), .query = query };
  gboolean done = FALSE;
  char *text;

  monocle_export_write_async (&export, format, output, NULL, NULL, NULL, on_written, &done);
  gui_wait_for ("the file", is_done, &done);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  return text;
}

static void
test_taken_out (void)
{
  MonocleWindow *window = open_page ();
  MonocleQuery *query = ask (window, "read-page");
  Clip clip = { 0 };
  g_autofree char *copied = NULL, *markdown = NULL, *json = NULL, *wanted = NULL;

  gui_act (window, "win.copy-text", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window)), NULL, on_text,
                                 &clip);
  gui_wait_for ("the text", is_done, &clip.done);
  copied = clip.text;
  g_assert_cmpstr (copied, ==, monocle_query_get_text (query));
  g_assert_true (g_str_has_prefix (copied, "# A cat\n\n"));

  markdown = export_as (window, query, "markdown");
  wanted = g_strconcat (copied, "\n", NULL);
  g_assert_cmpstr (markdown, ==, wanted);
  json = export_as (window, query, "json");
  g_assert_nonnull (strstr (json, "\"markdown\": \"# A cat"));
  g_assert_nonnull (strstr (json, "{\"order\": 7, \"label\": \"formula\""));
}

/* All of it is there again after another start. */
static void
test_kept (void)
{
  MonocleWindow *window = open_page ();
  g_autofree char *path = gui_fixture ("docling/page.png");
  g_autofree char *text = g_strdup (monocle_query_get_text (ask (window, "read-page")));
  MonocleQuery *query;
  g_autoptr (MonocleAnnotation) second = NULL;

  gui_close_all ();
  window = gui_open_again (path);
  query = monocle_presentation_get_query (monocle_window_get_presentation (window));
  g_assert_nonnull (query);
  g_assert_cmpstr (monocle_query_get_text (query), ==, text);
  second = g_list_model_get_item (monocle_query_get_annotations (query), 1);
  g_assert_cmpstr (monocle_annotation_get_object (second)->text, ==, "# A cat");
  gui_forget_work ();
}

int
main (int argc, char **argv)
{
  g_autofree char *model = NULL;

  gui_init (&argc, &argv);
  model = gui_fixture ("docling");
  g_settings_set_string (gui_get_settings (), "model", model);

  g_test_add_func ("/gui/pages/pieces", test_pieces);
  g_test_add_func ("/gui/pages/taken-out", test_taken_out);
  g_test_add_func ("/gui/pages/kept", test_kept);

  return gui_run ();
}
