/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/engine-private.h"

#include <stdlib.h>

#include "engine/run/worker.h"

/* For what forgot to. */
#define PATIENCE_MS 2000

static GMutex mutex;
static GCond changed;
static guint n_busy; /* that are inside a driver, or are about to be */
static gboolean is_over;

void
monocle_engine_hold (void)
{
  g_mutex_lock (&mutex);
  n_busy++;
  g_mutex_unlock (&mutex);
}

void
monocle_engine_enter (void)
{
  g_mutex_lock (&mutex);
  while (is_over)
    g_cond_wait (&changed, &mutex);
  g_mutex_unlock (&mutex);
}

void
monocle_engine_release (void)
{
  g_mutex_lock (&mutex);
  g_assert (n_busy > 0);
  if (--n_busy == 0)
    g_cond_broadcast (&changed);
  g_mutex_unlock (&mutex);
}

gboolean
monocle_engine_shutdown (guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean in_time = TRUE;

  if (!is_over)
    monocle_worker_stop_all ();
  g_mutex_lock (&mutex);
  while (!is_over && in_time)
    {
      is_over = n_busy == 0;
      if (!is_over)
        in_time = g_cond_wait_until (&changed, &mutex, end);
    }
  g_mutex_unlock (&mutex);

  /* What drivers keep for a thread they take down when it ends: not beside exit(). */
  if (is_over)
    monocle_worker_join_ended ();
  return is_over;
}

/* Before the handlers of drivers, which are older: whoever comes here may still be saved. */
static void
on_exit_of_program (void)
{
  if (is_over)
    return;
  g_critical ("the program ends without monocle_engine_shutdown()");
  monocle_engine_shutdown (PATIENCE_MS);
}

void
monocle_engine_expect_shutdown (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, atexit (on_exit_of_program) == 0 ? 1 : 2);
}

void
monocle_engine_give_way (void)
{
  monocle_worker_give_way ();
}
