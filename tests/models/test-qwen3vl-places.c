/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How places are read out of what Qwen3-VL writes, which is JSON more or less, and what becomes of
 * an answer.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/qwen3vl/parse.h"
#include "engine/models/qwen3vl/private.h"
#include "model-test.h"

#define MODEL "qwen3vl"

/* Of a picture of 200 x 100. */
static const struct
{
  const char *text;
  guint n;
  gboolean has_places, is_cut;
  const char *label; /* of the last */
  double box[4];
} written[] = {
  { "```json\n[\n\t{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"cat\"}\n]\n```",
    1,
    TRUE,
    FALSE,
    "cat",
    { 20, 20, 60, 40 } },
  { "[{\"bbox_2d\": [0, 0, 500, 500], \"label\": \"a\"}, {\"label\": \"b\", \"bbox_2d\": [0, 0, "
    "1000, 2000]}]",
    2,
    TRUE,
    FALSE,
    "b",
    { 0, 0, 200, 100 } },
  { "There: {'bbox_2d': [1, 2.5, 10, 20.5], 'label': \"the dog's\"} and more",
    1,
    TRUE,
    FALSE,
    "the dog's",
    { 0.2, 0.25, 2, 2.05 } },
  { "{\"point_2d\": [500, 500], \"label\": \"d\\u00e9\"}",
    1,
    TRUE,
    FALSE,
    "d\xc3\xa9",
    { 100, 50, 100, 50 } },
  { "[{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"one\"}, {\"bbox_2d\": [5, 5, 9, 9], \"lab",
    1,
    TRUE,
    TRUE,
    "one",
    { 20, 20, 60, 40 } },
  { "{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"open\"",
    1,
    TRUE,
    TRUE,
    "open",
    { 20, 20, 60, 40 } },
  { "{\"found\": [{\"bbox_2d\": [[100, 200], [300, 400]]}], \"n\": 1}",
    1,
    TRUE,
    FALSE,
    "",
    { 20, 20, 60, 40 } },
  { "[{\"bbox_2d\": [300, 200, 100, 400], \"label\": \"back\"}]", 0, TRUE, FALSE, NULL, { 0 } },
  { "[{\"bbox_2d\": [1, 2, 3], \"label\": \"few\"}]", 0, TRUE, FALSE, NULL, { 0 } },
  { "[{\"bbox_2d\": [1, 2, x, 4]}, {\"bbox_2d\": []}, {\"bbox_2d\": 7}]",
    0,
    TRUE,
    FALSE,
    NULL,
    { 0 } },
  { "A cat that isn't there, it's {said}.", 0, FALSE, FALSE, NULL, { 0 } },
  { "[]", 0, FALSE, FALSE, NULL, { 0 } },
  { "", 0, FALSE, FALSE, NULL, { 0 } },
};

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      const MonocleQwen3vlAnswer answer = { .bytes = (const guint8 *) written[i].text,
                                            .n_bytes = strlen (written[i].text),
                                            .whole = TRUE,
                                            .width = 200,
                                            .height = 100,
                                            .across = MONOCLE_QWEN3VL_PARTS,
                                            .down = MONOCLE_QWEN3VL_PARTS };
      g_autoptr (MonocleResult) result = monocle_result_new ();
      gboolean is_cut;

      g_test_message ("%s", written[i].text);
      g_assert_true (monocle_qwen3vl_parse (&answer, result, &is_cut) == written[i].has_places);
      g_assert_true (is_cut == written[i].is_cut);
      g_assert_cmpuint (monocle_result_get_n_objects (result), ==, written[i].n);
      if (written[i].n > 0)
        {
          const MonocleObject *object = monocle_result_get_object (result, written[i].n - 1);
          const MonocleBox box = monocle_shape_get_box (object->shape);
          const float edges[] = { box.x1, box.y1, box.x2, box.y2 };

          g_assert_cmpstr (object->label, ==, written[i].label);
          g_assert_true (isnan (object->score));
          for (guint k = 0; k < G_N_ELEMENTS (edges); k++)
            g_assert_cmpfloat_with_epsilon (edges[k], written[i].box[k], 1e-4);
        }
    }
}

/* Each object is as likely as the tokens that it is written in. */
static void
test_scores (void)
{
  static const char text[] = "[{\"bbox_2d\": [1, 2, 3, 4]}, {\"bbox_2d\": [1, 2, 3, 4]}]";
  gsize ends[sizeof text];
  float log_probs[sizeof text];
  const MonocleQwen3vlAnswer answer = { .bytes = (const guint8 *) text,
                                        .n_bytes = strlen (text),
                                        .ends = ends,
                                        .log_probs = log_probs,
                                        .n_ids = (guint) strlen (text),
                                        .whole = TRUE,
                                        .width = 10,
                                        .height = 10,
                                        .across = MONOCLE_QWEN3VL_PARTS,
                                        .down = MONOCLE_QWEN3VL_PARTS };
  g_autoptr (MonocleResult) result = monocle_result_new ();
  const char *middle = strstr (text, ", {");
  gboolean is_cut;

  for (guint i = 0; i < answer.n_ids; i++)
    {
      ends[i] = i + 1;
      log_probs[i] = text + i < middle ? -1 : -2;
    }
  monocle_qwen3vl_parse (&answer, result, &is_cut);
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, 2);
  g_assert_cmpfloat_with_epsilon (monocle_result_get_object (result, 0)->score, exp (-1), 1e-6);
  g_assert_cmpfloat_with_epsilon (monocle_result_get_object (result, 1)->score, exp (-2), 1e-6);
}

/* What was written, as an answer to a question about a picture of 200 x 100, or in a conversation
 * that showed one. */
static MonocleResult *
read_text (MonocleQwen3vl *self, const MonocleTask *task, const char *text, gboolean whole)
{
  MonocleQwen3vlSeen seen = { .width = 200, .height = 100 };
  gpointer features = &seen;
  const MonocleFamilyTurn turns[] = { { .features = &features, .n_features = 1 }, { .text = "" } };
  const MonocleFamilyTalk talk = { .turns = turns, .n_turns = G_N_ELEMENTS (turns) };
  const MonocleFamilyQuestion question = { .task = task, .width = 200, .height = 100 };
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (self, "\n");
  g_autoptr (GArray) words = monocle_qwen3vl_write_words (self, text);
  g_autofree float *log_probs = NULL;

  g_array_set_size (ids, 1);
  g_array_append_vals (ids, words->data, words->len);
  log_probs = g_new (float, ids->len);
  for (guint i = 0; i < ids->len; i++)
    log_probs[i] = -0.5f;
  return monocle_qwen3vl_asking.read (self, task ? &question : NULL, task ? NULL : &talk, whole,
                                      (const guint32 *) ids->data, log_probs, ids->len);
}

static void
check_read (MonocleQwen3vl *self,
            const MonocleTask *task,
            const char *text,
            gboolean whole,
            guint n_objects,
            gboolean has_text,
            gboolean is_well_formed)
{
  g_autoptr (MonocleResult) result = read_text (self, task, text, whole);

  g_test_message ("%s: %s", task ? task->id : "talk", text);
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, n_objects);
  g_assert_cmpstr (monocle_result_get_text (result), ==, has_text ? text : NULL);
  g_assert_true (monocle_result_is_well_formed (result) == is_well_formed);
  if (n_objects > 0)
    {
      const MonocleObject *object = monocle_result_get_object (result, 0);
      const MonocleBox box = monocle_shape_get_box (object->shape);

      g_assert_cmpfloat_with_epsilon (box.x2, 60, 1e-4);
      g_assert_cmpfloat_with_epsilon (object->score, exp (-0.5), 1e-6);
    }
}

/* Boxes of any answer are objects; who asked for them does not see how they were written. */
static void
test_objects (void)
{
  static const char one[] = "[{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"cat\"}]";
  static const char cut[] = "[{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"cat\"}, {\"bbox";
  g_autofree char *directory = test_fixture (MODEL);
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory, NULL);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  MonocleQwen3vl self = { .tokenizer = tokenizer };
  const MonocleTask *find, *question;

  monocle_qwen3vl_list_tasks (tasks);
  find = monocle_tasks_find (tasks, "find-words");
  question = monocle_tasks_find (tasks, "prompt");
  check_read (&self, find, one, TRUE, 1, FALSE, TRUE);
  check_read (&self, find, cut, TRUE, 1, FALSE, FALSE);
  check_read (&self, find, cut, FALSE, 1, FALSE, TRUE);
  check_read (&self, find, "There is none.", TRUE, 0, TRUE, TRUE);
  check_read (&self, question, one, TRUE, 1, TRUE, TRUE);
  check_read (&self, NULL, one, TRUE, 1, TRUE, TRUE);
  check_read (&self, NULL, "Hello", TRUE, 0, TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/qwen3vl-places/places", test_places);
  g_test_add_func ("/qwen3vl-places/scores", test_scores);
  g_test_add_func ("/qwen3vl-places/objects", test_objects);

  return g_test_run ();
}
