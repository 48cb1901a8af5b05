/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers read into results: against the reference's post-processing (fixtures/parse.json,
 * written by reference/make_parse.py), and what the reference does not have: scores, prefixes.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "tests/fixture.h"

static MonocleTokenizer *tokenizer;

static MonocleResult *
parse_ids (MonocleGrammarKind answer,
           MonocleParseExtent extent,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           guint width,
           guint height)
{
  return monocle_parse (&(MonocleParseRequest){
      .tokenizer = tokenizer,
      .answer = answer,
      .extent = extent,
      .ids = ids,
      .log_probs = log_probs,
      .n_ids = n_ids,
      .width = width,
      .height = height,
      .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  });
}

static MonocleResult *
parse_text (MonocleGrammarKind answer, const char *text, guint width, guint height)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);

  return parse_ids (answer, MONOCLE_PARSE_WHOLE, (const guint32 *) (gpointer) ids->data, NULL,
                    ids->len, width, height);
}

static gboolean
equal_numbers (JsonNode *expected, const double *numbers, guint n)
{
  JsonArray *array = json_node_get_array (expected);
  gboolean equal = json_array_get_length (array) == n;

  for (guint i = 0; i < n && equal; i++)
    equal = json_array_get_int_element (array, i) == monocle_coords_truncate ((float) numbers[i]);
  return equal;
}

static gboolean
equal_shape (JsonNode *expected, const MonocleObject *object)
{
  const MonocleBox box = monocle_shape_get_box (object->shape);
  gboolean equal = TRUE;
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (object->shape, &n_rings);
  JsonArray *polygons = json_node_get_array (expected);

  if (monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_BOX)
    return equal_numbers (
        expected,
        (const double[]){ (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 }, 4);
  if (monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_QUAD)
    return equal_numbers (expected, rings[0].points, 8);

  if (json_array_get_length (polygons) != n_rings)
    return FALSE;
  for (guint i = 0; i < n_rings && equal; i++)
    equal = equal_numbers (json_array_get_element (polygons, i), rings[i].points,
                           2 * rings[i].n_points);
  return equal;
}

/* All objects of @kind, in order, against the lists of shapes and labels. */
static gboolean
equal_objects (JsonObject *expected,
               const char *shapes_key,
               const char *labels_key,
               MonocleShapeKind kind,
               const MonocleResult *result)
{
  JsonArray *shapes = json_object_get_array_member (expected, shapes_key);
  JsonArray *labels = json_object_get_array_member (expected, labels_key);
  guint n = 0;

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      if (monocle_shape_get_kind (object->shape) != kind)
        continue;
      if (n >= json_array_get_length (shapes)
          || !equal_shape (json_array_get_element (shapes, n), object)
          || !g_str_equal (json_array_get_string_element (labels, n), object->label))
        return FALSE;
      n++;
    }
  return n == json_array_get_length (shapes);
}

static gboolean
equal_result (MonocleGrammarKind answer, JsonNode *expected, const MonocleResult *result)
{
  JsonObject *object;

  if (answer == MONOCLE_GRAMMAR_TEXT)
    return g_str_equal (json_node_get_string (expected), monocle_result_get_text (result));

  object = json_node_get_object (expected);
  switch (answer)
    {
    case MONOCLE_GRAMMAR_BOXES:
    case MONOCLE_GRAMMAR_PROPOSALS:
    case MONOCLE_GRAMMAR_PHRASES:
      return equal_objects (object, "bboxes", "labels", MONOCLE_SHAPE_BOX, result);
    case MONOCLE_GRAMMAR_POLYGONS:
      return equal_objects (object, "polygons", "labels", MONOCLE_SHAPE_RINGS, result);
    case MONOCLE_GRAMMAR_QUADS:
      return equal_objects (object, "quad_boxes", "labels", MONOCLE_SHAPE_QUAD, result);
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
      return equal_objects (object, "bboxes", "bboxes_labels", MONOCLE_SHAPE_BOX, result)
             && equal_objects (object, "polygons", "polygons_labels", MONOCLE_SHAPE_RINGS, result);
    case MONOCLE_GRAMMAR_TEXT:
    default:
      g_assert_not_reached ();
    }
}

/* Returns whether the case was compared: texts that the tokenizer does not give back are not. */
static gboolean
check_case (const MonocleTask *task, JsonObject *c, guint *n_failed)
{
  const char *text = json_object_get_string_member (c, "text");
  JsonArray *size = json_object_get_array_member (c, "size");
  JsonNode *expected = json_object_get_member (c, "result");
  g_autoptr (MonocleResult) result = parse_text (monocle_florence2_task_get_grammar (task), text,
                                                 (guint) json_array_get_int_element (size, 0),
                                                 (guint) json_array_get_int_element (size, 1));

  /* Numbers that no token stands for: the parser has survived them, that is all. */
  if (g_str_equal (json_object_get_string_member (c, "class"), "exotic")
      || JSON_NODE_HOLDS_NULL (expected))
    return FALSE;
  if (!g_str_equal (monocle_result_get_generated_text (result), text))
    return FALSE;
  if (!equal_result (monocle_florence2_task_get_grammar (task), expected, result))
    {
      if ((*n_failed)++ < 5)
        {
          g_autofree char *wanted = json_to_string (expected, FALSE);

          g_test_message ("%s “%s”: wanted %s", task->tag, text, wanted);
        }
    }
  return TRUE;
}

static void
test_reference (void)
{
  g_autoptr (JsonObject) root = fixture_read_json_object ("parse.json");
  JsonArray *tasks = json_object_get_array_member (root, "tasks");
  guint n_failed = 0;

  g_assert_cmpuint (json_array_get_length (tasks), ==, 15);
  for (guint i = 0; i < json_array_get_length (tasks); i++)
    {
      JsonObject *object = json_array_get_object_element (tasks, i);
      const MonocleTask *task
          = monocle_florence2_find_task (json_object_get_string_member (object, "task"));
      JsonArray *cases = json_object_get_array_member (object, "cases");
      guint n_compared = 0;

      g_assert_nonnull (task);
      for (guint k = 0; k < json_array_get_length (cases); k++)
        n_compared
            += check_case (task, json_array_get_object_element (cases, k), &n_failed) ? 1 : 0;
      g_assert_cmpuint (n_compared, >=, 200);
    }
  g_assert_cmpuint (n_failed, ==, 0);
}

/* The comparison itself must be able to fail. */
static void
test_comparison (void)
{
  g_autoptr (MonocleResult) result
      = parse_text (MONOCLE_GRAMMAR_BOXES, "car<loc_53><loc_333><loc_933><loc_774>", 640, 480);
  static const char *const wrong[] = {
    "{\"bboxes\": [[34, 160, 597, 372]], \"labels\": [\"car\"]}",
    "{\"bboxes\": [[34, 160, 597]], \"labels\": [\"car\"]}",
    "{\"bboxes\": [[34, 160, 597, 371]], \"labels\": [\"cat\"]}",
    "{\"bboxes\": [], \"labels\": []}",
    "{\"bboxes\": [[34, 160, 597, 371], [34, 160, 597, 371]], \"labels\": [\"car\", \"car\"]}",
  };
  g_autoptr (JsonNode) right
      = json_from_string ("{\"bboxes\": [[34, 160, 597, 371]], \"labels\": [\"car\"]}", NULL);

  g_assert_true (equal_result (MONOCLE_GRAMMAR_BOXES, right, result));
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (wrong[i], NULL);

      g_assert_false (equal_result (MONOCLE_GRAMMAR_BOXES, node, result));
    }
}

static guint
encode (const char *text, guint32 *ids, guint n_max)
{
  g_autoptr (GArray) array = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);

  g_assert_cmpuint (array->len, <=, n_max);
  memcpy (ids, array->data, array->len * sizeof (guint32));
  return array->len;
}

static void
assert_score (float score, double mean)
{
  g_assert_cmpfloat_with_epsilon ((double) score, exp (mean), 1e-6);
}

static void
test_scores (void)
{
  guint32 ids[64];
  float log_probs[64];
  /* 0 </s>, 1 <s>, 2 car, 3-6 and 7-10 locations, 11 " dog", 12-15 locations, 16 </s> */
  guint n = encode ("</s><s>car<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8> dog"
                    "<loc_1><loc_2><loc_3><loc_4></s>",
                    ids, G_N_ELEMENTS (ids));
  double total = 0;

  g_assert_cmpuint (n, ==, 17);
  for (guint i = 0; i < n; i++)
    {
      log_probs[i] = i == 0 ? 0 : -0.01f * (float) (i * i);
      total += (double) log_probs[i];
    }

  g_autoptr (MonocleResult) result
      = parse_ids (MONOCLE_GRAMMAR_BOXES, MONOCLE_PARSE_WHOLE, ids, log_probs, n, 1000, 1000);
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, 3);
  /* Where there is a name, it alone counts. */
  assert_score (monocle_result_get_object (result, 0)->score, -0.01 * 4);
  assert_score (monocle_result_get_object (result, 1)->score, -0.01 * 4);
  assert_score (monocle_result_get_object (result, 2)->score, -0.01 * 121);
  assert_score (monocle_result_get_score (result), total / 16);

  g_autoptr (MonocleResult) unscored
      = parse_ids (MONOCLE_GRAMMAR_BOXES, MONOCLE_PARSE_WHOLE, ids, NULL, n, 1000, 1000);
  g_assert_true (isnan (monocle_result_get_object (unscored, 0)->score));
  g_assert_true (isnan (monocle_result_get_score (unscored)));
}

/* Labels with characters of several tokens; polygons without a name: the tokens between them do not
 * count. */
static void
test_scores_of_parts (void)
{
  guint32 ids[64];
  float log_probs[64];
  guint n = encode ("日<loc_1><loc_2><loc_3><loc_4><loc_5><sep><loc_6><loc_7>", ids,
                    G_N_ELEMENTS (ids));
  guint n_label = n - 8;

  g_assert_cmpuint (n_label, >=, 2);
  for (guint i = 0; i < n; i++)
    log_probs[i] = i < n_label ? -1 - (float) i : -2;
  g_autoptr (MonocleResult) polygons = parse_ids (
      MONOCLE_GRAMMAR_BOXES_OR_POLYGONS, MONOCLE_PARSE_WHOLE, ids, log_probs, n, 1000, 1000);
  g_assert_cmpuint (monocle_result_get_n_objects (polygons), ==, 1);
  g_assert_cmpstr (monocle_result_get_object (polygons, 0)->label, ==, "");
  assert_score (monocle_result_get_object (polygons, 0)->score, -1 - (n_label - 1) / 2.0);

  n = encode ("<loc_1><loc_2><sep><loc_3><loc_4>", ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (n, ==, 5);
  for (guint i = 0; i < n; i++)
    log_probs[i] = -(float) i;
  guint n_rings;
  g_autoptr (MonocleResult) outline
      = parse_ids (MONOCLE_GRAMMAR_POLYGONS, MONOCLE_PARSE_WHOLE, ids, log_probs, n, 1000, 1000);
  monocle_shape_get_rings (monocle_result_get_object (outline, 0)->shape, &n_rings);
  g_assert_cmpuint (n_rings, ==, 2);
  assert_score (monocle_result_get_object (outline, 0)->score, -(0 + 1 + 3 + 4) / 4.0);
}

static void
assert_same_object (const MonocleObject *a, const MonocleObject *b)
{
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_true (monocle_shape_equal (a->shape, b->shape));
}

/* What a prefix shows is in the whole answer too, and nothing is taken back from one prefix to the
 * next. */
static void
check_prefixes (MonocleGrammarKind answer, const char *text, guint n_objects)
{
  guint32 ids[128];
  guint n = encode (text, ids, G_N_ELEMENTS (ids)), n_shown = 0;
  g_autoptr (MonocleResult) whole = parse_ids (answer, MONOCLE_PARSE_WHOLE, ids, NULL, n, 640, 480);

  g_assert_cmpuint (monocle_result_get_n_objects (whole), ==, n_objects);
  for (guint i = 0; i <= n; i++)
    {
      g_autoptr (MonocleResult) part
          = parse_ids (answer, MONOCLE_PARSE_PREFIX, ids, NULL, i, 640, 480);
      guint n_part = monocle_result_get_n_objects (part);

      g_assert_cmpuint (n_part, >=, n_shown);
      g_assert_cmpuint (n_part, <=, n_objects);
      for (guint k = 0; k < n_part; k++)
        assert_same_object (monocle_result_get_object (part, k),
                            monocle_result_get_object (whole, k));
      n_shown = n_part;
    }
  g_assert_cmpuint (n_shown, >=, n_objects - 1);
}

static void
test_prefixes (void)
{
  check_prefixes (MONOCLE_GRAMMAR_BOXES,
                  "</s><s>car<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8>a "
                  "b<loc_1><loc_2><loc_3><loc_4>",
                  3);
  check_prefixes (MONOCLE_GRAMMAR_PROPOSALS,
                  "<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8>", 2);
  check_prefixes (MONOCLE_GRAMMAR_POLYGONS,
                  "<loc_1><loc_2><loc_3><loc_4><sep><loc_5><loc_6><loc_7><loc_8></s>", 1);
  check_prefixes (MONOCLE_GRAMMAR_BOXES_OR_POLYGONS,
                  "cat<poly><loc_1><loc_2><loc_3><loc_4></poly><poly><loc_1><loc_2></"
                  "poly>dog<poly><loc_1><loc_2>"
                  "<sep><loc_3><loc_4></poly>",
                  3);
  check_prefixes (
      MONOCLE_GRAMMAR_QUADS,
      "STOP<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8>日本<loc_1><loc_2><loc_3><loc_4>"
      "<loc_5><loc_6><loc_7><loc_8></s>",
      2);
}

/* A character that is only half there is not shown. */
static void
test_prefix_of_character (void)
{
  guint32 ids[16];
  guint n = encode ("日", ids, G_N_ELEMENTS (ids));
  g_autoptr (MonocleResult) part
      = parse_ids (MONOCLE_GRAMMAR_TEXT, MONOCLE_PARSE_PREFIX, ids, NULL, n - 1, 9, 9);
  g_autoptr (MonocleResult) cut
      = parse_ids (MONOCLE_GRAMMAR_TEXT, MONOCLE_PARSE_WHOLE, ids, NULL, n - 1, 9, 9);

  g_assert_cmpstr (monocle_result_get_text (part), ==, "");
  g_assert_cmpstr (monocle_result_get_text (cut), ==, "\357\277\275");
}

/* Long hostile answers take no long time and no deep stack. */
static void
test_hostile (void)
{
  static const char *const parts[]
      = { "<loc_1>", "<loc_", "<", "\n", "a", "<poly>", "<sep>", "a<loc_1><loc_1><loc_1>" };
  enum
  {
    N = 50000
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      guint32 unit[16];
      guint n_unit = encode (parts[i], unit, G_N_ELEMENTS (unit));
      g_autofree guint32 *ids = g_new (guint32, N);

      for (guint k = 0; k < N; k++)
        ids[k] = unit[k % n_unit];
      for (MonocleGrammarKind answer = MONOCLE_GRAMMAR_TEXT; answer <= MONOCLE_GRAMMAR_QUADS;
           answer++)
        {
          g_autoptr (MonocleResult) result
              = parse_ids (answer, MONOCLE_PARSE_PREFIX, ids, NULL, N, G_MAXINT, G_MAXINT);

          g_assert_nonnull (result);
        }
    }
}

static void
test_strange_ids (void)
{
  const guint32 ids[] = { G_MAXUINT32, 51288, 51289, 60000, 1u << 31 };
  const float log_probs[] = { 0, -1, NAN, -INFINITY, 1 };
  g_autoptr (MonocleResult) result = parse_ids (MONOCLE_GRAMMAR_BOXES, MONOCLE_PARSE_WHOLE, ids,
                                                log_probs, G_N_ELEMENTS (ids), 1, 1);
  g_autoptr (MonocleResult) empty
      = parse_ids (MONOCLE_GRAMMAR_TEXT, MONOCLE_PARSE_WHOLE, NULL, NULL, 0, 1, 1);
  guint n = 0;

  g_assert_cmpstr (monocle_result_get_generated_text (result), ==, "<and>");
  g_assert_cmpstr (monocle_result_get_text (empty), ==, "");
  monocle_result_get_token_ids (result, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (ids));
}

static void
test_ref (void)
{
  MonocleResult *result = parse_text (MONOCLE_GRAMMAR_BOXES, "a", 1, 1);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, MONOCLE_TYPE_RESULT);
  g_value_set_boxed (&value, result);
  g_assert_true (g_value_get_boxed (&value) == result);
  monocle_result_unref (result);
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

  g_test_add_func ("/engine/parse/reference", test_reference);
  g_test_add_func ("/engine/parse/comparison", test_comparison);
  g_test_add_func ("/engine/parse/scores", test_scores);
  g_test_add_func ("/engine/parse/scores-of-parts", test_scores_of_parts);
  g_test_add_func ("/engine/parse/prefixes", test_prefixes);
  g_test_add_func ("/engine/parse/prefix-of-character", test_prefix_of_character);
  g_test_add_func ("/engine/parse/hostile", test_hostile);
  g_test_add_func ("/engine/parse/strange-ids", test_strange_ids);
  g_test_add_func ("/engine/parse/ref", test_ref);
  status = g_test_run ();
  monocle_tokenizer_free (tokenizer);
  return status;
}
