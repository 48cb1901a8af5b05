/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How programs end that opened a device: drivers of cards do not survive a thread that is inside
 * them while exit() takes them down, or that still has something of theirs.
 */
#include "config.h"

#include <stdlib.h>

#include "engine/engine.h"
#include "engine/run/worker.h"

static int was_taken_down;

static MonocleWorker *
get_worker (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = monocle_device_list (&error);

  g_assert_no_error (error);
  return monocle_worker_get (devices->pdata[0]);
}

/* --- Without a word --- */

static void
test_forgotten (void)
{
  g_test_trap_subprocess ("/ending/subprocess/forgotten", 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*ends without monocle_engine_shutdown()*");
}

/* The worker ends as well as it can: it is not this that is complained of. */
static void
forget (void)
{
  monocle_worker_unref (get_worker ());
  exit (0);
}

/* --- What a driver keeps for a thread --- */

static void
take_down (gpointer data)
{
  g_usleep (G_USEC_PER_SEC / 5);
  g_atomic_int_set (&was_taken_down, TRUE);
}

static void
keep_for_thread (MonocleWorker *worker, gpointer data)
{
  static GPrivate kept = G_PRIVATE_INIT (take_down);

  g_private_set (&kept, worker);
}

static void
test_threads (void)
{
  g_test_trap_subprocess ("/ending/subprocess/threads", 0, 0);
  g_test_trap_assert_passed ();
}

static void
end_threads (void)
{
  MonocleWorker *worker = get_worker ();

  monocle_worker_push (worker, keep_for_thread, NULL, NULL);
  monocle_worker_unref (worker);
  g_assert_true (monocle_engine_shutdown (600 * 1000));
  g_assert_true (g_atomic_int_get (&was_taken_down));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ending/forgotten", test_forgotten);
  g_test_add_func ("/ending/subprocess/forgotten", forget);
  g_test_add_func ("/ending/threads", test_threads);
  g_test_add_func ("/ending/subprocess/threads", end_threads);
  return g_test_run ();
}
