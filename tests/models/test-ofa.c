/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA as a model: answers against what its logits say token by token, both layouts of names, the
 * published sizes. That its numbers are right is for test-ofa-hashed to say.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/ofa/private.h"
#include "drawn-rows.h"
#include "golden.h"
#include "hashed-ofa.h"

#define PHOTO "pictures/photo-131x97.png"
#define END   2

static char *model_folder;

static MonocleModel *
load (const char *folder)
{
  return test_load_or_die (folder, MONOCLE_PRECISION_F32);
}

static MonocleRun *
ask (MonocleSession *session, const char *id, const char *text, guint num_beams, guint max_tokens)
{
  const MonocleRequest request = {
    .task = test_find_task (session, id),
    .text = text,
    .num_beams = num_beams,
    .max_tokens = max_tokens,
  };

  return test_run_or_die (session, &request);
}

/* (transfer full): log-probabilities behind each of @ids, [n_ids, n_words] */
static float *
score (MonocleSession *session, const char *prompt, const guint32 *ids, guint n_ids, guint *n_words)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleNpy) logits = NULL;
  g_autoptr (GError) error = NULL;
  float *scores;

  test_inspect (session, prompt, ids, n_ids, folder, &error);
  g_assert_no_error (error);
  logits = golden_read_stage (folder, "logits");
  g_assert_cmpuint (logits->dims[1], ==, n_ids);
  *n_words = (guint) logits->dims[2];
  scores = g_new (float, logits->n_elements);
  for (guint i = 0; i < n_ids; i++)
    {
      const float *row = logits->f32 + (gsize) i * *n_words;
      double sum = 0, largest = -INFINITY;

      for (guint k = 0; k < *n_words; k++)
        largest = MAX (largest, (double) row[k]);
      for (guint k = 0; k < *n_words; k++)
        sum += exp ((double) row[k] - largest);
      for (guint k = 0; k < *n_words; k++)
        scores[(gsize) i * *n_words + k] = (float) ((double) row[k] - largest - log (sum));
    }
  return scores;
}

/* Each token is the best of [first, after) behind those before it. */
static void
check_greedy (MonocleSession *session,
              const char *prompt,
              const MonocleResult *result,
              guint first,
              guint after)
{
  guint n_ids, n_words;
  const guint32 *ids = monocle_result_get_token_ids (result, &n_ids);
  g_autofree float *scores = score (session, prompt, ids, n_ids, &n_words);

  g_assert_cmpuint (n_ids, >, 1);
  g_assert_cmpuint (ids[0], ==, 0);
  for (guint i = 1; i < n_ids; i++)
    {
      const float *row = scores + (gsize) (i - 1) * n_words;
      guint best = first;

      for (guint k = first; k < MIN (after, n_words); k++)
        if (row[k] > row[best])
          best = k;
      g_assert_cmpuint (ids[i], ==, best);
    }
}

/* --- answers ------------------------------------------------------------------------------ */

/* What the model is most sure of behind each token is what a greedy search writes. */
static void
test_words (void)
{
  g_autoptr (MonocleModel) model = load (model_folder);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleRun) greedy = ask (session, "prompt", "what is it?", 1, 12);
  g_autoptr (MonocleRun) beams = ask (session, "prompt", "what is it?", 0, 12);
  const MonocleResult *result = greedy->results->pdata[0];
  const char *const *notes = monocle_model_get_notes (model);

  g_assert_null (notes[0]);
  check_greedy (session, " what is it?", result, 0, G_MAXUINT);
  g_assert_cmpfloat (monocle_result_get_score (beams->results->pdata[0]), >=,
                     monocle_result_get_score (result) - 1e-6f);
}

/* Four places, whatever else is likelier. */
static void
test_find (void)
{
  g_autoptr (MonocleModel) model = load (model_folder);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleRun) run = ask (session, "find-phrase", "The Dog", 1, 0);
  g_autoptr (MonocleRun) longer = ask (session, "find-phrase", "The Dog", 0, 9);
  const MonocleResult *result = run->results->pdata[0];
  guint n_ids, n_words;
  const guint32 *ids = monocle_result_get_token_ids (result, &n_ids);
  g_autofree float *scores = score (session, " a", ids, 1, &n_words);

  g_assert_cmpuint (n_ids, ==, 5);
  check_greedy (session, " which region does the text \" the dog \" describe?", result,
                n_words - MONOCLE_OFA_N_BINS, n_words);
  ids = monocle_result_get_token_ids (longer->results->pdata[0], &n_ids);
  g_assert_cmpuint (n_ids, ==, 6);
  g_assert_cmpuint (ids[5], ==, END);
  for (guint i = 1; i < 5; i++)
    g_assert_cmpuint (ids[i], >=, n_words - MONOCLE_OFA_N_BINS);
}

/* The likeliest of the three as a whole, each of which is looked at here. */
static void
test_statement (void)
{
  static const char *const answers[] = { " yes", " no", " maybe" };
  g_autoptr (MonocleModel) model = load (model_folder);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (model_folder, NULL);
  g_autoptr (MonocleRun) run = ask (session, "check-statement", "a dog", 0, 0);
  const char *prompt = " does the image describe \" a dog \"?";
  double best = -INFINITY;
  guint likeliest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      const guint32 start = 0, end = END;
      guint n_words;
      g_autoptr (GArray) ids
          = monocle_tokenizer_encode (tokenizer, answers[i], MONOCLE_SPECIALS_NONE);
      g_autofree float *scores = NULL;
      double sum = 0;

      g_array_prepend_val (ids, start);
      scores = score (session, prompt, (const guint32 *) ids->data, ids->len, &n_words);
      g_array_append_val (ids, end);
      for (guint k = 1; k < ids->len; k++)
        sum += (double) scores[(gsize) (k - 1) * n_words + g_array_index (ids, guint32, k)];
      if (sum > best)
        best = sum, likeliest = i;
    }
  g_assert_cmpstr (monocle_result_get_text (run->results->pdata[0]), ==, answers[likeliest] + 1);
}

/* One of those that stand beside the model: more than a question has room for otherwise. */
static void
test_answers (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "answers.txt", NULL);
  g_autoptr (GString) text = g_string_new ("\n");
  g_autoptr (GError) error = NULL;

  hashed_ofa_write_model (folder, FALSE);
  for (char c = 'A'; c <= 'Z'; c++)
    g_string_append_printf (text, " %c%c\r\n", c, c);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  {
    g_autoptr (MonocleModel) model = load (folder);
    g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
    g_autoptr (MonocleRun) beams = ask (session, "answer-question", "What is it?", 0, 0);
    g_autoptr (MonocleRun) greedy = ask (session, "answer-question", "What is it?", 1, 0);
    g_autoptr (MonocleRun) open = ask (session, "prompt", "What is it?", 1, 8);
    const char *answer = monocle_result_get_text (beams->results->pdata[0]);
    guint n_ids, n_words, best = 0;
    const guint32 *ids = monocle_result_get_token_ids (greedy->results->pdata[0], &n_ids);
    g_autofree float *scores = score (session, " what is it?", ids, n_ids, &n_words);
    g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (folder, NULL);

    g_assert_cmpuint (strlen (answer), ==, 2);
    g_assert_true (g_ascii_isupper (answer[0]) && answer[1] == answer[0]);
    g_assert_cmpfloat (monocle_result_get_score (beams->results->pdata[0]), >=,
                       monocle_result_get_score (greedy->results->pdata[0]) - 1e-6f);
    /* The blank, the likeliest letter, and that again. */
    g_assert_cmpuint (n_ids, ==, 5);
    for (char c = 'A'; c <= 'Z'; c++)
      {
        const char letter[] = { c, '\0' };
        const guint id = (guint) monocle_tokenizer_find (tokenizer, letter);

        if (c == 'A' || scores[n_words + id] > scores[n_words + best])
          best = id;
      }
    g_assert_cmpuint (ids[2], ==, best);
    g_assert_cmpuint (ids[3], ==, best);
    g_assert_cmpuint (ids[4], ==, END);
    /* Other questions are as free as ever. */
    check_greedy (session, " What is it?", open->results->pdata[0], 0, G_MAXUINT);
  }
  g_assert_true (g_file_set_contents (path, "\n \n", -1, NULL));
  g_assert_null (test_load (folder, MONOCLE_PRECISION_F32, &error));
  g_assert_nonnull (strstr (error->message, "answers.txt: has 0 answers"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "\xff\n", -1, NULL));
  g_assert_null (test_load (folder, MONOCLE_PRECISION_F32, &error));
  g_assert_nonnull (strstr (error->message, "no list of answers"));
}

static void
test_every_task (void)
{
  g_autoptr (MonocleModel) model = load (model_folder);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  const GPtrArray *tasks = monocle_model_list_tasks (model);

  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];
      const MonocleRequest request = {
        .task = task,
        .text = task->takes & MONOCLE_TAKES_TEXT ? "a dog" : NULL,
        .max_tokens = 6,
      };
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

      g_assert_cmpuint (run->results->len, ==, 1);
      g_assert_false (run->stopped);
    }
}

/* --- files -------------------------------------------------------------------------------- */

static void
test_fairseq (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = load (model_folder);
  g_autoptr (MonocleModel) other = NULL;
  g_autoptr (GError) error = NULL;

  hashed_ofa_write_model (folder, TRUE);
  monocle_model_check (folder, &error);
  g_assert_no_error (error);
  other = load (folder);
  g_assert_null (monocle_model_get_notes (other)[0]);
  {
    g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
    g_autoptr (MonocleSession) renamed = test_open_fixture (other, PHOTO);
    g_autoptr (MonocleRun) run = ask (session, "prompt", "what is it?", 1, 8);
    g_autoptr (MonocleRun) again = ask (renamed, "prompt", "what is it?", 1, 8);

    g_assert_cmpstr (monocle_result_get_generated_text (run->results->pdata[0]), ==,
                     monocle_result_get_generated_text (again->results->pdata[0]));
  }
}

/* What each published size has, and no more than that. */
static void
test_sizes (void)
{
  static const struct
  {
    guint d_model;
    guint64 n_parameters;
  } sizes[] = { { 256, 33488336 },
                { 512, 92892000 },
                { 768, 182238536 },
                { 1024, 472977152 },
                { 1280, 929486848 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"model_type\": \"ofa\", \"d_model\": %u}", sizes[i].d_model);
      g_autoptr (JsonNode) root = json_from_string (text, NULL);
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) shapes = NULL;
      g_autoptr (MonocleCheckpoint) checkpoint = NULL;
      g_autoptr (MonocleWeights) weights = NULL;
      MonocleOfaConfig config;
      guint64 n = 0;
      g_autoptr (GError) error = NULL;

      g_assert_true (
          monocle_ofa_config_parse (&config, json_node_get_object (root), "config.json", &error));
      shapes = hashed_ofa_list (&config);
      for (guint k = 0; k < shapes->len; k++)
        if (!strstr (((TensorShape *) shapes->pdata[k])->name, "running_"))
          n += tensor_shape_get_n_elements (shapes->pdata[k]);
      g_assert_cmpuint (n, ==, sizes[i].n_parameters);
      checkpoint_file_write (folder, shapes, NULL, NULL);
      checkpoint = monocle_checkpoint_open (folder, &error);
      g_assert_no_error (error);
      weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
      g_assert_true (monocle_ofa_declare (&config, weights, &error));
      g_assert_true (monocle_weights_check (weights, &error));
      g_assert_true (monocle_ofa_fold (&config, weights, &error));
      monocle_weights_note_unused (weights, notes);
      g_assert_cmpuint (notes->len, ==, 0);
    }
}

/* --- pictures ----------------------------------------------------------------------------- */

/* The model that comes along, whose first row is always shown. */
static void
test_rows (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", "model-draw", NULL);
  const DrawnRows rows = { .family = &monocle_family_ofa_drawing,
                           .folder = folder,
                           .prompt = " what is the complete image? caption: a red star",
                           .side = 64 };

  drawn_rows_check (&rows, FALSE);
  drawn_rows_check (&rows, TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ofa/words", test_words);
  g_test_add_func ("/ofa/find", test_find);
  g_test_add_func ("/ofa/statement", test_statement);
  g_test_add_func ("/ofa/answers", test_answers);
  g_test_add_func ("/ofa/every-task", test_every_task);
  g_test_add_func ("/ofa/fairseq", test_fairseq);
  g_test_add_func ("/ofa/sizes", test_sizes);
  g_test_add_func ("/ofa/rows", test_rows);
  model_folder = test_folder_new ();
  hashed_ofa_write_model (model_folder, FALSE);
  keeper = load (model_folder);
  status = g_test_run ();
  g_clear_object (&keeper);
  test_folder_free (model_folder);
  return test_end (status);
}
