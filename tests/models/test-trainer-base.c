/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that has an adapter is taught on top of it: what is written belongs to the model alone,
 * and with it the model thinks what it thought while it learnt. What cannot be one with it is said
 * before.
 */
#include "config.h"

#include <math.h>

#include "engine/run/merge.h"
#include "trainer-test.h"
/* Of the tests of files. */
#include "adapter-fixture.h"

static const char *const more_words[TRAINER_N_EXAMPLES] = { "a red hat", "six cats" };

static MonocleModel *
load (const char *adapter)
{
  g_autofree char *directory = test_fixture ("models/native-96");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleModel *model;

  monocle_model_load_adapted_async (directory, adapter, test_get_device (), MONOCLE_PRECISION_F32,
                                    MONOCLE_MODEL_ROOM_ANSWER, NULL, NULL, NULL, test_take_result,
                                    &result);
  test_wait (&result);
  model = monocle_model_load_finish (result, &error);
  g_assert_no_error (error);
  return model;
}

/* Of both examples together. */
static double
judge (MonocleTrainer *trainer)
{
  static const guint examples[] = { 0, 1 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) judged = NULL;
  g_autoptr (GError) error = NULL;

  monocle_trainer_judge_async (trainer, examples, 2, NULL, test_take_result, &result);
  test_wait (&result);
  judged = monocle_trainer_judge_finish (trainer, result, &error);
  g_assert_no_error (error);
  return g_array_index (judged, MonocleTrainingJudged, 0).loss
         + g_array_index (judged, MonocleTrainingJudged, 1).loss;
}

/* What the model with @adapter thinks of answers, with nothing learnt since. */
static double
judge_anew (const char *adapter, const char *const *words)
{
  g_autoptr (MonocleModel) model = load (adapter);
  g_autoptr (MonocleTrainer) trainer = trainer_begin (model, MONOCLE_TRAINING_DECODER, 4, words);

  return judge (trainer);
}

/* Teaches the model that has @adapter (nullable), and writes it to a folder. @loss: (out): what it
 * thinks of the answers then */
static void
teach (const char *adapter,
       MonocleTrainingMethod method,
       guint rank,
       const char *const *words,
       const char *to,
       double *loss)
{
  g_autoptr (MonocleModel) model = load (adapter);
  g_autoptr (MonocleTrainer) trainer = trainer_begin (model, method, rank, words);
  g_autoptr (GError) error = NULL;

  trainer_step (trainer, 6);
  *loss = judge (trainer);
  TRAINER_CALL (trainer, write, &error, to, "base", NULL);
  g_assert_no_error (error);
}

typedef struct
{
  MonocleTrainingMethod first, then;
  gint64 min_rank, max_rank; /* of what both are together */
} Pair;

static void
test_pair (gconstpointer data)
{
  const Pair *pair = data;
  g_autoptr (TestFolder) first = test_folder_new (), both = test_folder_new ();
  g_autoptr (JsonNode) facts = NULL;
  g_autoptr (JsonObject) settings = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *ranks;
  double loss, before, after;

  teach (NULL, pair->first, 4, trainer_words, first, &loss);
  g_assert_cmpfloat (fabs (judge_anew (first, trainer_words) - loss), <=, 1e-4 * loss);
  before = judge_anew (first, more_words);
  teach (first, pair->then, 8, more_words, both, &loss);
  g_assert_cmpfloat (loss, <, 0.98 * before);
  after = judge_anew (both, more_words);
  g_test_message ("%g, learnt %g, written %g", before, loss, after);
  g_assert_cmpfloat (fabs (after - loss), <=, 1e-4 * loss);

  facts = monocle_adapter_describe (both, &error);
  g_assert_no_error (error);
  ranks = json_object_get_array_member (json_node_get_object (facts), "ranks");
  g_assert_cmpint (json_array_get_int_element (ranks, 0), ==, pair->min_rank);
  g_assert_cmpint (json_array_get_int_element (ranks, 1), ==, pair->max_rank);
  settings = test_read_json (both, "adapter_config.json");
  g_assert_cmpint (json_object_get_int_member (settings, "r"), ==,
                   json_object_get_int_member (settings, "lora_alpha"));
  if (pair->max_rank > 0)
    g_assert_cmpint (json_object_get_int_member (settings, "r"), ==, pair->max_rank);
}

/* Its folder goes away while it is learnt on top of it. */
static void
test_gone (void)
{
  g_autoptr (TestFolder) first = test_folder_new (), both = test_folder_new ();
  g_autofree char *weights = g_build_filename (first, "adapter_model.safetensors", NULL);
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  double loss;

  teach (NULL, MONOCLE_TRAINING_FULL_LANGUAGE, 4, trainer_words, first, &loss);
  model = load (first);
  trainer = trainer_begin (model, MONOCLE_TRAINING_DECODER, 4, more_words);
  trainer_step (trainer, 6);
  loss = judge (trainer);
  g_assert_cmpint (g_unlink (weights), ==, 0);
  TRAINER_CALL (trainer, write, &error, both, "base", NULL);
  g_assert_no_error (error);
  g_assert_cmpfloat (fabs (judge_anew (both, more_words) - loss), <=, 1e-4 * loss);
}

/* More than is read again. */
static void
test_rank (void)
{
  g_autoptr (TestFolder) first = test_folder_new ();
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleTrainer) trainer = NULL;
  const MonocleTrainingStart start = { .rank = 1024 };
  g_autoptr (GError) error = NULL;
  double loss;

  teach (NULL, MONOCLE_TRAINING_DECODER, 4, trainer_words, first, &loss);
  model = load (first);
  trainer = trainer_prepare (model, MONOCLE_TRAINING_DECODER, more_words);
  TRAINER_CALL (trainer, start, &error, &start, NULL);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "1028"));
}

/* Of the table of the input: no product beside a matrix. */
static void
test_table (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  AdapterFile file = adapter_begin ();
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;

  adapter_add (&file, "base_model.model.model.language_model.shared.lora_embedding_A", "2,1408",
               2 * 1408, 1);
  adapter_add (&file, "base_model.model.model.language_model.shared.lora_embedding_B", "32,2",
               2 * 32, 2);
  adapter_write (&file, folder, "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":2}");
  model = load (folder);
  g_assert_null (monocle_trainer_new (model, MONOCLE_TRAINING_DECODER, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "shared"));
}

int
main (int argc, char **argv)
{
  static const Pair beside = { MONOCLE_TRAINING_DECODER, MONOCLE_TRAINING_DECODER, 12, 12 };
  /* The encoder's products are made as wide as the decoder's. */
  static const Pair wider = { MONOCLE_TRAINING_LORA, MONOCLE_TRAINING_DECODER, 12, 12 };
  /* Of all that learnt itself before. */
  static const Pair into = { MONOCLE_TRAINING_FULL_LANGUAGE, MONOCLE_TRAINING_LORA, 0, 0 };
  static const Pair over = { MONOCLE_TRAINING_LORA, MONOCLE_TRAINING_FULL_LANGUAGE, 0, 0 };
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/trainer-base/beside", &beside, test_pair);
  g_test_add_data_func ("/trainer-base/wider", &wider, test_pair);
  g_test_add_data_func ("/trainer-base/into", &into, test_pair);
  g_test_add_data_func ("/trainer-base/over", &over, test_pair);
  g_test_add_func ("/trainer-base/gone", test_gone);
  g_test_add_func ("/trainer-base/rank", test_rank);
  g_test_add_func ("/trainer-base/table", test_table);

  status = g_test_run ();
  monocle_engine_shutdown (10000);
  return status;
}
