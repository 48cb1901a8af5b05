/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results as JSON: all that the reference returns (fixtures/parse.json), key for key, and the
 * common form.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/json/text.h"
#include "app/json/result.h"
#include "engine/answer/result-private.h"
#include "engine/answer/stored.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "tests/fixture.h"

static MonocleTokenizer *tokenizer;

static MonocleResult *
parse (const MonocleTask *task, const char *text, guint width, guint height, float log_prob)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
  g_autofree float *log_probs = g_new (float, ids->len + 1);

  for (guint i = 0; i < ids->len; i++)
    log_probs[i] = log_prob;
  return monocle_parse (&(MonocleParseRequest){
      .tokenizer = tokenizer,
      .answer = monocle_florence2_task_get_grammar (task),
      .ids = (const guint32 *) (gpointer) ids->data,
      .log_probs = isfinite (log_prob) ? log_probs : NULL,
      .n_ids = ids->len,
      .width = width,
      .height = height,
      .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  });
}

static gboolean
check_case (const MonocleTask *task, JsonObject *c)
{
  const char *text = json_object_get_string_member (c, "text");
  JsonArray *size = json_object_get_array_member (c, "size");
  JsonNode *expected = json_object_get_member (c, "result");
  g_autoptr (MonocleResult) result
      = parse (task, text, (guint) json_array_get_int_element (size, 0),
               (guint) json_array_get_int_element (size, 1), NAN);
  g_autoptr (JsonNode) node = monocle_result_json_result (result, task);
  JsonObject *object = json_node_get_object (node);

  /* As in test-parse.c. */
  if (g_str_equal (json_object_get_string_member (c, "class"), "exotic")
      || JSON_NODE_HOLDS_NULL (expected)
      || !g_str_equal (monocle_result_get_generated_text (result), text))
    return FALSE;

  g_assert_cmpuint (json_object_get_size (object), ==, 1);
  g_assert_true (json_node_equal (json_object_get_member (object, task->tag), expected));
  return TRUE;
}

static void
test_reference (void)
{
  g_autoptr (JsonObject) root = fixture_read_json_object ("parse.json");
  JsonArray *tasks = json_object_get_array_member (root, "tasks");

  for (guint i = 0; i < json_array_get_length (tasks); i++)
    {
      JsonObject *object = json_array_get_object_element (tasks, i);
      const MonocleTask *task
          = monocle_florence2_find_task (json_object_get_string_member (object, "task"));
      JsonArray *cases = json_object_get_array_member (object, "cases");
      guint n_compared = 0;

      for (guint k = 0; k < json_array_get_length (cases); k++)
        n_compared += check_case (task, json_array_get_object_element (cases, k)) ? 1 : 0;
      g_assert_cmpuint (n_compared, >=, 200);
    }
}

static void
check_text (JsonNode *node, const char *expected)
{
  g_autoptr (JsonNode) owned = node;
  g_autofree char *text = monocle_json_text (owned);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_forms (void)
{
  const MonocleTask *detect = monocle_florence2_find_task ("detect");
  const MonocleTask *outline = monocle_florence2_find_task ("referring-segmentation");
  const MonocleTask *read = monocle_florence2_find_task ("ocr-with-region");
  const MonocleTask *prompt = monocle_florence2_find_task ("prompt");
  g_autoptr (MonocleResult) boxes
      = parse (detect, "car<loc_53><loc_333><loc_933><loc_774>", 640, 480, -0.5f);
  g_autoptr (MonocleResult) polygons
      = parse (outline, "<loc_0><loc_1><loc_2><loc_3><sep><loc_9>", 1000, 500, NAN);
  g_autoptr (MonocleResult) quads = parse (
      read, "STOP<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8>", 1000, 1000, NAN);
  g_autoptr (MonocleResult) text = parse (prompt, "</s><s>a \"car\"</s>", 1, 1, NAN);

  check_text (monocle_result_json_result (boxes, detect),
              "{\"<OD>\": {\"bboxes\": [[34, 160, 597, 371]], \"labels\": [\"car\"]}}");
  check_text (
      monocle_result_json_objects (boxes),
      "[{\"label\": \"car\", \"score\": 0.606531, \"box\": [34.24, 160.08, 597.44, 371.76]}]");
  check_text (monocle_result_json_result (polygons, outline),
              "{\"<REFERRING_EXPRESSION_SEGMENTATION>\": {\"polygons\": [[[0, 0, 2, 1], []]], "
              "\"labels\": [\"\"]}}");
  check_text (monocle_result_json_objects (polygons),
              "[{\"label\": \"\", \"polygons\": [[0.5, 0.75, 2.5, 1.75], []]}]");
  check_text (monocle_result_json_objects (quads),
              "[{\"label\": \"STOP\", \"quad\": [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5]}]");
  check_text (monocle_result_json_result (text, prompt), "{\"prompt\": \"a \\\"car\\\"\"}");
  check_text (monocle_result_json_objects (text), "[]");
}

/* A mask is run lengths, and beside them the outlines of the same pixels: a ring of 3 x 3. */
static void
test_masks (void)
{
  const gint64 counts[] = { 0, 4, 1, 4 };
  g_autoptr (MonocleMaskRuns) mask
      = monocle_mask_runs_new_from_counts (counts, G_N_ELEMENTS (counts), 3, 3);
  g_autoptr (MonocleResult) result = monocle_result_new ();
  const MonocleObject object
      = { .label = g_strdup ("a"), .shape = monocle_shape_new_mask (mask), .score = 0.5f };
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) expected = json_from_string (
      "[{\"label\": \"a\", \"score\": 0.5, \"mask\": {\"size\": [3, 3], \"counts\": \"0410\"},"
      "  \"polygons\": [[0.0, 0.0, 3.0, 0.0, 3.0, 3.0, 0.0, 3.0]],"
      "  \"holes\": [[1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0]]}]",
      NULL);
  JsonObject *found, *wanted;

  monocle_result_take_object (result, &object);
  node = monocle_result_json_objects (result);
  found = json_array_get_object_element (json_node_get_array (node), 0);
  wanted = json_array_get_object_element (json_node_get_array (expected), 0);
  g_assert_cmpuint (json_object_get_size (found), ==, json_object_get_size (wanted));
  g_assert_true (json_node_equal (json_object_get_member (found, "mask"),
                                  json_object_get_member (wanted, "mask")));
  /* Where rings begin is not said. */
  for (guint i = 0; i < 2; i++)
    {
      const char *key = i == 0 ? "polygons" : "holes";
      JsonArray *rings = json_object_get_array_member (found, key);

      g_assert_cmpuint (json_array_get_length (rings), ==, 1);
      g_assert_cmpuint (json_array_get_length (json_array_get_array_element (rings, 0)), ==, 8);
    }
}

/* What does not close is no polygon. */
static void
test_line (void)
{
  static const double points[] = { 1, 2, 3, 4.5, 6, 0 };
  g_autoptr (MonocleResult) result = monocle_result_new ();
  const MonocleObject object
      = { .label = g_strdup ("rope"), .shape = monocle_shape_new_line (points, 3), .score = NAN };

  monocle_result_take_object (result, &object);
  check_text (monocle_result_json_objects (result),
              "[{\"label\": \"rope\", \"line\": [1, 2, 3, 4.5, 6, 0]}]");
}

/* Pieces of a page have an order and a text, also once they were kept. */
static void
test_pieces (void)
{
  const MonocleBox box = { 1, 2, 3, 4 };
  g_autoptr (MonocleResult) result = monocle_result_new (), copy = NULL, kept = NULL;
  g_autoptr (GVariant) stored = NULL;

  for (guint i = 0; i < 2; i++)
    monocle_result_take_object (result,
                                &(MonocleObject){ .label = g_strdup (i == 0 ? "title" : "picture"),
                                                  .shape = monocle_shape_new_box (&box),
                                                  .score = NAN,
                                                  .text = g_strdup (i == 0 ? "# A\n\"b\"" : "") });
  copy = monocle_result_filter (result, 0);
  stored = g_variant_ref_sink (monocle_result_store (copy));
  kept = monocle_result_restore (stored);
  g_assert_nonnull (kept);
  check_text (monocle_result_json_objects (kept),
              "[{\"order\": 1, \"label\": \"title\", \"box\": [1, 2, 3, 4], \"text\": \"# "
              "A\\n\\\"b\\\"\"}, "
              "{\"order\": 2, \"label\": \"picture\", \"box\": [1, 2, 3, 4], \"text\": \"\"}]");
}

static void
test_json_text (void)
{
  static const char *const same[] = {
    "{}",
    "[]",
    "[null, true, false, -9223372036854775808, 0.1, 1e+300, -2.5]",
    "{\"b\": [1, {\"a\": \"\\u0001\\n\\t\\\\\\\"é\"}], \"a\": null}",
    "\"\"",
    "0.30000000000000004",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    check_text (json_from_string (same[i], NULL), same[i]);
  check_text (json_node_init_double (json_node_alloc (), INFINITY), "null");
  /* Nothing that a terminal obeys, and nothing that is no UTF-8. */
  check_text (json_node_init_string (json_node_alloc (), "\x1b[1m\x7f\xc2\x9b\u202e\u2028é\u4e2d"),
              "\"\\u001b[1m\\u007f\\u009b\\u202e\\u2028é\u4e2d\"");
  check_text (json_node_init_string (json_node_alloc (), "a\xff"), "\"a\ufffd\"");
  check_text (json_node_init_double (json_node_alloc (), 34.24), "34.24");
}

int
main (int argc, char **argv)
{
  g_autofree char *directory = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = g_test_build_filename (G_TEST_BUILT, "fixtures", "florence-2", NULL);
  tokenizer = monocle_tokenizer_load (directory, &error);
  g_assert_no_error (error);
  monocle_florence2_add_tokens (tokenizer);

  g_test_add_func ("/app/result-json/reference", test_reference);
  g_test_add_func ("/app/result-json/forms", test_forms);
  g_test_add_func ("/app/result-json/masks", test_masks);
  g_test_add_func ("/app/result-json/line", test_line);
  g_test_add_func ("/app/result-json/json-text", test_json_text);
  g_test_add_func ("/app/result-json/pieces", test_pieces);
  status = g_test_run ();
  monocle_tokenizer_free (tokenizer);
  return status;
}
