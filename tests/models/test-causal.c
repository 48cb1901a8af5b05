/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part that reads and writes with a causal language model, by itself: prompts in chunks of any
 * size, side by side, in beams, again and again, all come to the same numbers. And published
 * weights, where MONOCLE_TEST_SMOLLM2 says where they are (tests/reference/read_smollm2.py).
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "engine/models/parts/causal-talk.h"
#include "engine/text/tokenizer.h"
#include "device-test.h"
#include "model-test.h"

/* What tests/fixtures/smolvlm/idefics3 has for words. */
static const MonocleCausalConfig tiny = {
  .channels = 48,
  .hidden = 64,
  .n_layers = 3,
  .n_heads = 6,
  .n_kv_heads = 2,
  .head_width = 8,
  .n_positions = 256,
  .activation = MONOCLE_ACTIVATION_SILU,
  .epsilon = 1e-5f,
  .rotary_base = 100000,
};

/* SmolLM2-135M-Instruct. */
static const MonocleCausalConfig published = {
  .channels = 576,
  .hidden = 1536,
  .n_layers = 30,
  .n_heads = 9,
  .n_kv_heads = 3,
  .head_width = 64,
  .n_words = 49152,
  .n_positions = 8192,
  .activation = MONOCLE_ACTIVATION_SILU,
  .epsilon = 1e-5f,
  .rotary_base = 100000,
};

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleCausal causal;
  MonocleParams *params;
} Model;

static void
model_load (Model *model,
            const char *directory,
            const MonocleCausalConfig *config,
            const char *scope,
            gboolean f16)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, &error);
  g_autoptr (MonocleWeights) weights = NULL;
  MonocleScope top = MONOCLE_SCOPE_ROOT;

  g_assert_no_error (error);
  if (scope)
    top = monocle_scope_enter (top, scope);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (checkpoint, model->gpu, f16, NULL);
  monocle_causal_declare (&model->causal, config, weights, top,
                          monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), &error);
  g_assert_no_error (error);
  monocle_weights_check (weights, &error);
  g_assert_no_error (error);
  model->params = test_upload (weights);
}

static void
model_load_tiny (Model *model)
{
  g_autofree char *directory = test_fixture ("smolvlm/idefics3");
  g_autoptr (JsonObject) root = test_read_json (directory, "config.json");
  MonocleCausalConfig config = tiny;

  config.n_words = (guint) json_object_get_int_member (
      json_object_get_object_member (root, "text_config"), "vocab_size");
  model_load (model, directory, &config, "model.text_model", FALSE);
}

static void
model_clear (Model *model)
{
  monocle_params_free (model->params);
  monocle_vk_gpu_close (model->gpu);
}

static MonocleCausalDecoder *
new_decoder (Model *model, guint n_questions, guint n_beams, guint chunk)
{
  const MonocleCausalDecoderSize size = { .n_questions = n_questions,
                                          .n_beams = n_beams,
                                          .n_candidates = 5,
                                          .first_places = 5,
                                          .chunk = chunk };
  g_autoptr (GError) error = NULL;
  MonocleCausalDecoder *decoder = monocle_causal_decoder_new (
      &model->causal, model->params, model->gpu, MONOCLE_FORMAT_F32, &size, NULL, &error);

  g_assert_no_error (error);
  return decoder;
}

/* Any words, the same ones for the same seed. */
static GArray *
make_words (guint32 seed, guint n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < n; i++)
    {
      guint32 id = (guint32) g_rand_int_range (random, 3, 250);

      g_array_append_val (ids, id);
    }
  return ids;
}

static void
begin (MonocleCausalDecoder *decoder, const GArray *ids)
{
  g_autoptr (GError) error = NULL;

  monocle_causal_decoder_begin (decoder, (const guint32 *) ids->data, ids->len, NULL, &error);
  g_assert_no_error (error);
}

static void
read_prompts (MonocleCausalDecoder *decoder, GArray *const *prompts)
{
  g_autoptr (GError) error = NULL;

  monocle_causal_decoder_read (decoder, prompts, NULL, &error);
  g_assert_no_error (error);
}

/* (transfer full): the logits after a token for each row. @candidates: (nullable) */
static float *
feed (Model *model,
      MonocleCausalDecoder *decoder,
      guint n_rows,
      const guint32 *tokens,
      const guint32 *sources,
      MonocleCandidate *candidates)
{
  float *logits = g_new (float, (gsize) n_rows * model->causal.config.n_words);
  g_autofree guint32 *own = g_new (guint32, n_rows);
  const MonocleDecoderStep step = { .tokens = tokens, .sources = sources ? sources : own };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_rows; i++)
    own[i] = i;
  monocle_causal_decoder_step (decoder, &step, candidates, &error);
  g_assert_no_error (error);
  monocle_causal_decoder_read_logits (decoder, logits, &error);
  g_assert_no_error (error);
  return logits;
}

/* The logits after @n tokens of one text that were fed one by one. */
static float *
feed_all (Model *model, const GArray *ids)
{
  g_autoptr (MonocleCausalDecoder) decoder = new_decoder (model, 1, 1, 0);
  g_autoptr (GArray) none = make_words (0, 0);
  float *logits = NULL;

  begin (decoder, none);
  for (guint i = 0; i < ids->len; i++)
    {
      g_free (logits);
      logits = feed (model, decoder, 1, &g_array_index (ids, guint32, i), NULL, NULL);
    }
  return logits;
}

static GArray *
join (const GArray *a, const GArray *b)
{
  GArray *all = g_array_copy ((GArray *) a);

  return g_array_append_vals (all, b->data, b->len);
}

static void
test_chunks (void)
{
  static const guint chunks[] = { 1, 7, 16, 512, 0 };
  Model model;
  g_autoptr (GArray) beginning = make_words (1, 53), prompt = make_words (2, 20), all = NULL;
  g_autoptr (GArray) last = make_words (3, 1), text = NULL;
  g_autofree float *wanted = NULL;

  model_load_tiny (&model);
  all = join (beginning, prompt);
  text = join (all, last);
  wanted = feed_all (&model, text);
  for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autoptr (MonocleCausalDecoder) decoder = new_decoder (&model, 1, 1, chunks[i]);
      g_autofree float *found = NULL;

      begin (decoder, beginning);
      read_prompts (decoder, &prompt);
      found = feed (&model, decoder, 1, (const guint32 *) last->data, NULL, NULL);
      g_assert_cmpfloat (test_relative_error (found, wanted, model.causal.config.n_words), <, 1e-5);
      g_assert_cmpuint (monocle_causal_decoder_get_n_fed (decoder), ==, text->len);
    }
  model_clear (&model);
}

/* Questions of different lengths beside each other, with beams that exchange what they wrote. */
static void
test_rows (void)
{
  static const guint lengths[] = { 4, 31, 0 };
  Model model;
  g_autoptr (MonocleCausalDecoder) decoder = NULL;
  g_autoptr (GArray) beginning = make_words (1, 40);
  GArray *prompts[3];
  const guint32 first[] = { 9, 10, 11, 12, 13, 14 }, sources[] = { 1, 0, 2, 2, 5, 5 };
  const guint32 second[] = { 20, 21, 22, 23, 24, 25 };
  g_autofree float *unused = NULL;
  g_autofree float *found = NULL;
  guint n_words;

  model_load_tiny (&model);
  n_words = model.causal.config.n_words;
  for (guint i = 0; i < 3; i++)
    prompts[i] = make_words (10 + i, lengths[i]);
  decoder = new_decoder (&model, 3, 2, 0);
  begin (decoder, beginning);
  read_prompts (decoder, prompts);
  unused = feed (&model, decoder, 6, first, NULL, NULL);
  found = feed (&model, decoder, 6, second, sources, NULL);
  for (guint j = 0; j < 6; j++)
    {
      g_autoptr (GArray) text = join (beginning, prompts[j / 2]);
      g_autofree float *wanted = NULL;

      g_array_append_val (text, first[sources[j]]);
      g_array_append_val (text, second[j]);
      wanted = feed_all (&model, text);
      g_assert_cmpfloat (test_relative_error (found + (gsize) j * n_words, wanted, n_words), <,
                         1e-5);
    }
  for (guint i = 0; i < 3; i++)
    g_array_unref (prompts[i]);
  g_clear_pointer (&decoder, monocle_causal_decoder_free);
  model_clear (&model);
}

/* What was asked before leaves no trace, bit for bit, however long the answer was. */
static void
test_return (void)
{
  Model model;
  g_autoptr (MonocleCausalDecoder) decoder = NULL, fresh = NULL;
  g_autoptr (GArray) beginning = make_words (1, 40), prompt = make_words (2, 9);
  g_autoptr (GArray) other = make_words (3, 30);
  const guint32 token = 17;
  g_autofree float *wanted = NULL;
  gsize bytes;

  model_load_tiny (&model);
  bytes = model.causal.config.n_words * sizeof (float);
  fresh = new_decoder (&model, 1, 1, 0);
  begin (fresh, beginning);
  read_prompts (fresh, &prompt);
  wanted = feed (&model, fresh, 1, &token, NULL, NULL);

  decoder = new_decoder (&model, 1, 1, 0);
  begin (decoder, beginning);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree float *found = NULL;

      read_prompts (decoder, &prompt);
      found = feed (&model, decoder, 1, &token, NULL, NULL);
      g_assert_cmpint (memcmp (found, wanted, bytes), ==, 0);
      monocle_causal_decoder_return (decoder);
      read_prompts (decoder, &other);
      for (guint32 k = 0; k < 60 * i; k++)
        g_free (feed (&model, decoder, 1, &k, NULL, NULL));
      monocle_causal_decoder_return (decoder);
    }
  g_clear_pointer (&decoder, monocle_causal_decoder_free);
  g_clear_pointer (&fresh, monocle_causal_decoder_free);
  model_clear (&model);
}

/* 200 tokens one by one, and the same ones read at once. */
static void
test_long (void)
{
  Model model;
  g_autoptr (MonocleCausalDecoder) decoder = NULL;
  g_autoptr (GArray) text = make_words (5, 200), none = make_words (0, 0), most = NULL;
  g_autofree float *wanted = NULL;
  g_autofree float *found = NULL;

  model_load_tiny (&model);
  wanted = feed_all (&model, text);
  most = g_array_copy (text);
  g_array_set_size (most, text->len - 1);
  decoder = new_decoder (&model, 1, 1, 0);
  begin (decoder, none);
  read_prompts (decoder, &most);
  found = feed (&model, decoder, 1, &g_array_index (text, guint32, text->len - 1), NULL, NULL);
  g_assert_cmpfloat (test_relative_error (found, wanted, model.causal.config.n_words), <, 1e-5);
  g_clear_pointer (&decoder, monocle_causal_decoder_free);
  model_clear (&model);
}

/* --- conversations ------------------------------------------------------------------------- */

typedef struct
{
  Model *model;
  MonocleCausalTalk *talk;
} Speaker;

static Speaker
new_speaker (Model *model)
{
  return (Speaker){ model, monocle_causal_talk_new (new_decoder (model, 1, 1, 0)) };
}

/* Reads what @pieces say, and writes @answer behind it. Returns: (transfer full): the logits after
 * each token that was fed. @n_kept: (out) */
static float *
say (Speaker *speaker, const GPtrArray *pieces, const GArray *answer, guint *n_kept)
{
  MonocleCausalDecoder *decoder = monocle_causal_talk_get_decoder (speaker->talk);
  const guint n_words = speaker->model->causal.config.n_words, source = 0;
  float *logits = g_new (float, (gsize) (answer->len + 1) * n_words);
  MonocleCandidate candidates[5];
  g_autoptr (GError) error = NULL;
  guint32 token;

  monocle_causal_talk_read (speaker->talk, pieces, NULL, NULL, n_kept, &token, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < answer->len + 1; i++)
    {
      const MonocleDecoderStep step = { .tokens = &token, .sources = &source };

      monocle_causal_talk_step (speaker->talk, &step, candidates, &error);
      g_assert_no_error (error);
      monocle_causal_decoder_read_logits (decoder, logits + (gsize) i * n_words, &error);
      g_assert_no_error (error);
      token = i < answer->len ? g_array_index (answer, guint32, i) : 0;
    }
  return logits;
}

/* (transfer full): words that are read together, of each of the seeds so many */
static GPtrArray *
make_pieces (const guint32 (*words)[2], guint n)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_causal_piece_free);

  for (guint i = 0; i < n; i++)
    {
      MonocleCausalPiece *piece = g_new0 (MonocleCausalPiece, 1);

      piece->ids = make_words (words[i][0], words[i][1]);
      g_ptr_array_add (pieces, piece);
    }
  return pieces;
}

/* The last piece goes on with an answer and with more words. */
static void
go_on (GPtrArray *pieces, const GArray *answer, guint32 seed, guint n)
{
  MonocleCausalPiece *last = pieces->pdata[pieces->len - 1];
  g_autoptr (GArray) words = make_words (seed, n);

  g_array_append_vals (last->ids, answer->data, answer->len);
  g_array_append_vals (last->ids, words->data, words->len);
}

/* A turn, another one, and that one in other words, in another conversation that goes on from the
 * first turn, or in one that knows nothing: the same bits. */
static void
test_talk (void)
{
  static const guint32 words[][2] = { { 1, 40 }, { 2, 9 } };
  Model model;
  g_autoptr (GPtrArray) first = make_pieces (words, 2), second = make_pieces (words, 2);
  g_autoptr (GPtrArray) other = make_pieces (words, 2);
  g_autoptr (GArray) answer = make_words (3, 6), next = make_words (4, 20);
  g_autofree float *wanted = NULL;
  guint n_kept;
  gsize bytes;
  Speaker plain, changed, fork;

  model_load_tiny (&model);
  bytes = (next->len + 1) * model.causal.config.n_words * sizeof (float);
  go_on (second, answer, 5, 12);
  /* Begins as the second one does, and is cut before that all the same. */
  go_on (other, answer, 5, 12);
  g_array_index (((MonocleCausalPiece *) other->pdata[1])->ids, guint32, 22) = 251;

  plain = new_speaker (&model);
  g_free (say (&plain, first, answer, &n_kept));
  g_assert_cmpuint (n_kept, ==, 0);
  fork = (Speaker){ &model, monocle_causal_talk_fork (plain.talk, NULL) };
  wanted = say (&plain, other, next, &n_kept);
  g_assert_cmpuint (n_kept, ==, 40 + 9 + 6);

  changed = new_speaker (&model);
  g_free (say (&changed, first, answer, &n_kept));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree float *found = NULL;

      g_free (say (&changed, second, next, &n_kept));
      g_assert_cmpuint (n_kept, ==, 40 + 9 + 6);
      found = say (&changed, other, next, &n_kept);
      g_assert_cmpuint (n_kept, ==, 40 + 9 + 6);
      g_assert_cmpmem (found, bytes, wanted, bytes);
      /* Once more is answered at once. */
      g_free (say (&changed, other, next, &n_kept));
      g_assert_cmpuint (n_kept, ==, 40 + 9 + 6 + 12 - 1);
    }
  {
    g_autofree float *found = say (&fork, other, next, &n_kept);

    g_assert_cmpuint (n_kept, ==, 40 + 9 + 6);
    g_assert_cmpmem (found, bytes, wanted, bytes);
  }
  monocle_causal_talk_free (plain.talk);
  monocle_causal_talk_free (changed.talk);
  monocle_causal_talk_free (fork.talk);
  model_clear (&model);
}

/* --- published weights -------------------------------------------------------------------- */

#define PROMPT                                                                                     \
  "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "           \
  "Face<|im_end|>\n<|im_start|>user\nWhat is the capital of France?<|im_end|>\n"                   \
  "<|im_start|>assistant\n"

/* "The capital of France is Paris.", and what could come first instead. */
static void
test_published (gconstpointer data)
{
  static const guint32 answer[] = { 504, 3575, 282, 4649, 314, 7042, 30, 2 };
  static const MonocleCandidate best[] = {
    { 504, -1.8827f }, { 60, -1.9648f }, { 15319, -2.2657f }, { 2219, -2.8064f }, { 7026, -2.8935f }
  };
  const char *directory = g_getenv ("MONOCLE_TEST_SMOLLM2");
  g_autoptr (MonocleTokenizer) tokenizer = NULL;
  g_autoptr (MonocleCausalDecoder) decoder = NULL;
  g_autoptr (GArray) ids = NULL, none = make_words (0, 0);
  MonocleCandidate found[G_N_ELEMENTS (best)];
  g_autoptr (GError) error = NULL;
  Model model;
  guint32 token;
  gint64 start = 0;
  clock_t busy = 0;

  if (!directory)
    {
      g_test_skip ("MONOCLE_TEST_SMOLLM2 names no weights");
      return;
    }
  tokenizer = monocle_tokenizer_load (directory, &error);
  g_assert_no_error (error);
  ids = monocle_tokenizer_encode (tokenizer, PROMPT, MONOCLE_SPECIALS_NONE);
  g_assert_cmpuint (ids->len, ==, 37);
  token = g_array_index (ids, guint32, ids->len - 1);
  g_array_set_size (ids, ids->len - 1);

  model_load (&model, directory, &published, NULL, GPOINTER_TO_INT (data));
  decoder = new_decoder (&model, 1, 1, 0);
  begin (decoder, none);
  read_prompts (decoder, &ids);
  for (guint i = 0; i < G_N_ELEMENTS (answer); i++)
    {
      /* The first step is compiled. */
      if (i == 1)
        {
          start = g_get_monotonic_time ();
          busy = clock ();
        }
      g_free (feed (&model, decoder, 1, &token, NULL, found));
      for (guint k = 0; i == 0 && k < G_N_ELEMENTS (best); k++)
        {
          g_assert_cmpuint (found[k].token, ==, best[k].token);
          g_assert_cmpfloat_with_epsilon (found[k].log_prob, best[k].log_prob, 1e-2f);
        }
      token = found[0].token;
      g_assert_cmpuint (token, ==, answer[i]);
    }
  g_test_message ("a token: %.1f ms, %.1f ms of all processors",
                  (double) (g_get_monotonic_time () - start) / 1000 / (G_N_ELEMENTS (answer) - 1),
                  1000.0 * (double) (clock () - busy) / CLOCKS_PER_SEC
                      / (G_N_ELEMENTS (answer) - 1));
  g_clear_pointer (&decoder, monocle_causal_decoder_free);
  model_clear (&model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/causal/chunks", test_chunks);
  g_test_add_func ("/causal/rows", test_rows);
  g_test_add_func ("/causal/return", test_return);
  g_test_add_func ("/causal/long", test_long);
  g_test_add_func ("/causal/talk", test_talk);
  g_test_add_data_func ("/causal/published/f32", GINT_TO_POINTER (FALSE), test_published);
  g_test_add_data_func ("/causal/published/f16", GINT_TO_POINTER (TRUE), test_published);

  return g_test_run ();
}
