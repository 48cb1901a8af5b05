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
 * monocle_cli_wait_get_cancellable:
 *
 * Returns: (transfer none): cancelled by the first SIGINT. The second one ends the program at once.
 */
GCancellable *monocle_cli_wait_get_cancellable (void);

G_END_DECLS
