/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests/fixtures holds. A file that is large for what it says lies there packed, as NAME.gz
 * or, the largest, NAME.xz; who reads it here asks for NAME and need not know
 * (tests/reference/pack.py packs).
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

static inline char *
fixture_dup_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
}

static inline GBytes *
fixture_unpack (const char *program, const char *packed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "-dc", packed, NULL);
  GBytes *bytes = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &bytes, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return bytes;
}

/* @path: in whatever folder, there or packed */
static inline GBytes *
fixture_read_path (const char *path)
{
  static const struct
  {
    const char *suffix;
    const char *program;
  } ways[] = { { ".gz", "gzip" }, { ".xz", "xz" } };
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize n;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *packed = g_strconcat (path, ways[i].suffix, NULL);

      if (g_str_has_suffix (path, ways[i].suffix))
        return fixture_unpack (ways[i].program, path);
      if (g_file_test (packed, G_FILE_TEST_EXISTS))
        return fixture_unpack (ways[i].program, packed);
    }
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
