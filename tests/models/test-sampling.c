/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers that are drawn, through the public calls: the same again, whatever is asked beside them,
 * others for another seed, and what is refused.
 */
#include "config.h"

#include <string.h>

#include "engine/models/florence2/tasks.h"
#include "model-test.h"

static MonocleSession *session;

/* What is drawn about the first @n_regions of many. */
static MonocleRun *
ask (guint n_regions, const MonocleSampling *sampling)
{
  g_autoptr (GError) error = NULL;
  MonocleBox boxes[11];
  const MonocleRequest request = { .task = monocle_florence2_find_task ("<REGION_TO_DESCRIPTION>"),
                                   .regions = boxes,
                                   .n_regions = n_regions,
                                   .max_tokens = 16,
                                   .num_beams = sampling ? 0 : 1,
                                   .sampling = sampling };
  MonocleRun *run;

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    boxes[i] = (MonocleBox){ i, 2 * i, i + 20, 2 * i + 30 };
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->results->len, ==, n_regions);
  return run;
}

/* How many of the first answers are the same. */
static guint
count_same (const MonocleRun *a, const MonocleRun *b)
{
  guint n = MIN (a->results->len, b->results->len), n_same = 0;

  for (guint i = 0; i < n; i++)
    n_same += g_str_equal (monocle_result_get_generated_text (a->results->pdata[i]),
                           monocle_result_get_generated_text (b->results->pdata[i]));
  return n_same;
}

static void
test_seeds (void)
{
  const MonocleSampling hot = { .temperature = 3, .top_p = 1, .seed = 5 };
  const MonocleSampling other = { .temperature = 3, .top_p = 1, .seed = 6 };
  g_autoptr (MonocleRun) few = ask (3, &hot), many = ask (11, &hot), again = ask (11, &hot);
  g_autoptr (MonocleRun) others = ask (11, &other), searched = ask (11, NULL);

  g_assert_cmpuint (count_same (many, again), ==, 11);
  g_assert_cmpuint (count_same (few, many), ==, 3);
  g_assert_cmpuint (count_same (many, others), <, 6);
  g_assert_cmpuint (count_same (many, searched), <, 6);
}

/* The likeliest of one is what greedy search takes. */
static void
test_likeliest (void)
{
  const MonocleSampling one = { .temperature = 3, .top_k = 1, .top_p = 1, .seed = 5 };
  const MonocleSampling cold = { .temperature = 1e-5, .top_p = 1, .seed = 5 };
  g_autoptr (MonocleRun) a = ask (11, &one), b = ask (11, &cold), searched = ask (11, NULL);

  g_assert_cmpuint (count_same (a, searched), ==, 11);
  g_assert_cmpuint (count_same (b, searched), ==, 11);
}

static void
expect_refused (guint n_beams, MonocleSampling sampling, const char *what)
{
  const MonocleRequest request = { .task = monocle_florence2_find_task ("<OD>"),
                                   .num_beams = n_beams,
                                   .sampling = &sampling };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);

  g_assert_null (run);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, what));
}

static void
test_refused (void)
{
  expect_refused (2, MONOCLE_SAMPLING_PLAIN, "one beam, not for 2");
  expect_refused (1, (MonocleSampling){ .temperature = 0, .top_p = 1 }, "temperature");
  expect_refused (0, (MonocleSampling){ .temperature = 1, .top_p = 0 }, "Top-p");
}

int
main (int argc, char **argv)
{
  g_autofree char *directory = NULL, *image = NULL;
  g_autoptr (MonocleModel) model = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = test_fixture ("models/original-64");
  image = test_fixture ("images/a.png");
  model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  session = test_open_image (model, image);
  g_test_add_func ("/engine/sampling/seeds", test_seeds);
  g_test_add_func ("/engine/sampling/likeliest", test_likeliest);
  g_test_add_func ("/engine/sampling/refused", test_refused);
  status = g_test_run ();
  g_clear_object (&session);
  g_clear_object (&model);
  return test_end (status);
}
