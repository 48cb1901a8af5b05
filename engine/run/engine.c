/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/engine-private.h"

#include "engine/run/worker.h"

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

  return is_over;
}

void
monocle_engine_give_way (void)
{
  monocle_worker_give_way ();
}
