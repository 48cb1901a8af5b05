/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests/fixtures holds, as tests/fixtures.sh has unpacked it into the build folder.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

static inline char *
fixture_dup_path (const char *name)
{
  return g_test_build_filename (G_TEST_BUILT, "fixtures", name, NULL);
}

/* @path: in whatever folder */
static inline GBytes *
fixture_read_path (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize n;

  g_file_get_contents (path, &contents, &n, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, n);
}

static inline GBytes *
fixture_read (const char *name)
{
  g_autofree char *path = fixture_dup_path (name);

  return fixture_read_path (path);
}

static inline JsonNode *
fixture_read_json_path (const char *path)
{
  g_autoptr (GBytes) bytes = fixture_read_path (path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                              (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static inline JsonNode *
fixture_read_json (const char *name)
{
  g_autofree char *path = fixture_dup_path (name);

  return fixture_read_json_path (path);
}

static inline JsonObject *
fixture_read_json_object (const char *name)
{
  g_autoptr (JsonNode) node = fixture_read_json (name);

  return json_node_dup_object (node);
}
