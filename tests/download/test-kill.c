/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `monocle-cli models get`, killed at random moments: what it leaves behind is never taken for a
 * model, and is always gone on with.
 *
 *   test-kill [--seed SEED] MONOCLE-CLI      MONOCLE_KILLS=N
 */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/models/partial.h"
#include "app/models/store.h"
#include "setup.h"

#define N_KILLS     10
#define BYTES_PER_S 2000000
#define PATIENCE_MS 120000

static const char *program;
static guint n_kills = N_KILLS;

static GSubprocess *
start (Setup *setup)
{
  g_autofree char *repository = g_strdup_printf ("tiny/%s@main", setup->name);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", g_get_user_data_dir (), TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "models", "get", "--mirror",
                                         server_get_address (setup->server), repository, NULL);
  g_assert_no_error (error);
  return process;
}

/* A program that was killed frees its lock, and holds nothing else. */
static void
check_leftover (Setup *setup)
{
  g_autoptr (GPtrArray) parts = monocle_model_store_list_parts ();
  g_autoptr (GPtrArray) models = monocle_model_store_list ();

  g_assert_cmpuint (parts->len, <=, 1);
  for (guint i = 0; i < parts->len; i++)
    {
      const MonocleStoredPart *part = parts->pdata[i];

      g_assert_false (part->is_busy);
      if (part->total_bytes)
        g_assert_cmpuint (part->received_bytes, <=, part->total_bytes);
    }
  /* Where there is a model it is a whole one. */
  for (guint i = 0; i < models->len; i++)
    {
      const MonocleStoredModel *model = models->pdata[i];
      g_autoptr (GError) error = NULL;

      g_assert_true (monocle_model_check (model->directory, &error));
      g_assert_no_error (error);
    }
}

/* Until the server sent that much, or the program is done. */
static void
wait_for_bytes (Setup *setup, GSubprocess *process, guint64 n)
{
  guint64 sent = 0;

  for (guint ms = 0; ms < PATIENCE_MS && sent < n && g_subprocess_get_identifier (process); ms++)
    {
      g_usleep (1000);
      sent += server_take_n_bytes (setup->server);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* Kills it up to that often, then lets it come to its end. */
static guint
run_until_killed (Setup *setup, GRand *rand, guint n_left)
{
  guint n = 0;

  for (guint i = 0; i < MIN (n_left, 6); i++)
    {
      g_autoptr (GSubprocess) process = start (setup);

      server_take_n_bytes (setup->server);
      /* Before anything came, somewhere in the middle, or where it is put in its place. */
      if (g_rand_int_range (rand, 0, 5) > 0)
        wait_for_bytes (setup, process, (guint64) g_rand_int_range (rand, 1, 700000));
      g_usleep ((gulong) g_rand_int_range (rand, 0, 15000));
      g_subprocess_force_exit (process);
      g_assert_true (g_subprocess_wait (process, NULL, NULL));
      /* It may have been faster. */
      if (g_subprocess_get_if_signaled (process))
        n++;
      check_leftover (setup);
    }
  return n;
}

static void
test_kill (void)
{
  static const char *const fixtures[] = { "native-96", "original-96" };
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_ranges = 0;
  guint round = 0;

  for (guint n = 0; n < n_kills; round++)
    {
      g_autoptr (Setup) setup = setup_new (fixtures[round % G_N_ELEMENTS (fixtures)]);
      g_autoptr (GSubprocess) last = NULL;
      g_autofree char *id = g_strconcat ("tiny--", setup->name, NULL);
      g_autofree char *directory = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (round, <, 10 * n_kills);
      server_set_speed (setup->server, BYTES_PER_S);
      n += run_until_killed (setup, rand, n_kills - n);
      server_set_speed (setup->server, 0);
      last = start (setup);
      g_assert_true (g_subprocess_wait_check (last, NULL, &error));
      g_assert_no_error (error);
      directory = monocle_model_store_find (id, &error);
      g_assert_no_error (error);
      setup_assert_whole (setup, directory, FALSE);
      n_ranges += server_take_n_ranges (setup->server);
      setup_empty_store ();
    }
  g_test_message ("%u killed, %u downloads came all the same, %u files gone on with in the middle",
                  n_kills, round, n_ranges);
  g_assert_cmpuint (n_ranges, >, 0);
}

int
main (int argc, char *argv[])
{
  const char *number = g_getenv ("MONOCLE_KILLS");

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  if (number)
    n_kills = (guint) CLAMP (atoi (number), 1, 100000);
  g_test_add_func ("/kill/random-moments", test_kill);
  return g_test_run ();
}
