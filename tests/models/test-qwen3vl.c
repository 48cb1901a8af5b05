/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that reads pictures of any size as it reads words against the reference:
 * tests/reference/make_qwen3vl.py made it. Every stage, every answer, a conversation with several
 * pictures; what is refused.
 */
#include "config.h"

#include "engine/models/qwen3vl/private.h"
#include "engine/run/memory-plan.h"
#include "engine/run/model-private.h"
#include "golden.h"

#define MODEL "qwen3vl"

/* The longest answers of the golden, and which numbers of a stage it has. */
#define MAX_TOKENS 12
#define STEP       31

/* --- stages ------------------------------------------------------------------------------- */

static void
check_stages (MonocleSession *session, JsonObject *picture, JsonObject *question, double tolerance)
{
  g_autoptr (TestFolder) folder
      = golden_inspect (session, json_object_get_string_member (question, "text"));
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");

  golden_check_sums (pixels, picture, 1e-4);
  golden_check_ids (folder, question);
  golden_check_sampled (folder, "image_embeds", picture, "embeds", STEP, tolerance);
  golden_check_sampled (folder, "logits", question, "logits", STEP, tolerance);
}

/* --- answers ------------------------------------------------------------------------------ */

static MonocleRun *
ask (MonocleSession *session, const char *task, const char *text, guint num_beams)
{
  const MonocleRequest request = {
    .task = test_find_task (session, task),
    .text = text,
    .num_beams = num_beams,
    .max_tokens = MAX_TOKENS,
  };

  return test_run_or_die (session, &request);
}

static void
check_answers (MonocleSession *session, JsonObject *question)
{
  const char *text = json_object_get_string_member (question, "text");
  g_autoptr (MonocleRun) greedy = ask (session, "prompt", text, 0);
  g_autoptr (MonocleRun) beams = ask (session, "prompt", text, 3);

  golden_check_answer (greedy, question, "greedy");
  golden_check_answer (beams, question, "beams");
}

static void
check_model (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (MODEL);
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

          check_stages (session, picture, question, tolerance);
          if (precision == MONOCLE_PRECISION_F32)
            check_answers (session, question);
        }
    }
}

/* --- sizes -------------------------------------------------------------------------------- */

/* What the reference brings pictures to: width, height, unit, fewest and most pixels, then width
 * and height. */
static void
test_sizes (void)
{
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *sizes = json_object_get_array_member (golden, "sizes");
  g_autoptr (GError) error = NULL;
  MonocleQwen3vlPixels pixels = { .side = 32, .least = 1, .most = 1 << 20 };
  guint width, height;

  g_assert_cmpuint (json_array_get_length (sizes), >, 30);
  for (guint i = 0; i < json_array_get_length (sizes); i++)
    {
      JsonArray *row = json_array_get_array_element (sizes, i);
      guint r[7];

      for (guint k = 0; k < G_N_ELEMENTS (r); k++)
        r[k] = (guint) json_array_get_int_element (row, k);
      pixels = (MonocleQwen3vlPixels){
        .side = r[2], .least = r[3], .most = r[4], .limit = 2560, .most_tokens = 2560
      };
      g_test_message ("%u x %u", r[0], r[1]);
      g_assert_true (monocle_qwen3vl_fit (&pixels, r[0], r[1], &width, &height, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (width, ==, r[5]);
      g_assert_cmpuint (height, ==, r[6]);
      g_assert_cmpuint (width / r[2] * (height / r[2]), <=,
                        monocle_qwen3vl_count_most_tokens (&pixels));
    }
  g_assert_false (monocle_qwen3vl_fit (&pixels, 201, 1, &width, &height, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* Less of it where less is wanted; there is room for any. */
static void
test_detail (void)
{
  MonocleQwen3vl model = { .pixels = { .side = 32, .least = 1, .most = 1 << 24, .limit = 2560 } };
  static const guint wanted[][2]
      = { { 1, 256 }, { 2, 1024 }, { 3, 2304 }, { 9, 2560 }, { 0, 2560 } };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    for (guint k = 2; k < 200; k += 11)
      {
        guint width, height, n;

        monocle_qwen3vl_look_in_pieces (&model, wanted[i][0]);
        g_assert_true (monocle_qwen3vl_fit (&model.pixels, 40 * k, 9000, &width, &height, NULL));
        n = width / 32 * (height / 32);
        if (k > 20)
          g_assert_cmpuint (n, <=, wanted[i][1]);
        g_assert_cmpuint (n, <=, monocle_qwen3vl_count_most_tokens (&model.pixels));
      }
}

/* --- what is kept ------------------------------------------------------------------------- */

/* What a picture begins with is read once; another one in between takes its place. */
static void
test_beginning (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  g_autoptr (MonocleSession) other = test_open_fixture (model, "clip/wide-41x9.png");
  g_autoptr (MonocleRun) first = ask (session, "prompt", "Who?", 0);
  g_autoptr (MonocleRun) another = ask (session, "prompt", "What is this?", 0);
  g_autoptr (MonocleRun) again = ask (session, "prompt", "Who?", 0);
  g_autoptr (MonocleRun) away = ask (other, "prompt", "Who?", 0);
  g_autoptr (MonocleRun) back = ask (session, "prompt", "Who?", 0);
  const char *words = monocle_result_get_generated_text (first->results->pdata[0]);

  g_assert_cmpstr (monocle_result_get_generated_text (again->results->pdata[0]), ==, words);
  g_assert_cmpstr (monocle_result_get_generated_text (back->results->pdata[0]), ==, words);
  g_assert_cmpstr (monocle_result_get_generated_text (away->results->pdata[0]), !=, words);
}

typedef struct
{
  MonocleModel *model;
  int done;
} Room;

/* Pictures of any shape have room in what was there from the beginning. */
static void
fill_on_worker (MonocleWorker *worker, gpointer data)
{
  static const guint sides[][2]
      = { { 10, 10 }, { 400, 300 }, { 300, 401 }, { 900, 30 }, { 8, 1600 } };
  Room *room = data;
  MonocleQwen3vl *self = monocle_model_get_data (room->model);
  const guint64 n_bytes = self->n_bytes;

  g_assert_cmpuint (n_bytes, >, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (GError) error = NULL;
      guint width, height;

      g_assert_true (
          monocle_qwen3vl_fit (&self->pixels, sides[i][0], sides[i][1], &width, &height, &error));
      g_assert_nonnull (monocle_qwen3vl_find_pass (self, width, height, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (self->n_bytes, ==, n_bytes);
      g_assert_cmpuint (width / 8 * (height / 8), <=, self->n_seen);
    }
  g_assert_cmpuint (self->asker.n_picture, ==, 20);
  g_atomic_int_set (&room->done, TRUE);
}

/* What it takes is known before, whatever picture it is shown. */
static void
test_memory (void)
{
  static const char *const pictures[] = { "clip/wide-41x9.png", "pictures/photo-131x97.png" };
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (GError) error = NULL;
  MonocleMemoryPlan plan;
  Room room = { .model = model };

  monocle_memory_plan_make (&plan, directory, test_get_device (), MONOCLE_PRECISION_F32, NULL,
                            &error);
  g_assert_no_error (error);
  monocle_worker_push (monocle_model_get_worker (model), fill_on_worker, &room, NULL);
  while (!g_atomic_int_get (&room.done))
    g_usleep (100);
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autoptr (MonocleSession) session = test_open_fixture (model, pictures[i]);
      g_autoptr (MonocleRun) run = ask (session, "caption", NULL, 0);
      const TestMemory memory = test_get_memory (model);

      g_assert_cmpuint (memory.peak_bytes, >=, plan.peak_bytes / 20 * 19);
      g_assert_cmpuint (memory.peak_bytes, <=, plan.peak_bytes / 20 * 21);
    }
}

/* --- conversations ------------------------------------------------------------------------ */

typedef struct
{
  MonocleModel *model;
  JsonArray *turns;
  int done;
} Talk;

static MonocleQwen3vlSeen *
look_at (MonocleQwen3vl *self, const char *name)
{
  g_autofree char *path = test_fixture (name);
  g_autoptr (MonocleImage) image = test_read_image (path);
  MonocleFamilyTiming timing;
  g_autoptr (GError) error = NULL;
  MonocleQwen3vlSeen *seen
      = monocle_qwen3vl_look (self, image, NULL, NULL, NULL, &timing, NULL, &error);

  g_assert_no_error (error);
  return seen;
}

static void
check_reply (const MonocleFamilyReply *reply, JsonObject *turn)
{
  JsonArray *wanted
      = json_object_get_array_member (json_object_get_object_member (turn, "answer"), "ids");
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (reply->result, &n_ids);

  g_assert_cmpuint (n_ids, ==, json_array_get_length (wanted) + 1);
  for (guint i = 1; i < n_ids; i++)
    g_assert_cmpint (ids[i], ==, json_array_get_int_element (wanted, i - 1));
}

/* The second turn goes on from what lies there of the first, and comes to what it would come to in
 * a conversation that begins with both, and in a copy. */
static void
talk_on_worker (MonocleWorker *worker, gpointer data)
{
  Talk *talk = data;
  MonocleQwen3vl *self = monocle_model_get_data (talk->model);
  const MonocleFamily *family = &monocle_family_qwen3vl;
  const guint n = json_array_get_length (talk->turns);
  gpointer said = family->open_talk (self, NULL), fresh = family->open_talk (self, NULL);
  gpointer fork = NULL;
  g_autofree MonocleFamilyTurn *turns = g_new0 (MonocleFamilyTurn, n);
  g_autofree gpointer *seen = g_new0 (gpointer, n);
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *turn = json_array_get_object_element (talk->turns, i);
      const MonocleFamilyTalk asked
          = { .turns = turns, .n_turns = i + 1, .max_tokens = MAX_TOKENS };
      MonocleFamilyReply reply = { .n_kept = 0 }, other = { .n_kept = 0 }, forked = { .n_kept = 0 };

      seen[i] = look_at (self, json_object_get_string_member (turn, "image"));
      turns[i] = (MonocleFamilyTurn){ .text = json_object_get_string_member (turn, "text"),
                                      .features = &seen[i],
                                      .n_features = 1 };
      fork = family->fork_talk (self, said, &error);
      g_assert_no_error (error);
      g_assert_true (family->talk (self, said, &asked, &reply, &error));
      g_assert_no_error (error);
      g_assert_true (i == 0 || reply.n_kept > 0);
      check_reply (&reply, turn);
      g_assert_true (family->talk (self, i > 0 ? fresh : said, &asked, &other, &error));
      check_reply (&other, turn);
      g_assert_true (family->talk (self, fork, &asked, &forked, &error));
      check_reply (&forked, turn);
      g_assert_cmpuint (forked.n_kept, ==, reply.n_kept);
      family->close_talk (self, fork);
      turns[i].answer = monocle_result_get_text (reply.result);
      turns[i].ids = (const guint32 *) reply.ids->data;
      turns[i].n_ids = reply.ids->len;
      g_ptr_array_add (answers, reply.ids);
      g_array_unref (other.ids);
      monocle_result_unref (other.result);
      g_array_unref (forked.ids);
      monocle_result_unref (forked.result);
      monocle_result_unref (reply.result);
      turns[i].answer = "";
    }
  for (guint i = 0; i < n; i++)
    monocle_qwen3vl_discard (self, seen[i]);
  family->close_talk (self, said);
  family->close_talk (self, fresh);
  g_atomic_int_set (&talk->done, TRUE);
}

static void
test_talk (void)
{
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  Talk talk = { .model = model, .turns = json_object_get_array_member (golden, "turns") };

  monocle_worker_push (monocle_model_get_worker (model), talk_on_worker, &talk, NULL);
  while (!g_atomic_int_get (&talk.done))
    g_usleep (100);
}

/* --- what is asked wrongly, and bad files --------------------------------------------------- */

static void
check_language (MonocleSession *session, const char *id, const char *language, const char *wanted)
{
  g_autofree char *prompt
      = monocle_qwen3vl_write_prompt_in (test_find_task (session, id), language, NULL, NULL);

  g_assert_cmpstr (prompt, ==, wanted);
}

static void
test_questions (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (MODEL, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "clip/wide-41x9.png");
  g_autofree char *words = g_strnfill (300, '?');
  g_autoptr (MonocleRun) boxes = NULL;
  g_autofree char *prompt = NULL;

  test_check_bad_text (session, "prompt", "  ", "needs a text");
  test_check_bad_text (session, "prompt", "What is <|image_pad|>?", "<|image_pad|>");
  test_check_bad_text (session, "prompt", words, "too long");
  test_check_bad_text (session, "caption", "cat", "takes no text");
  test_check_bad_text (session, "find-words", " , ", "names");
  prompt = monocle_qwen3vl_write_prompt (test_find_task (session, "find-words"), "cat, dog", NULL,
                                         9, 9, NULL);
  g_assert_cmpstr (prompt, ==,
                   "Locate every instance that belongs to the following categories: 'cat, dog'. "
                   "Report bbox coordinates in JSON format.");
  check_language (session, "caption", "en", "Describe this image in one sentence.");
  check_language (session, "caption", "fr",
                  "Describe this image in one sentence. Answer in French.");
  check_language (session, "detailed-caption", "zh", "Describe this image. Answer in Chinese.");
  g_assert_null (test_find_task (session, "prompt")->languages);
  /* What it says is nothing; that is no error. */
  boxes = ask (session, "find-words", "cat", 0);
  g_assert_cmpuint (monocle_result_get_n_objects (boxes->results->pdata[0]), ==, 0);
  g_assert_nonnull (monocle_result_get_text (boxes->results->pdata[0]));
}

static void
test_refused (void)
{
  const char *config = "config.json", *pixels = "preprocessor_config.json";

  test_check_refused (MODEL, config, "\"silu\"", "\"relu\"", "hidden_act");
  test_check_refused (MODEL, config, "\"gelu_pytorch_tanh\"", "\"relu\"", "hidden_act");
  test_check_refused (MODEL, config, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4",
                      "layers.3");
  test_check_refused (MODEL, config, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1",
                      "deepstack_visual_indexes");
  test_check_refused (MODEL, config, "\"num_key_value_heads\": 1", "\"num_key_value_heads\": 2",
                      "shape");
  test_check_refused (MODEL, config, "\"head_dim\": 16", "\"head_dim\": 8", "shape");
  test_check_refused (MODEL, config, "\"mrope_interleaved\": true", "\"mrope_interleaved\": false",
                      "mrope_interleaved");
  test_check_refused (MODEL, config, "\"rope_type\": \"default\"", "\"rope_type\": \"yarn\"",
                      "rope_scaling");
  test_check_refused (MODEL, config, "\"depth\": 3", "\"depth\": 4", "blocks.3");
  test_check_refused (MODEL, config, "\"depth\": 3", "\"depth\": 1", "deepstack_visual_indexes");
  test_check_refused (MODEL, config, "\"num_position_embeddings\": 25",
                      "\"num_position_embeddings\": 24", "square");
  test_check_refused (MODEL, config, "\"num_position_embeddings\": 25",
                      "\"num_position_embeddings\": 36", "pos_embed");
  test_check_refused (MODEL, config, "\"temporal_patch_size\": 2", "\"temporal_patch_size\": 1",
                      "temporal_patch_size");
  test_check_refused (MODEL, config, "\"in_channels\": 3", "\"in_channels\": 4", "in_channels");
  test_check_refused (MODEL, config, "\"num_heads\": 2", "\"num_heads\": 3", "multiples of 4");
  test_check_refused (MODEL, pixels, "\"patch_size\": 4", "\"patch_size\": 8", "patch_size");
  test_check_refused (MODEL, pixels, "\"shortest_edge\": 576", "\"shortest_edge\": 5760", "fewest");
  test_check_refused (MODEL, pixels, "\"longest_edge\": 1280", "\"longest\": 96", "longest_edge");
  test_check_refused (MODEL, "generation_config.json", "\"pad_token_id\": ", "\"pad_token_id\": 9",
                      "pad_token_id");
  test_check_refused (MODEL, "tokenizer.json", "<|vision_end|>", "<|vision|>", "<|vision_end|>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/qwen3vl/sizes", test_sizes);
  g_test_add_func ("/qwen3vl/detail", test_detail);
  golden_add_tests ("/qwen3vl", NULL, check_model, 1e-4, 5e-3);
  g_test_add_func ("/qwen3vl/beginning", test_beginning);
  g_test_add_func ("/qwen3vl/memory", test_memory);
  g_test_add_func ("/qwen3vl/talk", test_talk);
  g_test_add_func ("/qwen3vl/questions", test_questions);
  g_test_add_func ("/qwen3vl/refused", test_refused);

  return test_end (g_test_run ());
}
