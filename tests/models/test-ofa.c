/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA as a model: what it reads, answers against what its logits say token by token, places in
 * pixels, both layouts of names, the published sizes, what is refused. That its numbers are right
 * is for test-ofa-hashed to say.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/ofa/private.h"
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

static const MonocleTask *
find_task (MonocleSession *session, const char *id)
{
  const MonocleTask *task
      = monocle_tasks_find (monocle_model_list_tasks (monocle_session_get_model (session)), id);

  g_assert_nonnull (task);
  return task;
}

static MonocleRun *
ask (MonocleSession *session, const char *id, const char *text, guint num_beams, guint max_tokens)
{
  const MonocleRequest request = {
    .task = find_task (session, id),
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

/* --- what is read ------------------------------------------------------------------------- */

static void
test_prompts (void)
{
  static const struct
  {
    const char *id, *text, *prompt;
  } rows[] = {
    { "caption", NULL, " what does the image describe?" },
    { "detect", NULL, " what are the objects in the image?" },
    { "ocr", NULL, " what are the texts on the image?" },
    { "answer-question", "  ?Is it a Wire-haired/dog  ?\n", " is it a wire haired dog ?" },
    { "find-phrase", "The red  Car", " which region does the text \" the red car \" describe?" },
    { "check-statement", "A dog", " does the image describe \" a dog \"?" },
    { "prompt", " What-ever ", " What-ever" },
  };
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  monocle_ofa_list_tasks (tasks);
  g_assert_cmpuint (tasks->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleTask *task = monocle_tasks_find (tasks, rows[i].id);
      g_autofree char *prompt = monocle_ofa_write_prompt (task, rows[i].text, NULL, 8, 8, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (prompt, ==, rows[i].prompt);
    }
  {
    const MonocleTask *task = monocle_tasks_find (tasks, "find-phrase");
    g_autofree char *phrase = monocle_ofa_task_find_phrase (task, rows[4].prompt);

    g_assert_cmpstr (phrase, ==, "the red car");
    g_assert_null (monocle_ofa_write_prompt (task, " .?-/ ", NULL, 8, 8, &error));
    g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  }
}

/* Codes come behind the words of the files, places last. */
static void
test_tokens (void)
{
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (model_folder, NULL);
  const guint n_text = monocle_tokenizer_get_vocab_size (tokenizer);
  const guint n_words = n_text + HASHED_OFA_CODES + MONOCLE_OFA_N_BINS;
  MonocleOfaTokens tokens, again;
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_ofa_tokens_find (&tokens, tokenizer, n_words, "here", &error));
  g_assert_cmpuint (tokens.start, ==, 0);
  g_assert_cmpuint (tokens.pad, ==, 1);
  g_assert_cmpuint (tokens.end, ==, END);
  g_assert_cmpuint (tokens.first_code, ==, n_text);
  g_assert_cmpuint (tokens.n_codes, ==, HASHED_OFA_CODES);
  g_assert_cmpuint (tokens.first_bin, ==, n_text + HASHED_OFA_CODES);
  g_assert_cmpint (monocle_tokenizer_find (tokenizer, "<bin_999>"), ==, n_words - 1);
  /* Of files that hold them nothing is added. */
  g_assert_true (monocle_ofa_tokens_find (&again, tokenizer, n_words, "here", &error));
  g_assert_cmpmem (&again, sizeof again, &tokens, sizeof tokens);
  g_assert_false (monocle_ofa_tokens_find (&again, tokenizer, n_words - 1, "here", &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
}

/* --- what answers may be ------------------------------------------------------------------ */

static gboolean
is_banned (const MonocleOfaTrie *trie, const guint32 *ids, guint n_ids, guint32 id, guint *n)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (MonocleIdRange));
  gboolean found = FALSE;

  monocle_ofa_trie_find_banned (trie, ids, n_ids, 20, ranges);
  *n = ranges->len;
  for (guint i = 0; i < ranges->len; i++)
    {
      const MonocleIdRange *range = &g_array_index (ranges, MonocleIdRange, i);

      g_assert_cmpuint (range->first, <=, range->last);
      g_assert_cmpuint (range->last, <, 20);
      found = found || (id >= range->first && id <= range->last);
    }
  return found;
}

/* Answers that begin alike, one that is the beginning of another, what none begins with. */
static void
test_trie (void)
{
  static const guint32 first[] = { 7, 3 }, second[] = { 7, 3, 19 }, third[] = { 0 };
  static const guint32 strange[] = { 7, 4 };
  g_autoptr (MonocleOfaTrie) trie = monocle_ofa_trie_new (END);
  guint n;

  monocle_ofa_trie_add (trie, second, 3);
  monocle_ofa_trie_add (trie, first, 2);
  monocle_ofa_trie_add (trie, third, 1);
  for (guint32 id = 0; id < 20; id++)
    {
      g_assert_true (is_banned (trie, NULL, 0, id, &n) == (id != 7 && id != 0));
      g_assert_cmpuint (n, ==, 2);
      g_assert_true (is_banned (trie, first, 1, id, &n) == (id != 3));
      g_assert_true (is_banned (trie, first, 2, id, &n) == (id != END && id != 19));
      g_assert_true (is_banned (trie, second, 3, id, &n) == (id != END));
      g_assert_true (is_banned (trie, third, 1, id, &n) == (id != END));
      g_assert_true (is_banned (trie, strange, 2, id, &n) == (id != END));
      g_assert_true (is_banned (trie, second + 1, 1, id, &n) == (id != END));
    }
}

/* --- how answers are read ----------------------------------------------------------------- */

static MonocleResult *
parse (MonocleOfaForm form, gboolean whole, const char *text)
{
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (model_folder, NULL);
  const guint n_words = monocle_tokenizer_get_vocab_size (tokenizer) + MONOCLE_OFA_N_BINS;
  MonocleOfaTokens tokens;
  MonocleOfaAnswer answer = {
    .tokenizer = tokenizer,
    .tokens = &tokens,
    .form = form,
    .phrase = "it",
    .whole = whole,
    .width = 640,
    .height = 480,
    .seen_width = 512,
    .seen_height = 384,
  };
  g_autoptr (GArray) ids = NULL;
  g_autofree float *log_probs = NULL;

  g_assert_true (monocle_ofa_tokens_find (&tokens, tokenizer, n_words, "here", NULL));
  ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
  log_probs = g_new0 (float, ids->len);
  answer.ids = (const guint32 *) ids->data;
  answer.log_probs = log_probs;
  answer.n_ids = ids->len;
  return monocle_ofa_parse (&answer);
}

static void
check_object (const MonocleResult *result,
              guint i,
              const char *label,
              double left,
              double top,
              double right,
              double bottom)
{
  const MonocleObject *object = monocle_result_get_object (result, i);
  const MonocleRect bounds = monocle_shape_get_bounds (object->shape);

  g_assert_cmpstr (object->label, ==, label);
  g_assert_cmpfloat_with_epsilon (bounds.x, left, 1e-3);
  g_assert_cmpfloat_with_epsilon (bounds.y, top, 1e-3);
  g_assert_cmpfloat_with_epsilon (bounds.x + bounds.width, right, 1e-3);
  g_assert_cmpfloat_with_epsilon (bounds.y + bounds.height, bottom, 1e-3);
}

static void
test_parse (void)
{
  {
    g_autoptr (MonocleResult) words = parse (MONOCLE_OFA_WORDS, TRUE, " a dog</s>");
    g_autoptr (MonocleResult) nothing = parse (MONOCLE_OFA_WORDS, TRUE, "</s>");

    g_assert_cmpstr (monocle_result_get_text (words), ==, "a dog");
    g_assert_true (monocle_result_is_well_formed (words));
    g_assert_false (monocle_result_is_well_formed (nothing));
  }
  {
    /* 999 is pixel 512 of what was seen, of which there are 384 down: 640 and 640 of the picture,
     * which ends at 480. */
    g_autoptr (MonocleResult) box
        = parse (MONOCLE_OFA_BOX, TRUE, "<bin_0><bin_333><bin_999><bin_999></s>");
    g_autoptr (MonocleResult) cut = parse (MONOCLE_OFA_BOX, TRUE, "<bin_0><bin_333><bin_999></s>");
    g_autoptr (MonocleResult) turned
        = parse (MONOCLE_OFA_BOX, TRUE, "<bin_9><bin_333><bin_3><bin_999></s>");

    g_assert_cmpuint (monocle_result_get_n_objects (box), ==, 1);
    check_object (box, 0, "it", 0, 333.0 / 999 * 640, 640, 480);
    g_assert_true (monocle_result_is_well_formed (box));
    g_assert_cmpuint (monocle_result_get_n_objects (cut), ==, 0);
    g_assert_false (monocle_result_is_well_formed (cut));
    g_assert_cmpuint (monocle_result_get_n_objects (turned), ==, 0);
  }
  {
    static const char objects[] = "<bin_0><bin_0><bin_100><bin_200> dog"
                                  "<bin_10><bin_20><bin_30><bin_40> yes cat";
    g_autofree char *ended = g_strconcat (objects, "</s>", NULL);
    g_autofree char *broken = g_strconcat (objects, "<bin_1><bin_2> hat</s>", NULL);
    g_autoptr (MonocleResult) whole = parse (MONOCLE_OFA_OBJECTS, TRUE, ended);
    g_autoptr (MonocleResult) partial = parse (MONOCLE_OFA_OBJECTS, FALSE, objects);
    g_autoptr (MonocleResult) beyond = parse (MONOCLE_OFA_OBJECTS, TRUE, broken);

    g_assert_cmpuint (monocle_result_get_n_objects (whole), ==, 2);
    check_object (whole, 0, "dog", 0, 0, 100.0 / 999 * 640, 200.0 / 999 * 640);
    check_object (whole, 1, "yes cat", 10.0 / 999 * 640, 20.0 / 999 * 640, 30.0 / 999 * 640,
                  40.0 / 999 * 640);
    g_assert_true (monocle_result_is_well_formed (whole));
    g_assert_cmpuint (monocle_result_get_n_objects (partial), ==, 1);
    g_assert_cmpuint (monocle_result_get_n_objects (beyond), ==, 2);
    g_assert_false (monocle_result_is_well_formed (beyond));
  }
}

/* Bins go into pixels and back, whatever a picture is brought to. */
static void
test_bins (void)
{
  static const guint seen[] = { 384, 480, 512 }, lengths[] = { 640, 480 };

  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    for (guint k = 0; k < G_N_ELEMENTS (lengths); k++)
      for (guint bin = 0; bin < MONOCLE_OFA_N_BINS * seen[i] / 512; bin++)
        {
          const double pixels = monocle_ofa_bin_to_pixels (bin, lengths[k], seen[i]);

          g_assert_cmpuint ((guint) lrint (pixels * seen[i] / lengths[k] / 512 * 999), ==, bin);
          g_assert_cmpfloat (pixels, <=, lengths[k]);
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

static void
test_refused (void)
{
  static const struct
  {
    const char *config, *words;
  } rows[] = {
    { "{\"resnet_type\": \"resnet18\"}", "resnet_type" },
    { "{\"normformer\": false}", "normformer" },
    { "{\"attn_scale_factor\": 1}", "attn_scale_factor" },
    { "{\"encoder_attention_heads\": 5}", "heads" },
    { "{\"d_model\": 0}", "d_model" },
    { "{\"encoder_layers\": 100000}", "encoder_layers" },
    { "{\"token_bucket_size\": 3}", "token_bucket_size" },
    { "{\"image_bucket_size\": 8, \"code_image_size\": 256}", "code_image_size" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) root = json_from_string (rows[i].config, NULL);
      MonocleOfaConfig config;
      g_autoptr (GError) error = NULL;

      g_assert_false (
          monocle_ofa_config_parse (&config, json_node_get_object (root), "config.json", &error));
      g_assert_nonnull (strstr (error->message, rows[i].words));
      g_assert_nonnull (strstr (error->message, "config.json"));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ofa/prompts", test_prompts);
  g_test_add_func ("/ofa/tokens", test_tokens);
  g_test_add_func ("/ofa/trie", test_trie);
  g_test_add_func ("/ofa/parse", test_parse);
  g_test_add_func ("/ofa/bins", test_bins);
  g_test_add_func ("/ofa/words", test_words);
  g_test_add_func ("/ofa/find", test_find);
  g_test_add_func ("/ofa/statement", test_statement);
  g_test_add_func ("/ofa/answers", test_answers);
  g_test_add_func ("/ofa/every-task", test_every_task);
  g_test_add_func ("/ofa/fairseq", test_fairseq);
  g_test_add_func ("/ofa/sizes", test_sizes);
  g_test_add_func ("/ofa/refused", test_refused);
  model_folder = test_folder_new ();
  hashed_ofa_write_model (model_folder, FALSE);
  keeper = load (model_folder);
  status = g_test_run ();
  g_clear_object (&keeper);
  test_folder_free (model_folder);
  return test_end (status);
}
