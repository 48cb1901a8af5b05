/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli-wait.h"

#include <glib-unix.h>
#include <signal.h>

void
monocle_cli_wait_callback (GObject *source, GAsyncResult *result, gpointer wait)
{
  ((MonocleCliWait *) wait)->result = g_object_ref (result);
}

GAsyncResult *
monocle_cli_wait (MonocleCliWait *wait)
{
  while (!wait->result)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (&wait->result);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  /* Removing the source brings back what SIGINT does by itself. */
  return G_SOURCE_REMOVE;
}

GCancellable *
monocle_cli_wait_get_cancellable (void)
{
  static GCancellable *cancellable;

  if (!cancellable)
    {
      cancellable = g_cancellable_new ();
      g_unix_signal_add (SIGINT, cancel, cancellable);
    }
  return cancellable;
}
