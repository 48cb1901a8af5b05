/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2 without a device: what it is asked, its vocabulary, places, how what is drawn lies
 * on a picture, how answers are read and tokens chosen, the published sizes, files that are
 * refused.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/unifiedio2/private.h"
#include "engine/text/guided.h"
#include "engine/text/logits.h"
#include "hashed-unifiedio2.h"
#include "hashed-vqgan.h"
#include "model-test.h"

static char *model_folder;

static const MonocleTask *
find_task (const char *id)
{
  return test_find_family_task (monocle_unifiedio2_list_tasks, id);
}

static void
write_file (const char *folder, const char *name, gconstpointer data, gsize n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize) n, NULL));
}

static void
expect_error (const GError *error, const char *words)
{
  g_assert_nonnull (error);
  if (!strstr (error->message, words))
    g_error ("“%s” does not say “%s”", error->message, words);
}

/* --- what is asked ------------------------------------------------------------------------ */

static void
test_prompts (void)
{
  static const struct
  {
    const char *id, *text;
    gboolean has_region;
    const char *prompt;
  } rows[] = {
    { "caption", NULL, FALSE, "[Text] [S] Caption this image." },
    { "answer-question", " What is it? ", FALSE, "[Text] [S] What is it? Short answer:" },
    { "find-phrase", "a {} dog", FALSE,
      "[Text] [S] Which region does the text \"a {} dog\" describe?" },
    { "depth", NULL, FALSE, "[Image] [S] What is the depth map of the image ?" },
    { "generate", "a dog", FALSE, "[Image] [S] Generate an image matching this text: a dog" },
    { "change-image", "make it night", FALSE, "[Image] [S] make it night" },
    { "region-to-category", NULL, TRUE,
      "[Text] [S] What is the category of the object at <extra_id_474> <extra_id_449> "
      "<extra_id_674> <extra_id_1199>?" },
    { "outline-in-region", "the [] dog", TRUE,
      "[Image] [S] Segment the object in this bounding box: <extra_id_474> <extra_id_449> "
      "<extra_id_674> <extra_id_1199> the [] dog" },
  };
  /* Of a picture of 400 by 200, which begins a quarter down the square. */
  const MonocleBox region = { 100, 10, 400, 90 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleTask *task = find_task (rows[i].id);
      g_autoptr (GError) error = NULL;
      g_autofree char *prompt = monocle_unifiedio2_write_prompt (
          task, rows[i].text, rows[i].has_region ? &region : NULL, 400, 200, &error);
      g_autofree char *words = NULL, *trimmed = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (prompt, ==, rows[i].prompt);
      words = monocle_unifiedio2_task_find_words (task, prompt);
      trimmed = g_strstrip (g_strdup (rows[i].text ? rows[i].text : ""));
      g_assert_cmpstr (words, ==, trimmed);
    }
}

static void
test_refused_prompts (void)
{
  static const char *const rows[][3] = {
    { "answer-question", " ", "words" },
    { "find-words", "a\nb", "one name" },
    { "region-to-category", "<extra_id_199> <extra_id_200> <extra_id_201> <extra_id_202>",
      "<extra_id_200> to <extra_id_1199>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (monocle_unifiedio2_write_prompt (find_task (rows[i][0]), rows[i][1], NULL, 10,
                                                      10, &error));
      expect_error (error, rows[i][2]);
    }
}

/* --- vocabulary --------------------------------------------------------------------------- */

/* As SentencePiece has it, with what the model has beside it. */
static void
test_vocabulary (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *fixtures = test_fixture ("unifiedio2");
  g_autoptr (JsonObject) golden = test_read_json (fixtures, "pieces.json");
  JsonArray *texts = json_object_get_array_member (golden, "texts");
  const guint n_pieces = (guint) json_object_get_int_member (golden, "n");
  g_autoptr (MonocleTokenizer) tokenizer = NULL;
  g_autoptr (GError) error = NULL;
  MonocleUnifiedio2Tokens tokens;
  gsize n;
  g_autofree guint8 *model = g_base64_decode (json_object_get_string_member (golden, "model"), &n);

  write_file (folder, "tokenizer.model", model, n);
  tokenizer = monocle_unifiedio2_vocabulary_load (folder, HASHED_UNIFIEDIO2_COUNT_WORDS (n_pieces),
                                                  &tokens, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tokens.first_place, ==, n_pieces);
  g_assert_cmpint (monocle_tokenizer_find (tokenizer, "<extra_id_200>"), ==, n_pieces + 999);
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      JsonObject *text = json_array_get_object_element (texts, i);
      JsonArray *wanted = json_object_get_array_member (text, "ids");
      const char *words = json_object_get_string_member (text, "text");
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, words, MONOCLE_SPECIALS_WRAP);

      g_test_message ("%s", words);
      g_assert_cmpuint (ids->len, ==, json_array_get_length (wanted));
      for (guint k = 0; k < ids->len; k++)
        g_assert_cmpint (g_array_index (ids, guint32, k), ==,
                         json_array_get_int_element (wanted, k));
    }
}

/* A file that ends early is one that is broken, wherever that is. */
static void
test_torn_vocabulary (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  guint n_pieces;
  g_autoptr (GByteArray) pieces = hashed_unifiedio2_make_pieces (&n_pieces);
  MonocleUnifiedio2Tokens tokens;

  for (guint n = 1; n < pieces->len; n++)
    {
      g_autoptr (GError) error = NULL;

      write_file (folder, "tokenizer.model", pieces->data, n);
      g_assert_null (monocle_unifiedio2_vocabulary_load (
          folder, HASHED_UNIFIEDIO2_COUNT_WORDS (n_pieces), &tokens, &error));
      expect_error (error, "tokenizer.model");
    }
}

static void
test_other_vocabularies (void)
{
  /* As LLaMA 3 has them. */
  static const char ranks[] = "IQ== 0\nIg== 1\nIw== 2\n";
  g_autoptr (TestFolder) folder = test_folder_new ();
  guint n_pieces;
  g_autoptr (GByteArray) pieces = hashed_unifiedio2_make_pieces (&n_pieces);
  MonocleUnifiedio2Tokens tokens;
  g_autoptr (GError) none = NULL, text = NULL, many = NULL;

  g_assert_null (monocle_unifiedio2_vocabulary_load (folder, 33280, &tokens, &none));
  expect_error (none, "LLaMA 1 or 2");
  write_file (folder, "tokenizer.model", ranks, strlen (ranks));
  g_assert_null (monocle_unifiedio2_vocabulary_load (folder, 33280, &tokens, &text));
  expect_error (text, "SentencePiece");
  write_file (folder, "tokenizer.model", pieces->data, pieces->len);
  g_assert_null (monocle_unifiedio2_vocabulary_load (folder, 33280, &tokens, &many));
  expect_error (many, "LLaMA 3");
}

/* --- places ------------------------------------------------------------------------------- */

/* There and back a box stays where it was, but for the width of a bin. */
static void
test_boxes (void)
{
  static const guint sizes[][2] = { { 640, 480 }, { 480, 640 }, { 100, 100 }, { 4000, 37 } };
  static const double parts[][4]
      = { { 0, 0, 1, 1 }, { 0.1, 0.2, 0.5, 0.9 }, { 0.33, 0.02, 0.98, 0.61 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
      {
        const double width = sizes[i][0], height = sizes[i][1];
        const MonocleBox box = { (float) (parts[k][0] * width), (float) (parts[k][1] * height),
                                 (float) (parts[k][2] * width), (float) (parts[k][3] * height) };
        const double wanted[]
            = { (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 };
        guint bins[4];
        double edges[4];

        monocle_unifiedio2_bin_box (&box, sizes[i][0], sizes[i][1], 384, bins);
        g_assert_true (monocle_unifiedio2_unbin_box (
            (guint[]){ bins[1], bins[0], bins[3], bins[2] }, sizes[i][0], sizes[i][1], 384, edges));
        for (guint e = 0; e < 4; e++)
          g_assert_cmpfloat (fabs (edges[e] - wanted[e]), <=, MAX (width, height) / 999 + 1e-3);
      }
}

static void
test_patches (void)
{
  static const struct
  {
    guint width, height, n, first;
  } rows[] = {
    { 384, 384, 576, 0 },
    { 640, 480, 432, 72 },
    { 480, 640, 432, 3 },
    { 4000, 10, 0, 0 },
  };
  const MonocleUnifiedio2Config config = { .image = { .rows = 24, .columns = 24, .side = 16 } };
  guint32 places[576];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (
          monocle_unifiedio2_list_patches (&config, rows[i].width, rows[i].height, places), ==,
          rows[i].n);
      g_assert_true (rows[i].n == 0 || places[0] == rows[i].first);
    }
}

/* The upper half of what is drawn is light: of a wide picture that is its upper half. */
static void
test_mask (void)
{
  g_autofree guint8 *pixels = g_malloc0 (3 * 32 * 32);
  g_autoptr (MonocleResult) result = monocle_result_new ();
  g_autoptr (MonocleImage) drawn = NULL;
  const MonoclePart *part;
  MonocleDrawingCover cover;

  memset (pixels, 255, 3 * 32 * 16);
  drawn = monocle_image_new_from_pixels (32, 32, 3 * 32, pixels, NULL);
  cover = monocle_unifiedio2_find_cover (640, 480, 32);
  g_assert_cmpuint (cover.top, ==, 80);
  monocle_unifiedio2_add_mask (result, drawn, "sky", 640, 480);
  g_assert_cmpuint (monocle_result_get_n_parts (result), ==, 1);
  part = monocle_result_get_part (result, 0);
  g_assert_cmpstr (part->object->label, ==, "sky");
  g_assert_cmpint (monocle_shape_get_kind (part->object->shape), ==, MONOCLE_SHAPE_MASK);
  g_assert_cmpuint (monocle_mask_runs_get_area (monocle_shape_get_mask (part->object->shape)), ==,
                    640 * 240);
}

/* --- answers ------------------------------------------------------------------------------ */

static gboolean
take_bins (const guint *bins, gconstpointer user_data, double *edges)
{
  for (guint i = 0; i < 4; i++)
    edges[i ^ 1] = bins[i];
  return edges[0] < edges[2] && edges[1] < edges[3];
}

/* The same thing twice is one. */
static void
test_repeated (void)
{
  /* y, x, y, x, from the far end. */
  static const guint32 ids[]
      = { 989, 989, 899, 899, 5, 989, 989, 898, 899, 5, 499, 499, 399, 399, 1 };
  static const float log_probs[G_N_ELEMENTS (ids)];
  g_autoptr (MonocleTokenizer) tokenizer = NULL;
  MonocleUnifiedio2Tokens tokens;
  g_autoptr (MonocleResult) result = NULL;
  guint n_pieces;
  guint32 shifted[G_N_ELEMENTS (ids)];
  g_autoptr (GByteArray) pieces = hashed_unifiedio2_make_pieces (&n_pieces);

  tokenizer = monocle_unifiedio2_vocabulary_load (
      model_folder, HASHED_UNIFIEDIO2_COUNT_WORDS (n_pieces), &tokens, NULL);
  g_assert_nonnull (tokenizer);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    shifted[i] = ids[i] < 10 ? ids[i] : ids[i] + tokens.first_place;
  result = monocle_extra_answer_parse (&(MonocleExtraAnswer){
      .tokenizer = tokenizer,
      .places = &monocle_unifiedio2_places,
      .first_place = tokens.first_place,
      .end = tokens.end,
      .are_boxes = TRUE,
      .words = "dog",
      .whole = TRUE,
      .ids = shifted,
      .log_probs = log_probs,
      .n_ids = G_N_ELEMENTS (ids),
      .most_overlap = 0.8,
      .find_edges = take_bins,
  });
  g_assert_true (monocle_result_is_well_formed (result));
  g_assert_cmpuint (monocle_result_get_n_parts (result), ==, 2);
  g_assert_cmpstr (monocle_result_get_part (result, 1)->object->label, ==, "dog");
}

/* Three of which none is the best come before a fourth that is, where they have most together. */
static void
test_together (void)
{
  static const float scores[] = { 0, 1.0f, 1.2f, 0.9f, 1.5f };
  MonocleLogitsConfig config;
  const MonocleGenerationConfig search = { .num_beams = 1, .n_eos = 1, .vocab_size = 5 };

  monocle_logits_config_init (&config);
  g_assert_false (monocle_logits_is_needed (&config, &search));
  config.together = (MonocleIdRange){ 1, 3 };
  for (guint i = 0; i < 2; i++)
    {
      float logits[G_N_ELEMENTS (scores)];
      MonocleCandidate candidate;

      config.together_share = i == 0 ? 0.5 : 0.7;
      g_assert_true (monocle_logits_is_needed (&config, &search));
      memcpy (logits, scores, sizeof logits);
      monocle_logits_choose (&config, &search, logits, NULL, 0, NULL, &candidate, NULL, 1);
      g_assert_cmpuint (candidate.token, ==, i == 0 ? 2 : 4);
    }
  monocle_logits_config_clear (&config);
}

/* --- being led ---------------------------------------------------------------------------- */

/* Tells what it is fed. */
typedef struct
{
  guint first, n;
  guint32 tokens[4], sources[4];
} Echo;

static gboolean
echo_begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Echo *echo = self;

  echo->first = start->first;
  echo->n = start->n_questions;
  return TRUE;
}

static gboolean
echo_step (gpointer self, const MonocleDecoderStep *step, MonocleCandidate *candidates, GError **e)
{
  Echo *echo = self;

  memcpy (echo->tokens, step->tokens, echo->n * sizeof (guint32));
  memcpy (echo->sources, step->sources, echo->n * sizeof (guint32));
  for (guint i = 0; i < echo->n; i++)
    candidates[i] = (MonocleCandidate){ .token = i };
  return TRUE;
}

/* Row i has i and i squared. */
static gboolean
echo_logits (gpointer self, float *logits, GError **error)
{
  const Echo *echo = self;

  for (guint i = 0; i < echo->n; i++)
    {
      *logits++ = (float) i;
      *logits++ = (float) (i * i);
    }
  return TRUE;
}

static void
test_guided (void)
{
  static const MonocleDecoder decoder
      = { .begin = echo_begin, .step = echo_step, .read_logits = echo_logits };
  Echo echo = { 0 };
  g_auto (MonocleGuided) guided
      = { .decoder = &decoder, .self = &echo, .guidance = 10, .n_words = 2 };
  guint32 first_tokens[] = { 7, 8 };
  const guint32 tokens[] = { 3, 4 }, sources[] = { 1, 0 };
  MonocleDecoderStart start = {
    .first = 1, .n_questions = 2, .n_beams = 1, .n_candidates = 1, .first_tokens = first_tokens
  };
  const MonocleDecoderStep step = { .tokens = tokens, .sources = sources };
  const MonocleDecoder *led = &monocle_guided_decoder;
  MonocleCandidate candidates[2];
  float logits[4];

  g_assert_true (led->begin (&guided, &start, NULL));
  g_assert_cmpuint (echo.first, ==, 2);
  g_assert_cmpuint (echo.n, ==, 4);
  g_assert_true (led->step (&guided, &step, candidates, NULL));
  g_assert_cmpmem (echo.tokens, 16, ((guint32[]){ 3, 3, 4, 4 }), 16);
  g_assert_cmpmem (echo.sources, 16, ((guint32[]){ 2, 3, 0, 1 }), 16);
  g_assert_cmpuint (candidates[1].token, ==, 2);
  g_assert_true (led->read_logits (&guided, logits, NULL));
  /* The other, and eleven times what is between them. */
  g_assert_cmpfloat_with_epsilon (logits[0], 1 - 11, 1e-6);
  g_assert_cmpfloat_with_epsilon (logits[1], 1 - 11, 1e-6);
  g_assert_cmpfloat_with_epsilon (logits[2], 3 - 11, 1e-6);
  g_assert_cmpfloat_with_epsilon (logits[3], 9 - 55, 1e-6);
}

/* --- files -------------------------------------------------------------------------------- */

/* What both halves are made of adds up to what is published of them. */
static void
test_published (void)
{
  static const struct
  {
    guint d_model, n_heads, head_width, hidden;
    guint64 n_encoder, n_decoder;
  } sizes[] = {
    { 1024, 16, 64, 2816, 308334592, 409025536 },
    { 2048, 16, 128, 5120, 1157734400, 1560442880 },
    { 3072, 24, 128, 8192, 2718065664, 3624115200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const MonocleUnifiedio2Config config = {
        .d_model = sizes[i].d_model,
        .n_heads = sizes[i].n_heads,
        .head_width = sizes[i].head_width,
        .hidden = sizes[i].hidden,
        .n_encoder_layers = 24,
        .n_decoder_layers = 24,
        .n_words = 33280,
        .n_pieces = 16512,
        .image = { .channels = 768,
                   .layers = { .n_layers = 11, .hidden = 3072 },
                   .patch = 768,
                   .n_places = 197 },
      };
      g_autoptr (GPtrArray) shapes = hashed_unifiedio2_list (&config);
      guint64 n_encoder = 0, n_decoder = 0, n_tower = 0;

      for (guint k = 0; k < shapes->len; k++)
        {
          const TensorShape *shape = shapes->pdata[k];
          const guint64 n = tensor_shape_get_n_elements (shape);

          n_encoder += g_str_has_prefix (shape->name, "encoder.") ? n : 0;
          n_decoder += g_str_has_prefix (shape->name, "decoder.") ? n : 0;
          n_tower += strstr (shape->name, "embedders.image.image_encoder") ? n : 0;
        }
      g_assert_cmpuint (n_encoder, ==, sizes[i].n_encoder);
      g_assert_cmpuint (n_decoder, ==, sizes[i].n_decoder);
      g_assert_cmpuint (n_tower, ==, 78710016);
    }
}

/* What is asked for and not done here is refused by its name. */
static void
test_settings (void)
{
  static const char *const rows[][3] = {
    { "\"qk_norm\": true", "\"qk_norm\": false", "qk_norm" },
    { "\"silu\"", "\"relu\"", "mlp_activations" },
    { "\"llama_rope\"", "\"learnable\"", "llama_rope" },
    { "internval\": 1", "internval\": 2", "internval" },
    { "\"head_dim\": 16", "\"head_dim\": 8", "head_dim" },
    { "\"double_z\": false", "\"double_z\": true", "double_z" },
    { "[48, 48]", "[48, 32]", "square" },
    { "\"ch\": 32", "\"ch\": 40", "32" },
    { "\"image_vocab_size\": 80", "\"image_vocab_size\": 60", "codes" },
    { "\"use_image_vit\": true", "\"use_image_vit\": false", "use_image_vit" },
    { "\"num_pos\": 5", "\"num_pos\": -5", "num_pos" },
    { "\"emb_dim\": 32", "\"emb_dim\": \"x\"", "emb_dim" },
  };
  g_autofree char *good = hashed_unifiedio2_make_config (1408);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new (good);
      g_autoptr (JsonNode) root = NULL;
      g_autoptr (GError) error = NULL;
      MonocleUnifiedio2Config config;

      g_assert_cmpuint (g_string_replace (text, rows[i][0], rows[i][1], 1), ==, 1);
      root = json_from_string (text->str, NULL);
      g_assert_true (monocle_unifiedio2_config_probe (json_node_get_object (root)));
      g_assert_false (monocle_unifiedio2_config_parse (&config, json_node_get_object (root),
                                                       "config.json", &error));
      expect_error (error, rows[i][2]);
    }
}

static void
test_files (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
  g_autofree char *pieces = g_build_filename (folder, "tokenizer.model", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) torn = NULL, missing = NULL;
  gsize n;

  hashed_unifiedio2_write_model (folder);
  g_assert_true (monocle_family_unifiedio2.check (folder, &torn));
  g_assert_no_error (torn);
  /* What was got is whole without what is nowhere to be got, and cannot be loaded. */
  g_assert_cmpint (g_unlink (pieces), ==, 0);
  g_assert_true (monocle_family_unifiedio2.check (folder, &torn));
  g_assert_null (
      monocle_family_unifiedio2.load (&(MonocleFamilyLoad){ .directory = folder }, &missing));
  expect_error (missing, "LLaMA 1 or 2");
  g_assert_true (g_file_get_contents (weights, &contents, &n, NULL));
  write_file (folder, "model.safetensors", contents, n / 2);
  g_assert_false (monocle_family_unifiedio2.check (folder, &torn));
  expect_error (torn, "model.safetensors");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model_folder = test_folder_new ();
  hashed_unifiedio2_write_model (model_folder);
  g_test_add_func ("/unifiedio2-text/prompts", test_prompts);
  g_test_add_func ("/unifiedio2-text/prompts-refused", test_refused_prompts);
  g_test_add_func ("/unifiedio2-text/vocabulary", test_vocabulary);
  g_test_add_func ("/unifiedio2-text/vocabulary-torn", test_torn_vocabulary);
  g_test_add_func ("/unifiedio2-text/vocabulary-others", test_other_vocabularies);
  g_test_add_func ("/unifiedio2-text/boxes", test_boxes);
  g_test_add_func ("/unifiedio2-text/patches", test_patches);
  g_test_add_func ("/unifiedio2-text/mask", test_mask);
  g_test_add_func ("/unifiedio2-text/repeated", test_repeated);
  g_test_add_func ("/unifiedio2-text/together", test_together);
  g_test_add_func ("/unifiedio2-text/guided", test_guided);
  g_test_add_func ("/unifiedio2-text/published", test_published);
  g_test_add_func ("/unifiedio2-text/settings", test_settings);
  g_test_add_func ("/unifiedio2-text/files", test_files);
  status = g_test_run ();
  test_folder_free (model_folder);
  return test_end (status);
}
