/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fixtures/florence-2/goldens_tiny.json: what the reference layers computed in double precision,
 * block by block, of the model in hashed-model.
 *
 * Not reached: `pooled_10_tokens`, which the engine does not write; `image_features` follows from
 * it.
 */
#include "config.h"

#include <math.h>

#include "engine/models/florence2/tasks.h"
#include "golden.h"
#include "hashed-model.h"

/* Of the mean size of an element. */
#define ELEMENT_BOUND 1e-4
/* Of the sum of the sizes of all elements. */
#define SUM_BOUND   1e-5
#define SCORE_BOUND 1e-5

static MonocleSession *
open_any_image (MonocleModel *model)
{
  const guint8 pixel[3] = { 0 };
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (1, 1, 3, pixel, NULL);

  return monocle_session_new (model, image);
}

static JsonObject *
read_goldens (void)
{
  g_autofree char *folder = test_fixture ("florence-2");

  return test_read_json (folder, "goldens_tiny.json");
}

static void
check_elements (const char *what, JsonArray *expected, const float *values, double bound)
{
  for (guint i = 0; i < json_array_get_length (expected); i++)
    {
      double wanted = json_array_get_double_element (expected, i);

      if (!(fabs ((double) values[i] - wanted) <= bound))
        g_test_fail_printf ("%s: element %u is %.8g, expected %.8g", what, i, (double) values[i],
                            wanted);
    }
}

static void
check_output (JsonObject *outputs, const char *name, const float *values, gsize n)
{
  JsonObject *expected = json_object_get_object_member (outputs, name);
  JsonArray *shape = json_object_get_array_member (expected, "shape");
  JsonArray *last = json_object_get_array_member (expected, "last4");
  double wanted_sum = json_object_get_double_member (expected, "sum");
  double wanted_size = json_object_get_double_member (expected, "abs_sum");
  double sum = 0, size = 0;
  gsize n_expected = 1;

  for (guint i = 0; i < json_array_get_length (shape); i++)
    n_expected *= json_array_get_int_element (shape, i);
  g_assert_cmpuint (n, ==, n_expected);

  for (gsize i = 0; i < n; i++)
    {
      sum += (double) values[i];
      size += fabs ((double) values[i]);
    }
  g_test_message ("%s: sum off by %.1e, sum of sizes by %.1e of it", name,
                  fabs (sum - wanted_sum) / wanted_size, fabs (size - wanted_size) / wanted_size);
  if (!(fabs (sum - wanted_sum) <= SUM_BOUND * wanted_size))
    g_test_fail_printf ("%s: sum is %.10g, expected %.10g", name, sum, wanted_sum);
  if (!(fabs (size - wanted_size) <= SUM_BOUND * wanted_size))
    g_test_fail_printf ("%s: sum of sizes is %.10g, expected %.10g", name, size, wanted_size);
  check_elements (name, json_object_get_array_member (expected, "first8"), values,
                  ELEMENT_BOUND * wanted_size / n);
  check_elements (name, last, values + n - json_array_get_length (last),
                  ELEMENT_BOUND * wanted_size / n);
}

static const guint32 decoder_ids[] = { 2, 0, 5, 7, 11, 3 };

/* What inspecting a cut model wrote. */
static MonocleNpy *
inspect (const HashedCut *cut, const char *stage)
{
  g_autoptr (MonocleModel) model = hashed_model_load (cut);
  g_autoptr (MonocleSession) session = open_any_image (model);
  g_autoptr (TestFolder) folder = test_folder_new ();
  const gint64 prompt_ids[] = { 0, 17, 42, 9, 63, 4, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleNpy) ids = NULL;

  test_inspect (session, HASHED_PROMPT, decoder_ids, G_N_ELEMENTS (decoder_ids), folder, &error);
  g_assert_no_error (error);
  ids = golden_read_stage (folder, "input_ids");
  g_assert_cmpmem (ids->i64, ids->n_elements * sizeof *ids->i64, prompt_ids, sizeof prompt_ids);

  return golden_read_stage (folder, stage);
}

static void
check_cut (JsonObject *outputs, const HashedCut *cut, const char *stage, const char *name)
{
  g_autoptr (MonocleNpy) array = inspect (cut, stage);

  check_output (outputs, name, array->f32, array->n_elements);
}

static void
test_tower (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  HashedCut cut = hashed_whole;

  for (guint i = 0; i < HASHED_N_STAGES; i++)
    {
      g_autofree char *embed = g_strdup_printf ("stage%u_embed", i);

      cut.n_stages = i + 1;
      cut.last_depth = 0;
      cut.spatial_only = FALSE;
      check_cut (outputs, &cut, "vision_features", embed);
      for (guint j = 0; j < hashed_stage_depths[i]; j++)
        {
          g_autofree char *spatial = g_strdup_printf ("stage%u_block%u_spatial", i, j);
          g_autofree char *channel = g_strdup_printf ("stage%u_block%u_channel", i, j);

          cut.last_depth = j + 1;
          cut.spatial_only = TRUE;
          check_cut (outputs, &cut, "vision_features", spatial);
          cut.spatial_only = FALSE;
          check_cut (outputs, &cut, "vision_features", channel);
        }
    }
  check_cut (outputs, &hashed_whole, "image_embeds", "image_features");
}

static void
test_encoder (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  static const char *const names[] = { "encoder_embedding", "encoder_layer0", "encoder_layer1" };
  HashedCut cut = hashed_whole;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      cut.n_encoder_layers = i;
      check_cut (outputs, &cut, "encoder_states", names[i]);
    }
}

static void
test_logits (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  JsonArray *best = json_object_get_array_member (outputs, "decoder_logits_argmax_per_position");
  g_autoptr (MonocleNpy) array = inspect (&hashed_whole, "logits");
  guint n = G_N_ELEMENTS (decoder_ids);
  float logits[G_N_ELEMENTS (decoder_ids) * HASHED_VOCABULARY];

  g_assert_cmpuint (array->n_elements, ==, n * HASHED_PADDED_VOCABULARY);
  for (guint i = 0; i < n; i++)
    {
      const float *row = logits + i * HASHED_VOCABULARY;
      guint largest = 0;

      memcpy (logits + i * HASHED_VOCABULARY, array->f32 + i * HASHED_PADDED_VOCABULARY,
              HASHED_VOCABULARY * sizeof *logits);
      for (guint j = 1; j < HASHED_VOCABULARY; j++)
        if (row[j] > row[largest])
          largest = j;
      g_assert_cmpuint (largest, ==, json_array_get_int_element (best, i));
    }
  check_output (outputs, "decoder_logits", logits, G_N_ELEMENTS (logits));
}

static void
check_ids (const char *what, const MonocleResult *result, JsonArray *expected)
{
  guint n;
  const guint32 *ids = monocle_result_get_token_ids (result, &n);

  if (n != json_array_get_length (expected))
    g_test_fail_printf ("%s: %u ids, expected %u", what, n, json_array_get_length (expected));
  for (guint i = 0; i < MIN (n, json_array_get_length (expected)); i++)
    if (ids[i] != json_array_get_int_element (expected, i))
      g_test_fail_printf ("%s: id %u is %u, expected %u", what, i, ids[i],
                          (guint) json_array_get_int_element (expected, i));
}

static void
check_answer (
    JsonObject *outputs, const char *name, MonocleSession *session, guint n_beams, guint max_tokens)
{
  const MonocleRequest request = { .task = monocle_florence2_find_task ("prompt"),
                                   .text = HASHED_PROMPT,
                                   .num_beams = n_beams,
                                   .max_tokens = max_tokens };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);
  JsonNode *node = json_object_get_member (outputs, name);
  const MonocleResult *result;
  JsonObject *expected;
  double score, wanted;

  g_assert_no_error (error);
  g_assert_nonnull (node);
  result = g_ptr_array_index (run->results, 0);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      check_ids (name, result, json_node_get_array (node));
      return;
    }

  expected = json_node_get_object (node);
  check_ids (name, result, json_object_get_array_member (expected, "ids"));
  g_assert_cmpuint (run->n_tokens, ==, json_object_get_int_member (expected, "steps"));

  /* The score of a result is exp (sum / n), that of a hypothesis sum / n. */
  score = log ((double) monocle_result_get_score (result));
  wanted = json_object_get_double_member (expected, "score");
  g_test_message ("%s: score %.8g, expected %.8g", name, score, wanted);
  if (!(fabs (score - wanted) <= SCORE_BOUND * fabs (wanted)))
    g_test_fail_printf ("%s: score %.8g, expected %.8g", name, score, wanted);
}

static void
test_answers (void)
{
  static const guint biases[] = { 0, 5, 7, 9, 11 };
  static const char *const stopping[] = { "true", "false" };
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");

  for (guint i = 0; i < G_N_ELEMENTS (biases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (stopping); j++)
      {
        g_autofree char *suffix
            = biases[i] ? g_strdup_printf ("_eosbias%u", biases[i]) : g_strdup ("");
        g_autofree char *greedy
            = biases[i] ? g_strconcat ("greedy", suffix, NULL) : g_strdup ("greedy_max_new_20");
        g_autofree char *beam
            = g_strdup_printf ("beam3%s_max_new_20_early_stopping_%s", suffix, stopping[j]);
        g_autofree char *shorter
            = g_strdup_printf ("beam3_max_new_8_early_stopping_%s", stopping[j]);
        HashedCut cut = hashed_whole;
        g_autoptr (MonocleModel) model = NULL;
        g_autoptr (MonocleSession) session = NULL;

        cut.eos_bias = biases[i];
        cut.early_stopping = stopping[j];
        model = hashed_model_load (&cut);
        session = open_any_image (model);
        check_answer (outputs, greedy, session, 1, 20);
        check_answer (outputs, beam, session, 3, 20);
        if (biases[i] == 0)
          check_answer (outputs, shorter, session, 3, 8);
      }
}

int
main (int argc, char *argv[])
{
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/goldens-tiny/tower", test_tower);
  g_test_add_func ("/goldens-tiny/encoder", test_encoder);
  g_test_add_func ("/goldens-tiny/logits", test_logits);
  g_test_add_func ("/goldens-tiny/answers", test_answers);

  /* Keeps the device open from one test to the next. */
  keeper = hashed_model_load (&hashed_whole);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
