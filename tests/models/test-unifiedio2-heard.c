/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2 hears: from samples to what it answers, of a sound alone and of a sound and a
 * picture, against numbers that were computed in double precision
 * (tests/fixtures/unifiedio2/hashed.json, of tests/reference/make_unifiedio2.py); what is refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/unifiedio2/private.h"
#include "device-test.h"
#include "golden.h"
#include "hashed-golden.h"
#include "hashed-ofa.h"
#include "hashed-unifiedio2.h"

/* Of the mean size of an element, or of the sum of all. */
#define BOUND 1e-4

#define SIDE     48
#define N_ANSWER 8

/* Of the sound: silent before. */
#define BEGIN 16000

#define QUESTION "what is it?"

static char *model_folder;
static JsonObject *golden; /* of what is heard */

/* As the script makes it. */
static MonocleSound *
make_sound (void)
{
  float *samples = g_new0 (float, MONOCLE_SOUND_MOST_HEARD);

  for (guint32 i = BEGIN; i < MONOCLE_SOUND_MOST_HEARD; i++)
    samples[i] = (float) (hashed_ofa_number ("samples", i) * sin (i / 9000.0));
  return monocle_sound_new_take (samples, MONOCLE_SOUND_MOST_HEARD);
}

static MonocleImage *
make_image (void)
{
  guint8 *pixels = g_new (guint8, 3 * SIDE * SIDE);

  for (guint32 i = 0; i < 3 * SIDE * SIDE; i++)
    pixels[i] = (guint8) (i * 2654435761u >> 24);
  return monocle_image_new_take_pixels (SIDE, SIDE, pixels, NULL);
}

/* --- numbers ------------------------------------------------------------------------------ */

static void
check_numbers (const char *what, const float *values, gsize rows, gsize columns, JsonObject *wanted)
{
  JsonArray *shape = json_object_get_array_member (wanted, "shape");

  g_assert_cmpuint (rows, ==, json_array_get_int_element (shape, 0));
  g_assert_cmpuint (columns, ==, json_array_get_int_element (shape, 1));
  hashed_golden_check_numbers (what, values, rows, columns, wanted, BOUND, 1);
}

static void
check_rows (const MonocleUnifiedio2Seen *heard)
{
  const guint columns = monocle_tensor_get_columns (&heard->rows);
  g_autofree float *rows = test_get (&heard->rows);

  g_assert_cmpuint (heard->n_heard, ==, heard->n);
  check_numbers ("rows", rows, heard->n, columns, json_object_get_object_member (golden, "rows"));
}

/* What each token of the answer might have been. */
static void
check_logits (MonocleUnifiedio2 *model,
              const MonocleUnifiedio2Seen *seen,
              const char *prompt,
              const char *key)
{
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  const guint n_words = model->config.n_words;
  MonocleUnifiedio2Writing *writing = &model->writings[MONOCLE_UNIFIEDIO2_TEXT];
  JsonObject *wanted = json_object_get_object_member (golden, key);
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  guint n;
  g_autofree guint32 *ids = hashed_golden_read_ids (wanted, "ids", &n);
  g_autofree float *logits = g_new (float, (gsize) n *n_words);
  g_autoptr (GError) error = NULL;

  monocle_unifiedio2_writing_show (writing, seen);
  g_assert_true (
      monocle_cross_asker_read (&writing->asker, &prompt, 1, &prompts, &error)
      && monocle_cross_asker_encode (&writing->asker, &seen->rows, &prompts, &one, NULL, NULL, NULL,
                                     &error)
      && monocle_cross_asker_feed (&writing->asker, ids, n - 1, n_words, NULL, logits, &error));
  g_assert_no_error (error);
  monocle_unifiedio2_writing_show (writing, NULL);
  check_numbers (key, logits, n - 1, n_words, json_object_get_object_member (wanted, "logits"));
}

static void
test_numbers (void)
{
  MonocleVkGpu *gpu = test_open_gpu ();
  const MonocleFamilyLoad load = { .directory = model_folder, .gpu = gpu };
  g_autoptr (MonocleSound) sound = make_sound ();
  g_autoptr (MonocleImage) image = make_image ();
  MonocleFamilyTiming timing;
  g_autoptr (GError) error = NULL;
  MonocleUnifiedio2 *model = monocle_family_unifiedio2.load (&load, &error);
  MonocleUnifiedio2Seen *heard, *seen, *both;

  g_assert_no_error (error);
  heard = monocle_unifiedio2_hear (model, sound, NULL, NULL, &error);
  g_assert_no_error (error);
  seen = monocle_unifiedio2_see (model, image, NULL, NULL, NULL, &timing, NULL, &error);
  g_assert_no_error (error);
  both = monocle_unifiedio2_hear (model, sound, seen, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (both->n, ==, seen->n + heard->n);
  g_assert_cmpuint (heard->n, ==, monocle_unifiedio2_count_heard (&model->config, sound));
  check_rows (heard);
  check_logits (model, heard, "[Text] [S] Give a short description of this audio.", "describe");
  check_logits (model, heard, "[Text] [S] " QUESTION " Short answer:", "ask");
  check_logits (model, both, "[Text] [S] " QUESTION " Short answer:", "ask_both");
  monocle_unifiedio2_discard (model, both);
  monocle_unifiedio2_discard (model, seen);
  monocle_unifiedio2_discard (model, heard);
  monocle_family_unifiedio2.unload (model);
  monocle_vk_gpu_close (gpu);
}

/* --- answers ------------------------------------------------------------------------------ */

static void
check_answer (MonocleSession *session,
              MonocleSound *sound,
              const char *task,
              const char *text,
              const char *key)
{
  JsonObject *wanted = json_object_get_object_member (golden, key);
  const MonocleRequest request = { .task = test_find_task (session, task),
                                   .text = text,
                                   .sound = sound,
                                   .num_beams = 1,
                                   .max_tokens = N_ANSWER };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
  guint n_ids, n;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n_ids);
  g_autofree guint32 *golden_ids = hashed_golden_read_ids (wanted, "ids", &n);

  g_assert_cmpmem (ids, n_ids * sizeof *ids, golden_ids, n * sizeof *golden_ids);
  /* What is about the sound alone is not about the image. */
  if (request.task->ignores_image)
    g_assert_cmpfloat_with_epsilon (run->encode_ms, 0, 1e-9);
}

static void
test_answers (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleImage) image = make_image ();
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  g_autoptr (MonocleSound) sound = make_sound ();

  check_answer (session, sound, "caption-sound", NULL, "describe");
  check_answer (session, sound, "ask-sound-and-image", QUESTION, "ask_both");
  check_answer (session, sound, "ask-sound", QUESTION, "ask");
}

/* --- what is refused ---------------------------------------------------------------------- */

static void
refuse (MonocleSession *session, MonocleSound *sound, const char *task, const char *words)
{
  const MonocleRequest request = { .task = test_find_task (session, task), .sound = sound };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);

  g_assert_null (run);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleImage) image = make_image ();
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  g_autoptr (MonocleSound) sound = make_sound ();
  float *nothing = g_new (float, 2);
  g_autoptr (MonocleSound) silence = NULL;

  nothing[0] = 0;
  nothing[1] = NAN;
  silence = monocle_sound_new_take (nothing, 2);
  refuse (session, NULL, "caption-sound", "needs a sound");
  refuse (session, sound, "caption", "takes no sound");
  refuse (session, silence, "caption-sound", "silence");
}

int
main (int argc, char **argv)
{
  g_autofree char *fixtures = NULL;
  g_autoptr (JsonObject) all = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = test_fixture ("unifiedio2");
  all = test_read_json (fixtures, "hashed.json");
  golden = json_object_get_object_member (all, "heard");
  model_folder = test_folder_new ();
  hashed_unifiedio2_write_model (model_folder);
  g_test_add_func ("/unifiedio2-heard/numbers", test_numbers);
  g_test_add_func ("/unifiedio2-heard/answers", test_answers);
  g_test_add_func ("/unifiedio2-heard/refused", test_refused);
  status = g_test_run ();
  test_folder_free (model_folder);
  return test_end (status);
}
