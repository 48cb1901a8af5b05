/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/work.h"
#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"

#include <X11/Xatom.h>
#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ui/application.h"
#include "ui/image-view.h"
#include "ui/window-private.h"

static GtkApplication *application;
static GPtrArray *temporary;

/* --- Starting and ending --- */

void
gui_remove (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  /* What a link leads to is not ours. */
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      gui_remove (child);
    }
  g_remove (path);
}

/* GTK 4.24 says so about its own frame clock and icons, from inside of them, when the display is
 * slow. Warnings are fatal here, and these are about nothing that a program does. */
static const char *const of_gtk[] = {
  "gdk_frame_timings_submitted() called on submitted frame.",
  "gtk_svg_advance: time went backward: ",
  /* GTK 4.8, of a menu that is gone while a button is down. */
  "Broken accounting of active state for widget ",
};

/* libadwaita 1.7 measures the heading of its own alert, before that has a size, for less than it
 * needs. */
static gboolean
is_of_alert (const char *message)
{
  GType alert = g_type_from_name ("AdwAlertDialog");
  gpointer label;

  return alert && sscanf (message, "Trying to measure GtkLabel %p for width of ", &label) == 1
         && gtk_widget_get_ancestor (label, alert);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (!g_str_equal (fields[i].key, "MESSAGE") || fields[i].length >= 0)
        continue;
      if (is_of_alert (fields[i].value))
        return G_LOG_WRITER_HANDLED;
      for (guint k = 0; k < G_N_ELEMENTS (of_gtk); k++)
        if (g_str_has_prefix (fields[i].value, of_gtk[k]))
          return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n_fields, data);
}

void
gui_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  g_log_set_writer_func (write_log, NULL, NULL);
  if (*argc > 2 && g_str_equal ((*argv)[1], "--pictures"))
    {
      gui_keep_pictures_in ((*argv)[2]);
      (*argv)[2] = (*argv)[0];
      *argv += 2;
      *argc -= 2;
    }
  g_test_init (argc, argv, NULL);
  temporary = g_ptr_array_new_with_free_func (g_free);

  application = GTK_APPLICATION (monocle_application_new ());
  g_application_set_flags (G_APPLICATION (application),
                           g_application_get_flags (G_APPLICATION (application))
                               | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  /* Windows come and go between tests. */
  g_application_hold (G_APPLICATION (application));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

int
gui_run (void)
{
  int status = g_test_run ();

  gui_end ();
  return status;
}

void
gui_end (void)
{
  gui_close_all ();
  g_application_release (G_APPLICATION (application));
  gui_settle ();
  g_clear_object (&application);
  g_assert_true (monocle_engine_shutdown (600 * 1000));
  for (guint i = 0; i < temporary->len; i++)
    gui_remove (temporary->pdata[i]);
  g_ptr_array_unref (temporary);
}

GtkApplication *
gui_get_application (void)
{
  return application;
}

GSettings *
gui_get_settings (void)
{
  return monocle_application_get_settings (MONOCLE_APPLICATION (application));
}

static gboolean
has_no_windows (gpointer data)
{
  return gtk_application_get_windows (application) == NULL;
}

void
gui_close_all (void)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (application)))
    gtk_window_destroy (windows->data);
  gui_wait_for ("windows to close", has_no_windows, NULL);
  gui_settle ();
}

static gboolean
window_is_drawn (gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (application);

  return window && gtk_widget_get_mapped (GTK_WIDGET (window))
         && gtk_widget_get_width (GTK_WIDGET (window)) > 0;
}

MonocleDocument *
gui_get_document (MonocleWindow *window)
{
  return monocle_presentation_get_document (monocle_window_get_presentation (window));
}

static gboolean
has_document (gpointer window)
{
  return gui_get_document (window) != NULL;
}

/* The strip of what else is there takes its place when that is known. */
static gboolean
knows_folder (gpointer window)
{
  GListModel *folder = monocle_image_loader_get_folder (MONOCLE_WINDOW (window)->loader);

  return !folder || !monocle_folder_is_loading (MONOCLE_FOLDER (folder));
}

/* How long the picture keeps its place. */
#define REST_US (250 * 1000)

typedef struct
{
  GtkWidget *view;
  int height;
  gint64 since;
} Rest;

static gboolean
is_at_rest (gpointer data)
{
  Rest *rest = data;
  int height = rest->view ? gtk_widget_get_height (rest->view) : 0;
  gint64 now = g_get_monotonic_time ();

  if (rest->since == 0 || height != rest->height)
    {
      rest->height = height;
      rest->since = now;
    }
  return now - rest->since >= REST_US;
}

void
gui_forget_work (void)
{
  g_autofree char *folder = monocle_work_dup_folder ();

  monocle_work_close_all ();
  gui_remove (folder);
}

static gboolean
is_quiet (gpointer data)
{
  return !monocle_runner_is_busy (
      monocle_application_get_runner (MONOCLE_APPLICATION (application)));
}

/* Without a window and what was done in it: a question that is being stopped keeps its document. */
static void
start_afresh (void)
{
  gui_close_all ();
  gui_wait_for ("the last question to be left", is_quiet, NULL);
  gui_settle ();
  gui_forget_work ();
}

MonocleWindow *
gui_open_empty (void)
{
  start_afresh ();
  g_application_activate (G_APPLICATION (application));
  gui_wait_for ("a window", window_is_drawn, NULL);
  gui_settle ();
  return MONOCLE_WINDOW (gtk_application_get_active_window (application));
}

MonocleWindow *
gui_open_path (const char *path)
{
  start_afresh ();
  return gui_open_again (path);
}

MonocleWindow *
gui_open_again (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Rest rest = { NULL };
  MonocleWindow *window;

  gui_close_all ();
  g_application_open (G_APPLICATION (application), &file, 1, "");
  gui_wait_for ("a window", window_is_drawn, NULL);
  window = MONOCLE_WINDOW (gtk_application_get_active_window (application));
  gui_wait_for ("the picture", has_document, window);
  gui_wait_for ("what else is in its folder", knows_folder, window);
  rest.view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  gui_wait_for ("the picture to have its place", is_at_rest, &rest);
  gui_settle ();
  return window;
}

MonocleWindow *
gui_open_sample (const char *name)
{
  g_autofree char *path = gui_sample (name);

  return gui_open_path (path);
}

/* --- Paths --- */

char *
gui_sample (const char *name)
{
  return g_build_filename (MONOCLE_SOURCE_DATA_DIR, "samples", name, NULL);
}

char *
gui_fixture (const char *name)
{
  return g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "fixtures", name, NULL);
}

char *
gui_temporary (const char *name)
{
  char *folder = g_dir_make_tmp ("monocle-test-XXXXXX", NULL);

  g_assert_nonnull (folder);
  g_ptr_array_add (temporary, folder);
  return name ? g_build_filename (folder, name, NULL) : g_strdup (folder);
}

/* --- Finding --- */

typedef gboolean (*Matches) (GtkWidget *widget, gconstpointer data);

static void
collect (GtkWidget *widget, Matches matches, gconstpointer data, gboolean first, GPtrArray *found)
{
  if (matches (widget, data))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !(first && found->len > 0);
       child = gtk_widget_get_next_sibling (child))
    collect (child, matches, data, first, found);
}

static gboolean
is_mapped_type (GtkWidget *widget, gconstpointer type)
{
  return g_type_is_a (G_OBJECT_TYPE (widget), *(const GType *) type)
         && gtk_widget_get_mapped (widget);
}

static gboolean
is_type (GtkWidget *widget, gconstpointer type)
{
  return g_type_is_a (G_OBJECT_TYPE (widget), *(const GType *) type);
}

gpointer
gui_find (gpointer root, GType type)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  collect (root, is_mapped_type, &type, TRUE, found);
  return found->len > 0 ? found->pdata[0] : NULL;
}

GPtrArray *
gui_find_all (gpointer root, GType type)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (root, is_type, &type, FALSE, found);
  return found;
}

static gboolean
holds_text (GtkWidget *widget, gconstpointer text)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget))
    return strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
  if (GTK_IS_EDITABLE (widget))
    return strstr (gtk_editable_get_text (GTK_EDITABLE (widget)), text) != NULL;
  return FALSE;
}

GtkWidget *
gui_find_text (gpointer root, const char *text)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  collect (root, holds_text, text, TRUE, found);
  return found->len > 0 ? found->pdata[0] : NULL;
}

gboolean
gui_has_text (gpointer root, const char *text)
{
  return gui_find_text (root, text) != NULL;
}

typedef struct
{
  gpointer root;
  const char *text;
} Wanted;

static gboolean
is_said (gpointer data)
{
  const Wanted *wanted = data;

  return gui_has_text (wanted->root, wanted->text);
}

void
gui_wait_for_text (gpointer root, const char *text)
{
  gui_wait_for (text, is_said, &(Wanted){ root, text });
}

/* --- Acting --- */

static GAction *
find_action (MonocleWindow *window, const char *action)
{
  if (g_str_has_prefix (action, "app."))
    return g_action_map_lookup_action (G_ACTION_MAP (application), action + 4);
  g_assert_true (g_str_has_prefix (action, "win."));
  return g_action_map_lookup_action (G_ACTION_MAP (window), action + 4);
}

gboolean
gui_can_act (MonocleWindow *window, const char *action)
{
  GAction *found = find_action (window, action);

  return found && g_action_get_enabled (found);
}

void
gui_act (MonocleWindow *window, const char *action, const char *parameter)
{
  GAction *found = find_action (window, action);

  if (!found || !g_action_get_enabled (found))
    g_error ("%s is %s", action, found ? "greyed" : "no action");
  g_action_activate (found, parameter ? g_variant_new_string (parameter) : NULL);
  gui_settle ();
}

static gboolean
is_over (gpointer query)
{
  return !monocle_query_is_active (query);
}

void
gui_wait_done (MonocleQuery *query)
{
  gui_wait_for ("the answer", is_over, query);
  gui_settle ();
}

MonocleQuery *
gui_ask (MonocleWindow *window, const char *task, const char *text)
{
  const MonocleTask *found = monocle_florence2_find_task (task);
  MonocleQuery *query = monocle_query_new (found, text, NULL, 0, NULL);

  g_assert_nonnull (found);
  monocle_window_run_query (window, query);
  gui_wait_done (query);
  g_object_unref (query);
  return query;
}

/* --- The window manager --- */

#define SCREEN_WIDTH  1920
#define SCREEN_HEIGHT 1200

static gboolean
is_fullscreen (gpointer window)
{
  return gtk_window_is_fullscreen (window);
}

static gboolean
is_no_fullscreen (gpointer window)
{
  return !gtk_window_is_fullscreen (window);
}

void
gui_set_fullscreen (MonocleWindow *window, gboolean fullscreen)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
  Display *display = gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface));
  Window xid = gdk_x11_surface_get_xid (surface);
  Atom state = XInternAtom (display, "_NET_WM_STATE", False);
  Atom value = XInternAtom (display, "_NET_WM_STATE_FULLSCREEN", False);

  XChangeProperty (display, xid, state, XA_ATOM, 32, PropModeReplace, (guchar *) &value,
                   fullscreen ? 1 : 0);
  if (fullscreen)
    XMoveResizeWindow (display, xid, 0, 0, SCREEN_WIDTH, SCREEN_HEIGHT);
  XFlush (display);
  gui_wait_for ("fullscreen", fullscreen ? is_fullscreen : is_no_fullscreen, window);
  gui_settle ();
  gui_wait_ms (300);
}
