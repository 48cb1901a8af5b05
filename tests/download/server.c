/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "server.h"

#include <stdio.h>
#include <string.h>

#define PIECE_BYTES 16384
#define SLOW_BYTES  4096

struct _Server
{
  GSocketService *service;
  GThread *thread;
  GMainLoop *loop;
  char *root;
  char *address;

  GMutex mutex; /* below */
  Plan plan;
  gpointer plan_data;
  GRand *rand;
  GHashTable *changed; /* paths of files that are others by now */
  gboolean has_hashes;
  char *token;
  guint speed;
  guint n_requests, n_ranges, n_leaks;
  guint64 n_bytes;
  gboolean is_ending;
};

/* One request and what becomes of it. */
typedef struct
{
  Server *server;
  GOutputStream *out;
  char *path;
  gint64 offset; /* -1: all of it */
  char *if_range;
  gboolean has_token;
  Fault fault;
  guint32 chance;
} Request;

/* --- Reading --- */

static void
read_header (Request *request, const char *line)
{
  const char *value = strchr (line, ':');

  if (!value)
    return;
  value += 1 + strspn (value + 1, " ");
  if (g_ascii_strncasecmp (line, "Range:", 6) == 0 && g_str_has_prefix (value, "bytes="))
    request->offset = g_ascii_strtoll (value + 6, NULL, 10);
  else if (g_ascii_strncasecmp (line, "If-Range:", 9) == 0)
    request->if_range = g_strdup (value);
  else if (g_ascii_strncasecmp (line, "Authorization:", 14) == 0)
    {
      g_autofree char *wanted = g_strconcat ("Bearer ", request->server->token, NULL);

      request->has_token = request->server->token && g_str_equal (value, wanted);
    }
}

static gboolean
read_request (Request *request, GDataInputStream *in)
{
  g_autofree char *first = g_data_input_stream_read_line (in, NULL, NULL, NULL);
  g_auto (GStrv) words = first ? g_strsplit (first, " ", 3) : NULL;

  request->offset = -1;
  if (!words || g_strv_length (words) != 3 || !g_str_equal (words[0], "GET"))
    return FALSE;
  request->path = g_strdup (words[1]);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);

      if (!line)
        return FALSE;
      if (!*line || g_str_equal (line, "\r"))
        return TRUE;
      g_strchomp (line);
      read_header (request, line);
    }
}

/* --- Writing --- */

static gboolean
send (Request *request, const void *data, gsize size)
{
  Server *server = request->server;
  gsize piece = request->fault == FAULT_SLOW ? SLOW_BYTES : PIECE_BYTES;

  for (gsize done = 0; done < size; done += piece)
    {
      gsize n = MIN (piece, size - done);

      if (server->is_ending
          || !g_output_stream_write_all (request->out, (const guint8 *) data + done, n, NULL, NULL,
                                         NULL))
        return FALSE;
      g_mutex_lock (&server->mutex);
      server->n_bytes += n;
      g_mutex_unlock (&server->mutex);
      if (request->fault == FAULT_SLOW)
        g_usleep (2000);
      else if (server->speed)
        g_usleep ((gulong) (n * G_USEC_PER_SEC / server->speed));
    }
  return TRUE;
}

static void send_text (Request *request, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
send_text (Request *request, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_output_stream_write_all (request->out, text, strlen (text), NULL, NULL, NULL);
}

static void
send_status (Request *request, guint status)
{
  const char *extra = status == 429 ? "Retry-After: 0\r\n" : "";

  send_text (request, "HTTP/1.1 %u Fault\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n",
             status, extra);
}

/* Does nothing for longer than anybody waits. */
static void
stall (Request *request)
{
  for (guint i = 0; i < 30 && !request->server->is_ending; i++)
    g_usleep (100 * 1000);
}

GBytes *
server_make_other (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 *other = g_memdup2 (data, size);

  /* Of the same length, and not one byte in its place. */
  for (gsize i = 0; i < size; i++)
    other[i] ^= 0x15;
  return g_bytes_new_take (other, size);
}

static void
send_chunks (Request *request, const guint8 *data, gsize size)
{
  for (gsize done = 0; done < size; done += PIECE_BYTES)
    {
      gsize n = MIN (PIECE_BYTES, size - done);

      send_text (request, "%zx\r\n", n);
      if (!send (request, data + done, n))
        return;
      send_text (request, "\r\n");
    }
  send_text (request, "0\r\n\r\n");
}

/* All that is wrong with a body. */
static void
send_body (Request *request, guint8 *data, gsize size)
{
  gsize at = size ? request->chance % size : 0;

  switch ((int) request->fault)
    {
    case FAULT_CUT:
      send (request, data, at);
      return;
    case FAULT_STALL:
      send (request, data, at);
      stall (request);
      return;
    case FAULT_CORRUPT:
      if (size)
        data[at] ^= 0x20;
      break;
    default:
      break;
    }
  if (request->fault == FAULT_CHUNKED)
    send_chunks (request, data, size);
  else
    send (request, data, size);
}

static void
send_file (Request *request, GBytes *bytes, const char *etag)
{
  gsize size = g_bytes_get_size (bytes), start = 0, length, promised;
  gboolean is_part = request->offset > 0 && request->fault != FAULT_WHOLE
                     && (!request->if_range || g_str_equal (request->if_range, etag));
  g_autofree guint8 *data = NULL;
  g_autofree char *tag = NULL;

  if (is_part && (gsize) request->offset >= size)
    {
      send_status (request, 416);
      return;
    }
  start = is_part ? (gsize) request->offset : 0;
  if (is_part && request->fault == FAULT_OTHER_PART)
    start /= 2;
  length = size - start;
  promised = request->fault == FAULT_LONGER ? length + 1 + request->chance % 1000
             : request->fault == FAULT_SHORTER
                 ? length - MIN (length, 1 + request->chance % length / 2)
                 : length;
  tag = request->fault == FAULT_NO_ETAG ? g_strdup ("") : g_strdup_printf ("ETag: %s\r\n", etag);
  send_text (request, "HTTP/1.1 %s\r\nConnection: close\r\n%s",
             is_part ? "206 Partial Content" : "200 OK", tag);
  if (is_part)
    send_text (request, "Content-Range: bytes %zu-%zu/%zu\r\n", start, start + promised - 1,
               start + promised);
  if (request->fault == FAULT_CHUNKED)
    send_text (request, "Transfer-Encoding: chunked\r\n\r\n");
  else
    send_text (request, "Content-Length: %zu\r\n\r\n", promised);
  length = MIN (length, promised);
  data = g_memdup2 ((const guint8 *) g_bytes_get_data (bytes, NULL) + start, length);
  send_body (request, data, length);
}

/* --- Answers --- */

static GBytes *
load (Request *request, const char *file)
{
  g_autofree char *path = g_build_filename (request->server->root, file, NULL);
  char *contents;
  gsize size;

  return g_file_get_contents (path, &contents, &size, NULL) ? g_bytes_new_take (contents, size)
                                                            : NULL;
}

/* "owner/name": {"sha": ..., "siblings": [{"rfilename", "size", "lfs": {"sha256"}}]} */
static void
answer_list (Request *request, const char *repository)
{
  g_autofree char *folder = g_build_filename (request->server->root, repository, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GString) text = g_string_new ("{\"sha\": \"0123456789abcdef\", \"siblings\": [");
  const char *name, *comma = "";

  if (!dir)
    {
      send_status (request, 404);
      return;
    }
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (repository, name, NULL);
      g_autoptr (GBytes) bytes = load (request, file);
      g_autofree char *hash
          = bytes ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

      if (!bytes)
        continue;
      g_string_append_printf (text, "%s{\"rfilename\": \"%s\", \"size\": %zu", comma, name,
                              g_bytes_get_size (bytes));
      if (request->server->has_hashes)
        g_string_append_printf (text, ", \"lfs\": {\"sha256\": \"%s\"}", hash);
      g_string_append (text, "}");
      comma = ", ";
    }
  g_string_append (text, ", {\"rfilename\": \"onnx/model.onnx\", \"size\": 12}]}");
  {
    g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);

    send_file (request, bytes, "\"list\"");
  }
}

static void
answer_file (Request *request, const char *file, gboolean is_other)
{
  g_autoptr (GBytes) bytes = load (request, file);
  gboolean has_changed;

  if (!bytes)
    {
      send_status (request, 404);
      return;
    }
  g_mutex_lock (&request->server->mutex);
  if (request->fault == FAULT_CHANGED)
    {
      if (g_hash_table_contains (request->server->changed, file))
        g_hash_table_remove (request->server->changed, file);
      else
        g_hash_table_add (request->server->changed, g_strdup (file));
    }
  has_changed = g_hash_table_contains (request->server->changed, file);
  g_mutex_unlock (&request->server->mutex);

  if (has_changed || is_other)
    {
      GBytes *other = server_make_other (bytes);

      g_bytes_unref (bytes);
      bytes = other;
    }
  send_file (request, bytes, has_changed ? "\"two\"" : "\"one\"");
}

/* Where it is; the second address wants no token. */
static void
answer (Request *request)
{
  Server *server = request->server;
  g_auto (GStrv) parts = NULL;
  guint n;
  gboolean is_elsewhere = g_str_has_prefix (request->path, "/elsewhere/");

  if (is_elsewhere)
    memmove (request->path, request->path + strlen ("/elsewhere"),
             strlen (request->path + strlen ("/elsewhere")) + 1);
  if (server->token && !request->has_token && !is_elsewhere)
    {
      send_status (request, 401);
      return;
    }
  if (request->fault == FAULT_REDIRECT && !is_elsewhere)
    {
      /* Another host: the same machine by another name. */
      send_text (request,
                 "HTTP/1.1 302 Found\r\nLocation: http://localhost:%s/elsewhere%s\r\n"
                 "Content-Length: 0\r\nConnection: close\r\n\r\n",
                 strrchr (server->address, ':') + 1, request->path);
      return;
    }
  if (is_elsewhere && request->has_token)
    {
      g_mutex_lock (&server->mutex);
      server->n_leaks++;
      g_mutex_unlock (&server->mutex);
    }

  parts = g_strsplit (request->path + 1, "/", -1);
  n = g_strv_length (parts);
  if (n == 6 && g_str_equal (parts[0], "api"))
    {
      g_autofree char *repository = g_build_filename (parts[2], parts[3], NULL);

      answer_list (request, repository);
    }
  else if (n == 5 && g_str_equal (parts[2], "resolve"))
    {
      g_autofree char *file = g_build_filename (parts[0], parts[1], parts[4], NULL);

      answer_file (request, file, request->fault == FAULT_BLIND_CHANGE);
    }
  else
    send_status (request, 404);
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer data)
{
  static const guint statuses[] = { 401, 403, 404, 416, 429, 500, 503 };
  Server *self = data;
  g_autoptr (GDataInputStream) in
      = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  Request request
      = { .server = self, .out = g_io_stream_get_output_stream (G_IO_STREAM (connection)) };

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  if (read_request (&request, in))
    {
      g_mutex_lock (&self->mutex);
      self->n_requests++;
      self->n_ranges += request.offset > 0;
      request.chance = g_rand_int (self->rand);
      request.fault = self->plan ? self->plan (self, request.path, self->plan_data) : FAULT_NONE;
      g_mutex_unlock (&self->mutex);

      if (request.fault >= FAULT_401)
        send_status (&request, statuses[request.fault - FAULT_401]);
      else if (request.fault == FAULT_GARBAGE)
        send_text (&request, "220 mail.example.org ESMTP\r\n\r\n");
      else if (request.fault != FAULT_RESET)
        answer (&request);
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_free (request.path);
  g_free (request.if_range);
  return TRUE;
}

/* --- The server --- */

static gpointer
serve (gpointer data)
{
  Server *self = data;
  GMainContext *context = g_main_loop_get_context (self->loop);
  g_autoptr (GError) error = NULL;
  guint16 port;

  g_main_context_push_thread_default (context);
  self->service = g_threaded_socket_service_new (64);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_mutex_lock (&self->mutex);
  self->address = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_mutex_unlock (&self->mutex);
  g_main_loop_run (self->loop);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_main_context_pop_thread_default (context);
  return NULL;
}

Server *
server_new (const char *root)
{
  Server *self = g_new0 (Server, 1);
  g_autoptr (GMainContext) context = g_main_context_new ();
  gboolean is_there = FALSE;

  g_mutex_init (&self->mutex);
  self->root = g_strdup (root);
  self->rand = g_rand_new_with_seed (1);
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->has_hashes = TRUE;
  self->loop = g_main_loop_new (context, FALSE);
  self->thread = g_thread_new ("server", serve, self);
  while (!is_there)
    {
      g_usleep (1000);
      g_mutex_lock (&self->mutex);
      is_there = self->address != NULL;
      g_mutex_unlock (&self->mutex);
    }
  return self;
}

void
server_free (Server *self)
{
  self->is_ending = TRUE;
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  /* Connections end by themselves, and hold nothing of ours that is freed here while they write. */
  g_usleep (150 * 1000);
  g_object_unref (self->service);
  g_main_loop_unref (self->loop);
  g_rand_free (self->rand);
  g_hash_table_unref (self->changed);
  g_free (self->token);
  g_free (self->root);
  g_free (self->address);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const char *
server_get_address (Server *self)
{
  return self->address;
}

void
server_set_plan (Server *self, Plan plan, gpointer data, guint32 seed)
{
  g_mutex_lock (&self->mutex);
  self->plan = plan;
  self->plan_data = data;
  g_rand_set_seed (self->rand, seed);
  g_hash_table_remove_all (self->changed);
  g_mutex_unlock (&self->mutex);
}

void
server_set_hashes (Server *self, gboolean has_hashes)
{
  self->has_hashes = has_hashes;
}

void
server_set_token (Server *self, const char *token)
{
  g_free (self->token);
  self->token = g_strdup (token);
}

void
server_set_speed (Server *self, guint bytes_per_s)
{
  self->speed = bytes_per_s;
}

guint
server_take_n_requests (Server *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_requests;
  self->n_requests = 0;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
server_take_n_ranges (Server *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_ranges;
  self->n_ranges = 0;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint64
server_take_n_bytes (Server *self)
{
  guint64 n;

  g_mutex_lock (&self->mutex);
  n = self->n_bytes;
  self->n_bytes = 0;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
server_get_n_leaks (Server *self)
{
  return self->n_leaks;
}
