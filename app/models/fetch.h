/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gets one file of a download, however often the way there breaks: goes on at the byte where it
 * stopped, counts and hashes what it writes, begins anew where the bytes changed meanwhile, and
 * gives up where nothing helps.
 */
#pragma once

#include "app/models/http.h"
#include "app/models/partial.h"

G_BEGIN_DECLS

/**
 * MonoclePatience:
 * @timeout_s: how long nothing may come
 * @first_delay_ms: before the first time that it is tried again; then twice as long every time
 * @n_attempts: how often it may fail without that much came in between
 */
typedef struct
{
  guint timeout_s;
  guint first_delay_ms;
  guint n_attempts;
} MonoclePatience;

extern const MonoclePatience monocle_patience_default;

/* Bytes of a file that came, or went away again where @n is below 0; whether they came just now or
 * were there. On the thread of the file. */
typedef void (*MonocleFetchCount) (gint64 n, gboolean fresh, gpointer user_data);

/**
 * MonocleFetch:
 * @http: of this thread
 * @address: of the file
 * @count: hears of bytes
 */
typedef struct
{
  MonoclePartial *partial;
  MonocleHttp *http;
  const MonoclePatience *patience;
  const char *address;
  const char *name;
  MonocleFetchCount count;
  gpointer user_data;
} MonocleFetch;

/**
 * monocle_fetch_file:
 *
 * Blocks until the file is whole and verified. Where it stops, what came stays.
 *
 * Errors: those of monocle_http_get(); %MONOCLE_APP_ERROR_WRONG_BYTES where what comes is not what
 * should; %G_IO_ERROR_NO_SPACE, %MONOCLE_APP_ERROR_WRITE; %G_IO_ERROR_CANCELLED.
 */
gboolean monocle_fetch_file (const MonocleFetch *self, GCancellable *cancellable, GError **error);

/**
 * monocle_fetch_text:
 * @max_bytes: no more than that
 *
 * A short answer that goes to memory, with the same patience.
 *
 * Returns: (transfer full) (nullable): its bytes
 */
GBytes *monocle_fetch_text (MonocleHttp *http,
                            const MonoclePatience *patience,
                            const char *address,
                            gsize max_bytes,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
