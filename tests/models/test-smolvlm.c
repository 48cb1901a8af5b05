/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models that read pictures as they read words against the reference: tests/reference/
 * make_smolvlm.py made them. Every stage, every answer, and that what was read of a picture is not
 * read again.
 */
#include "config.h"

#include "engine/models/smolvlm/private.h"
#include "engine/run/model-private.h"
#include "golden.h"

#define FIRST "smolvlm/idefics3"
#define PHOTO "pictures/photo-131x97.png"

static const char *const cases[] = { FIRST, "smolvlm/smolvlm2" };

/* The longest answers of the goldens. */
#define MAX_TOKENS 14

/* --- stages ------------------------------------------------------------------------------- */

static void
check_stages (MonocleSession *session, JsonObject *picture, JsonObject *question, double tolerance)
{
  g_autoptr (TestFolder) folder
      = golden_inspect (session, json_object_get_string_member (question, "text"));
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");

  g_assert_cmpuint (pixels->dims[0], ==, json_object_get_int_member (picture, "views"));
  golden_check_row_sums (folder, picture);
  golden_check_ids (folder, question);
  golden_check_sampled (folder, "image_embeds", picture, "rows", 5, tolerance);
  golden_check_sampled (folder, "logits", question, "logits", 1, tolerance);
}

/* --- answers ------------------------------------------------------------------------------ */

static MonocleRun *
ask (MonocleSession *session, const char *text, guint num_beams, const MonocleSampling *sampling)
{
  const MonocleRequest request = {
    .task = test_find_task (session, "prompt"),
    .text = text,
    .num_beams = num_beams,
    .max_tokens = MAX_TOKENS,
    .sampling = sampling,
  };

  return test_run_or_die (session, &request);
}

static void
check_answer (MonocleRun *run, JsonObject *question, const char *key)
{
  golden_check_answer (run, question, key);
  g_assert_true (monocle_result_is_well_formed (run->results->pdata[0]));
}

static void
check_answers (MonocleSession *session, JsonObject *question)
{
  const char *text = json_object_get_string_member (question, "text");
  g_autoptr (MonocleRun) greedy = ask (session, text, 0, NULL);
  g_autoptr (MonocleRun) beams = ask (session, text, 3, NULL);

  check_answer (greedy, question, "greedy");
  check_answer (beams, question, "beams");
}

static void
check_model (gconstpointer name, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (name);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  g_autoptr (GError) error = NULL;

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      JsonArray *questions = json_object_get_array_member (picture, "questions");
      g_autoptr (MonocleSession) session
          = test_open_fixture (model, json_object_get_string_member (picture, "image"));

      for (guint k = 0; k < json_array_get_length (questions); k++)
        {
          JsonObject *question = json_array_get_object_element (questions, k);

          if (i == 0 || k == 0)
            check_stages (session, picture, question, tolerance);
          if (precision == MONOCLE_PRECISION_F32)
            check_answers (session, question);
        }
    }
}

/* --- what is kept ------------------------------------------------------------------------- */

typedef struct
{
  MonocleModel *model;
  guint64 n_fed;
  int done;
} Count;

static void
count_on_worker (MonocleWorker *worker, gpointer data)
{
  Count *count = data;
  MonocleSmolvlm *self = monocle_model_get_data (count->model);

  count->n_fed = monocle_causal_decoder_get_n_fed (self->asker.decoder);
  g_atomic_int_set (&count->done, TRUE);
}

/* Tokens that were read or written so far. */
static guint64
count_fed (MonocleModel *model)
{
  Count count = { .model = model };

  monocle_worker_push (monocle_model_get_worker (model), count_on_worker, &count, NULL);
  while (!g_atomic_int_get (&count.done))
    g_usleep (100);
  return count.n_fed;
}

static const char *
get_words (const MonocleRun *run)
{
  return monocle_result_get_generated_text (run->results->pdata[0]);
}

/* What a picture begins with is read once, and further questions have the answers that they have
 * in a session of their own. */
static void
test_beginning (void)
{
  static const char *const texts[] = { "What is this?", "Who?", "What is this?" };
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleSession) other = test_open_fixture (model, "clip/wide-41x9.png");
  g_autofree char *path = test_fixture (FIRST);
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (path, NULL);
  guint64 n_before = 0;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *turn = g_strconcat (texts[i], "<end_of_utterance>\nAssistant:", NULL);
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, turn, MONOCLE_SPECIALS_NONE);
      g_autoptr (MonocleModel) fresh_model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
      g_autoptr (MonocleSession) fresh = test_open_fixture (fresh_model, PHOTO);
      g_autoptr (MonocleRun) run = ask (session, texts[i], 0, NULL);
      g_autoptr (MonocleRun) again = ask (fresh, texts[i], 0, NULL);
      guint64 n_fed = count_fed (model) - n_before;

      g_assert_cmpstr (get_words (run), ==, get_words (again));
      /* The last token of the question is fed by the first step. */
      if (i > 0)
        g_assert_cmpuint (n_fed, ==, ids->len - 1 + run->n_tokens);
      else
        g_assert_cmpuint (n_fed, >, ids->len - 1 + run->n_tokens);
      n_before = count_fed (model);
    }
  /* Another picture in between takes its place. */
  {
    g_autoptr (MonocleRun) away = ask (other, texts[0], 0, NULL);
    g_autoptr (MonocleRun) back = ask (session, texts[0], 0, NULL);
    g_autoptr (MonocleRun) same = ask (session, texts[0], 0, NULL);

    g_assert_cmpstr (get_words (away), !=, get_words (back));
    g_assert_cmpstr (get_words (back), ==, get_words (same));
  }
}

static void
test_drawn (void)
{
  const MonocleSampling hot = { .temperature = 2, .top_p = 1, .seed = 5 };
  const MonocleSampling other = { .temperature = 2, .top_p = 1, .seed = 6 };
  const MonocleSampling one = { .temperature = 2, .top_k = 1, .top_p = 1, .seed = 5 };
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleRun) first = ask (session, "Who?", 0, &hot);
  g_autoptr (MonocleRun) again = ask (session, "Who?", 0, &hot);
  g_autoptr (MonocleRun) others = ask (session, "Who?", 0, &other);
  g_autoptr (MonocleRun) likeliest = ask (session, "Who?", 0, &one);
  g_autoptr (MonocleRun) greedy = ask (session, "Who?", 0, NULL);

  g_assert_cmpstr (get_words (first), ==, get_words (again));
  g_assert_cmpstr (get_words (first), !=, get_words (others));
  g_assert_cmpstr (get_words (first), !=, get_words (greedy));
  g_assert_cmpstr (get_words (likeliest), ==, get_words (greedy));
}

/* --- what is asked wrongly, and bad files --------------------------------------------------- */

static void
test_questions (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autofree char *words = g_strnfill (300, '?');
  g_autoptr (MonocleRun) caption = NULL;
  g_autoptr (JsonNode) written = NULL;
  const MonocleResult *result;
  const MonocleRequest request
      = { .task = test_find_task (session, "caption"), .max_tokens = MAX_TOKENS };

  test_check_bad_text (session, "prompt", "  ", "needs a text");
  test_check_bad_text (session, "prompt", "What is <image>?", "<image>");
  test_check_bad_text (session, "prompt", words, "too long");
  test_check_bad_text (session, "caption", "cat", "takes no text");
  caption = test_run_or_die (session, &request);
  result = caption->results->pdata[0];
  g_assert_nonnull (monocle_result_get_text (result));
  written = request.task->write_reference (request.task, result);
  g_assert_cmpstr (json_node_get_string (written), ==, monocle_result_get_text (result));
}

/* Up to the last place that there is, and no further. */
static void
test_longest (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autofree char *words = g_strnfill (178, '?');
  const MonocleRequest request
      = { .task = test_find_task (session, "prompt"), .text = words, .max_tokens = 5000 };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request), again = NULL;
  guint n;

  monocle_result_get_token_ids (run->results->pdata[0], &n);
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpuint (n, <, 256);
  /* And then once more. */
  again = test_run_or_die (session, &request);
  g_assert_cmpstr (get_words (again), ==, get_words (run));
}

static void
test_refused (void)
{
  const char *config = "config.json", *pixels = "preprocessor_config.json";

  test_check_refused (FIRST, config, "\"silu\"", "\"relu\"", "hidden_act");
  test_check_refused (FIRST, config, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 100000",
                      "num_hidden_layers");
  test_check_refused (FIRST, config, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4",
                      "layers.3");
  test_check_refused (FIRST, config, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4",
                      "num_key_value_heads");
  test_check_refused (FIRST, config, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3",
                      "shape");
  test_check_refused (FIRST, config, "\"scale_factor\": 2", "\"scale_factor\": 3", "scale_factor");
  test_check_refused (FIRST, config, "\"head_dim\": 8", "\"head_dim\": 6", "multiples of 4");
  test_check_refused (FIRST, config, "\"rope_theta\": 100000.0", "\"rope_theta\": 0", "rope_theta");
  test_check_refused (FIRST, config, "\"rope_theta\": 100000.0",
                      "\"rope_scaling\": {\"rope_type\": \"llama3\"}", "rope_scaling");
  test_check_refused (FIRST, config, "\"attention_bias\": false", "\"attention_bias\": true",
                      "biases");
  test_check_refused (FIRST, config,
                      "\"vocab_size\": ", "\"vocab_size\": 400, \"vocab\": ", "embed_tokens");
  test_check_refused (FIRST, config, "\"image_size\": 32", "\"image_size\": 48", "48 x 48");
  test_check_refused (FIRST, config, "\"patch_size\": 8", "\"patch_size\": 64", "scale_factor");
  test_check_refused (FIRST, pixels, "\"longest_edge\": 96", "\"longest_edge\": 224", "6 views");
  test_check_refused (FIRST, pixels, "\"longest_edge\": 96", "\"height\": 96", "longest_edge");
  test_check_refused (FIRST, pixels, "\"do_resize\": true", "\"do_resize\": false", "do_resize");
  test_check_refused (FIRST, pixels, "\"resample\": 1", "\"resample\": 4", "resample");
  test_check_refused (FIRST, "generation_config.json", "\"eos_token_id\": ", "\"eos_token_id\": 9",
                      "eos_token_id");
  test_check_refused (FIRST, "tokenizer.json", "<global-img>", "<global-image>", "<global-img>");
}

/* --- sizes -------------------------------------------------------------------------------- */

/* How the reference cuts pictures of any size: longest side, side of a view, width, height, what it
 * is brought to first and then, rows and columns of views. */
static void
test_views (void)
{
  g_autofree char *folder = test_fixture ("smolvlm");
  g_autoptr (JsonNode) root = test_read_json_node (folder, "views.json");
  JsonArray *cases_of_views = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases_of_views), >, 100);
  for (guint i = 0; i < json_array_get_length (cases_of_views); i++)
    {
      JsonArray *row = json_array_get_array_element (cases_of_views, i);
      guint r[10];
      MonocleSmolvlmPixels pixels = { .splits = TRUE };
      MonocleSmolvlmGrid grid;

      for (guint k = 0; k < G_N_ELEMENTS (r); k++)
        r[k] = (guint) json_array_get_int_element (row, k);
      pixels.longest = r[0];
      pixels.settings.width = pixels.settings.height = r[1];
      grid = monocle_smolvlm_plan_views (&pixels, r[2], r[3]);
      g_test_message ("%u x %u", r[2], r[3]);
      g_assert_cmpuint (grid.first_width, ==, r[4]);
      g_assert_cmpuint (grid.first_height, ==, r[5]);
      g_assert_cmpuint (grid.width, ==, r[6]);
      g_assert_cmpuint (grid.height, ==, r[7]);
      g_assert_cmpuint (grid.rows, ==, r[8]);
      g_assert_cmpuint (grid.columns, ==, r[9]);
      g_assert_cmpuint (monocle_smolvlm_count_views (&grid), <=,
                        monocle_smolvlm_count_most_views (&pixels));
    }
}

/* Fewer views where less is wanted, and none that its pixels do not fill. */
static void
test_detail (void)
{
  static const guint wanted[][5] = {
    /* most, width, height, rows, columns */
    { 1, 640, 480, 0, 0 }, { 1, 9, 4000, 0, 0 }, { 2, 640, 480, 2, 2 }, { 2, 640, 300, 1, 2 },
    { 2, 32, 32, 0, 0 },   { 2, 33, 20, 2, 2 },  { 2, 20, 33, 2, 2 },   { 2, 31, 5, 0, 0 },
    { 9, 640, 480, 3, 3 }, { 3, 40, 40, 2, 2 },  { 0, 9, 9, 3, 3 },
  };
  MonocleSmolvlmPixels pixels = { .longest = 96, .splits = TRUE };

  pixels.settings.width = pixels.settings.height = 32;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      MonocleSmolvlmGrid grid;

      pixels.most = wanted[i][0];
      grid = monocle_smolvlm_plan_views (&pixels, wanted[i][1], wanted[i][2]);
      g_test_message ("%u: %u x %u", wanted[i][0], wanted[i][1], wanted[i][2]);
      g_assert_cmpuint (grid.rows, ==, wanted[i][3]);
      g_assert_cmpuint (grid.columns, ==, wanted[i][4]);
      /* There is room for all of it, whatever is wanted now. */
      g_assert_cmpuint (monocle_smolvlm_count_most_views (&pixels), ==, 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/smolvlm/views", test_views);
  g_test_add_func ("/smolvlm/detail", test_detail);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/", cases[i], NULL);

      golden_add_tests (path, cases[i], check_model, 1e-4, 5e-3);
    }
  g_test_add_func ("/smolvlm/beginning", test_beginning);
  g_test_add_func ("/smolvlm/drawn", test_drawn);
  g_test_add_func ("/smolvlm/questions", test_questions);
  g_test_add_func ("/smolvlm/longest", test_longest);
  g_test_add_func ("/smolvlm/refused", test_refused);

  return test_end (g_test_run ());
}
