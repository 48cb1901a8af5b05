/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text side of every golden generation (fixtures/manifest.json) from prompt to result, without
 * a model: prompt, ids, answer, parsed result. All three kinds of tokenizer files.
 */
#include "config.h"

#include <math.h>

#include "app/json/text.h"
#include "app/json/result.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "tests/fixture.h"

typedef struct
{
  const char *name;
  guint width, height;
} Picture;

static const Picture pictures[] = { { "a.png", 37, 53 }, { "b.png", 120, 80 } };

static GArray *
get_ids (JsonArray *numbers)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < json_array_get_length (numbers); i++)
    {
      guint32 id = (guint32) json_array_get_int_element (numbers, i);

      g_array_append_val (ids, id);
    }
  return ids;
}

/* One for each id; the start id has none. Returns their mean too. */
static float *
get_log_probs (JsonArray *numbers, double *mean)
{
  guint n = json_array_get_length (numbers);
  float *log_probs = g_new0 (float, n + 1);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    {
      log_probs[i + 1] = (float) json_array_get_double_element (numbers, i);
      sum += (double) log_probs[i + 1];
    }
  *mean = sum / n;
  return log_probs;
}

static void
check_prompt (const MonocleTokenizer *tokenizer, JsonObject *c)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence
      = monocle_florence2_expand_prompt (json_object_get_string_member (c, "prompt"), &error);
  g_autoptr (GArray) expected = get_ids (json_object_get_array_member (c, "input_ids"));

  g_assert_no_error (error);
  g_assert_cmpstr (sentence, ==, json_object_get_string_member (c, "sentence"));
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, sentence, MONOCLE_SPECIALS_WRAP);
  g_assert_cmpmem (ids->data, ids->len * sizeof (guint32), expected->data,
                   expected->len * sizeof (guint32));
}

static void
check_answer (const MonocleTokenizer *tokenizer, JsonObject *c)
{
  const MonocleTask *task = monocle_florence2_find_task (json_object_get_string_member (c, "task"));
  const Picture *picture
      = &pictures[g_str_equal (json_object_get_string_member (c, "image"), pictures[0].name) ? 0
                                                                                             : 1];
  g_autoptr (GArray) ids = get_ids (json_object_get_array_member (c, "ids"));
  double mean = 0;
  g_autofree float *log_probs
      = get_log_probs (json_object_get_array_member (c, "token_logprobs"), &mean);
  g_autoptr (MonocleResult) result = monocle_parse (&(MonocleParseRequest){
      .tokenizer = tokenizer,
      .answer = monocle_florence2_task_get_grammar (task),
      .ids = (const guint32 *) (gpointer) ids->data,
      .log_probs = log_probs,
      .n_ids = ids->len,
      .width = picture->width,
      .height = picture->height,
      .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  });
  JsonNode *expected = json_object_get_member (c, "parsed");

  g_assert_cmpstr (monocle_result_get_generated_text (result), ==,
                   json_object_get_string_member (c, "text"));
  g_assert_cmpfloat_with_epsilon ((double) monocle_result_get_score (result), exp (mean), 1e-5);
  if (JSON_NODE_HOLDS_NULL (expected))
    return;

  g_autoptr (JsonNode) node = monocle_result_json_result (result, task);
  g_autofree char *expected_text = monocle_json_text (expected);
  g_autofree char *text
      = monocle_json_text (json_object_get_member (json_node_get_object (node), task->tag));
  g_assert_cmpstr (text, ==, expected_text);
}

static void
check_model (JsonObject *model)
{
  g_autofree char *directory = g_test_build_filename (
      G_TEST_BUILT, "fixtures", json_object_get_string_member (model, "model"), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory, &error);
  g_autoptr (JsonNode) root = fixture_read_json (json_object_get_string_member (model, "cases"));
  JsonArray *cases = json_node_get_array (root);

  g_assert_no_error (error);
  monocle_florence2_add_tokens (tokenizer);
  g_assert_cmpint (monocle_tokenizer_get_vocab_size (tokenizer), ==,
                   json_object_get_int_member (model, "tokenizer_size"));
  g_assert_cmpuint (json_array_get_length (cases), >=, 20);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      check_prompt (tokenizer, json_array_get_object_element (cases, i));
      check_answer (tokenizer, json_array_get_object_element (cases, i));
    }
}

static void
test_models (void)
{
  g_autoptr (JsonNode) root = fixture_read_json ("manifest.json");
  JsonArray *models = json_object_get_array_member (json_node_get_object (root), "models");

  g_assert_cmpuint (json_array_get_length (models), >=, 6);
  for (guint i = 0; i < json_array_get_length (models); i++)
    check_model (json_array_get_object_element (models, i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/golden-text/models", test_models);
  return g_test_run ();
}
