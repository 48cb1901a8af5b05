/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server, and callers who never come to a call: what is said to them, and that nobody else
 * waits.
 */
#include "config.h"

#include "serving.h"

/* A connection of its own over which @text goes. */
static GSocketConnection *
say (const char *uri, const char *text)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_uri (client, uri, 80, NULL, &error);

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* The status that comes back, after which nothing does; 0: none */
static guint
hear (GSocketConnection *connection)
{
  char line[4096] = { 0 };
  gsize n = 0;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), 240);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), line,
                           sizeof line - 1, &n, NULL, NULL);
  return g_str_has_prefix (line, "HTTP/1.") ? (guint) g_ascii_strtoull (line + 9, NULL, 10) : 0;
}

/* (transfer full): @n connections each, of all that is told @status */
static GPtrArray *
say_all (Fixture *self, guint status, guint n)
{
  static const struct
  {
    const char *text;
    guint status;
  } calls[] = {
    { "HELLO\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n\r\n", 400 },
    { "", 408 },
    { "GET / HT", 408 },
    { "\x16\x03\x01\x02", 408 },
    { "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n", 400 },
    { "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc", 408 },
  };
  GPtrArray *connections = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n * G_N_ELEMENTS (calls); i++)
    if (calls[i / n].status == status)
      g_ptr_array_add (connections, say (self->uri, calls[i / n].text));
  return connections;
}

static void
hear_all (GPtrArray *connections, guint status)
{
  for (guint i = 0; i < connections->len; i++)
    g_assert_cmpuint (hear (connections->pdata[i]), ==, status);
}

/* What is no call, or not all of one, is told so, and keeps nobody else waiting. */
static void
test_framing (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) silent = NULL, bad = NULL, late = NULL;
  g_autoptr (GSocketConnection) good = NULL;

  START (self, "--port=0");
  silent = say_all (self, 408, 10);
  good = say (self->uri, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  g_assert_cmpuint (hear (good), ==, 200);
  bad = say_all (self, 400, 1);
  hear_all (bad, 400);
  g_ptr_array_set_size (silent, 0);
  g_assert_cmpint (stop (self), ==, 128 + SIGINT);

  START (self, "--port=0", "--timeout=1");
  late = say_all (self, 408, 10);
  hear_all (late, 408);
  g_assert_cmpint (stop (self), ==, 128 + SIGINT);

  /* Beyond what anybody needs. */
  START (self, "--port=0");
  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (silent, say (self->uri, ""));
  g_assert_cmpuint (hear (silent->pdata[silent->len - 1]), ==, 503);
}

/* Who sends a byte now and then is never silent. */
static void
test_dripping (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  GOutputStream *stream;
  guint n = 0;

  START (self, "--port=0", "--timeout=1");
  connection
      = say (self->uri, "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n");
  stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  while (n < 600 && g_output_stream_write (stream, "a", 1, NULL, NULL) == 1)
    {
      g_usleep (50 * 1000);
      n++;
    }
  g_assert_cmpuint (n, <, 600);
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define TEST(name, func) g_test_add ("/cli/serve/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("framing", test_framing);
  TEST ("dripping", test_dripping);
  return g_test_run ();
}
