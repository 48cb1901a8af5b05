/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers written by hand against a set written by hand: every figure that is no average precision.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/eval/score.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/florence2/parse.h"
#include "tasks-fixture.h"

/* A picture of 1000 x 1000 pixels: a bin is a pixel, and stands for its middle. */
#define SIDE 1000

static const char rows[]
    = "{\"image\": \"a.png\", \"task\": \"open-vocabulary-detection\", \"text\": \"car\","
      " \"boxes\": [[100, 100, 200, 200], [500, 500, 600, 600]]}\n"
      "{\"image\": \"a.png\", \"task\": \"open-vocabulary-detection\", \"text\": \"dog\", "
      "\"boxes\": []}\n"
      "{\"image\": \"a.png\", \"task\": \"phrase-grounding\", \"text\": \"a car and a dog\","
      " \"phrases\": [{\"text\": \"a car\", \"boxes\": [[100, 100, 200, 200]]}, {\"text\": \"a "
      "dog\", \"boxes\": []}]}\n"
      "{\"image\": \"a.png\", \"task\": \"referring-segmentation\", \"text\": \"the car\","
      " \"boxes\": [[100, 100, 200, 200]], \"segmentation\": {\"size\": [1000, 1000],"
      " \"counts\": [0, 500000, 500000]}}\n"
      "{\"image\": \"a.png\", \"question\": \"How many?\", \"answer\": [\"two\", \"2\"], \"kind\": "
      "\"count\"}\n"
      "{\"image\": \"a.png\", \"task\": \"region-to-ocr\", \"region\": [1, 1, 9, 9], \"answer\": "
      "\"STOP\"}\n"
      "{\"image\": \"b.png\", \"text\": \"STOP\", \"quad\": [100, 100, 200, 100, 200, 140, 100, "
      "140]}\n"
      "{\"image\": \"b.png\", \"text\": \"here\", \"quad\": [100, 200, 200, 200, 200, 220, 100, "
      "220]}\n";

static MonocleTokenizer *tokenizer;

typedef struct
{
  MonocleEvalSet *set;
  MonocleEvalScore *score;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("monocle-eval-XXXXXX.jsonl", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, rows, -1, &error);
  g_assert_no_error (error);
  fixture->set
      = monocle_eval_set_load (all_tasks (), (const char *const[]){ path, NULL }, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  fixture->score = monocle_eval_score_new (all_tasks ());
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  monocle_eval_set_free (fixture->set);
  monocle_eval_score_free (fixture->score);
}

static MonocleResult *
parse (const MonocleTask *task, const char *text)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);

  return monocle_parse (&(MonocleParseRequest){
      .tokenizer = tokenizer,
      .answer = monocle_florence2_task_get_grammar (task),
      .ids = (const guint32 *) (gpointer) ids->data,
      .n_ids = ids->len,
      .width = SIDE,
      .height = SIDE,
      .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  });
}

/* Answers question @index of @task about image @image. */
static void
answer (const Fixture *fixture, guint image, const char *task, guint index, const char *text)
{
  const MonocleEvalImage *about = fixture->set->images->pdata[image];

  for (guint i = 0; i < about->questions->len; i++)
    {
      const MonocleEvalQuestion *question = about->questions->pdata[i];
      g_autoptr (MonocleResult) result = NULL;

      if (strcmp (question->task->id, task) != 0 || index-- > 0)
        continue;
      result = parse (question->task, text);
      monocle_eval_score_add_answer (fixture->score, about, question, result, SIDE, SIDE);
      return;
    }
  g_assert_not_reached ();
}

static void
check (const Fixture *fixture, const char *task, const char *key, double sum, double of)
{
  const GPtrArray *tallies = monocle_eval_score_finish (fixture->score);

  for (guint i = 0; i < tallies->len; i++)
    {
      const MonocleEvalTally *tally = tallies->pdata[i];

      for (guint k = 0; k < tally->figures->len && strcmp (tally->task->id, task) == 0; k++)
        {
          const MonocleEvalFigure *figure = &g_array_index (tally->figures, MonocleEvalFigure, k);

          if (strcmp (figure->key, key) != 0)
            continue;
          g_assert_cmpfloat (fabs (figure->sum - sum), <, 1e-9);
          g_assert_cmpfloat (figure->of, ==, of);
          return;
        }
    }
  g_test_message ("no %s of %s", key, task);
  g_assert_not_reached ();
}

#define CAR  "<loc_100><loc_100><loc_199><loc_199>"
#define AWAY "<loc_800><loc_800><loc_900><loc_900>"

static void
test_places (Fixture *fixture, gconstpointer data)
{
  const char *task = "open-vocabulary-detection";

  /* The first box decides; any of the true ones will do. */
  answer (fixture, 0, task, 0, "car<loc_500><loc_500><loc_599><loc_599>" AWAY);
  answer (fixture, 0, task, 0, "car" AWAY CAR);
  answer (fixture, 0, task, 0, "");
  answer (fixture, 0, task, 1, "");
  answer (fixture, 0, task, 1, "dog" CAR);
  check (fixture, task, "accuracy_50", 1, 3);
  check (fixture, task, "absent", 1, 2);

  /* Each phrase by itself. */
  answer (fixture, 0, "phrase-grounding", 0, "a dog" CAR "a car" CAR);
  answer (fixture, 0, "phrase-grounding", 0, "a car" CAR);
  check (fixture, "phrase-grounding", "accuracy_50", 2, 2);
  check (fixture, "phrase-grounding", "absent", 1, 2);
}

static void
test_outlines (Fixture *fixture, gconstpointer data)
{
  const char *task = "referring-segmentation";

  /* 250 columns of 999 pixels, of a true 500 of 1000; then nothing. */
  answer (fixture, 0, task, 0, "<loc_0><loc_0><loc_250><loc_0><loc_250><loc_999><loc_0><loc_999>");
  answer (fixture, 0, task, 0, "");
  check (fixture, task, "mask_iou", 250.0 * 999 / 500000, 2);
  check (fixture, task, "accuracy_50", 0, 2);
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  answer (fixture, 0, "prompt", 0, "</s><s>Two.</s>");
  answer (fixture, 0, "prompt", 0, "three");
  check (fixture, "prompt", "accuracy", 1, 2);

  answer (fixture, 0, "region-to-ocr", 0, "SToP it");
  check (fixture, "region-to-ocr", "cer", 4, 4);
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  answer (fixture, 1, "ocr", 0, "STOP\nhear");
  check (fixture, "ocr", "cer", 2, 9);

  answer (fixture, 1, "region-to-ocr", 0, "STOP");
  answer (fixture, 1, "region-to-ocr", 1, "he");
  check (fixture, "region-to-ocr", "cer", 2, 8);
  check (fixture, "region-to-ocr", "cer_tall", 0, 4);

  /* One found and misread, one missed, one where nothing is. */
  answer (fixture, 1, "ocr-with-region", 0,
          "STOF<loc_100><loc_100><loc_199><loc_100><loc_199><loc_139><loc_100><loc_139>"
          "xyz<loc_500><loc_500><loc_600><loc_500><loc_600><loc_520><loc_500><loc_520>");
  check (fixture, "ocr-with-region", "found", 1, 2);
  check (fixture, "ocr-with-region", "cer", 1 + 4 + 3, 8);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/app/eval-score/places", test_places },
    { "/app/eval-score/outlines", test_outlines },
    { "/app/eval-score/words", test_words },
    { "/app/eval-score/texts", test_texts },
  };
  g_autofree char *directory = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = g_test_build_filename (G_TEST_BUILT, "fixtures", "florence-2", NULL);
  tokenizer = monocle_tokenizer_load (directory, &error);
  g_assert_no_error (error);
  monocle_florence2_add_tokens (tokenizer);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  status = g_test_run ();
  monocle_tokenizer_free (tokenizer);
  return status;
}
