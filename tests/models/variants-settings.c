/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings that change answers: what is followed, what is refused, what is said not to be followed.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "variants.h"

static void
test_settings (void)
{
  JsonArray *cases = json_object_get_array_member (variants, "settings");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      JsonObject *settings = json_object_get_object_member (item, "generation");
      g_autoptr (TestFolder) folder = variants_copy_model ();
      g_autoptr (JsonObject) generation = test_read_json (folder, "generation_config.json");
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), settings);
      g_autofree char *name = json_to_string (node, FALSE);
      g_autofree char *expected
          = variants_describe_array (json_object_get_array_member (item, "ids"));
      g_autofree char *got = NULL;

      variants_change (generation, settings);
      json_object_set_int_member (generation, "num_beams",
                                  json_object_get_int_member (item, "num_beams"));
      test_write_json (folder, "generation_config.json", generation);
      got = variants_answer_from (folder);
      variants_check (name, got, expected);
    }
}

/* Past the places that the decoder's cache has at first. */
static void
test_long (void)
{
  JsonObject *item = json_object_get_object_member (variants, "long");
  g_autofree char *source = test_fixture (json_object_get_string_member (item, "model"));
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (JsonObject) generation = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *expected = variants_describe_array (json_object_get_array_member (item, "ids"));
  g_autofree char *got = NULL;

  test_link_model (source, folder);
  generation = test_read_json (folder, "generation_config.json");
  variants_change (generation, json_object_get_object_member (item, "generation"));
  test_write_json (folder, "generation_config.json", generation);
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  got = variants_answer (model, (guint) json_object_get_int_member (item, "max_new_tokens"));
  variants_check ("long", got, expected);
}

/* A list of one id is that id, wherever there is one. */
static void
test_lists (void)
{
  static const char *const keys[]
      = { "eos_token_id",        "bos_token_id",           "pad_token_id",
          "forced_bos_token_id", "decoder_start_token_id", "forced_eos_token_id" };
  static const char *const files[] = { "generation_config.json", "config.json" };
  g_autofree char *expected = variants_get_plain_answer ();

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (TestFolder) folder = variants_copy_model ();
      g_autoptr (JsonObject) root = test_read_json (folder, files[i]);
      JsonObject *object = i == 0 ? root : json_object_get_object_member (root, "text_config");
      g_autofree char *got = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (keys); j++)
        if (json_object_has_member (object, keys[j]))
          {
            JsonArray *list = json_array_new ();

            json_array_add_int_element (list, json_object_get_int_member (object, keys[j]));
            json_object_set_array_member (object, keys[j], list);
          }
      test_write_json (folder, files[i], root);
      got = variants_answer_from (folder);
      variants_check (files[i], got, expected);
    }
}

static void
test_refused_settings (void)
{
  static const struct
  {
    const char *changes, *words;
  } cases[] = {
    { "{\"decoder_start_token_id\": [2, 3]}", "“decoder_start_token_id” has 2 ids" },
    { "{\"eos_token_id\": [2, \"3\"]}", "eos_token_id" },
    { "{\"eos_token_id\": [2, 70000]}", "70000" },
    { "{\"eos_token_id\": [2, 3, 4, 5, 6, 7, 8, 9, 10]}", "at most 8" },
    { "{\"repetition_penalty\": 0}", "repetition_penalty" },
    { "{\"repetition_penalty\": -1.5}", "repetition_penalty" },
    { "{\"suppress_tokens\": \"all\"}", "suppress_tokens" },
    { "{\"bad_words_ids\": [[1.5]]}", "bad_words_ids" },
    { "{\"min_length\": -1}", "min_length" },
    { "{\"exponential_decay_length_penalty\": [3]}", "exponential_decay_length_penalty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = variants_copy_model ();
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      variants_change_file (folder, "generation_config.json", cases[i].changes);
      model = test_load (folder, MONOCLE_PRECISION_F32, &error);
      g_assert_null (model);
      if (!strstr (error->message, cases[i].words)
          || !strstr (error->message, "generation_config.json"))
        g_test_fail_printf ("%s: “%s”", cases[i].changes, error->message);
    }
}

/* What is not followed is said; what does nothing is not. */
static void
test_notes (void)
{
  static const struct
  {
    const char *changes, *words;
  } cases[] = {
    { "{\"do_sample\": true, \"temperature\": 0.7}", "“do_sample” is not followed" },
    { "{\"num_beam_groups\": 3}", "“num_beam_groups” is not followed" },
    { "{\"encoder_repetition_penalty\": 1.2}", "“encoder_repetition_penalty” is not followed" },
    { "{\"num_return_sequences\": 2}", "“num_return_sequences” is not followed" },
    { "{\"stop_strings\": [\"x\"]}", "“stop_strings” is not followed" },
    { "{\"sequence_bias\": [[[5], 1.0]]}", "“sequence_bias” is not followed" },
    { "{\"max_new_tokens\": 7}", "after 7 tokens" },
    { "{\"max_length\": 8}", "after 7 tokens" },
    { "{\"do_sample\": false, \"num_beam_groups\": 1, \"diversity_penalty\": 0.0, \"temperature\": "
      "1.0, \"max_length\": 20, \"stop_strings\": null, \"sequence_bias\": [], \"guidance_scale\": "
      "1, \"num_return_sequences\": 1, \"use_cache\": true, \"top_k\": 50}",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = variants_copy_model ();

      variants_change_file (folder, "generation_config.json", cases[i].changes);
      variants_expect_notes (folder, cases[i].words);
    }
}

/* The model's own length counts where nobody asks for another one. */
static void
test_usual_length (void)
{
  g_autoptr (TestFolder) folder = variants_copy_model ();
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *image = test_fixture ("images/a.png");
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request = { .task = monocle_florence2_find_task ("<OD>") };
  static const guint expected[] = { 8, 13 };

  variants_change_file (folder, "generation_config.json", "{\"max_new_tokens\": 7}");
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  session = test_open_image (model, image);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run = test_run (session, &request, &error);
      guint n;

      g_assert_no_error (error);
      monocle_result_get_token_ids (run->results->pdata[0], &n);
      g_assert_cmpuint (n, ==, expected[i]);
      request.max_tokens = 12;
    }
}

void
variants_add_settings (void)
{
  g_test_add_func ("/variants/settings", test_settings);
  g_test_add_func ("/variants/long", test_long);
  g_test_add_func ("/variants/lists", test_lists);
  g_test_add_func ("/variants/refused-settings", test_refused_settings);
  g_test_add_func ("/variants/notes", test_notes);
  g_test_add_func ("/variants/usual-length", test_usual_length);
}
