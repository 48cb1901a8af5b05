/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/serve/call.h"

#include <string.h>

#include "app/json/fields.h"
#include "app/json/text.h"

struct _MonocleServeCall
{
  SoupServerMessage *message;
  MonocleServeExchange *exchange;
  GCancellable *cancellable;
  guint timeout; /* source */
  gulong gone;   /* handler */
  gboolean is_late;
  gint64 begun_us;
  MonocleServeEndFunc on_ended; /* (nullable) */
  gpointer user_data;
};

/* --- replies --- */

static void
reply (SoupServerMessage *message, guint status, JsonNode *node)
{
  g_autofree char *text = monocle_json_text (node);
  char *line = g_strconcat (text, "\n", NULL);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, line,
                                    strlen (line));
}

void
monocle_serve_refuse (SoupServerMessage *message, guint status, const char *what)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "error", what);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  reply (message, status, node);
}

/* --- who may call --- */

#define TOO_MUCH "that is too much"

/* Longest that nothing comes of what should; also between calls over the same connection. */
#define MAX_SILENCE_S 10

/* Of what is too much so many times as much is read, to be able to say so. */
#define MAX_TIMES_TOO_MUCH 4

typedef struct
{
  SoupServerMessage *message; /* which owns it */
  const MonocleServeRules *rules;
  guint64 n_bytes; /* of the body */
  guint silence;   /* source */
  guint lateness;  /* source: all of the body is not here in time */
} Guard;

/* Takes as long whatever is wrong with it. */
static gboolean
is_token (const char *token, const char *shown)
{
  gsize n = strlen (token), n_shown = strlen (shown);
  guint difference = n != n_shown;

  for (gsize i = 0; i < n_shown; i++)
    difference |= (guint) (shown[i] ^ token[n > 0 ? i % n : 0]);
  return difference == 0;
}

/* Of both ways in which programs say it. */
static gboolean
shows_token (const char *authorization, const char *token)
{
  g_autofree guchar *pair = NULL;
  const char *password;
  gsize size;

  if (!authorization)
    return FALSE;
  if (g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0)
    return is_token (token, authorization + 7);
  if (g_ascii_strncasecmp (authorization, "Basic ", 6) != 0)
    return FALSE;
  pair = g_base64_decode (authorization + 6, &size);
  pair = g_realloc (pair, size + 1);
  pair[size] = '\0';
  password = strchr ((const char *) pair, ':');
  return password && is_token (token, password + 1);
}

/* A page in a browser of this machine can send anything here; what it is asks the browser says. */
static gboolean
is_from_page (SoupMessageHeaders *headers)
{
  const char *host = soup_message_headers_get_one (headers, "Host");
  g_autofree char *name = host ? g_strdup (host) : NULL;
  char *port = name ? strrchr (name, ':') : NULL;

  if (soup_message_headers_get_one (headers, "Origin"))
    return TRUE;
  if (!name)
    return FALSE;
  if (port && !strchr (port, ']'))
    *port = '\0';
  /* Another name may have been made to point here. */
  return strcmp (name, "[::1]") != 0 && g_ascii_strcasecmp (name, "localhost") != 0
         && !g_hostname_is_ip_address (name);
}

/* Nobody reads the rest of what it sends. */
static void
cut_off (SoupServerMessage *message, guint status, const char *what)
{
  monocle_serve_refuse (message, status, what);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

/* The connection may be in the middle of anything: what reads it comes to its end by itself. */
void
monocle_serve_hang_up (SoupServerMessage *message, guint status)
{
  GSocket *socket = soup_server_message_get_socket (message);
  g_autofree char *line
      = g_strdup_printf ("HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status,
                         soup_status_get_phrase (status));

  if (!socket)
    return;
  g_socket_send_with_blocking (socket, line, strlen (line), FALSE, NULL, NULL);
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

/* Nothing comes, or too slowly. */
static gboolean
on_late (gpointer data)
{
  Guard *guard = data;

  monocle_serve_hang_up (guard->message, SOUP_STATUS_REQUEST_TIMEOUT);
  g_clear_handle_id (&guard->silence, g_source_remove);
  g_clear_handle_id (&guard->lateness, g_source_remove);
  return G_SOURCE_REMOVE;
}

static void
wait_for_more (Guard *guard)
{
  g_clear_handle_id (&guard->silence, g_source_remove);
  guard->silence
      = g_timeout_add_seconds (MIN (MAX_SILENCE_S, guard->rules->timeout_s), on_late, guard);
}

static void
on_body (SoupServerMessage *message, Guard *guard)
{
  g_clear_handle_id (&guard->silence, g_source_remove);
  g_clear_handle_id (&guard->lateness, g_source_remove);
}

static void
guard_free (gpointer data)
{
  Guard *guard = data;

  g_clear_handle_id (&guard->silence, g_source_remove);
  g_clear_handle_id (&guard->lateness, g_source_remove);
  g_free (guard);
}

static void
on_headers (SoupServerMessage *message, Guard *guard)
{
  const MonocleServeRules *rules = guard->rules;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");

  wait_for_more (guard);
  guard->lateness = g_timeout_add_seconds (rules->timeout_s, on_late, guard);
  if (rules->token && !shows_token (authorization, rules->token))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "WWW-Authenticate", "Bearer");
      cut_off (message, SOUP_STATUS_UNAUTHORIZED, "the token is missing or wrong");
    }
  else if (!rules->token && rules->is_local && is_from_page (headers))
    cut_off (message, SOUP_STATUS_FORBIDDEN, "web pages may not call without a token");
  /* Who waits for a word sends nothing then. Others are heard out, within limits: most programs see
   * no reply before they have sent all. */
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
           && (guint64) soup_message_headers_get_content_length (headers) > rules->max_bytes
           && (soup_message_headers_get_expectations (headers) & SOUP_EXPECTATION_CONTINUE))
    cut_off (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, TOO_MUCH);
}

/* What is too much is not kept, and the rest of it is not waited for without end. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, Guard *guard)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  GIOStream *stream;

  wait_for_more (guard);
  guard->n_bytes += g_bytes_get_size (chunk);
  if (guard->n_bytes <= guard->rules->max_bytes)
    return;
  soup_message_body_truncate (body);
  soup_message_body_set_accumulate (body, FALSE);
  if (guard->n_bytes / MAX_TIMES_TOO_MUCH <= guard->rules->max_bytes)
    return;
  stream = soup_server_message_steal_connection (message);
  g_io_stream_close (stream, NULL, NULL);
  g_object_unref (stream);
}

void
monocle_serve_guard (SoupServerMessage *message, const MonocleServeRules *rules)
{
  Guard *guard = g_new0 (Guard, 1);

  guard->message = message;
  guard->rules = rules;
  g_object_set_data_full (G_OBJECT (message), "guard", guard, guard_free);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_headers), guard);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), guard);
  g_signal_connect (message, "got-body", G_CALLBACK (on_body), guard);
  wait_for_more (guard);
}

gboolean
monocle_serve_check_body (SoupServerMessage *message)
{
  const Guard *guard = g_object_get_data (G_OBJECT (message), "guard");

  if (guard->n_bytes <= guard->rules->max_bytes)
    return TRUE;
  monocle_serve_refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, TOO_MUCH);
  return FALSE;
}

/* --- a call --- */

static void
end (MonocleServeCall *call)
{
  double ms = (double) (g_get_monotonic_time () - call->begun_us) / 1000;

  g_clear_handle_id (&call->timeout, g_source_remove);
  if (call->gone)
    g_signal_handler_disconnect (call->message, call->gone);
  call->gone = 0;
  soup_server_message_unpause (call->message);
  if (call->on_ended)
    call->on_ended (call, soup_server_message_get_status (call->message), ms, call->user_data);
  monocle_serve_exchange_free (call->exchange);
  g_object_unref (call->message);
  g_object_unref (call->cancellable);
  g_free (call);
}

static guint
choose_status (const MonocleServeCall *call, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return call->is_late ? SOUP_STATUS_GATEWAY_TIMEOUT : SOUP_STATUS_SERVICE_UNAVAILABLE;
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST)
      || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  return SOUP_STATUS_BAD_REQUEST;
}

static void
fail (MonocleServeCall *call, const GError *error)
{
  guint status = choose_status (call, error);

  monocle_serve_refuse (call->message, status,
                        status == SOUP_STATUS_GATEWAY_TIMEOUT ? "it took too long"
                                                              : error->message);
  end (call);
}

static void
succeed (MonocleServeCall *call)
{
  g_autoptr (JsonNode) node = call->exchange->api->write (call->exchange);

  reply (call->message, SOUP_STATUS_OK, node);
  end (call);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleServeCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (monocle_serve_exchange_ask_finish (call->exchange, result, &error))
    succeed (call);
  else
    fail (call, error);
}

static gboolean
on_timeout (gpointer user_data)
{
  MonocleServeCall *call = user_data;

  call->timeout = 0;
  call->is_late = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_gone (SoupServerMessage *message, MonocleServeCall *call)
{
  g_cancellable_cancel (call->cancellable);
}

static gboolean
begin (gpointer user_data)
{
  MonocleServeCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (!call->exchange->api->read (call->exchange, &error))
    fail (call, error);
  else if (call->exchange->questions->len == 0)
    succeed (call);
  else
    monocle_serve_exchange_ask_async (call->exchange, call->cancellable, on_asked, call);
  return G_SOURCE_REMOVE;
}

MonocleServeCall *
monocle_serve_call_begin (SoupServerMessage *message,
                          MonocleServeExchange *exchange,
                          const MonocleServeRules *rules,
                          MonocleServeEndFunc on_ended,
                          gpointer user_data)
{
  MonocleServeCall *call = g_new0 (MonocleServeCall, 1);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  call->message = g_object_ref (message);
  call->exchange = exchange;
  call->cancellable = g_cancellable_new ();
  call->begun_us = g_get_monotonic_time ();
  call->on_ended = on_ended;
  call->user_data = user_data;
  exchange->body = soup_message_body_flatten (body);
  exchange->content_type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (message), NULL);
  call->timeout = g_timeout_add_seconds (rules->timeout_s, on_timeout, call);
  call->gone = g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), call);
  soup_server_message_pause (message);
  g_idle_add (begin, call);
  return call;
}

const char *
monocle_serve_call_get_method (MonocleServeCall *call)
{
  return call->exchange->api->method;
}

const char *
monocle_serve_call_get_path (MonocleServeCall *call)
{
  return call->exchange->api->path;
}

void
monocle_serve_call_cancel (MonocleServeCall *call)
{
  g_cancellable_cancel (call->cancellable);
}

void
monocle_serve_call_forget (MonocleServeCall *call)
{
  call->on_ended = NULL;
  g_cancellable_cancel (call->cancellable);
}
