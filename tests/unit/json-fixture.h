/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the reference said, from a zipped JSON file of tests/fixtures.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

static inline JsonObject *
load_json_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  g_assert_no_error (error);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (raw, G_CONVERTER (unzip));
  json_parser_load_from_stream (parser, stream, NULL, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}
