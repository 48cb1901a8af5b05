/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests/fixtures holds. A file that is large for what it says lies there packed, as NAME.gz;
 * who reads it here asks for NAME and need not know (tests/reference/pack.py packs).
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

static inline char *
fixture_dup_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
}

/* @path: in whatever folder, there or packed */
static inline GBytes *
fixture_read_path (const char *path)
{
  g_autofree char *packed = g_str_has_suffix (path, ".gz") || g_file_test (path, G_FILE_TEST_EXISTS)
                                ? g_strdup (path)
                                : g_strconcat (path, ".gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (packed);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  if (g_str_has_suffix (packed, ".gz"))
    {
      g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
      g_autoptr (GInputStream) raw = g_steal_pointer (&stream);

      stream = g_converter_input_stream_new (raw, G_CONVERTER (unzip));
    }
  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
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
