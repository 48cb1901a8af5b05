/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models page against a server on this machine: what it lists, a download that is paused, gone
 * on with and given up, what fails, imports with their report, checks, removals; and what the
 * window says of models. `--pictures DIRECTORY` keeps pictures of all its states.
 */
#include "config.h"

#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/models/store.h"
#include "engine/models/florence2/tasks.h"
#include "tests/download/setup.h"
#include "tests/gui/harness.h"
#include "tests/unit/answer-fixture.h"
#include "ui/dialogs.h"
#include "ui/model-row.h"
#include "ui/models-page.h"

static Setup *hub;
static const char *pictures;
static guint n_notifications;

/* --- A page and what is on it --- */

static GSettings *
get_settings (void)
{
  return monocle_application_get_settings (MONOCLE_APPLICATION (gui_get_application ()));
}

static MonocleModelJobs *
get_jobs (void)
{
  return monocle_application_get_model_jobs (MONOCLE_APPLICATION (gui_get_application ()));
}

static GtkWidget *
find_dialog_of (MonocleWindow *window, GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);
      GtkWidget *found = gtk_widget_get_mapped (toplevel) ? gui_find (toplevel, type) : NULL;

      if (found)
        return found;
    }
  return NULL;
}

static GType
get_alert_type (void)
{
#if MONOCLE_HAS_ADW_DIALOG
  return ADW_TYPE_ALERT_DIALOG;
#else
  return ADW_TYPE_MESSAGE_DIALOG;
#endif
}

static gboolean
has_page (gpointer window)
{
  return find_dialog_of (window, MONOCLE_TYPE_MODELS_PAGE) != NULL;
}

static gboolean
has_alert (gpointer window)
{
  return find_dialog_of (window, get_alert_type ()) != NULL;
}

static gboolean
has_no_alert (gpointer window)
{
  return !has_alert (window);
}

static GtkWidget *
open_page (MonocleWindow *window)
{
  gui_act (window, "app.models", NULL);
  gui_wait_for ("the models page", has_page, window);
  gui_settle ();
  return find_dialog_of (window, MONOCLE_TYPE_MODELS_PAGE);
}

static void
keep_picture (GtkWidget *widget, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = pictures ? g_build_filename (pictures, file, NULL) : NULL;

  if (!path)
    return;
  gui_settle ();
  gui_wait_ms (250);
  gui_write_picture (GTK_WINDOW (gtk_widget_get_root (widget)), 1, path);
}

static MonocleModelRow *
find_row (GtkWidget *page, const char *id)
{
  g_autoptr (GPtrArray) rows = gui_find_all (page, MONOCLE_TYPE_MODEL_ROW);

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (monocle_model_row_get_id (rows->pdata[i]), id))
      return rows->pdata[i];
  return NULL;
}

/* Of what can be seen. */
static GtkWidget *
find_button (gpointer root, const char *label)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (root, GTK_TYPE_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    if (gtk_widget_get_mapped (buttons->pdata[i])
        && (g_strcmp0 (gtk_button_get_label (buttons->pdata[i]), label) == 0
            || g_strcmp0 (gtk_widget_get_tooltip_text (buttons->pdata[i]), label) == 0))
      return buttons->pdata[i];
  return NULL;
}

static void
press (gpointer root, const char *label)
{
  GtkWidget *button = root ? find_button (root, label) : NULL;

  if (!button)
    g_error ("there is no button %s", label);
  g_signal_emit_by_name (button, "clicked");
  gui_settle ();
}

static void
answer (MonocleWindow *window, const char *label)
{
  gui_wait_for ("a question", has_alert, window);
  gui_settle ();
  press (find_dialog_of (window, get_alert_type ()), label);
  gui_wait_for ("the question to go", has_no_alert, window);
}

typedef struct
{
  GtkWidget *page;
  const char *id;
  const char *text;
} Expected;

static gboolean
row_says (gpointer data)
{
  Expected *expected = data;
  MonocleModelRow *row = find_row (expected->page, expected->id);

  return row && gui_has_text (row, expected->text);
}

static void
wait_row (GtkWidget *page, const char *id, const char *text)
{
  Expected expected = { page, id, text };

  gui_wait_for (text, row_says, &expected);
  gui_settle ();
}

static gboolean
row_can (gpointer data)
{
  Expected *expected = data;
  MonocleModelRow *row = find_row (expected->page, expected->id);

  return row && find_button (row, expected->text);
}

static void
wait_button (GtkWidget *page, const char *id, const char *label)
{
  Expected expected = { page, id, label };

  gui_wait_for (label, row_can, &expected);
  gui_settle ();
}

static gboolean
says (gpointer data)
{
  Expected *expected = data;

  return gui_has_text (expected->page, expected->text);
}

static void
wait_text (GtkWidget *page, const char *text)
{
  Expected expected = { page, NULL, text };

  gui_wait_for (text, says, &expected);
}

static Fault
plan_one (Server *server, const char *path, gpointer data)
{
  Fault *fault = data, now = *fault;

  /* What cuts once does not cut again. */
  if (now == FAULT_CUT)
    *fault = FAULT_NONE;
  return now;
}

static void
start_afresh (void)
{
  gui_close_all ();
  setup_empty_store ();
  g_settings_reset (get_settings (), "model");
  g_settings_reset (get_settings (), "mirror");
  g_settings_reset (get_settings (), "token-host");
  server_set_plan (hub->server, NULL, NULL, 1);
  server_set_speed (hub->server, 0);
  server_take_n_requests (hub->server);
  server_take_n_ranges (hub->server);
}

/* Another program has the keyboard. */
static void
look_away (MonocleWindow *window)
{
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (window));

  XSetInputFocus (gdk_x11_display_get_xdisplay (display), None, RevertToNone, CurrentTime);
  XFlush (gdk_x11_display_get_xdisplay (display));
  gui_wait_ms (100);
}

/* --- Tests --- */

static void
test_list (void)
{
  MonocleWindow *window;
  GtkWidget *page;

  start_afresh ();
  window = gui_open_empty ();
  g_assert_nonnull (find_button (window, "_Get a Model for Photographs…"));
  page = open_page (window);
  g_assert_true (gui_has_text (find_row (page, ""), "Default model"));
  g_assert_nonnull (gui_find (find_row (page, ""), GTK_TYPE_MENU_BUTTON));
  g_assert_true (gui_has_text (find_row (page, "tiny"), "English"));
  g_assert_true (gui_has_text (find_row (page, "tiny"), "MIT"));
  g_assert_true (gui_has_text (page, "Downloads come from 127.0.0.1."));
  g_assert_nonnull (find_button (find_row (page, "tiny"), "Get"));
  /* Looking asks nobody. */
  g_assert_cmpuint (server_take_n_requests (hub->server), ==, 0);
  keep_picture (page, "models-list");

  /* Another address is named at once; one that is none is not taken. */
  g_settings_set_string (get_settings (), "mirror", "https://mirror.example");
  gui_settle ();
  g_assert_true (gui_has_text (page, "Downloads come from mirror.example."));
  gui_close_dialog (page);
}

static void
test_pause (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autofree char *directory = NULL;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  server_set_speed (hub->server, 40000);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "/s");
  keep_picture (page, "models-fetching");
  press (find_row (page, "tiny"), "Pause");
  wait_row (page, "tiny", "Incomplete");
  keep_picture (page, "models-paused");
  g_assert_null (monocle_model_store_find ("tiny", NULL));

  /* Another page still knows, and goes on where it was. */
  gui_close_dialog (page);
  page = open_page (window);
  wait_row (page, "tiny", "Incomplete");
  server_take_n_ranges (hub->server);
  server_set_speed (hub->server, 0);
  look_away (window);
  n_notifications = 0;
  press (find_row (page, "tiny"), "Resume");
  wait_button (page, "tiny", "Use");
  g_assert_cmpuint (server_take_n_ranges (hub->server), >, 0);
  g_assert_true (gui_has_text (page, "Tiny is ready."));
  directory = monocle_model_store_find ("tiny", NULL);
  setup_assert_whole (hub, directory, FALSE);
  gui_wait_ms (200);
  g_assert_cmpuint (n_notifications, ==, 1);
  keep_picture (page, "models-done");

  press (find_row (page, "tiny"), "Use");
  {
    g_autofree char *model = g_settings_get_string (get_settings (), "model");

    g_assert_cmpstr (model, ==, directory);
  }
  g_assert_null (find_button (find_row (page, "tiny"), "Use"));
  gui_close_dialog (page);
}

static void
test_give_up (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autoptr (GPtrArray) parts = NULL;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  server_set_speed (hub->server, 40000);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "/s");
  press (find_row (page, "tiny"), "Give Up");
  gui_wait_for ("a question", has_alert, window);
  keep_picture (find_dialog_of (window, get_alert_type ()), "models-give-up");
  answer (window, "_Give Up");
  wait_button (page, "tiny", "Get");
  parts = monocle_model_store_list_parts ();
  g_assert_cmpuint (parts->len, ==, 0);
  gui_close_dialog (page);
}

/* Closing Monocle pauses; it goes on with the page closed. */
static void
test_closed (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autoptr (GPtrArray) parts = NULL;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  server_set_speed (hub->server, 40000);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "/s");
  gui_close_dialog (page);
  g_assert_true (monocle_model_jobs_find (get_jobs (), "tiny")->is_running);
  monocle_model_jobs_stop_all (get_jobs ());
  g_assert_null (monocle_model_jobs_find (get_jobs (), "tiny"));
  parts = monocle_model_store_list_parts ();
  g_assert_cmpuint (parts->len, ==, 1);
  g_assert_false (((MonocleStoredPart *) parts->pdata[0])->is_busy);

  /* And the window tells where no page does. */
  server_set_speed (hub->server, 0);
  g_assert_true (monocle_model_jobs_download (get_jobs (), "tiny", NULL));
  while (monocle_model_jobs_find (get_jobs (), "tiny"))
    gui_wait_ms (20);
  gui_settle ();
  g_assert_true (gui_has_text (window, "Tiny is ready."));
  press (window, "_Use");
  {
    g_autofree char *model = g_settings_get_string (get_settings (), "model");

    g_assert_true (g_str_has_suffix (model, "/tiny"));
  }
}

static void
test_errors (void)
{
  static const struct
  {
    Fault fault;
    const char *text;
    const char *code;
  } cases[] = {
    { FAULT_404, "The Model Could Not Be Downloaded", "404" },
    { FAULT_401, "The Server Refuses This Model", "401" },
  };
  Fault fault = FAULT_NONE;
  MonocleWindow *window;
  GtkWidget *page;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  server_set_plan (hub->server, plan_one, &fault, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault = cases[i].fault;
      press (find_row (page, "tiny"), i == 0 ? "Get" : "Try Again");
      wait_row (page, "tiny", cases[i].text);
      if (i == 0)
        keep_picture (page, "models-error");
      /* The server's own words are under the details. */
      g_assert_false (gui_has_text (page, cases[i].code));
      press (find_row (page, "tiny"), "_Details");
      gui_wait_for ("the details", has_alert, window);
      g_assert_true (gui_has_text (find_dialog_of (window, get_alert_type ()), cases[i].text));
      answer (window, "_Close");
    }
  /* A connection that breaks is nobody's business. */
  fault = FAULT_CUT;
  press (find_row (page, "tiny"), "Try Again");
  wait_button (page, "tiny", "Use");
  g_assert_cmpint (fault, ==, FAULT_NONE);
  gui_close_dialog (page);
  server_set_plan (hub->server, NULL, NULL, 1);
}

static void
test_token (void)
{
  MonocleWindow *window;
  GtkWidget *page, *entry;

  start_afresh ();
  server_set_token (hub->server, "secret");
  window = gui_open_empty ();
  page = open_page (window);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "The Server Refuses This Model");

  /* There is no keyring here, which is said; the token is good for as long as this runs. */
  entry = gui_find (page, ADW_TYPE_PASSWORD_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (entry), "secret");
  g_signal_emit_by_name (entry, "apply");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  wait_text (page, "There is no keyring here");
  press (find_row (page, "tiny"), "Try Again");
  wait_button (page, "tiny", "Use");
  g_assert_cmpuint (server_get_n_leaks (hub->server), ==, 0);
  server_set_token (hub->server, NULL);
  monocle_model_jobs_set_token (get_jobs (), "", NULL);
  gui_close_dialog (page);
}

static void
test_verify_remove (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autofree char *directory = NULL, *weights = NULL, *contents = NULL;
  gsize size;

  start_afresh ();
  directory = setup_run (hub, "tiny", NULL);
  weights = g_build_filename (directory, "model.safetensors", NULL);
  window = gui_open_empty ();
  page = open_page (window);
  gtk_widget_activate_action (page, "models.verify", "s", "tiny");
  wait_text (page, "Tiny is whole");

  g_file_get_contents (weights, &contents, &size, NULL);
  contents[size - 5] ^= 1;
  g_assert_true (g_file_set_contents (weights, contents, (gssize) size, NULL));
  gtk_widget_activate_action (page, "models.verify", "s", "tiny");
  wait_row (page, "tiny", "This Is No Whole Model");
  keep_picture (page, "models-damaged");

  g_settings_set_string (get_settings (), "model", directory);
  gtk_widget_activate_action (page, "models.remove", "s", "tiny");
  gui_wait_for ("a question", has_alert, window);
  g_assert_true (
      gui_has_text (find_dialog_of (window, get_alert_type ()), "become free on the disk"));
  keep_picture (find_dialog_of (window, get_alert_type ()), "models-remove");
  answer (window, "_Remove");
  wait_button (page, "tiny", "Get");
  wait_text (page, "are free again");
  g_assert_false (g_file_test (directory, G_FILE_TEST_EXISTS));
  {
    g_autofree char *model = g_settings_get_string (get_settings (), "model");

    g_assert_cmpstr (model, ==, "");
  }
  gui_close_dialog (page);
}

static void
test_import (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autofree char *whole = g_strdup (hub->model);
  g_autofree char *half = gui_temporary ("half"),
                  *config = g_build_filename (half, "config.json", NULL);
  g_autofree char *notes = g_build_filename (whole, "notes.txt", NULL);

  start_afresh ();
  g_assert_cmpint (g_mkdir (half, 0700), ==, 0);
  g_assert_true (g_file_set_contents (config, "{}", -1, NULL));
  g_assert_true (g_file_set_contents (notes, "mine", -1, NULL));
  window = gui_open_empty ();
  page = open_page (window);

  gtk_widget_activate_action (page, "models.import", "s", half);
  gui_wait_for ("a report", has_alert, window);
  g_assert_true (gui_has_text (find_dialog_of (window, get_alert_type ()), "Missing: weights"));
  keep_picture (find_dialog_of (window, get_alert_type ()), "models-import-missing");
  answer (window, "_Close");

  /* By one of its files; what no model reads is named. */
  gtk_widget_activate_action (page, "models.import", "s", notes);
  gui_wait_for ("a report", has_alert, window);
  g_assert_true (gui_has_text (find_dialog_of (window, get_alert_type ()), "notes.txt"));
  keep_picture (find_dialog_of (window, get_alert_type ()), "models-import");
  answer (window, "C_opy");
  wait_button (page, hub->name, "Use");
  {
    g_autofree char *copy = monocle_model_store_find (hub->name, NULL);
    g_autofree char *there = g_build_filename (copy, "config.json", NULL);
    g_autofree char *left = g_build_filename (copy, "notes.txt", NULL);

    g_assert_true (g_file_test (there, G_FILE_TEST_IS_REGULAR));
    g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  }

  /* Once more, kept in place; forgetting it leaves it there. */
  gtk_widget_activate_action (page, "models.import", "s", whole);
  answer (window, "_Keep in Place");
  {
    g_autofree char *id = g_strconcat (hub->name, "-2", NULL);
    Expected expected = { page, id, "Use" };

    gui_wait_for ("the reference", row_can, &expected);
    gtk_widget_activate_action (page, "models.remove", "s", id);
    gui_wait_for ("a question", has_alert, window);
    g_assert_true (
        gui_has_text (find_dialog_of (window, get_alert_type ()), "It stays where it is"));
    answer (window, "_Forget");
    while (find_row (page, id))
      gui_wait_ms (20);
    g_assert_true (g_file_test (hub->model, G_FILE_TEST_IS_DIR));
  }
  g_unlink (notes);
  gui_close_dialog (page);
}

static void
test_repository (void)
{
  MonocleWindow *window;
  GtkWidget *page, *entry;
  g_autofree char *id = g_strconcat ("tiny--", hub->name, NULL);
  g_autofree char *repository = g_strconcat ("tiny/", hub->name, "@abc", NULL);

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  entry = gui_find (page, ADW_TYPE_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (entry), "no repository");
  g_signal_emit_by_name (entry, "apply");
  gui_settle ();
  g_assert_true (gui_has_text (page, "is no repository"));
  g_assert_cmpuint (server_take_n_requests (hub->server), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), repository);
  g_signal_emit_by_name (entry, "apply");
  wait_button (page, id, "Use");
  gui_close_dialog (page);
}

/* Of what is in the window: its frame is the desktop's. */
static int
measure_width (GtkWidget *page)
{
  int least;

  gtk_widget_measure (gui_find (page, ADW_TYPE_PREFERENCES_PAGE), GTK_ORIENTATION_HORIZONTAL, -1,
                      &least, NULL, NULL, NULL);
  return least;
}

static void
test_narrow (void)
{
  MonocleWindow *window;
  GtkWidget *page;

  start_afresh ();
  window = gui_open_empty ();
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  gui_settle ();
  page = open_page (window);
  g_assert_cmpint (measure_width (page), <=, 360);
  if (GTK_IS_WINDOW (page))
    gtk_window_set_default_size (GTK_WINDOW (page), 360, 640);
  keep_picture (page, "models-narrow");
  server_set_speed (hub->server, 40000);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "/s");
  g_assert_cmpint (measure_width (page), <=, 360);
  keep_picture (page, "models-narrow-fetching");
  monocle_model_jobs_stop_all (get_jobs ());
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  keep_picture (page, "models-narrow-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gui_close_dialog (page);
}

/* A JPEG with, or without, the name of a camera in it. */
static char *
make_jpeg (const char *name, gboolean has_camera)
{
  static const guint8 exif[] = { 0xff, 0xe1, 0, 38, 'E', 'x', 'i', 'f', 0,   0, 'M', 'M', 0,
                                 '*',  0,    0, 0,  8,   0,   1,   1,   0xf, 0, 2,   0,   0,
                                 0,    6,    0, 0,  0,   26,  0,   0,   0,   0 /* the name: */ };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *data = NULL;
  char *path = gui_temporary (name);
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0x8090a0ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "jpeg", NULL, NULL));
  g_byte_array_append (bytes, (const guint8 *) data, 2);
  if (has_camera)
    {
      g_byte_array_append (bytes, exif, sizeof exif);
      g_byte_array_append (bytes, (const guint8 *) "Maker", 6);
      bytes->data[5] = sizeof exif + 6 - 2;
    }
  g_byte_array_append (bytes, (const guint8 *) data + 2, (guint) size - 2);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static gboolean
says_photograph (gpointer window)
{
  return gui_has_text (window, "This Is a Photograph");
}

static void
test_photograph (void)
{
  g_autofree char *plain = make_jpeg ("plain.jpg", FALSE), *photo = make_jpeg ("photo.jpg", TRUE);
  MonocleWindow *window;
  g_autoptr (GPtrArray) bars = NULL;

  start_afresh ();
  window = gui_open_path (plain);
  gui_wait_ms (300);
  g_assert_false (g_settings_get_boolean (get_settings (), "offered-models"));
  window = gui_open_path (photo);
  gui_wait_for ("the offer", says_photograph, window);
  keep_picture (GTK_WIDGET (window), "models-photograph");
  press (window, "_Get One…");
  gui_wait_for ("the models page", has_page, window);
  gui_close_dialog (find_dialog_of (window, MONOCLE_TYPE_MODELS_PAGE));

  /* Said once in a life. */
  window = gui_open_path (photo);
  gui_wait_ms (300);
  bars = gui_find_all (window, GTK_TYPE_INFO_BAR);
  g_assert_false (gtk_info_bar_get_revealed (bars->pdata[0]));
}

/* What the default model cannot do leads to others, while it is the one. */
static void
test_offers (void)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  MonocleWindow *window;

  start_afresh ();
  window = gui_open_sample ("1-park.png");
  g_assert_true (gui_can_act (window, "win.get-photo-model"));
  g_settings_set_string (get_settings (), "model", "no-such-model");
  g_assert_false (gui_can_act (window, "win.get-photo-model"));
  gui_ask (window, "detect", NULL);
  g_assert_nonnull (find_button (window, "_Get Another Model…"));
  keep_picture (GTK_WIDGET (window), "models-failure");
  g_settings_reset (get_settings (), "model");
  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (NULL, 0));
  monocle_document_add_query (
      monocle_presentation_get_document (monocle_window_get_presentation (window)), query);
  gui_settle ();
  g_assert_nonnull (find_button (window, "_Get a Model for Photographs…"));
  keep_picture (GTK_WIDGET (window), "models-not-found");
}

/* --- Somebody who shows notifications --- */

static void
on_method (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *parameters,
           GDBusMethodInvocation *invocation,
           gpointer data)
{
  n_notifications++;
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", n_notifications));
}

static void
serve_notifications (void)
{
  static const char xml[]
      = "<node><interface name='org.freedesktop.Notifications'><method name='Notify'>"
        "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
        "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
        "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
        "<arg type='u' direction='out'/></method></interface></node>";
  static const GDBusInterfaceVTable vtable = { .method_call = on_method };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (bus);
  g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications", info->interfaces[0],
                                     &vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE,
                                NULL, NULL, NULL, NULL);
}

/* Its catalogue is the server's; all else is the real one's. */
static void
make_hub (void)
{
  static const char *const links[] = { "model", "samples" };

  hub = setup_new ("native-96");
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *target = g_build_filename (MONOCLE_SOURCE_DATA_DIR, links[i], NULL);
      g_autofree char *link = g_build_filename (hub->root, links[i], NULL);

      g_assert_cmpint (symlink (target, link), ==, 0);
    }
  g_setenv ("MONOCLE_DATA_DIR", hub->root, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  if (argc > 2 && g_str_equal (argv[1], "--pictures"))
    {
      pictures = argv[2];
      argv[2] = argv[0];
      argv += 2;
      argc -= 2;
    }
  gui_init (&argc, &argv);
  make_hub ();
  serve_notifications ();

  g_test_add_func ("/gui/models/list", test_list);
  g_test_add_func ("/gui/models/pause", test_pause);
  g_test_add_func ("/gui/models/give-up", test_give_up);
  g_test_add_func ("/gui/models/closed", test_closed);
  g_test_add_func ("/gui/models/errors", test_errors);
  g_test_add_func ("/gui/models/token", test_token);
  g_test_add_func ("/gui/models/verify-remove", test_verify_remove);
  g_test_add_func ("/gui/models/import", test_import);
  g_test_add_func ("/gui/models/repository", test_repository);
  g_test_add_func ("/gui/models/narrow", test_narrow);
  g_test_add_func ("/gui/models/photograph", test_photograph);
  g_test_add_func ("/gui/models/offers", test_offers);

  status = gui_run ();
  setup_free (hub);
  return status;
}
