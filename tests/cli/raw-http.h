/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls as they go over the wire, and those that are none.
 */
#pragma once

#include <gio/gio.h>
#include <string.h>

G_BEGIN_DECLS

/* A connection of its own over which @text goes. */
static inline GSocketConnection *
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
static inline guint
hear (GSocketConnection *connection)
{
  char line[4096] = { 0 };
  gsize n = 0;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), 240);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), line,
                           sizeof line - 1, &n, NULL, NULL);
  return g_str_has_prefix (line, "HTTP/1.") ? (guint) g_ascii_strtoull (line + 9, NULL, 10) : 0;
}

G_END_DECLS
