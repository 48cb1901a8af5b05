/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/http.h"

#include <libsoup/soup.h>
#include <string.h>

#include "app/base/error.h"

#define MAX_HOPS 8
#define MAX_ETAG 200

struct _MonocleHttp
{
  GMainContext *context;
  SoupSession *session;
  char *token;
};

void
monocle_http_answer_clear (MonocleHttpAnswer *answer)
{
  g_clear_object (&answer->body);
  g_clear_pointer (&answer->etag, g_free);
}

MonocleHttp *
monocle_http_new (const char *token, guint timeout_s)
{
  MonocleHttp *self = g_new0 (MonocleHttp, 1);

  /* Else what the session does on the side would run in the main loop. */
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("timeout", timeout_s, "user-agent",
                                                 "Monocle/" MONOCLE_VERSION, NULL);
  /* Bytes are counted and asked for again as they are stored. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  self->token = g_strdup (token);
  return self;
}

void
monocle_http_free (MonocleHttp *self)
{
  if (!self)
    return;
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_free (self->token);
  g_free (self);
}

static int
get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  return port > 0 ? port : g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
}

gboolean
monocle_http_is_same_origin (GUri *a, GUri *b)
{
  return g_str_equal (g_uri_get_scheme (a), g_uri_get_scheme (b))
         && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0
         && get_port (a) == get_port (b);
}

GUri *
monocle_http_follow (GUri *from, const char *location, GError **error)
{
  g_autoptr (GUri) to = g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = to ? g_uri_get_scheme (to) : "";

  if (!to || !g_uri_get_host (to) || !*g_uri_get_host (to)
      || (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http")))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
                   "%s: the server points at “%.100s”, which is no address", g_uri_get_host (from),
                   location);
      return NULL;
    }
  if (g_str_equal (g_uri_get_scheme (from), "https") && !g_str_equal (scheme, "https"))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
                   "%s: the server points at an address without encryption, at %s",
                   g_uri_get_host (from), g_uri_get_host (to));
      return NULL;
    }
  return g_steal_pointer (&to);
}

static SoupMessage *
make_message (MonocleHttp *self, GUri *uri, GUri *first, guint64 offset, const char *etag)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Ours to follow: what is sent along depends on where it goes. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (self->token && monocle_http_is_same_origin (first, uri))
    {
      g_autofree char *value = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (headers, "Authorization", value);
    }
  if (offset > 0)
    {
      soup_message_headers_set_range (headers, (goffset) offset, -1);
      if (etag)
        soup_message_headers_replace (headers, "If-Range", etag);
    }
  return message;
}

static gboolean
is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND
         || status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT
         || status == SOUP_STATUS_PERMANENT_REDIRECT;
}

/* Marked as weak it promises nothing about bytes. */
static char *
get_etag (SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");

  return etag && *etag == '"' && strlen (etag) <= MAX_ETAG && g_utf8_validate (etag, -1, NULL)
             ? g_strdup (etag)
             : NULL;
}

static guint
get_wait (SoupMessageHeaders *headers)
{
  const char *after = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (!after)
    return 0;
  if (g_ascii_string_to_unsigned (after, 10, 0, G_MAXINT, &seconds, NULL))
    return (guint) seconds;
  then = soup_date_time_new_from_http_string (after);
  now = g_date_time_new_now_utc ();
  return then && g_date_time_compare (then, now) > 0
             ? (guint) MIN (g_date_time_difference (then, now) / G_TIME_SPAN_SECOND + 1, G_MAXINT)
             : 0;
}

/* What a status other than that of an answer means. */
static MonocleHttpFate
refuse (SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  const char *host = g_uri_get_host (soup_message_get_uri (message));
  const char *path = g_uri_get_path (soup_message_get_uri (message));
  MonocleAppError code = MONOCLE_APP_ERROR_NETWORK;
  MonocleHttpFate fate = MONOCLE_HTTP_NEVER;
  const char *what;

  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
      code = MONOCLE_APP_ERROR_NOT_ALLOWED;
      what = "it wants to know who asks: a token is needed, or the one given is not good";
      break;
    case SOUP_STATUS_FORBIDDEN:
      code = MONOCLE_APP_ERROR_NOT_ALLOWED;
      what = "it refuses: the repository may want its terms to be accepted on its page first";
      break;
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      what = "there is no such file or repository";
      break;
    case SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE:
      fate = MONOCLE_HTTP_AFRESH;
      what = "the file is shorter than what came of it before";
      break;
    case 429: /* too many requests */
      fate = MONOCLE_HTTP_AGAIN;
      what = "it was asked too often";
      break;
    case SOUP_STATUS_REQUEST_TIMEOUT:
      fate = MONOCLE_HTTP_AGAIN;
      what = "it waited too long";
      break;
    default:
      fate = status >= 500 ? MONOCLE_HTTP_AGAIN : MONOCLE_HTTP_NEVER;
      what = status >= 500 ? "it is in trouble" : "this is no answer to the question";
      break;
    }
  g_set_error (error, MONOCLE_APP_ERROR, code, "%s%s: the server says %u: %s", host, path, status,
               what);
  return fate;
}

/* What an answer says of itself must fit what was asked. */
static MonocleHttpFate
read_answer (SoupMessage *message, guint64 offset, MonocleHttpAnswer *answer, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *host = g_uri_get_host (soup_message_get_uri (message));
  const char *coding = soup_message_headers_get_one (headers, "Content-Encoding");
  goffset start, end, total;

  answer->etag = get_etag (headers);
  answer->start = 0;
  answer->total = -1;
  if (coding && g_ascii_strcasecmp (coding, "identity") != 0)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
                   "%s: the server sends the file as “%.30s”, which was not asked for", host,
                   coding);
      return MONOCLE_HTTP_NEVER;
    }
  if (soup_message_get_status (message) == SOUP_STATUS_OK)
    {
      if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
        answer->total = soup_message_headers_get_content_length (headers);
      return MONOCLE_HTTP_FINE;
    }
  if (!soup_message_headers_get_content_range (headers, &start, &end, &total) || start < 0
      || (guint64) start != offset)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
                   "%s: the server sends another part of the file than was asked for", host);
      return MONOCLE_HTTP_AFRESH;
    }
  answer->start = (guint64) start;
  answer->total = total;
  return MONOCLE_HTTP_FINE;
}

/* Trouble on the way there, in words that name the host. */
static MonocleHttpFate
report_way (GUri *uri, GError *problem, GError **error)
{
  MonocleHttpFate fate = MONOCLE_HTTP_AGAIN;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, problem);
      return MONOCLE_HTTP_NEVER;
    }
  if (problem->domain == G_TLS_ERROR)
    fate = MONOCLE_HTTP_NEVER;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK, "%s: %s", g_uri_get_host (uri),
               problem->message);
  g_error_free (problem);
  return fate;
}

MonocleHttpFate
monocle_http_get (MonocleHttp *self,
                  const char *address,
                  guint64 offset,
                  const char *etag,
                  GCancellable *cancellable,
                  MonocleHttpAnswer *answer,
                  GError **error)
{
  g_autoptr (GUri) first = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, error);
  g_autoptr (GUri) uri = first ? g_uri_ref (first) : NULL;

  *answer = (MonocleHttpAnswer){ .total = -1 };
  if (!first)
    return MONOCLE_HTTP_NEVER;
  for (guint hop = 0; hop < MAX_HOPS; hop++)
    {
      g_autoptr (SoupMessage) message = make_message (self, uri, first, offset, etag);
      SoupMessageHeaders *headers = soup_message_get_response_headers (message);
      GError *problem = NULL;
      g_autoptr (GInputStream) body
          = soup_session_send (self->session, message, cancellable, &problem);
      const char *location;
      GUri *next;
      guint status;

      if (!body)
        return report_way (uri, problem, error);
      status = soup_message_get_status (message);
      answer->wait_s = get_wait (headers);
      if (status == SOUP_STATUS_OK || status == SOUP_STATUS_PARTIAL_CONTENT)
        {
          answer->body = g_steal_pointer (&body);
          return read_answer (message, offset, answer, error);
        }
      location = soup_message_headers_get_one (headers, "Location");
      if (!is_redirect (status) || !location)
        return refuse (message, error);
      next = monocle_http_follow (uri, location, error);
      if (!next)
        return MONOCLE_HTTP_NEVER;
      g_uri_unref (uri);
      uri = next;
    }
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
               "%s: the server points at one address after the other", g_uri_get_host (first));
  return MONOCLE_HTTP_NEVER;
}
