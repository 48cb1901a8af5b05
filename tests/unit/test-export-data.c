/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out as text and data: word by word.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app/base/error.h"
#include "app/json/query.h"
#include "tests/unit/export-fixture.h"

/* --- Text and data --- */

static void
check_text (const MonocleExport *export, const char *format, const char *expected)
{
  g_autoptr (GBytes) bytes = to_bytes (export, format);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *caption = new_result ("A car.");
  MonocleResult *odd = new_result (NULL);
  MonocleQuery *detection = add_detection (document);
  MonocleExport export = new_export (document, detection);
  g_autofree char *words = NULL, *answer = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  check_text (&export, "text", "car\t0.94\t20,30,100,90\nred/car\t\t150,50,221,120\n");
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (all, g_list_model_get_item (monocle_query_get_annotations (detection), i));
  words = monocle_export_format_words (detection, all);
  g_assert_cmpstr (words, ==, "car\nred/car");

  export.query = add_query (document, "caption", NULL, 0, &caption, 1);
  check_text (&export, "text", "A car.\n");
  answer = monocle_export_format_words (export.query, NULL);
  g_assert_cmpstr (answer, ==, "A car.");

  /* One object stays one line of three fields. */
  add_box (odd, "a\tb\nc\x1b[1m", (MonocleBox){ 9, 8, 1, 2 }, 1);
  export.query = add_query (document, "detect", NULL, 0, &odd, 1);
  check_text (&export, "text", "a b c [1m\t1.00\t1,2,9,8\n");
}

static void
test_nothing (void)
{
  static const char *const ids[] = { "json", "text" };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          monocle_export_to_bytes (&export, monocle_export_find_format (ids[i]), &error));
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
    }
}

static JsonObject *
parse_json (const char *text, JsonParser *parser, guint index)
{
  g_autoptr (GError) error = NULL;
  JsonNode *root;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_parser_get_root (parser);
  return JSON_NODE_HOLDS_ARRAY (root)
             ? json_array_get_object_element (json_node_get_array (root), index)
             : json_node_get_object (root);
}

static void
test_json (void)
{
  /* As tests/cli/test-run.c has them of monocle-cli. */
  static const char *const keys[]
      = { "image",  "width",   "height",  "model",          "device",    "precision",
          "task",   "text",    "regions", "generated_text", "token_ids", "score",
          "result", "objects", "ranks",   "timing_ms",      "min_score" };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GBytes) bytes = to_bytes (&export, "json");
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse_json (text, parser, 0);
  JsonObject *car;

  g_assert_true (g_str_has_suffix (text, "}\n"));
  g_assert_cmpuint (json_object_get_size (object), ==, G_N_ELEMENTS (keys));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (json_object_has_member (object, keys[i]));
  g_assert_cmpstr (json_object_get_string_member (object, "image"), ==, "street.png");
  g_assert_cmpstr (json_object_get_string_member (object, "task"), ==, "detect");
  g_assert_cmpint (json_object_get_int_member (object, "width"), ==, WIDTH);
  g_assert_cmpint (json_object_get_int_member (object, "height"), ==, HEIGHT);
  car = json_array_get_object_element (json_object_get_array_member (object, "objects"), 0);
  g_assert_cmpstr (json_object_get_string_member (car, "label"), ==, "car");
  g_assert_cmpfloat (json_array_get_double_element (json_object_get_array_member (car, "box"), 2),
                     ==, 100);
}

static void
test_json_regions (void)
{
  static const MonocleBox regions[] = { { 10, 20, 30, 50 }, { 100, 20, 140, 60 } };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *results[] = { new_result ("car"), new_result ("tree") };
  MonocleQuery *query = add_query (document, "region-to-category", regions, 2, results, 2);
  g_autofree char *before = monocle_query_json_format (document, query);
  g_autofree char *after = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *region = json_array_get_array_element (
      json_object_get_array_member (parse_json (before, parser, 1), "regions"), 0);

  g_assert_cmpfloat (json_array_get_double_element (region, 0), ==, 100);
  g_assert_cmpfloat (json_array_get_double_element (region, 3), ==, 60);

  /* What was said stays what it was when the picture is turned afterwards. */
  monocle_document_rotate (document, 1);
  after = monocle_query_json_format (document, query);
  g_assert_cmpstr (after, ==, before);
}

static void
test_json_turned (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonObject *object;

  monocle_document_rotate (document, 3);
  text = monocle_query_json_format (document, add_detection (document));
  object = parse_json (text, parser, 0);
  g_assert_cmpint (json_object_get_int_member (object, "rotation"), ==, 270);
  g_assert_cmpint (json_object_get_int_member (object, "width"), ==, WIDTH);
  g_assert_cmpint (json_object_get_int_member (object, "height"), ==, HEIGHT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/export/text", test_text);
  g_test_add_func ("/app/export/nothing", test_nothing);
  g_test_add_func ("/app/export/json", test_json);
  g_test_add_func ("/app/export/json-regions", test_json_regions);
  g_test_add_func ("/app/export/json-turned", test_json_turned);
  return g_test_run ();
}
