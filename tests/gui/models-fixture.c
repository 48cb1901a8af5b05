/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/gui/models-fixture.h"

#include <unistd.h>

#include "ui/dialogs.h"
#include "ui/models-page.h"

Setup *hub;

MonocleModelJobs *
get_jobs (void)
{
  return monocle_application_get_model_jobs (MONOCLE_APPLICATION (gui_get_application ()));
}

void
start_afresh (void)
{
  gui_close_all ();
  setup_empty_store ();
  g_settings_reset (gui_get_settings (), "model");
  g_settings_reset (gui_get_settings (), "mirror");
  g_settings_reset (gui_get_settings (), "token-host");
  server_set_plan (hub->server, NULL, NULL, 1);
  server_set_speed (hub->server, 0);
  server_take_n_requests (hub->server);
  server_take_n_ranges (hub->server);
}

/* --- The page, and questions --- */

static GType
get_alert_type (void)
{
#if MONOCLE_HAS_ADW_DIALOG
  return ADW_TYPE_ALERT_DIALOG;
#else
  return ADW_TYPE_MESSAGE_DIALOG;
#endif
}

/* Windows of their own, or, as newer ones are, inside of another. */
static GtkWidget *
find_shown (GType type)
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

static gboolean
is_shown (gpointer type)
{
  return find_shown (*(const GType *) type) != NULL;
}

static gboolean
is_gone (gpointer type)
{
  return !is_shown (type);
}

static GtkWidget *
wait_shown (const char *what, GType type)
{
  gui_wait_for (what, is_shown, &type);
  return find_shown (type);
}

GtkWidget *
wait_page (void)
{
  return wait_shown ("the models page", MONOCLE_TYPE_MODELS_PAGE);
}

GtkWidget *
open_page (MonocleWindow *window)
{
  gui_act (window, "app.models", NULL);
  wait_page ();
  gui_settle ();
  return wait_page ();
}

GtkWidget *
open_afresh (void)
{
  start_afresh ();
  return open_page (gui_open_empty ());
}

GtkWidget *
wait_alert (const char *what)
{
  wait_shown (what, get_alert_type ());
  /* Newer ones come before their words do. */
  gui_settle ();
  return wait_shown (what, get_alert_type ());
}

void
answer (const char *label)
{
  GType type = get_alert_type ();

  wait_alert ("a question");
  gui_settle ();
  press (wait_alert ("a question"), label);
  gui_wait_for ("the question to go", is_gone, &type);
}

/* --- What is on the page --- */

MonocleModelRow *
find_row (GtkWidget *page, const char *id)
{
  g_autoptr (GPtrArray) rows = gui_find_all (page, MONOCLE_TYPE_MODEL_ROW);

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (monocle_model_row_get_id (rows->pdata[i]), id))
      return rows->pdata[i];
  return NULL;
}

/* (nullable): what it says, of itself or in a label that may be cut short. */
static const char *
get_words (GtkButton *button)
{
  GtkWidget *child = gtk_button_get_child (button);

  return GTK_IS_LABEL (child) ? gtk_label_get_label (GTK_LABEL (child))
                              : gtk_button_get_label (button);
}

GtkWidget *
find_button (gpointer root, const char *label)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (root, GTK_TYPE_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    if (gtk_widget_get_mapped (buttons->pdata[i])
        && (g_strcmp0 (get_words (buttons->pdata[i]), label) == 0
            || g_strcmp0 (gtk_widget_get_tooltip_text (buttons->pdata[i]), label) == 0))
      return buttons->pdata[i];
  return NULL;
}

void
press (gpointer root, const char *label)
{
  GtkWidget *button = root ? find_button (root, label) : NULL;

  if (!button)
    g_error ("there is no button %s", label);
  g_signal_emit_by_name (button, "clicked");
  gui_settle ();
}

void
get_slowly (GtkWidget *page)
{
  server_set_speed (hub->server, 15000);
  press (find_row (page, "tiny"), "Get");
  wait_row (page, "tiny", "/s");
}

typedef struct
{
  GtkWidget *page;
  const char *id; /* (nullable): of a row, or anywhere */
  const char *text;
  GtkWidget *(*find) (gpointer root, const char *text);
} Expected;

static gboolean
is_there (gpointer data)
{
  const Expected *expected = data;
  gpointer root
      = expected->id ? (gpointer) find_row (expected->page, expected->id) : expected->page;

  return root && expected->find (root, expected->text);
}

void
wait_row (GtkWidget *page, const char *id, const char *text)
{
  gui_wait_for (text, is_there, &(Expected){ page, id, text, gui_find_text });
  gui_settle ();
}

void
wait_button (GtkWidget *page, const char *id, const char *label)
{
  gui_wait_for (label, is_there, &(Expected){ page, id, label, find_button });
  gui_settle ();
}

void
wait_text (GtkWidget *page, const char *text)
{
  wait_row (page, NULL, text);
}

/* --- Beginning and end --- */

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

void
models_init (int *argc, char ***argv)
{
  gui_init (argc, argv);
  make_hub ();
  gui_serve_notifications ();
}

int
models_run (void)
{
  int status = gui_run ();

  setup_free (hub);
  return status;
}
