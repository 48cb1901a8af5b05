/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"

#include <X11/Xatom.h>
#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ui/application.h"
#include "ui/image-view.h"

#define PATIENCE_S 60
/* The first answer on a device has its shaders compiled, by several programs at a time perhaps. */
#define PATIENCE_WITH_ANSWERS_S 240

static GtkApplication *application;
static GPtrArray *temporary;

/* --- Waiting --- */

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (const char *what, guint seconds, GuiPredicate predicate, gpointer data)
{
  gboolean late = FALSE;
  guint timeout = g_timeout_add_seconds (seconds, set_flag, &late);
  gboolean tick = FALSE;

  while (!predicate (data) && !late)
    {
      /* Some things change without an event of their own. */
      tick = FALSE;
      g_timeout_add (5, set_flag, &tick);
      while (!tick)
        g_main_context_iteration (NULL, TRUE);
    }
  if (late)
    g_error ("waited %u s in vain for: %s", seconds, what);
  g_source_remove (timeout);
}

void
gui_wait_for (const char *what, GuiPredicate predicate, gpointer data)
{
  wait_for (what, PATIENCE_S, predicate, data);
}

void
gui_wait_ms (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, set_flag, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

void
gui_settle (void)
{
  for (guint i = 0; i < 3; i++)
    {
      gui_wait_ms (30);
      while (g_main_context_pending (NULL))
        if (!g_main_context_iteration (NULL, FALSE))
          break;
    }
}

/* --- Starting and ending --- */

void
gui_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

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
  g_assert_true (monocle_engine_shutdown (60 * 1000));
  for (guint i = 0; i < temporary->len; i++)
    gui_remove (temporary->pdata[i]);
  g_ptr_array_unref (temporary);
}

GtkApplication *
gui_get_application (void)
{
  return application;
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

static MonocleDocument *
get_document (MonocleWindow *window)
{
  return monocle_presentation_get_document (monocle_window_get_presentation (window));
}

static gboolean
has_document (gpointer window)
{
  return get_document (window) != NULL;
}

/* How long the picture keeps its place: a strip of what else is in the folder may come later. */
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

MonocleWindow *
gui_open_empty (void)
{
  gui_close_all ();
  g_application_activate (G_APPLICATION (application));
  gui_wait_for ("a window", window_is_drawn, NULL);
  gui_settle ();
  return MONOCLE_WINDOW (gtk_application_get_active_window (application));
}

MonocleWindow *
gui_open_path (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Rest rest = { NULL };
  MonocleWindow *window;

  gui_close_all ();
  g_application_open (G_APPLICATION (application), &file, 1, "");
  gui_wait_for ("a window", window_is_drawn, NULL);
  window = MONOCLE_WINDOW (gtk_application_get_active_window (application));
  gui_wait_for ("the picture", has_document, window);
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
  return g_build_filename (g_getenv ("G_TEST_SRCDIR"), "fixtures", name, NULL);
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
  wait_for ("the answer", PATIENCE_WITH_ANSWERS_S, is_over, query);
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

/* --- Pictures --- */

/* What is painted has the padding of the widget around it. */
static void
append_widget (GtkSnapshot *snapshot, GtkWidget *widget, double x, double y)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, widget, &bounds));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float) x + bounds.origin.x, (float) y + bounds.origin.y));
  gdk_paintable_snapshot (paintable, snapshot, (double) bounds.size.width,
                          (double) bounds.size.height);
  gtk_snapshot_restore (snapshot);
}

/* Popovers are surfaces of their own; their place is relative to that of what they belong to. */
static void
append_popovers (GtkSnapshot *snapshot, GtkWidget *widget, double x, double y)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    {
      double child_x = x, child_y = y;

      if (GTK_IS_POPOVER (child) && gtk_widget_get_mapped (child))
        {
          GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (child));
          double inner_x, inner_y;

          gtk_native_get_surface_transform (GTK_NATIVE (child), &inner_x, &inner_y);
          child_x += gdk_popup_get_position_x (GDK_POPUP (surface)) + inner_x;
          child_y += gdk_popup_get_position_y (GDK_POPUP (surface)) + inner_y;
          append_widget (snapshot, child, child_x, child_y);
          child_x -= inner_x;
          child_y -= inner_y;
        }
      append_popovers (snapshot, child, child_x, child_y);
    }
}

typedef struct
{
  GtkWindow *window;
  int scale;
  GskRenderNode *node;
} Shot;

/* There is nothing to take before a frame was drawn. */
static gboolean
take_node (gpointer data)
{
  Shot *shot = data;
  GtkWidget *widget = GTK_WIDGET (shot->window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  double inner_x, inner_y;

  gtk_snapshot_scale (snapshot, (float) shot->scale, (float) shot->scale);
  append_widget (snapshot, widget, 0, 0);
  gtk_native_get_surface_transform (GTK_NATIVE (shot->window), &inner_x, &inner_y);
  append_popovers (snapshot, widget, -inner_x, -inner_y);
  shot->node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  return shot->node != NULL;
}

cairo_surface_t *
gui_take_picture (GtkWindow *window, int scale)
{
  GtkWidget *widget = GTK_WIDGET (window);
  Shot shot = { window, scale, NULL };
  g_autoptr (GdkTexture) texture = NULL;
  int width, height;
  cairo_surface_t *picture;

  /* Without a window manager the window is never the active one. */
  gtk_widget_unset_state_flags (widget, GTK_STATE_FLAG_BACKDROP);
  gui_settle ();
  gui_wait_for ("a frame", take_node, &shot);

  width = gtk_widget_get_width (widget) * scale;
  height = gtk_widget_get_height (widget) * scale;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), shot.node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gsk_render_node_unref (shot.node);

  picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  gdk_texture_download (texture, cairo_image_surface_get_data (picture),
                        (gsize) cairo_image_surface_get_stride (picture));
  cairo_surface_mark_dirty (picture);
  return picture;
}

void
gui_write_picture (GtkWindow *window, int scale, const char *path)
{
  cairo_surface_t *picture = gui_take_picture (window, scale);

  g_assert_cmpint (cairo_surface_write_to_png (picture, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (picture);
}

guint32
gui_get_pixel (cairo_surface_t *picture, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (picture);
  int stride = cairo_image_surface_get_stride (picture);

  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (picture));
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y, <, cairo_image_surface_get_height (picture));
  return ((const guint32 *) (gconstpointer) (data + (gsize) y * (gsize) stride))[x] & 0xffffff;
}

/* --- Input --- */

gboolean
gui_has_input (void)
{
  g_autofree char *path = g_find_program_in_path ("xdotool");

  return path != NULL;
}

static void
on_waited (GObject *process, GAsyncResult *result, gpointer done)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL));
  *(gboolean *) done = TRUE;
}

static void
run_xdotool (char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  gboolean done = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_waited, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  gui_settle ();
}

static char *
get_xid (GtkNative *native)
{
  return g_strdup_printf ("%lu", gdk_x11_surface_get_xid (gtk_native_get_surface (native)));
}

/* In pixels of the X window. */
static void
to_surface (GtkWidget *widget, double x, double y, char **out_x, char **out_y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  double inner_x, inner_y;

  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), x, y, &x, &y));
  gtk_native_get_surface_transform (native, &inner_x, &inner_y);
  *out_x = g_strdup_printf ("%d", (int) ((x + inner_x) * scale));
  *out_y = g_strdup_printf ("%d", (int) ((y + inner_y) * scale));
}

static void
drive (const char *format, ...)
{
  va_list arguments;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  words = g_strsplit (line, " ", -1);
  run_xdotool (words);
}

void
gui_click (GtkWidget *widget, double x, double y, int button)
{
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *at_x = NULL, *at_y = NULL;

  to_surface (widget, x, y, &at_x, &at_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s sleep 0.05 click %d", xid, xid, at_x,
         at_y, button);
}

void
gui_point (GtkWidget *widget, double x, double y)
{
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *at_x = NULL, *at_y = NULL;

  to_surface (widget, x, y, &at_x, &at_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s", xid, xid, at_x, at_y);
}

void
gui_drag_with (const char *key, GtkWidget *widget, double x1, double y1, double x2, double y2)
{
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *from_x = NULL, *from_y = NULL, *mid_x = NULL, *mid_y = NULL, *to_x = NULL,
                  *to_y = NULL;
  g_autofree char *down = key ? g_strdup_printf (" keydown %s", key) : g_strdup ("");
  g_autofree char *up = key ? g_strdup_printf (" keyup %s", key) : g_strdup ("");

  to_surface (widget, x1, y1, &from_x, &from_y);
  to_surface (widget, (x1 + x2) / 2, (y1 + y2) / 2, &mid_x, &mid_y);
  to_surface (widget, x2, y2, &to_x, &to_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s%s sleep 0.05 mousedown 1 sleep 0.05 "
         "mousemove --window %s %s %s sleep 0.05 mousemove --window %s %s %s sleep 0.05 mouseup "
         "1%s",
         xid, xid, from_x, from_y, down, xid, mid_x, mid_y, xid, to_x, to_y, up);
}

void
gui_drag (GtkWidget *widget, double x1, double y1, double x2, double y2)
{
  gui_drag_with (NULL, widget, x1, y1, x2, y2);
}

void
gui_move (GtkWidget *widget, double x, double y)
{
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *at_x = NULL, *at_y = NULL;

  to_surface (widget, x, y, &at_x, &at_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s sleep 0.05", xid, xid, at_x, at_y);
}

void
gui_wheel (GtkWidget *widget, int steps)
{
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *at_x = NULL, *at_y = NULL;

  to_surface (widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0,
              &at_x, &at_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s sleep 0.05 click --repeat %d %d", xid,
         xid, at_x, at_y, ABS (steps), steps > 0 ? 5 : 4);
}

void
gui_type (GtkWindow *window, const char *keys)
{
  g_autofree char *xid = get_xid (GTK_NATIVE (window));

  drive ("xdotool windowfocus %s sleep 0.05 key %s", xid, keys);
}
