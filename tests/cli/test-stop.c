/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ending monocle-cli by a signal while the device's driver compiles: soon, with the status that is
 * promised, never by a crash; and what was compiled is there the next time.
 *
 * Mesa tells when it compiles: it keeps its shaders where it is told to. Drivers that keep theirs
 * elsewhere are stopped wherever they are, and may be done before.
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "harness.h"
#include "tests/slowness.h"

#define MODEL "models/native-96"
/* Two seconds are promised, where nothing else is done. */
#define MAX_S 5

static TemporaryFolder *folder;

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

/* Shaders that the driver keeps. */
static guint
count_shaders (void)
{
  g_autofree char *path = g_build_filename (folder, "shaders", NULL);

  return count_files (path);
}

static GSubprocess *
start (void)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *model = harness_fixture (MODEL), *image = harness_fixture ("images/a.png");
  g_autofree char *shaders = g_build_filename (folder, "shaders", NULL);
  g_autofree char *cache = g_build_filename (folder, "cache", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_mkdir_with_parents (shaders, 0700);
  g_subprocess_launcher_setenv (launcher, "MESA_SHADER_CACHE_DIR", shaders, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CACHE_HOME", cache, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, harness_get_program (), "run", "--model",
                                         model, "--task", "caption", image, NULL);
  g_assert_no_error (error);
  return process;
}

/* As on the first run of all. */
static void
forget_shaders (void)
{
  harness_remove_folder (folder);
  folder = harness_make_folder ();
}

/* Until the driver has compiled something, which takes it long enough for what follows.
 * Returns: whether it does; else the program is done. */
static gboolean
wait_for_compiler (GSubprocess *process)
{
  while (count_shaders () == 0)
    {
      if (!g_subprocess_get_identifier (process))
        {
          g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
          g_assert_cmpuint (count_shaders (), ==, 0);
          return FALSE;
        }
      g_usleep (10 * 1000);
    }
  return TRUE;
}

/* Halts it where it is. Returns: whether it was there still */
static gboolean
halt (GSubprocess *process)
{
  const char *id = g_subprocess_get_identifier (process);
  g_autofree char *path = id ? g_strdup_printf ("/proc/%s/stat", id) : NULL;

  if (!path)
    return FALSE;
  g_subprocess_send_signal (process, SIGSTOP);
  for (;;)
    {
      g_autofree char *text = NULL;
      const char *behind;

      if (!g_file_get_contents (path, &text, NULL, NULL) || !(behind = strrchr (text, ')')))
        return FALSE;
      if (behind[2] == 'T')
        return TRUE;
      if (behind[2] == 'Z' || behind[2] == 'X')
        return FALSE;
      g_usleep (1000);
    }
}

/* In the way that is promised; @was_seen: in the middle of compiling. */
static void
check_end (GSubprocess *process, int which, guint n_times, gboolean was_seen)
{
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  if (g_subprocess_get_if_signaled (process))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (process), ==, which);
      g_assert_true (n_times > 1 || !was_seen);
    }
  else if (was_seen || g_subprocess_get_exit_status (process) != 0)
    {
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 128 + which);
    }
}

/* Sends the signals so far apart, and looks at how the program ends. */
static void
stop (guint wait_ms, int which, guint n_times)
{
  g_autoptr (GSubprocess) process = NULL;
  gboolean was_seen;
  gint64 begun;
  double seconds;

  forget_shaders ();
  process = start ();
  was_seen = wait_for_compiler (process);
  if (!was_seen)
    {
      g_object_unref (process);
      process = start ();
    }
  g_usleep (wait_ms * 1000);
  /* A machine that is busy elsewhere meanwhile may let it come to its end. */
  was_seen &= halt (process);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < n_times; i++)
    {
      if (i > 0)
        g_usleep (100 * 1000);
      g_subprocess_send_signal (process, which);
      if (i == 0)
        g_subprocess_send_signal (process, SIGCONT);
    }
  check_end (process, which, n_times, was_seen);
  seconds = (double) (g_get_monotonic_time () - begun) / 1e6;
  g_test_message ("signal %d, %u times%s: ended after %.2f s, %u shaders kept", which, n_times,
                  was_seen ? "" : ", wherever it was", seconds, count_shaders ());
  g_assert_cmpfloat (seconds, <, MAX_S * test_get_slowness ());
}

static void
test_interrupt (void)
{
  stop (0, SIGINT, 1);
  stop (700, SIGINT, 1);
}

static void
test_twice (void)
{
  stop (300, SIGINT, 2);
}

static void
test_terminate (void)
{
  stop (300, SIGTERM, 1);
}

/* Whose terminal is closed. */
static void
test_hang_up (void)
{
  stop (300, SIGHUP, 1);
}

int
main (int argc, char **argv)
{
  int status;

  harness_init (&argc, &argv);
  /* The program does not mind what it was told to, as by nohup around all tests. */
  signal (SIGHUP, SIG_DFL);
  folder = harness_make_folder ();
  g_test_add_func ("/cli/stop/interrupt", test_interrupt);
  g_test_add_func ("/cli/stop/twice", test_twice);
  g_test_add_func ("/cli/stop/terminate", test_terminate);
  g_test_add_func ("/cli/stop/hang-up", test_hang_up);
  status = g_test_run ();
  harness_remove_folder (folder);
  return status;
}
