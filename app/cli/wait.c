/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/wait.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "app/cli/cli.h"

/* From the first signal to the end of the program, whatever it is doing. */
#define PATIENCE_MS 2000

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static GCancellable *interrupted;
static gint caught; /* atomic: which signal; 0: none */

static GMutex stoppable_mutex;
static GCancellable *stoppable; /* (nullable): what SIGINT stops instead of the program */

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

MonocleRun *
monocle_cli_wait_for_run (MonocleSession *session, const MonocleRequest *request, GError **error)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleRun) run = NULL;

  monocle_session_run_async (session, request, monocle_cli_wait_get_cancellable (), NULL, NULL,
                             monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  run = monocle_session_run_finish (session, result, error);
  if (run && run->stopped)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
      return NULL;
    }
  return g_steal_pointer (&run);
}

/* Whether there was something to stop that was not stopped yet. */
static gboolean
stop (void)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&stoppable_mutex);
  if (stoppable && !g_cancellable_is_cancelled (stoppable))
    cancellable = g_object_ref (stoppable);
  g_mutex_unlock (&stoppable_mutex);
  g_cancellable_cancel (cancellable);
  return cancellable != NULL;
}

static gboolean
on_signal (gpointer which)
{
  if (GPOINTER_TO_INT (which) != SIGINT || !stop ())
    g_atomic_int_set (&caught, GPOINTER_TO_INT (which));
  return G_SOURCE_CONTINUE;
}

/* Under nohup, a terminal that is closed is none of the program's business. */
static gboolean
is_none_of_ours (int which)
{
  struct sigaction action;

  return which == SIGHUP && sigaction (which, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* A thread of its own, since the main one may be busy with a picture. */
static gpointer
watch_signals (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *sources[G_N_ELEMENTS (signals)];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (!is_none_of_ours (signals[i]))
      {
        sources[n] = g_unix_signal_source_new (signals[i]);
        g_source_set_callback (sources[n], on_signal, GINT_TO_POINTER (signals[i]), NULL);
        g_source_attach (sources[n], context);
        n++;
      }
  while (g_atomic_int_get (&caught) == 0)
    g_main_context_iteration (context, TRUE);
  /* Without them signals do again what they do by themselves. */
  for (guint i = 0; i < n; i++)
    {
      g_source_destroy (sources[i]);
      g_source_unref (sources[i]);
    }

  g_cancellable_cancel (interrupted);
  g_usleep (PATIENCE_MS * 1000);
  _exit (128 + g_atomic_int_get (&caught));
}

GCancellable *
monocle_cli_wait_get_cancellable (void)
{
  if (!interrupted)
    {
      interrupted = g_cancellable_new ();
      g_thread_unref (g_thread_new ("signals", watch_signals, NULL));
    }
  return interrupted;
}

void
monocle_cli_wait_set_stoppable (GCancellable *cancellable)
{
  monocle_cli_wait_get_cancellable ();
  g_mutex_lock (&stoppable_mutex);
  g_set_object (&stoppable, cancellable);
  g_mutex_unlock (&stoppable_mutex);
}

int
monocle_cli_wait_for_engine (int status)
{
  int which = g_atomic_int_get (&caught);

  if (status == MONOCLE_CLI_INTERRUPTED && which != 0)
    status = 128 + which;
  if (!monocle_engine_shutdown (PATIENCE_MS))
    _exit (status);
  return status;
}
