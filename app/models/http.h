/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request after the other, in a thread of its own: follows redirects, sends the token to whom
 * it belongs and to nobody else, and says of everything that goes wrong whether to try again.
 * Proxies are those of the desktop.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleHttpFate:
 * @MONOCLE_HTTP_FINE: there is a body to be read
 * @MONOCLE_HTTP_AGAIN: it may work later
 * @MONOCLE_HTTP_AFRESH: it may work from the first byte on
 * @MONOCLE_HTTP_NEVER: trying again changes nothing
 */
typedef enum
{
  MONOCLE_HTTP_FINE,
  MONOCLE_HTTP_AGAIN,
  MONOCLE_HTTP_AFRESH,
  MONOCLE_HTTP_NEVER,
} MonocleHttpFate;

/**
 * MonocleHttpAnswer:
 * @body: from @start on
 * @start: 0 for all of it
 * @total: how many bytes all of it has; -1 where the server does not say
 * @etag: (nullable): what is the same as long as the bytes are; %NULL where there is none that
 *   could be relied upon
 * @wait_s: how long the server wants to be left alone; also with an error
 */
typedef struct
{
  GInputStream *body;
  guint64 start;
  gint64 total;
  char *etag;
  guint wait_s;
} MonocleHttpAnswer;

void monocle_http_answer_clear (MonocleHttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleHttpAnswer, monocle_http_answer_clear)

typedef struct _MonocleHttp MonocleHttp;

/**
 * monocle_http_new:
 * @token: (nullable): for the host that is asked first, over whatever it is asked
 * @timeout_s: how long nothing may come
 *
 * Used and freed in the thread that made it.
 */
MonocleHttp *monocle_http_new (const char *token, guint timeout_s);
void monocle_http_free (MonocleHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleHttp, monocle_http_free)

/**
 * monocle_http_get:
 * @offset: the first byte that is wanted; the server may begin at 0 all the same
 * @etag: (nullable): of what there is already; from another one all of it is sent
 * @answer: (out caller-allocates): to be cleared in any case
 *
 * Blocks until there is a body.
 *
 * Errors: %MONOCLE_APP_ERROR_NETWORK, %MONOCLE_APP_ERROR_NOT_ALLOWED, %G_IO_ERROR_CANCELLED.
 */
MonocleHttpFate monocle_http_get (MonocleHttp *self,
                                  const char *address,
                                  guint64 offset,
                                  const char *etag,
                                  GCancellable *cancellable,
                                  MonocleHttpAnswer *answer,
                                  GError **error);

/**
 * monocle_http_follow:
 * @from: an address that was asked
 * @location: where it says that the answer is
 *
 * Errors: %MONOCLE_APP_ERROR_NETWORK for what is no address, and for one that would leave HTTPS.
 *
 * Returns: (transfer full) (nullable): the address
 */
GUri *monocle_http_follow (GUri *from, const char *location, GError **error);

/* Whether a token for the one may be shown to the other: the same scheme, host and port. */
gboolean monocle_http_is_same_origin (GUri *a, GUri *b);

G_END_DECLS
