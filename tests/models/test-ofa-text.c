/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA without a device: what it is asked, which tokens there are, what answers may be and how they
 * are read, which configurations are refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/ofa/private.h"
#include "hashed-ofa.h"
#include "model-test.h"

#define END 2

static char *model_folder;

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

/* --- files -------------------------------------------------------------------------------- */

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
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ofa-text/prompts", test_prompts);
  g_test_add_func ("/ofa-text/tokens", test_tokens);
  g_test_add_func ("/ofa-text/trie", test_trie);
  g_test_add_func ("/ofa-text/parse", test_parse);
  g_test_add_func ("/ofa-text/bins", test_bins);
  g_test_add_func ("/ofa-text/refused", test_refused);
  model_folder = test_folder_new ();
  hashed_ofa_write_model (model_folder, FALSE);
  status = g_test_run ();
  test_folder_free (model_folder);
  return status;
}
