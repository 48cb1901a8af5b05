/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Getting models in the window, from a server on this machine: a download that is paused, gone on
 * with and given up, one that fails, one that wants a token, one by its repository.
 */
#include "config.h"

#include <gdk/x11/gdkx.h>

#include "app/models/store.h"
#include "tests/gui/models-fixture.h"

/* Another program has the keyboard. */
static void
look_away (MonocleWindow *window)
{
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (window));

  XSetInputFocus (gdk_x11_display_get_xdisplay (display), None, RevertToNone, CurrentTime);
  XFlush (gdk_x11_display_get_xdisplay (display));
  gui_wait_ms (100);
}

static gboolean
is_notified (gpointer data)
{
  return gui_n_notifications > 0;
}

static void
test_pause (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autofree char *directory = NULL, *used = NULL;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  get_slowly (page);
  gui_keep_picture (page, "models-fetching");
  press (find_row (page, "tiny"), "Pause");
  wait_row (page, "tiny", "Incomplete");
  gui_keep_picture (page, "models-paused");
  g_assert_null (monocle_model_store_find ("tiny", NULL));

  /* Another page still knows, and goes on where it was. */
  gui_close_dialog (page);
  page = open_page (window);
  wait_row (page, "tiny", "Incomplete");
  server_take_n_ranges (hub->server);
  server_set_speed (hub->server, 0);
  look_away (window);
  gui_n_notifications = 0;
  press (find_row (page, "tiny"), "Resume");
  wait_button (page, "tiny", "Use");
  g_assert_cmpuint (server_take_n_ranges (hub->server), >, 0);
  wait_text (page, "Tiny is ready.");
  directory = monocle_model_store_find ("tiny", NULL);
  setup_assert_whole (hub, directory, FALSE);
  gui_wait_for ("a notification", is_notified, NULL);
  gui_wait_ms (200);
  g_assert_cmpuint (gui_n_notifications, ==, 1);
  gui_keep_picture (page, "models-done");

  press (find_row (page, "tiny"), "Use");
  used = g_settings_get_string (gui_get_settings (), "model");
  g_assert_cmpstr (used, ==, directory);
  g_assert_null (find_button (find_row (page, "tiny"), "Use"));
  gui_close_dialog (page);
}

static void
test_give_up (void)
{
  GtkWidget *page;
  g_autoptr (GPtrArray) parts = NULL;

  page = open_afresh ();
  get_slowly (page);
  press (find_row (page, "tiny"), "Give Up");
  gui_keep_picture (wait_alert ("a question"), "models-give-up");
  answer ("_Give Up");
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
  g_autofree char *used = NULL;

  start_afresh ();
  window = gui_open_empty ();
  page = open_page (window);
  get_slowly (page);
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
  wait_text (GTK_WIDGET (window), "Tiny is ready.");
  g_assert_null (monocle_model_jobs_find (get_jobs (), "tiny"));
  press (window, "_Use");
  used = g_settings_get_string (gui_get_settings (), "model");
  g_assert_true (g_str_has_suffix (used, "/tiny"));
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
  GtkWidget *page;

  page = open_afresh ();
  server_set_plan (hub->server, plan_one, &fault, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault = cases[i].fault;
      press (find_row (page, "tiny"), i == 0 ? "Get" : "Try Again");
      wait_row (page, "tiny", cases[i].text);
      if (i == 0)
        gui_keep_picture (page, "models-error");
      /* The server's own words are under the details. */
      g_assert_false (gui_has_text (page, cases[i].code));
      press (find_row (page, "tiny"), "_Details");
      g_assert_true (gui_has_text (wait_alert ("the details"), cases[i].text));
      answer ("_Close");
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
  GtkWidget *page, *entry;

  page = open_afresh ();
  server_set_token (hub->server, "secret");
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
test_repository (void)
{
  GtkWidget *page, *entry;
  g_autofree char *id = g_strconcat ("tiny--", hub->name, NULL);
  g_autofree char *repository = g_strconcat ("tiny/", hub->name, "@abc", NULL);
  g_autofree char *other = g_strconcat ("tiny/", hub->name, "@def", NULL);
  g_autofree char *taken = g_strdup_printf ("would take the place of “%s”", repository);

  page = open_afresh ();
  entry = gui_find (page, ADW_TYPE_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (entry), "no repository");
  g_signal_emit_by_name (entry, "apply");
  gui_settle ();
  g_assert_true (gui_has_text (page, "is no repository"));
  g_assert_cmpuint (server_take_n_requests (hub->server), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), repository);
  g_signal_emit_by_name (entry, "apply");
  wait_button (page, id, "Use");

  /* The same again, and another revision, whose place that one has. */
  gtk_editable_set_text (GTK_EDITABLE (entry), repository);
  g_signal_emit_by_name (entry, "apply");
  g_assert_true (gui_has_text (wait_alert ("what is there"), "is among your models already."));
  answer ("_Close");
  gtk_editable_set_text (GTK_EDITABLE (entry), other);
  g_signal_emit_by_name (entry, "apply");
  g_assert_true (gui_has_text (wait_alert ("what is there"), taken));
  answer ("_Close");
  gui_close_dialog (page);
}

int
main (int argc, char **argv)
{
  models_init (&argc, &argv);

  g_test_add_func ("/gui/models/pause", test_pause);
  g_test_add_func ("/gui/models/give-up", test_give_up);
  g_test_add_func ("/gui/models/closed", test_closed);
  g_test_add_func ("/gui/models/errors", test_errors);
  g_test_add_func ("/gui/models/token", test_token);
  g_test_add_func ("/gui/models/repository", test_repository);
  return models_run ();
}
