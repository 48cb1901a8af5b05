/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hand at the mouse and the keyboard: xdotool, which is waited for.
 */
#include "config.h"

#include "tests/gui/harness.h"

#include <gdk/x11/gdkx.h>

gboolean
gui_has_input (void)
{
  g_autofree char *path = g_find_program_in_path ("xdotool");

  return path != NULL;
}

gboolean
gui_lacks_input (void)
{
  if (gui_has_input ())
    return FALSE;
  g_test_skip ("xdotool is not installed");
  return TRUE;
}

static void
on_waited (GObject *process, GAsyncResult *result, gpointer done)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL));
  *(gboolean *) done = TRUE;
}

/* The server has sent its events when xdotool is gone. */
static void
run_xdotool (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  gboolean done = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_waited, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
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

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  run_xdotool (line);
  gui_settle ();
}

/* The pointer over @widget, and then what xdotool is told besides. */
static void
drive_at (GtkWidget *widget, double x, double y, const char *then)
{
  GtkNative *native = gtk_widget_get_native (widget);
  g_autofree char *xid = get_xid (native);
  g_autofree char *at_x = NULL, *at_y = NULL;

  to_surface (widget, x, y, &at_x, &at_y);
  drive ("xdotool windowfocus %s mousemove --window %s %s %s%s", xid, xid, at_x, at_y, then);
}

void
gui_raise (MonocleWindow *window)
{
  g_autofree char *xid = get_xid (GTK_NATIVE (window));

  drive ("xdotool windowraise %s windowfocus %s", xid, xid);
}

void
gui_click (GtkWidget *widget, double x, double y, int button)
{
  g_autofree char *click = g_strdup_printf (" sleep 0.05 click %d", button);

  drive_at (widget, x, y, click);
}

static void
set_flag (GdkFrameClock *clock, gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

/* Before GTK asks the server where the pointer is, and which buttons are down. */
static gboolean
release_in_frame (GSignalInvocationHint *hint, guint n, const GValue *values, gpointer is_laid_out)
{
  const char *const release[] = { "xdotool", "mouseup", "1", NULL };
  g_autoptr (GError) error = NULL;

  if (!*(gboolean *) is_laid_out)
    return G_SOURCE_CONTINUE;
  g_spawn_sync (NULL, (char **) release, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                &error);
  g_assert_no_error (error);
  return G_SOURCE_REMOVE;
}

void
gui_click_in_frame (GtkWidget *widget, double x, double y)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean is_laid_out = FALSE;
  gulong handler;

  drive_at (widget, x, y, " sleep 0.05 mousedown 1");
  /* It asks where something may have moved, in the frame after that. */
  g_signal_add_emission_hook (g_signal_lookup ("flush-events", GDK_TYPE_FRAME_CLOCK), 0,
                              release_in_frame, &is_laid_out, NULL);
  handler = g_signal_connect (clock, "layout", G_CALLBACK (set_flag), &is_laid_out);
  gtk_widget_queue_resize (widget);
  while (!is_laid_out)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_FLUSH_EVENTS);
  gui_wait_ms (450);
  gui_settle ();
}

void
gui_point (GtkWidget *widget, double x, double y)
{
  drive_at (widget, x, y, "");
}

void
gui_move (GtkWidget *widget, double x, double y)
{
  drive_at (widget, x, y, " sleep 0.05");
}

void
gui_wheel (GtkWidget *widget, int steps)
{
  g_autofree char *turn
      = g_strdup_printf (" sleep 0.05 click --repeat %d %d", ABS (steps), steps > 0 ? 5 : 4);

  drive_at (widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0,
            turn);
}

/* Each place is seen before the next: of motions that come together the last alone is. */
void
gui_drag_with (const char *key, GtkWidget *widget, double x1, double y1, double x2, double y2)
{
  const double way[][2] = { { x1, y1 }, { (x1 + x2) / 2, (y1 + y2) / 2 }, { x2, y2 } };
  g_autofree char *xid = get_xid (gtk_widget_get_native (widget));
  g_autofree char *down = key ? g_strdup_printf (" keydown %s", key) : g_strdup ("");
  g_autofree char *up = key ? g_strdup_printf (" keyup %s", key) : g_strdup ("");
  char *steps[3];

  /* The widget may move as it is dragged. */
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *x = NULL, *y = NULL;

      to_surface (widget, way[i][0], way[i][1], &x, &y);
      steps[i] = g_strdup_printf ("xdotool windowfocus %s mousemove --window %s %s %s%s", xid, xid,
                                  x, y, i == 0 ? down : "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      run_xdotool (steps[i]);
      gui_wait_ms (0);
      if (i > 0)
        continue;
      run_xdotool ("xdotool mousedown 1");
      gui_wait_ms (0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_free (steps[i]);
  drive ("xdotool mouseup 1%s", up);
}

void
gui_drag (GtkWidget *widget, double x1, double y1, double x2, double y2)
{
  gui_drag_with (NULL, widget, x1, y1, x2, y2);
}

void
gui_drag_many (GtkWidget *widget, const GdkRectangle *ways, guint n)
{
  GtkNative *native = gtk_widget_get_native (widget);
  g_autofree char *xid = get_xid (native);
  g_autoptr (GString) line = g_string_new ("xdotool windowfocus ");

  g_string_append (line, xid);
  for (guint i = 0; i < n; i++)
    {
      const GdkRectangle *way = &ways[i];
      g_autofree char *from_x = NULL, *from_y = NULL, *to_x = NULL, *to_y = NULL;

      to_surface (widget, way->x, way->y, &from_x, &from_y);
      to_surface (widget, way->x + way->width, way->y + way->height, &to_x, &to_y);
      g_string_append_printf (line,
                              " mousemove --window %s %s %s sleep 0.02 mousedown 1 sleep 0.02 "
                              "mousemove --window %s %s %s sleep 0.02 mouseup 1 sleep 0.02",
                              xid, from_x, from_y, xid, to_x, to_y);
    }
  drive ("%s", line->str);
}

/* Some keys by their place: with keymaps of today xdotool holds Alt while it presses them by name.
 * Those of other names stay as they are. */
static char *
place_keys (const char *keys)
{
  static const struct
  {
    const char *name;
    guint place;
  } places[] = {
    { "F1", 67 },          { "F2", 68 },         { "F3", 69 },     { "F4", 70 },
    { "F5", 71 },          { "F6", 72 },         { "F7", 73 },     { "F8", 74 },
    { "F9", 75 },          { "F10", 76 },        { "F11", 95 },    { "F12", 96 },
    { "KP_Left", 83 },     { "KP_Right", 85 },   { "KP_Add", 86 }, { "KP_Subtract", 82 },
    { "KP_Multiply", 63 }, { "KP_Divide", 106 },
  };
  g_auto (GStrv) chords = g_strsplit (keys, " ", -1);

  for (guint i = 0; chords[i]; i++)
    {
      const char *plus = strrchr (chords[i], '+'), *name = plus ? plus + 1 : chords[i];

      for (guint k = 0; k < G_N_ELEMENTS (places); k++)
        if (g_str_equal (places[k].name, name))
          {
            char *placed
                = g_strdup_printf ("%.*s%u", (int) (name - chords[i]), chords[i], places[k].place);

            g_free (chords[i]);
            chords[i] = placed;
            break;
          }
    }
  return g_strjoinv (" ", chords);
}

void
gui_type (GtkWindow *window, const char *keys)
{
  g_autofree char *xid = get_xid (GTK_NATIVE (window));
  g_autofree char *placed = place_keys (keys);

  drive ("xdotool windowfocus %s sleep 0.05 key %s", xid, placed);
}

gboolean
gui_drop (GtkWidget *view, const GValue *value)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller)
          && gdk_content_formats_contain_gtype (
              gtk_drop_target_get_formats (GTK_DROP_TARGET (controller)), G_VALUE_TYPE (value)))
        g_signal_emit_by_name (controller, "drop", value, 1.0, 1.0, &taken);
    }
  return taken;
}
