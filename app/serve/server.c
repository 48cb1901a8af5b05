/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/serve/server.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "app/serve/call.h"

struct _MonocleServer
{
  GObject parent_instance;

  MonocleModel *model;
  SoupServer *soup;
  GPtrArray *calls;    /* of MonocleServeCall, not owned: those that are there */
  GPtrArray *messages; /* of SoupServerMessage, not owned: of all connections */
  MonocleServeRules rules;
  char *socket, *uri; /* socket: (nullable): to be taken away */
  char *token, *images;
  MonocleRequest *standard;
  double min_score;
  guint max_calls;
};

enum
{
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleServer, monocle_server, G_TYPE_OBJECT)

/* --- calls --- */

static void
on_ended (MonocleServeCall *call, guint status, double ms, gpointer user_data)
{
  MonocleServer *self = user_data;

  g_ptr_array_remove_fast (self->calls, call);
  g_signal_emit (self, signals[ANSWERED], 0, monocle_serve_call_get_method (call),
                 monocle_serve_call_get_path (call), status, ms);
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  MonocleServer *self = data;
  MonocleServeExchange *exchange = NULL;
  gboolean is_known = FALSE;

  if (!monocle_serve_check_body (message))
    return;
  for (guint i = 0; monocle_serve_apis[i] && !exchange; i++)
    {
      const MonocleServeApi *api = monocle_serve_apis[i];

      if (strcmp (api->path, path) != 0)
        continue;
      is_known = TRUE;
      if (strcmp (api->method, soup_server_message_get_method (message)) == 0)
        exchange = monocle_serve_exchange_new (api);
    }
  if (!exchange)
    monocle_serve_refuse (message,
                          is_known ? SOUP_STATUS_METHOD_NOT_ALLOWED : SOUP_STATUS_NOT_FOUND,
                          is_known ? "not that way" : "nothing is there");
  else if (self->calls->len >= self->max_calls)
    {
      monocle_serve_exchange_free (exchange);
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Retry-After", "1");
      monocle_serve_refuse (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "too many calls at once");
    }
  else
    {
      exchange->model = self->model;
      exchange->standard = self->standard;
      exchange->min_score = self->min_score;
      exchange->images = self->images;
      exchange->query = query ? g_hash_table_ref (query) : NULL;
      g_ptr_array_add (self->calls,
                       monocle_serve_call_begin (message, exchange, &self->rules, on_ended, self));
    }
}

/* More than these are more than anybody needs: connections that say nothing count as well. */
#define MAX_CONNECTIONS 256

static void
on_gone (gpointer data, GObject *message)
{
  MonocleServer *self = data;

  g_ptr_array_remove_fast (self->messages, message);
}

static void
on_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  MonocleServer *self = data;

  g_object_weak_ref (G_OBJECT (message), on_gone, self);
  g_ptr_array_add (self->messages, message);
  monocle_serve_guard (message, &self->rules);
  if (self->messages->len > MAX_CONNECTIONS)
    monocle_serve_hang_up (message, SOUP_STATUS_SERVICE_UNAVAILABLE);
}

/* --- listening --- */

/* GLib's own is 10: of more who come at once, the rest would wait, or try again later. */
#define BACKLOG 128

static gboolean
listen_at (MonocleServer *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket
      = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                      G_SOCKET_PROTOCOL_DEFAULT, error);

  if (!socket)
    return FALSE;
  g_socket_set_listen_backlog (socket, BACKLOG);
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error)
         && soup_server_listen_socket (self->soup, socket, 0, error);
}

/* What another one left there when it was killed goes; what somebody listens at stays. */
static void
take_away_dead (const char *path, GSocketAddress *address)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  GStatBuf status;

  if (g_lstat (path, &status) != 0 || !S_ISSOCK (status.st_mode))
    return;
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  if (!connection)
    g_unlink (path);
}

/* (transfer full) (nullable): where to listen */
static GInetAddress *
read_address (const MonocleServerOptions *options, GError **error)
{
  const char *text = options->address ? options->address : "127.0.0.1";
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (!address)
    monocle_serve_bad_request (error, _ ("'%s' is no IP address"), text);
  else if (!g_inet_address_get_is_loopback (address) && !options->token)
    monocle_serve_bad_request (error, _ ("'%s' can be reached from elsewhere: that takes a token"),
                               text);
  else
    return g_steal_pointer (&address);
  return NULL;
}

gboolean
monocle_server_check_options (const MonocleServerOptions *options, GError **error)
{
  g_autoptr (GInetAddress) address = options->socket ? NULL : read_address (options, error);

  if (options->socket && strlen (options->socket) >= sizeof ((struct sockaddr_un){ 0 }).sun_path)
    return monocle_serve_bad_request (error, _ ("%s: the name is too long for a socket"),
                                      options->socket);
  return options->socket || address;
}

static gboolean
listen_at_socket (MonocleServer *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  mode_t before;
  gboolean listens;

  address = g_unix_socket_address_new (path);
  take_away_dead (path, address);
  /* Nobody else, from its first moment on. */
  before = umask (0177);
  listens = listen_at (self, address, error);
  umask (before);
  if (!listens)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  self->socket = g_strdup (path);
  self->uri = g_strdup (path);
  return TRUE;
}

static gboolean
listen_at_address (MonocleServer *self, const MonocleServerOptions *options, GError **error)
{
  g_autoptr (GInetAddress) address = read_address (options, error);
  g_autoptr (GSocketAddress) place = NULL;
  GSList *uris;
  g_autofree char *uri = NULL;

  if (!address)
    return FALSE;
  self->rules.is_local = g_inet_address_get_is_loopback (address);
  place = g_inet_socket_address_new (address, (guint16) options->port);
  if (!listen_at (self, place, error))
    return FALSE;
  uris = soup_server_get_uris (self->soup);
  self->uri = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return TRUE;
}

MonocleServer *
monocle_server_new (MonocleModel *model, const MonocleServerOptions *options, GError **error)
{
  g_autoptr (MonocleServer) self = NULL;

  if (!monocle_server_check_options (options, error))
    return NULL;
  self = g_object_new (MONOCLE_TYPE_SERVER, NULL);
  self->model = g_object_ref (model);
  self->token = g_strdup (options->token);
  self->images = g_strdup (options->images);
  self->standard = options->standard ? monocle_request_copy (options->standard) : NULL;
  self->min_score = options->min_score;
  self->max_calls = options->max_calls;
  self->rules = (MonocleServeRules){ self->token, options->max_bytes, options->timeout_s, FALSE };
  if (!(options->socket ? listen_at_socket (self, options->socket, error)
                        : listen_at_address (self, options, error)))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
monocle_server_get_uri (MonocleServer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SERVER (self), NULL);

  return self->uri;
}

void
monocle_server_stop (MonocleServer *self)
{
  g_return_if_fail (MONOCLE_IS_SERVER (self));

  for (guint i = 0; i < self->calls->len; i++)
    monocle_serve_call_cancel (self->calls->pdata[i]);
  soup_server_disconnect (self->soup);
  if (self->socket)
    g_unlink (self->socket);
  g_clear_pointer (&self->socket, g_free);
}

/* --- the object --- */

static void
monocle_server_finalize (GObject *object)
{
  MonocleServer *self = MONOCLE_SERVER (object);

  monocle_server_stop (self);
  for (guint i = 0; i < self->calls->len; i++)
    monocle_serve_call_forget (self->calls->pdata[i]);
  g_ptr_array_unref (self->calls);
  g_clear_object (&self->soup);
  for (guint i = 0; i < self->messages->len; i++)
    g_object_weak_unref (self->messages->pdata[i], on_gone, self);
  g_ptr_array_unref (self->messages);
  g_clear_object (&self->model);
  g_clear_pointer (&self->standard, monocle_request_free);
  g_free (self->uri);
  g_free (self->token);
  g_free (self->images);
  G_OBJECT_CLASS (monocle_server_parent_class)->finalize (object);
}

static void
monocle_server_class_init (MonocleServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_server_finalize;

  signals[ANSWERED]
      = g_signal_new ("answered", MONOCLE_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_DOUBLE);
}

static void
monocle_server_init (MonocleServer *self)
{
  self->soup = soup_server_new ("server-header", "Monocle/" MONOCLE_VERSION " ", NULL);
  self->calls = g_ptr_array_new ();
  self->messages = g_ptr_array_new ();
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_started), self);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
}
