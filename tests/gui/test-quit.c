/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stopping and quitting while the device's driver compiles for the first question: the window says
 * so and is free at once, the program ends soon and never by a crash, and it can be started anew
 * meanwhile.
 *
 * Stopping is tried in this process, quitting with the program itself.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "harness.h"
#include "tests/slowness.h"

#include <glib/gstdio.h>
#include <signal.h>

#include "ui/application.h"
#include "ui/dialogs.h"

#define MODEL "models/native-96"
/* Two seconds are promised, where nothing else is done. */
#define MAX_S 5

/* Where drivers keep what they compiled: of this program, which may still compile while a test goes
 * on, and, each its own, of those that are started. */
static char *own_shaders, *shaders;

/* --- Stopping --- */

void __real_monocle_updates_compiled (guint n_done, guint n, gpointer updates);
void __wrap_monocle_updates_compiled (guint n_done, guint n, gpointer updates);

static int is_held;

/* The worker goes no further than this while it is held, however fast the compiler is. */
void
__wrap_monocle_updates_compiled (guint n_done, guint n, gpointer updates)
{
  __real_monocle_updates_compiled (n_done, n, updates);
  while (n_done > 0 && g_atomic_int_get (&is_held))
    g_usleep (1000);
}

static gboolean
is_compiling (gpointer query)
{
  guint n_done;

  return monocle_query_get_stage (query) == MONOCLE_STAGE_COMPILING
         && monocle_query_get_n_steps (query, &n_done) > 0 && n_done > 0;
}

static void
test_stop (void)
{
  GSettings *settings = gui_get_settings ();
  g_autofree char *model = gui_fixture (MODEL);
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("caption"), NULL, NULL, 0, NULL);
  MonocleWindow *window;
  gint64 start;
  double seconds;

  g_atomic_int_set (&is_held, TRUE);
  g_settings_set_string (settings, "model", model);
  window = gui_open_sample ("1-park.png");
  monocle_window_run_query (window, query);
  gui_wait_for ("the compiler", is_compiling, query);
  gui_wait_for_text (window, "Once for each device");
  g_assert_true (gui_has_text (window, "Preparing the device: "));
  /* The picture can be used. */
  gui_act (window, "win.zoom-100", NULL);
  gui_act (window, "win.rotate-right", NULL);
  g_assert_true (monocle_query_is_active (query));

  start = g_get_monotonic_time ();
  g_action_activate (g_action_map_lookup_action (G_ACTION_MAP (window), "stop"), NULL);
  /* At once, before anything else happens. */
  g_assert_true (monocle_query_is_active (query));
  g_assert_true (gui_has_text (window, "Stopping"));
  g_assert_false (gui_can_act (window, "win.stop"));
  g_atomic_int_set (&is_held, FALSE);
  gui_wait_done (query);
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_test_message ("stopped after %.2f s", seconds);
  g_assert_cmpfloat (seconds, <, MAX_S * test_get_slowness ());
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_STOPPED);
  g_assert_false (gui_can_act (window, "win.stop"));
  gui_close_all ();
}

/* --- Quitting --- */

typedef struct
{
  GSubprocess *process;
  gboolean is_over;
} Program;

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

static void
program_start (Program *program)
{
  g_autofree char *path = g_build_filename (MONOCLE_BUILD_DIR, "ui", "monocle", NULL);
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "MESA_SHADER_CACHE_DIR", shaders, TRUE);
  /* In memory it would have settings of its own. */
  g_subprocess_launcher_setenv (launcher, "GSETTINGS_BACKEND", "keyfile", TRUE);
#if MONOCLE_HAS_ADW_DIALOG
  /* For what the harness says of libadwaita 1.7: there is nobody to pass over its warning here. */
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-criticals", TRUE);
#endif
  program->is_over = FALSE;
  program->process = g_subprocess_launcher_spawn (launcher, &error, path, sample, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_async (program->process, NULL, on_ended, program);
}

/* A program that compiles may take its time. */
#define ANSWER_MS 240000

static char *
call_actions (const char *path, const char *method, GVariant *arguments, const char *type)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, MONOCLE_APPLICATION_ID, path, "org.gtk.Actions", method, arguments,
      type ? G_VARIANT_TYPE (type) : NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, NULL, NULL);

  return reply ? g_variant_print (reply, FALSE) : NULL;
}

#define APPLICATION "/org/monocle/Monocle"
#define WINDOW      "/org/monocle/Monocle/window/%u"

static void
program_act (guint window, const char *action)
{
  g_autofree char *path = window > 0 ? g_strdup_printf (WINDOW, window) : g_strdup (APPLICATION);
  g_autofree char *reply = call_actions (
      path, "Activate", g_variant_new ("(s@ava{sv})", action, g_variant_new ("av", NULL), NULL),
      NULL);

  g_assert_nonnull (reply);
}

static gboolean
can_run (gpointer window)
{
  g_autofree char *path = g_strdup_printf (WINDOW, GPOINTER_TO_UINT (window));
  g_autofree char *reply
      = call_actions (path, "Describe", g_variant_new ("(s)", "run"), "((bgav))");

  return reply && g_str_has_prefix (reply, "((true");
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += g_file_test (child, G_FILE_TEST_IS_DIR) ? count_files (child) : 1;
    }
  return n;
}

static gboolean
has_shaders (gpointer data)
{
  return count_files (shaders) > 0;
}

static void
renew_shaders (void)
{
  if (shaders)
    gui_remove (shaders);
  g_free (shaders);
  shaders = g_dir_make_tmp ("monocle-shaders-XXXXXX", NULL);
}

/* A picture is open, its question is being prepared for. Nothing is compiled yet: what the programs
 * before left might be all that there is to do. */
static void
program_ask (Program *program)
{
  renew_shaders ();
  program_start (program);
  gui_wait_for ("the picture", can_run, GUINT_TO_POINTER (1));
  program_act (1, "run");
  gui_wait_for ("the compiler", has_shaders, NULL);
}

static void
program_expect_end (Program *program, gint64 since)
{
  double seconds;

  gui_wait_for ("the program to end", is_over, program);
  seconds = (double) (g_get_monotonic_time () - since) / 1e6;
  g_test_message ("ended after %.2f s, %u shaders kept", seconds, count_files (shaders));
  if (g_subprocess_get_if_signaled (program->process))
    g_error ("ended by signal %d", g_subprocess_get_term_sig (program->process));
  g_assert_cmpint (g_subprocess_get_exit_status (program->process), ==, 0);
  g_assert_cmpfloat (seconds, <, MAX_S * test_get_slowness ());
  g_clear_object (&program->process);
}

static void
test_quit (void)
{
  static const struct
  {
    guint wait_ms;
    guint window;
    const char *action;
  } moments[] = { { 0, 1, "close" }, { 1200, 0, "quit" } };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      Program program;
      gint64 start;

      program_ask (&program);
      gui_wait_ms (moments[i].wait_ms);
      start = g_get_monotonic_time ();
      program_act (moments[i].window, moments[i].action);
      program_expect_end (&program, start);
    }
}

/* While the model is being loaded, and before. */
static void
test_quit_early (void)
{
  static const guint moments[] = { 0, 50, 150, 400 };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      Program program;
      gint64 start;

      program_start (&program);
      gui_wait_for ("the picture", can_run, GUINT_TO_POINTER (1));
      gui_wait_ms (moments[i]);
      start = g_get_monotonic_time ();
      program_act (0, "quit");
      program_expect_end (&program, start);
    }
}

static void
test_terminate (void)
{
  Program program;
  gint64 start;

  program_ask (&program);
  start = g_get_monotonic_time ();
  g_subprocess_send_signal (program.process, SIGTERM);
  program_expect_end (&program, start);
}

static gboolean
is_done (gpointer window)
{
  g_autofree char *path = g_strdup_printf (WINDOW, GPOINTER_TO_UINT (window));
  g_autofree char *reply
      = call_actions (path, "Describe", g_variant_new ("(s)", "done"), "((bgav))");

  return reply && strstr (reply, "<true>");
}

static gboolean
says_rescued (gpointer window)
{
  return gui_has_text (window, "The work on 1 picture could not be kept, and was rescued");
}

/* What cannot be kept where work is kept is rescued when the program has to end. */
static void
test_rescued (void)
{
  static const int signals[] = { SIGTERM, SIGHUP };
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "monocle", NULL);
  g_autofree char *work = g_build_filename (folder, "work", NULL);
  g_autofree char *aside = g_build_filename (folder, "work-aside", NULL);
  g_autofree char *rescued = g_build_filename (folder, "rescued", NULL);
  MonocleWindow *window;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      Program program;
      gint64 start;

      gui_remove (rescued);
      g_rename (work, aside);
      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      g_assert_true (g_file_set_contents (work, "", 0, NULL));
      program_start (&program);
      gui_wait_for ("the picture", can_run, GUINT_TO_POINTER (1));
      program_act (1, "done");
      gui_wait_for ("it to be done", is_done, GUINT_TO_POINTER (1));
      start = g_get_monotonic_time ();
      g_subprocess_send_signal (program.process, signals[i]);
      program_expect_end (&program, start);
      g_assert_cmpuint (count_files (rescued), ==, 1);
      g_assert_cmpint (g_unlink (work), ==, 0);
      g_rename (aside, work);
    }
  /* It is said at the next start, and not again. */
  window = gui_open_sample ("1-park.png");
  gui_wait_for ("it to be said", says_rescued, window);
  gui_close_all ();
  window = gui_open_sample ("1-park.png");
  gui_settle ();
  g_assert_false (says_rescued (window));
  gui_close_all ();
  gui_remove (rescued);
}

/* One window of two goes, with its question; then the other. */
static void
test_two_windows (void)
{
  Program program;
  gint64 start;

  program_ask (&program);
  program_act (0, "new-window");
  program_act (1, "close");
  gui_wait_ms (500);
  g_assert_false (program.is_over);
  start = g_get_monotonic_time ();
  program_act (2, "close");
  program_expect_end (&program, start);
}

/* What is started while the one before it still ends has a window of its own. */
static void
test_start_again (void)
{
  Program first, second;
  gint64 start;

  program_ask (&first);
  start = g_get_monotonic_time ();
  program_act (0, "quit");
  program_start (&second);
  program_expect_end (&first, start);
  gui_wait_for ("the picture", can_run, GUINT_TO_POINTER (1));
  g_assert_false (second.is_over);
  start = g_get_monotonic_time ();
  program_act (0, "quit");
  program_expect_end (&second, start);
}

static void
write_settings (void)
{
  g_autofree char *path
      = g_build_filename (g_get_user_config_dir (), "glib-2.0", "settings", "keyfile", NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *model = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "fixtures", MODEL, NULL);
  g_autofree char *text = g_strdup_printf ("[org/monocle/Monocle]\nmodel='%s'\n", model);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

int
main (int argc, char **argv)
{
  int status;

  /* Nothing is compiled yet. */
  own_shaders = g_dir_make_tmp ("monocle-shaders-XXXXXX", NULL);
  g_setenv ("MESA_SHADER_CACHE_DIR", own_shaders, TRUE);
  renew_shaders ();
  write_settings ();
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/quit/stop", test_stop);
  g_test_add_func ("/gui/quit/compiling", test_quit);
  g_test_add_func ("/gui/quit/early", test_quit_early);
  g_test_add_func ("/gui/quit/terminate", test_terminate);
  g_test_add_func ("/gui/quit/rescued", test_rescued);
  g_test_add_func ("/gui/quit/two-windows", test_two_windows);
  g_test_add_func ("/gui/quit/start-again", test_start_again);

  status = gui_run ();
  gui_remove (shaders);
  g_free (shaders);
  gui_remove (own_shaders);
  g_free (own_shaders);
  return status;
}
