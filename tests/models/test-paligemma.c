/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models that read pictures and write places against the reference: tests/reference/
 * make_paligemma.py made them. Every stage, every answer; how answers are read; what is refused.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/paligemma/private.h"
#include "golden.h"
#include "hashed-masks.h"

#define FIRST "paligemma/gemma"
#define PHOTO "pictures/photo-131x97.png"

static const char *const cases[] = { FIRST, "paligemma/gemma2" };

/* Every so many of the logits are in the goldens, whose answers have so many tokens. */
#define STEP       29
#define MAX_TOKENS 14

/* --- stages ------------------------------------------------------------------------------- */

static void
check_stages (MonocleSession *session, JsonObject *picture, JsonObject *question, double tolerance)
{
  g_autoptr (TestFolder) folder
      = golden_inspect (session, json_object_get_string_member (question, "text"));

  golden_check_row_sums (folder, picture);
  golden_check_ids (folder, question);
  golden_check_sampled (folder, "image_embeds", picture, "rows", 5, tolerance);
  golden_check_sampled (folder, "logits", question, "logits", STEP, tolerance);
}

/* --- answers ------------------------------------------------------------------------------ */

static MonocleRun *
ask (MonocleSession *session, const char *id, const char *text, guint num_beams)
{
  const MonocleRequest request = { .task = test_find_task (session, id),
                                   .text = text,
                                   .num_beams = num_beams,
                                   .max_tokens = MAX_TOKENS };

  return test_run_or_die (session, &request);
}

/* Its start is the last token of the question. */
static void
check_answer (MonocleSession *session, JsonObject *question, const char *key, guint num_beams)
{
  g_autoptr (MonocleRun) run
      = ask (session, "prompt", json_object_get_string_member (question, "text"), num_beams);
  JsonArray *wanted
      = json_object_get_array_member (json_object_get_object_member (question, key), "ids");
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n_ids);

  g_assert_cmpuint (n_ids, ==, json_array_get_length (wanted) + 1);
  for (guint i = 1; i < n_ids; i++)
    g_assert_cmpint (ids[i], ==, json_array_get_int_element (wanted, i - 1));
}

static void
check_picture (MonocleModel *model, JsonObject *picture, gboolean answers, double tolerance)
{
  JsonArray *questions = json_object_get_array_member (picture, "questions");
  g_autoptr (MonocleSession) session
      = test_open_fixture (model, json_object_get_string_member (picture, "image"));

  for (guint k = 0; k < json_array_get_length (questions); k++)
    {
      JsonObject *question = json_array_get_object_element (questions, k);

      check_stages (session, picture, question, tolerance);
      if (!answers)
        continue;
      check_answer (session, question, "greedy", 0);
      check_answer (session, question, "beams", 3);
    }
}

static void
check_model (gconstpointer name, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (name);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  const char *const *notes = monocle_model_get_notes (model);
  g_autoptr (GError) error = NULL;

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  /* One: that masks cannot be made. */
  g_assert_nonnull (strstr (notes[0], "vae-oid.npz"));
  g_assert_null (notes[1]);
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    check_picture (model, json_array_get_object_element (pictures, i),
                   precision == MONOCLE_PRECISION_F32, tolerance);
}

/* --- reading answers ---------------------------------------------------------------------- */

/* Places and codes are tokens of their own; what is between them is words. */
static GArray *
write_tokens (const MonocleTokenizer *tokenizer, const char *text)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  while (*text)
    {
      const char *next = strchr (text + 1, '<');
      gsize n = next ? (gsize) (next - text) : strlen (text);
      const char *end = *text == '<' ? memchr (text, '>', n) : NULL;
      g_autofree char *piece = NULL;

      if (end)
        n = (gsize) (end - text) + 1;
      piece = g_strndup (text, n);
      text += n;
      if (end)
        {
          guint32 id = (guint32) monocle_tokenizer_find (tokenizer, piece);

          g_array_append_val (ids, id);
        }
      else
        {
          g_autoptr (GArray) words
              = monocle_tokenizer_encode (tokenizer, piece, MONOCLE_SPECIALS_NONE);

          g_array_append_vals (ids, words->data, words->len);
        }
    }
  return ids;
}

/* "name left,top,right,bottom|..." or the text; masks are marked. */
static char *
describe (const MonocleResult *result)
{
  g_autoptr (GString) text = g_string_new (monocle_result_get_text (result));

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const gboolean is_mask = monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_MASK;
      MonocleRect box = monocle_shape_get_bounds (object->shape);

      g_assert_true (object->score > 0 && object->score <= 1);
      g_string_append_printf (text, "%s%s%s %g,%g,%g,%g", text->len ? "|" : "", object->label,
                              is_mask ? " mask" : "", box.x, box.y, box.x + box.width,
                              box.y + box.height);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

typedef struct
{
  const char *written, *read, *beginning;
} Answer;

#define BOX   "<loc0000><loc0341><loc0682><loc1023>"
#define OTHER "<loc0341><loc0000><loc1023><loc0341>"
#define SEGS4 "<seg005><seg042><seg127><seg000>"
#define SEGS  SEGS4 SEGS4 SEGS4 SEGS4

/* In a picture of 300 x 150; as a whole, and where more may come. */
static const Answer answers[] = {
  { "a cat on a mat.", "a cat on a mat.", "a cat on a mat." },
  { " STOP\nHERE ", "STOP\nHERE", "STOP\nHERE" },
  { "", "", "" },
  { BOX " cat", "cat 100,0,300,100", "" },
  { BOX " cat ;", "cat 100,0,300,100", "cat 100,0,300,100" },
  { BOX " cat ; " OTHER " big dog", "cat 100,0,300,100|big dog 0,50,100,150", "cat 100,0,300,100" },
  { BOX " cat" OTHER, "cat 100,0,300,100| 0,50,100,150", "cat 100,0,300,100" },
  { BOX "cat;x; " OTHER ";", "cat 100,0,300,100| 0,50,100,150", "cat 100,0,300,100| 0,50,100,150" },
  { BOX SEGS " cat", "cat 100,0,300,100", "" },
  { BOX " " SEGS " cat ;", "cat 100,0,300,100", "cat 100,0,300,100" },
  { BOX SEGS, " 100,0,300,100", "" },
  { BOX SEGS4 " cat ; ", "cat 100,0,300,100", "cat 100,0,300,100" },
  { "two: " BOX " cat", "cat 100,0,300,100", "" },
  { SEGS " cat", "cat", "cat" },
  { "<loc0001><loc0002> cat ; " BOX " dog ;", "dog 100,0,300,100", "dog 100,0,300,100" },
  { BOX "<loc0005> cat ; ", " 100,0,300,100", " 100,0,300,100" },
  /* Upside down, and without any width. */
  { "<loc0700><loc0000><loc0600><loc0300> cat ; " BOX " dog ;", "dog 100,0,300,100",
    "dog 100,0,300,100" },
  { "<loc0000><loc0300><loc0600><loc0300> cat ;", "", "" },
  { "<eos>" BOX "<pad> cat <eos>", "cat 100,0,300,100", "" },
};

static char *
read_text (const MonoclePaligemmaTokens *tokens,
           const MonocleTokenizer *tokenizer,
           const MonoclePaligemmaMasks *masks,
           const char *text,
           gboolean whole)
{
  g_autoptr (GArray) ids = write_tokens (tokenizer, text);
  g_autofree float *log_probs = g_new (float, ids->len + 1);
  const MonoclePaligemmaAnswer answer = {
    .tokenizer = tokenizer,
    .tokens = tokens,
    .masks = masks,
    .whole = whole,
    .ids = (const guint32 *) ids->data,
    .log_probs = log_probs,
    .n_ids = ids->len,
    .width = 300,
    .height = 150,
  };
  g_autoptr (MonocleResult) result = NULL;

  for (guint i = 0; i < ids->len; i++)
    log_probs[i] = -0.25f;
  result = monocle_paligemma_parse (&answer);
  return describe (result);
}

static void
test_answers (void)
{
  g_autofree char *directory = test_fixture (FIRST);
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory, NULL);
  MonoclePaligemmaTokens tokens;
  g_autoptr (GError) error = NULL;

  monocle_paligemma_tokens_find (&tokens, tokenizer, directory, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *whole = read_text (&tokens, tokenizer, NULL, answers[i].written, TRUE);
      g_autofree char *part = read_text (&tokens, tokenizer, NULL, answers[i].written, FALSE);

      g_test_message ("%s", answers[i].written);
      g_assert_cmpstr (whole, ==, answers[i].read);
      g_assert_cmpstr (part, ==, answers[i].beginning);
    }
}

/* --- masks -------------------------------------------------------------------------------- */

/* A model directory with the network of masks beside it. */
static char *
make_model_with_masks (void)
{
  g_autofree char *source = test_fixture (FIRST);
  char *folder = test_folder_new ();

  test_link_model (source, folder);
  hashed_masks_write (folder, NULL);
  return folder;
}

static void
test_masks (void)
{
  g_autoptr (TestFolder) folder = make_model_with_masks ();
  g_autofree char *path = g_build_filename (folder, MONOCLE_PALIGEMMA_MASKS_FILE, NULL);
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (folder, NULL);
  g_autoptr (MonoclePaligemmaMasks) masks = NULL;
  g_autofree char *all = NULL;
  MonoclePaligemmaTokens tokens;
  g_autoptr (GError) error = NULL;

  masks = monocle_paligemma_masks_load (path, &error);
  g_assert_no_error (error);
  monocle_paligemma_tokens_find (&tokens, tokenizer, folder, &error);
  g_assert_no_error (error);
  /* The map of these weights is above 0 everywhere: all of the box, and nothing beside it. */
  all = read_text (&tokens, tokenizer, masks, BOX SEGS " cat ; " OTHER " dog", TRUE);
  g_assert_cmpstr (all, ==, "cat mask 100,0,300,100|dog 0,50,100,150");
}

/* With them outlines can be asked for, whatever these weights write. */
static void
test_asked_for_masks (void)
{
  g_autoptr (TestFolder) folder = make_model_with_masks ();
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleRun) run = ask (session, "outline-words", "cat", 0);

  g_assert_null (*monocle_model_get_notes (model));
  g_assert_cmpuint (run->results->len, ==, 1);
}

static void
test_bad_masks (void)
{
  static const char *const broken[]
      = { "_vq_vae._embedding", "decoder.0.weight", "decoder.3.net.2.bias", "decoder.10.weight",
          "decoder.12.bias" };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autofree char *path = g_build_filename (folder, MONOCLE_PALIGEMMA_MASKS_FILE, NULL);
      g_autoptr (MonoclePaligemmaMasks) masks = NULL;
      g_autoptr (GError) error = NULL;

      hashed_masks_write (folder, broken[i]);
      masks = monocle_paligemma_masks_load (path, &error);
      g_assert_null (masks);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      if (!strstr (error->message, broken[i]))
        g_error ("“%s” does not speak of %s", error->message, broken[i]);
    }
}

/* --- what is asked, rightly and wrongly --------------------------------------------------- */

static void
check_prompt (MonocleSession *session, const char *id, const char *text, const char *wanted)
{
  g_autofree char *prompt
      = monocle_paligemma_write_prompt (test_find_task (session, id), text, NULL, 131, 97, NULL);

  g_assert_cmpstr (prompt, ==, wanted);
}

static void
test_questions (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  const GPtrArray *tasks = monocle_model_list_tasks (model);
  g_autofree char *words = g_strnfill (9000, '?');
  g_autoptr (MonocleRun) caption = ask (session, "caption", NULL, 0);
  g_autoptr (JsonNode) written = NULL;
  const MonocleTask *task = test_find_task (session, "caption");

  check_prompt (session, "caption", NULL, "caption en");
  check_prompt (session, "short-caption", NULL, "cap en");
  check_prompt (session, "detailed-caption", NULL, "describe en");
  check_prompt (session, "caption-in-language", " fil ", "caption fil");
  check_prompt (session, "ocr", NULL, "ocr");
  check_prompt (session, "answer-question", "Who?\n", "answer en Who?");
  check_prompt (session, "find-question", "a cat", "question en a cat");
  check_prompt (session, "find-words", "cat, big dog,cat", "detect cat ; big dog");
  check_prompt (session, "outline-words", "cat\nbig, grey dog", "segment cat ; big, grey dog");
  check_prompt (session, "prompt", " detect cat ", "detect cat");

  test_check_bad_text (session, "answer-question", "  ", "needs a text");
  test_check_bad_text (session, "answer-question", "What is <image>?", "<image>");
  test_check_bad_text (session, "answer-question", words, "too long");
  test_check_bad_text (session, "caption", "cat", "takes no text");
  test_check_bad_text (session, "caption-in-language", "tlh", "zh");
  test_check_bad_text (session, "outline-words", "cat", "vae-oid.npz");

  g_assert_true (monocle_tasks_find_kind (tasks, MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING,
                                          MONOCLE_GIVES_TEXT)
                 == task);
  written = task->write_reference (task, caption->results->pdata[0]);
  g_assert_cmpstr (json_node_get_string (written), ==,
                   monocle_result_get_generated_text (caption->results->pdata[0]));
}

/* The forms of the training set, which begin with a code. */
static void
test_languages (void)
{
  static const struct
  {
    const char *task, *language, *text, *prompt;
  } rows[] = {
    { "caption", "fr", NULL, "caption fr" },
    { "caption", "de_AT.UTF-8", NULL, "caption de" },
    { "caption", "nb", NULL, "caption no" },
    { "caption", NULL, NULL, "caption en" },
    { "short-caption", "zh-Hant", NULL, "cap zh" },
    { "detailed-caption", "FIL", NULL, "describe fil" },
    { "answer-question", "de", " Wer kommt da?\n", "answer de Wer kommt da?" },
    { "answer-question", NULL, "Who?", "answer en Who?" },
    { "find-question", "ja", "犬", "question ja 犬" },
  };
  g_autoptr (MonocleModel) model = test_load_fixture (FIRST, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  MonocleRequest request = { .task = test_find_task (session, "ocr"), .language = "fr" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleTask *task = test_find_task (session, rows[i].task);
      g_autofree char *prompt = monocle_paligemma_write_prompt_in (
          task,
          rows[i].language ? monocle_languages_find (task->languages, rows[i].language) : "en",
          rows[i].text, NULL);
      MonocleRequest same[] = { { .task = task, .text = rows[i].text },
                                { .task = test_find_task (session, "prompt"), .text = prompt } };
      g_autoptr (MonocleRun) asked = NULL, own = NULL;

      g_assert_cmpstr (prompt, ==, rows[i].prompt);
      same[0].language = rows[i].language;
      same[0].max_tokens = same[1].max_tokens = 2;
      asked = test_run (session, &same[0], NULL);
      own = test_run (session, &same[1], NULL);
      g_assert_nonnull (asked);
      g_assert_nonnull (own);
      g_assert_cmpstr (monocle_result_get_generated_text (asked->results->pdata[0]), ==,
                       monocle_result_get_generated_text (own->results->pdata[0]));
    }

  g_assert_null (test_run (session, &request, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "takes no language"));
  g_clear_error (&error);
  request = (MonocleRequest){ .task = test_find_task (session, "caption"), .language = "tlh" };
  g_assert_null (test_run (session, &request, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "tlh"));
  g_assert_nonnull (strstr (error->message, "ar, bn"));
}

/* What was asked before changes nothing, whatever picture it was about. */
static void
test_again (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (cases[1], MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleSession) other = test_open_fixture (model, "clip/wide-41x9.png");
  g_autoptr (MonocleRun) first = ask (session, "answer-question", "Who?", 0);
  g_autoptr (MonocleRun) away = ask (other, "find-words", "cat", 0);
  g_autoptr (MonocleRun) again = ask (session, "answer-question", "Who?", 0);

  g_assert_cmpstr (monocle_result_get_generated_text (first->results->pdata[0]), ==,
                   monocle_result_get_generated_text (again->results->pdata[0]));
  g_assert_cmpuint (away->results->len, ==, 1);
}

static void
test_refused (void)
{
  const char *config = "config.json", *second = cases[1];

  test_check_refused (FIRST, config, "\"model_type\": \"gemma\"", "\"model_type\": \"gemma3_text\"",
                      "gemma2");
  test_check_refused (FIRST, config, "\"num_hidden_layers\": 2,\n    \"num_key",
                      "\"num_hidden_layers\": 3,\n    \"num_key", "layers.2");
  test_check_refused (FIRST, config, "\"num_key_value_heads\": 1", "\"num_key_value_heads\": 2",
                      "shape");
  test_check_refused (FIRST, config, "\"intermediate_size\": 20", "\"intermediate_size\": 24",
                      "gate_proj");
  test_check_refused (FIRST, config, "\"image_size\": 28", "\"image_size\": 30", "patch_size");
  test_check_refused (FIRST, config, "\"image_size\": 28", "\"image_size\": 35", "35 x 35");
  test_check_refused (FIRST, config, "\"head_dim\": 8", "\"head_dim\": 6", "multiples of 4");
  test_check_refused (FIRST, config, "\"vocab_size\": 1512", "\"hidden_act\": \"silu\"",
                      "gelu_pytorch_tanh");
  test_check_refused (FIRST, "tokenizer.json", "<loc0077>", "<lok0077>", "<loc0077>");
  test_check_refused (FIRST, "tokenizer.json", "<seg127>", "<seg128>", "<seg127>");
  test_check_refused (second, config, "\"attn_logit_softcapping\": 4.0",
                      "\"attn_logit_softcapping\": -4.0", "attn_logit_softcapping");
  test_check_refused (second, config, "\"sliding_window\": 8", "\"sliding_window\": 0",
                      "sliding_window");
  test_check_refused (second, config, "\"full_attention\"", "\"sliding_attention\"", "layer_types");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/", cases[i], NULL);

      golden_add_tests (path, cases[i], check_model, 1e-4, 5e-3);
    }
  g_test_add_func ("/paligemma/answers", test_answers);
  g_test_add_func ("/paligemma/masks", test_masks);
  g_test_add_func ("/paligemma/asked-for-masks", test_asked_for_masks);
  g_test_add_func ("/paligemma/bad-masks", test_bad_masks);
  g_test_add_func ("/paligemma/questions", test_questions);
  g_test_add_func ("/paligemma/languages", test_languages);
  g_test_add_func ("/paligemma/again", test_again);
  g_test_add_func ("/paligemma/refused", test_refused);

  return test_end (g_test_run ());
}
