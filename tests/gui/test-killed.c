/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application is killed while somebody draws in its window, at random moments: what was done
 * up to a second before it last did anything is there, and the next start opens what was open.
 * MONOCLE_KILLS=200 is what a person waits for. Needs real input.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>

#include "app/document/work.h"
#include "app/models/store.h"
#include "tests/gui/harness.h"

#define N_KILLS 5
#define LOST_US G_USEC_PER_SEC
/* How often it is asked whether it does anything: a machine may have no time for it. */
#define PING_MS 20
/* A stroke is so many events at most, of which each turn of a loop takes one. */
#define N_TURNS 30

typedef struct
{
  GSubprocess *process;
  char *window; /* as xdotool knows it */
  GArray *done; /* of gint64: when each drag was over */
  guint n_begun, n_hands, n_turns;
  gint64 awake_us[2]; /* when it was asked the last questions that it answered */
  gboolean is_over;
} Program;

/* --- The program --- */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  ((Program *) data)->is_over = TRUE;
}

static gboolean
is_over (gpointer program)
{
  return ((Program *) program)->is_over;
}

#define WINDOW "/org/monocle/Monocle/window/1", "org.gtk.Actions", "Describe"
#define TOOL   g_variant_new ("(s)", "tool"), G_VARIANT_TYPE ("((bgav))")

static void
describe (GDBusConnection *bus, GAsyncReadyCallback callback, gpointer data)
{
  g_dbus_connection_call (bus, MONOCLE_APPLICATION_ID, WINDOW, TOOL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, callback, data);
}

/* Whether there is a window with a picture. */
static gboolean
can_draw (gpointer data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, MONOCLE_APPLICATION_ID, WINDOW, TOOL,
                                     G_DBUS_CALL_FLAGS_NO_AUTO_START, 240000, NULL, NULL);
  gboolean enabled = FALSE;

  if (reply)
    g_variant_get (reply, "((bgav))", &enabled, NULL, NULL);
  return enabled;
}

static gboolean
find_window (gpointer data)
{
  Program *self = data;
  g_autofree char *line = g_strdup_printf ("xdotool search --onlyvisible --pid %s",
                                           g_subprocess_get_identifier (self->process));
  g_autofree char *output = NULL;
  char *end;

  if (!g_spawn_command_line_sync (line, &output, NULL, NULL, NULL) || !output)
    return FALSE;
  end = strchr (output, '\n');
  if (!end)
    return FALSE;
  *end = '\0';
  g_free (self->window);
  self->window = g_strdup (output);
  return TRUE;
}

/* @path: (nullable): what to open; %NULL: what was open */
static void
start (Program *self, const char *path)
{
  g_autofree char *program = g_build_filename (MONOCLE_BUILD_DIR, "ui", "monocle", NULL);
  g_autoptr (GError) error = NULL;

  self->is_over = FALSE;
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, path, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_async (self->process, NULL, on_ended, self);
  gui_wait_for ("a window with a picture", can_draw, NULL);
  gui_wait_for ("the window", find_window, self);
}

static gboolean
is_idle (gpointer program)
{
  return ((Program *) program)->n_hands == 0;
}

static void
end (Program *self, int signal)
{
  g_subprocess_send_signal (self->process, signal);
  gui_wait_for ("the end", is_over, self);
  gui_wait_for ("who was drawing", is_idle, self);
  g_clear_object (&self->process);
}

/* --- What is done --- */

static void draw (Program *self);

/* What it was asked after that has come to it before, and its loop has gone round for all of it. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Program *self = data;
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  self->n_hands--;
  if (!reply || self->is_over)
    return;
  if (++self->n_turns < N_TURNS)
    {
      self->n_hands++;
      describe (G_DBUS_CONNECTION (source), on_answered, self);
      return;
    }
  g_array_append_val (self->done, now);
  draw (self);
}

typedef struct
{
  Program *program;
  gint64 asked_us;
} Ping;

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Ping *ping = data;
  Program *self = ping->program;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  self->n_hands--;
  if (!reply || self->is_over)
    return;
  self->awake_us[0] = self->awake_us[1];
  self->awake_us[1] = ping->asked_us;
}

static gboolean
ask_whether_awake (gpointer data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  Ping *ping = g_new (Ping, 1);

  *ping = (Ping){ data, g_get_monotonic_time () };
  ping->program->n_hands++;
  describe (bus, on_pinged, ping);
  return G_SOURCE_CONTINUE;
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  Program *self = data;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL) || self->is_over)
    {
      self->n_hands--;
      return;
    }
  self->n_turns = 0;
  describe (bus, on_answered, self);
}

/* A box, or a stroke of the brush, each something new. */
static void
draw (Program *self)
{
  const int x = g_test_rand_int_range (100, 400), y = g_test_rand_int_range (150, 350);
  const gboolean paints = self->n_begun++ % 2;
  g_autofree char *line = g_strdup_printf (
      "xdotool windowfocus %s key alt+%u mousemove --window %s %d %d sleep 0.02 mousedown 1 "
      "mousemove_relative 40 20 sleep 0.02 mousemove_relative 40 20 sleep 0.02 mouseup 1 sleep "
      "0.02 key Escape",
      self->window, paints ? 5 : 2, self->window, x, y);
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GSubprocess) hand = g_subprocess_newv (
      (const char *const *) words,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

  g_assert_nonnull (hand);
  self->n_hands++;
  g_subprocess_wait_check_async (hand, NULL, on_drawn, self);
}

/* --- What is left --- */

/* (transfer full) (nullable): the only journal that there is below @folder */
static char *
find_journal (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *inner = g_file_test (path, G_FILE_TEST_IS_DIR) ? find_journal (path) : NULL;

      if (inner)
        return inner;
      if (g_str_has_suffix (name, ".journal"))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static guint
count_kept (void)
{
  g_autofree char *folder = monocle_work_dup_folder ();
  g_autofree char *path = find_journal (folder);
  g_autoptr (MonocleDocument) document = NULL;
  g_autoptr (GError) error = NULL;

  if (!path)
    return 0;
  document = monocle_document_new_read (path, &error);
  g_assert_no_error (error);
  return g_list_model_get_n_items (monocle_document_get_regions (document));
}

/* --- Killed --- */

static guint
get_n_kills (void)
{
  const char *kills = g_getenv ("MONOCLE_KILLS");

  return kills ? (guint) g_ascii_strtoull (kills, NULL, 10) : N_KILLS;
}

static gboolean
set (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_some_time (void)
{
  gboolean is_due = FALSE;

  g_timeout_add ((guint) g_test_rand_int_range (0, 2500), set, &is_due);
  while (!is_due)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
has_done (gpointer program)
{
  return ((Program *) program)->done->len > 0;
}

/* (transfer full): of an import by a program that is no more: no system counts so far */
static char *
leave_half_a_model (void)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *folder = g_build_filename (store, ".2000000000-0000000a.gone", NULL);
  char *path = g_build_filename (folder, "model.safetensors", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "half", -1, NULL));
  return path;
}

static gboolean
is_swept (gpointer path)
{
  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_killed (void)
{
  const guint n_kills = get_n_kills ();
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *half = NULL;
  Program self = { .done = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  guint n_kept = 0, n_done = 0;

  if (gui_lacks_input ())
    return;
  gui_forget_work ();
  half = leave_half_a_model ();
  for (guint i = 0; i < n_kills; i++)
    {
      guint n_sure = 0, n_now, pings;

      g_array_set_size (self.done, 0);
      self.n_begun = 0;
      start (&self, i == 0 ? sample : NULL);
      draw (&self);
      self.awake_us[0] = self.awake_us[1] = 0;
      pings = g_timeout_add (PING_MS, ask_whether_awake, &self);
      if (i == 0)
        gui_wait_for ("a stroke", has_done, &self);
      wait_some_time ();
      g_source_remove (pings);
      end (&self, SIGKILL);
      /* What was due when it was asked the last but one was done when it answered the last. */
      while (n_sure < self.done->len
             && g_array_index (self.done, gint64, n_sure) < self.awake_us[0] - LOST_US)
        n_sure++;
      n_now = count_kept ();
      g_test_message ("kill %u: %u drawn, %u for more than a second, %u kept", i + 1,
                      self.done->len, n_sure, n_now - n_kept);
      g_assert_cmpuint (n_now, >=, n_kept + n_sure);
      g_assert_cmpuint (n_now, <=, n_kept + self.n_begun);
      n_kept = n_now;
      n_done += self.done->len;
    }
  if (n_kills >= N_KILLS)
    g_assert_cmpuint (n_done, >, 0);

  /* The last start: all of it is there, and an orderly end is one. */
  start (&self, NULL);
  gui_wait_for ("what was left of a model to be gone", is_swept, half);
  end (&self, SIGTERM);
  g_assert_cmpuint (count_kept (), ==, n_kept);
  g_array_unref (self.done);
  g_free (self.window);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/killed/killed", test_killed);
  return gui_run ();
}
