/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was asked for by name, and what a model found instead.
 */
#include "config.h"

#include "app/document/asked.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

static void
test_words (void)
{
  static const struct
  {
    const char *words, *label;
    gboolean covered;
  } cases[] = {
    { "unicorn", "trousers", FALSE },
    { "dogs", "dog", TRUE },
    { "dog", "dogs", TRUE },
    { "balloon", "red balloon", TRUE },
    { "red balloon", "Balloon", TRUE },
    { "red balloon", "red house", FALSE },
    { "A horse on the roof", "a horse", TRUE },
    { "A horse on the roof", "cow", FALSE },
    { "cat, dog", "dog", TRUE },
    { "cafe", "Café", TRUE },
    { "ÜBERGANG", "übergang", TRUE },
    { "红色的狗", "狗", TRUE },
    { "红色的狗", "猫", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s: %s", cases[i].words, cases[i].label);
      g_assert_true (monocle_asked_covers (cases[i].words, cases[i].label) == cases[i].covered);
    }
}

/* What comes of finding @words where the model answers with @labels. */
static char *
suggest (const char *task, const char *words, const char *const *labels)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task (task), words, NULL, 0, NULL);
  MonocleResult *result = monocle_result_new ();

  for (guint i = 0; labels[i]; i++)
    {
      MonocleObject object = box_object (labels[i], 10.0f * (float) i, 0, 10.0f * (float) i + 8, 8);

      object.label = g_strdup (labels[i]);
      monocle_result_take_object (result, &object);
    }
  monocle_query_start (query, NULL, 0);
  stream_answer (query, result);
  return monocle_query_dup_suggestions (query, monocle_query_get_annotations (query));
}

static void
assert_suggests (const char *task,
                 const char *words,
                 const char *const *labels,
                 const char *expected)
{
  g_autofree char *text = suggest (task, words, labels);

  g_assert_cmpstr (text, ==, expected);
}

#define LABELS(...)                                                                                \
  (const char *const[])                                                                            \
  {                                                                                                \
    __VA_ARGS__, NULL                                                                              \
  }

static void
test_suggestions (void)
{
  assert_suggests ("open-vocabulary-detection", "unicorn", LABELS ("trousers"),
                   "No “unicorn” found. The model suggests: trousers");
  assert_suggests ("open-vocabulary-detection", "unicorn", LABELS ("hat", "hat", "bag"),
                   "No “unicorn” found. The model suggests: hat, bag");
  assert_suggests ("open-vocabulary-detection", "unicorn",
                   LABELS ("hat", "bag", "cup", "pen", "key"),
                   "No “unicorn” found. The model suggests: hat, bag, cup, …");
  assert_suggests ("open-vocabulary-detection", "dog", LABELS ("dog", "cat"),
                   "The model also suggests: cat");
  assert_suggests ("open-vocabulary-detection", "dog", LABELS ("dog", ""), NULL);
  /* Nothing was named. */
  assert_suggests ("detect", NULL, LABELS ("dog", "cat"), NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/asked/words", test_words);
  g_test_add_func ("/asked/suggestions", test_suggestions);
  return g_test_run ();
}
