/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of tasks, looking things up in it, and prompts made from it.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/models/florence2/tasks.h"

static const MonocleBox region = { 34.24f, 160.08f, 597.44f, 371.76f };

#define REGION_TOKENS "<loc_53><loc_333><loc_933><loc_774>"

static void
test_table (void)
{
  static const char *const ids[] = {
    "caption",
    "detailed-caption",
    "more-detailed-caption",
    "detect",
    "open-vocabulary-detection",
    "referring-segmentation",
    "dense-region-caption",
    "ocr",
    "ocr-with-region",
    "phrase-grounding",
    "region-proposal",
    "region-to-category",
    "region-to-description",
    "region-to-segmentation",
    "region-to-ocr",
    "prompt",
  };
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  monocle_florence2_list_tasks (tasks);
  g_assert_cmpuint (tasks->len, ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];
      const char *prompt = ((const MonocleFlorence2Task *) task)->prompt;

      g_assert_cmpstr (task->id, ==, ids[i]);
      g_assert_true (monocle_tasks_find (tasks, task->id) == task);
      g_assert_true (task->tag[0] == '\0' || monocle_tasks_find (tasks, task->tag) == task);
      g_assert_cmpuint (strlen (task->title), >, 0);
      g_assert_cmpuint (strlen (task->description), >, 0);
      g_assert_cmpint (!prompt || strstr (prompt, "{input}") != NULL, ==,
                       task->takes != MONOCLE_TAKES_NOTHING);
      g_assert_cmpuint (task->max_tokens, >=, 100);
    }
  g_assert_null (monocle_tasks_find (tasks, ""));
  g_assert_null (monocle_tasks_find (tasks, "<od>"));
  g_assert_null (monocle_tasks_find (tasks, "Detect"));

  /* A kind: by what is given, and if nothing of it takes that, the first. */
  g_assert_cmpstr (monocle_tasks_find_named (tasks, "find", MONOCLE_TAKES_NOTHING)->id, ==,
                   "detect");
  g_assert_cmpstr (monocle_tasks_find_named (tasks, "find", MONOCLE_TAKES_TEXT)->id, ==,
                   "open-vocabulary-detection");
  g_assert_cmpstr (monocle_tasks_find_named (tasks, "read", MONOCLE_TAKES_TEXT)->id, ==, "ocr");
  g_assert_cmpstr (monocle_tasks_find_named (tasks, "ocr", MONOCLE_TAKES_TEXT)->id, ==, "ocr");
  g_assert_null (monocle_tasks_find_named (tasks, "", MONOCLE_TAKES_NOTHING));
}

/* What menus and measuring ask for. */
static void
test_kinds (void)
{
  static const struct
  {
    MonocleTaskKind kind;
    MonocleTaskTakes takes;
    guint gives;
    const char *id;
  } wanted[] = {
    { MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_ANYTHING, "caption" },
    { MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES, "dense-region-caption" },
    { MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING,
      "region-to-description" },
    { MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_ANYTHING, "detect" },
    { MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_PLACES, "region-proposal" },
    { MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_ANYTHING, "open-vocabulary-detection" },
    { MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING,
      "region-to-segmentation" },
    { MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXTS, "ocr-with-region" },
    { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_ANYTHING, "prompt" },
    { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, "region-to-category" },
    { MONOCLE_TASK_RANK, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_ANYTHING, NULL },
    { MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT_AND_REGION, MONOCLE_GIVES_ANYTHING, NULL },
  };
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  monocle_florence2_list_tasks (tasks);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      const MonocleTask *task
          = monocle_tasks_find_kind (tasks, wanted[i].kind, wanted[i].takes, wanted[i].gives);

      g_assert_cmpstr (task ? task->id : NULL, ==, wanted[i].id);
    }
}

static char *
build_prompt (const char *name, const char *text, const MonocleBox *box, GError **error)
{
  const MonocleTask *task = monocle_florence2_find_task (name);

  return monocle_task_check (task, text, box, 640, 480, error)
             ? monocle_florence2_write_prompt (task, text, box, 640, 480, error)
             : NULL;
}

static void
check_prompt (const char *name, const char *text, const MonocleBox *box, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = build_prompt (name, text, box, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (prompt, ==, expected);
}

static void
test_prompts (void)
{
  check_prompt ("<OD>", NULL, NULL, "Locate the objects with category name in the image.");
  check_prompt ("detect", "  ", NULL, "Locate the objects with category name in the image.");
  check_prompt ("phrase-grounding", " a {input} car\n", NULL,
                "Locate the phrases in the caption: a {input} car");
  check_prompt ("referring-segmentation", "a car", NULL, "Locate a car in the image with mask");
  check_prompt ("region-to-category", NULL, &region, "What is the region " REGION_TOKENS "?");
  check_prompt ("region-to-category", REGION_TOKENS, NULL, "What is the region " REGION_TOKENS "?");
  check_prompt ("region-to-segmentation", NULL, &region,
                "What is the polygon mask of region " REGION_TOKENS);
  check_prompt ("prompt", " What colour? ", NULL, " What colour? ");
  check_prompt ("prompt", "<OD>", NULL, "Locate the objects with category name in the image.");
}

static void
check_refused (const char *name, const char *text, const MonocleBox *box, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = build_prompt (name, text, box, &error);

  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_null (prompt);
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_refused (void)
{
  check_refused ("detect", "cars", NULL, "detect takes no text");
  check_refused ("detect", NULL, &region, "detect takes no region");
  check_refused ("phrase-grounding", NULL, NULL, "phrase-grounding needs a text");
  check_refused ("phrase-grounding", " \n", NULL, "needs a text");
  check_refused ("phrase-grounding", "a car", &region, "takes no region");
  check_refused ("prompt", "", NULL, "needs a text");
  check_refused ("prompt", "\xff", NULL, "not UTF-8");
  check_refused ("prompt", "look: <OD>", NULL, "<OD> must be the whole prompt");
  check_refused ("region-to-ocr", NULL, NULL, "needs a region");
  check_refused ("region-to-ocr", REGION_TOKENS, &region, "not both");
}

static void
test_region_outside (void)
{
  static const MonocleBox outside[] = {
    { -1, 0, 10, 10 }, { 0, -0.5f, 10, 10 },   { 0, 0, 640.5f, 10 }, { 0, 0, 10, 481 },
    { 10, 0, 10, 10 }, { 20, 0, 10, 10 },      { 0, 9, 10, 9 },      { NAN, 0, 10, 10 },
    { 0, 0, 10, NAN }, { 0, 0, INFINITY, 10 }, { 700, 0, 800, 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    check_refused ("region-to-ocr", NULL, &outside[i], "640×480");
  check_prompt ("region-to-ocr", NULL, &(MonocleBox){ 0, 0, 640, 480 },
                "What text is in the region <loc_0><loc_0><loc_999><loc_999>?");
}

static void
check_expanded (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = monocle_florence2_expand_prompt (text, &error);

  g_assert_cmpstr (prompt, ==, expected);
  g_assert_true ((error == NULL) == (expected != NULL));
}

static void
test_expand (void)
{
  check_expanded ("", "");
  check_expanded ("<OCR>", "What is the text in the image?");
  check_expanded ("<OCR> ", NULL);
  check_expanded ("<OPEN_VOCABULARY_DETECTION>wheels", "Locate wheels in the image.");
  check_expanded (" a <OPEN_VOCABULARY_DETECTION> b <OPEN_VOCABULARY_DETECTION>\t",
                  "Locate a  b in the image.");
  check_expanded ("<REGION_TO_OCR>", "What text is in the region ?");
  check_expanded ("<NO_TASK> x", "<NO_TASK> x");
}

/* The ids of prompts as the published processor makes them. */
static void
test_prompt_ids (void)
{
  static const struct
  {
    const char *prompt;
    guint32 ids[20];
    guint n_ids;
  } cases[] = {
    { "<CAPTION>", { 0, 2264, 473, 5, 2274, 6190, 116, 2 }, 8 },
    { "<MORE_DETAILED_CAPTION>",
      { 0, 47066, 21700, 19, 10, 17818, 99, 16, 2343, 11, 5, 2274, 4, 2 },
      14 },
    { "<OCR_WITH_REGION>", { 0, 2264, 16, 5, 2788, 11, 5, 2274, 6, 19, 3806, 116, 2 }, 13 },
    { "<REGION_PROPOSAL>", { 0, 574, 22486, 5, 976, 5327, 11, 5, 2274, 4, 2 }, 11 },
    { "<REFERRING_EXPRESSION_SEGMENTATION>a car",
      { 0, 574, 22486, 10, 512, 11, 5, 2274, 19, 11445, 2 },
      11 },
    { "<REGION_TO_CATEGORY><loc_52><loc_332><loc_932><loc_774>",
      { 0, 2264, 16, 5, 976, 1437, 50321, 50601, 51201, 51043, 116, 2 },
      12 },
  };
  g_autofree char *directory = g_test_build_filename (G_TEST_BUILT, "fixtures", "florence-2", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory, &error);

  g_assert_no_error (error);
  monocle_florence2_add_tokens (tokenizer);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *prompt = monocle_florence2_expand_prompt (cases[i].prompt, &error);
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, prompt, MONOCLE_SPECIALS_WRAP);

      g_assert_no_error (error);
      g_assert_cmpmem (ids->data, ids->len * sizeof (guint32), cases[i].ids,
                       cases[i].n_ids * sizeof (guint32));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/task/table", test_table);
  g_test_add_func ("/engine/task/kinds", test_kinds);
  g_test_add_func ("/engine/task/prompts", test_prompts);
  g_test_add_func ("/engine/task/refused", test_refused);
  g_test_add_func ("/engine/task/region-outside", test_region_outside);
  g_test_add_func ("/engine/task/expand", test_expand);
  g_test_add_func ("/engine/task/prompt-ids", test_prompt_ids);
  return g_test_run ();
}
