/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line's main loop: waits for an asynchronous call of the engine.
 *
 *   MonocleCliWait wait = { 0 };
 *   something_async (..., monocle_cli_wait_callback, &wait);
 *   g_autoptr (GAsyncResult) result = monocle_cli_wait (&wait);
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

typedef struct
{
  GAsyncResult *result;
} MonocleCliWait;

/* A GAsyncReadyCallback; @wait is the MonocleCliWait. */
void monocle_cli_wait_callback (GObject *source, GAsyncResult *result, gpointer wait);

/**
 * monocle_cli_wait:
 *
 * Runs the default main context until the call is done.
 *
 * Returns: (transfer full): its result
 */
GAsyncResult *monocle_cli_wait (MonocleCliWait *wait);

/**
 * monocle_cli_wait_for_run:
 * @session: who is asked
 * @request: what
 * @error: return location
 *
 * Asks, and waits for all of the answer: one that was stopped is none.
 *
 * Errors: those of monocle_session_run_finish(); %G_IO_ERROR_CANCELLED where it was stopped.
 *
 * Returns: (transfer full) (nullable): what came of it
 */
MonocleRun *
monocle_cli_wait_for_run (MonocleSession *session, const MonocleRequest *request, GError **error);

/**
 * monocle_cli_wait_get_cancellable:
 *
 * Returns: (transfer none): cancelled by the first SIGINT or SIGTERM, two seconds after which the
 * program ends in any case. The second one ends it at once.
 */
GCancellable *monocle_cli_wait_get_cancellable (void);

/**
 * monocle_cli_wait_set_stoppable:
 * @cancellable: (nullable): what SIGINT cancels from now on, and the program goes on; one that
 *   comes when that is cancelled already ends the program. %NULL: every SIGINT does
 */
void monocle_cli_wait_set_stoppable (GCancellable *cancellable);

/**
 * monocle_cli_wait_for_engine:
 * @status: exit status, of a program that printed all it had to
 *
 * Ends the program where the engine cannot end in time.
 *
 * Returns: the exit status, for main(): interrupted became that of the signal
 */
int monocle_cli_wait_for_engine (int status);

G_END_DECLS
