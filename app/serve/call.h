/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP around an exchange: who may call and how much may be sent, the reply, and what becomes of a
 * call whose caller is gone or whose time is up.
 */
#pragma once

#include <libsoup/soup.h>

#include "app/serve/exchange.h"

G_BEGIN_DECLS

/**
 * MonocleServeRules:
 * @token: (nullable): what a caller must show, as a bearer's or as a password
 * @max_bytes: of what is sent
 * @timeout_s: of a call
 * @is_local: whether only this machine can call: web pages that send it here are kept out then
 */
typedef struct
{
  const char *token;
  guint64 max_bytes;
  guint timeout_s;
  gboolean is_local;
} MonocleServeRules;

/* To be called when a message begins: refuses who may not call, what is too large, and who says
 * nothing for a while in the middle of it, as soon as that is known. @rules stays. */
void monocle_serve_guard (SoupServerMessage *message, const MonocleServeRules *rules);

/* Whether what was sent may be as long as it is; replies if not. */
gboolean monocle_serve_check_body (SoupServerMessage *message);

/* Says so, and ends the connection, whatever was read of it. */
void monocle_serve_hang_up (SoupServerMessage *message, guint status);

/* Replies with an error. */
void monocle_serve_refuse (SoupServerMessage *message, guint status, const char *what);

typedef struct _MonocleServeCall MonocleServeCall;

/* The reply is sent, or nobody waits for it. The call is freed afterwards. */
typedef void (*MonocleServeEndFunc) (MonocleServeCall *call,
                                     guint status,
                                     double ms,
                                     gpointer user_data);

/**
 * monocle_serve_call_begin:
 * @message: whose body is there
 * @exchange: (transfer full): what it is for
 * @rules: how long it may take
 * @on_ended: called once, later
 * @user_data: for @on_ended
 *
 * Reads, asks, replies.
 *
 * Returns: (transfer none): valid until @on_ended was called
 */
MonocleServeCall *monocle_serve_call_begin (SoupServerMessage *message,
                                            MonocleServeExchange *exchange,
                                            const MonocleServeRules *rules,
                                            MonocleServeEndFunc on_ended,
                                            gpointer user_data);

const char *monocle_serve_call_get_method (MonocleServeCall *call);
const char *monocle_serve_call_get_path (MonocleServeCall *call);

void monocle_serve_call_cancel (MonocleServeCall *call);
/* Cancels it, and nobody hears of its end. */
void monocle_serve_call_forget (MonocleServeCall *call);

G_END_DECLS
