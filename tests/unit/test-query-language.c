/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The language that an answer was asked for in: with the query, in what is kept, in words, and in a
 * question about many pictures.
 */
#include "config.h"

#include <string.h>

#include "app/base/languages.h"
#include "app/batch/ask-plan.h"
#include "app/document/compare.h"
#include "app/json/run.h"
#include "app/document/query-stored.h"
#include "tests/unit/answer-fixture.h"

static const MonocleTask *
find_task (const char *id)
{
  g_autoptr (GPtrArray) tasks = monocle_model_list_family_tasks ("paligemma");

  return monocle_tasks_find (tasks, id);
}

static MonocleQuery *
ask (const char *id, const char *language)
{
  MonocleQuery *query = monocle_query_new (find_task (id), NULL, NULL, 0, NULL);

  monocle_query_set_language (query, language);
  return query;
}

static MonocleQuery *
answer (MonocleQuery *query)
{
  MonocleRun *run = g_new0 (MonocleRun, 1);

  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  g_ptr_array_add (run->results, monocle_result_new ());
  monocle_query_start (query, NULL, 0);
  monocle_query_finish (query, run);
  return query;
}

static void
test_asked (void)
{
  g_autoptr (MonocleQuery) french = ask ("caption", "fr-CH"), read = ask ("ocr", "fr"),
                           plain = ask ("caption", NULL);
  g_autoptr (MonocleQuery) again = monocle_query_new_again (french, NULL),
                           other = monocle_query_new_again (french, find_task ("ocr"));

  g_assert_cmpstr (monocle_query_get_language (french), ==, "fr");
  g_assert_null (monocle_query_get_language (read));
  g_assert_null (monocle_query_get_language (plain));
  g_assert_cmpstr (monocle_query_make_request (french, NULL, 1).language, ==, "fr");
  g_assert_cmpstr (monocle_query_make_request (again, NULL, 1).language, ==, "fr");
  g_assert_null (monocle_query_make_request (other, NULL, 1).language);
  g_assert_null (monocle_query_make_request (plain, NULL, 1).language);
}

/* (transfer full) (nullable): what is read of a query that was kept with that code */
static MonocleQuery *
restore_with (const char *code)
{
  g_autoptr (MonocleQuery) query = answer (ask ("caption", "fr"));
  g_autoptr (GVariant) stored = g_variant_ref_sink (monocle_query_store (query));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (stored);
  g_autoptr (GVariant) changed = NULL;

  if (code)
    g_variant_dict_insert (&dict, MONOCLE_KEY_LANGUAGE, "s", code);
  changed = g_variant_ref_sink (g_variant_dict_end (&dict));
  return monocle_query_new_stored (7, changed);
}

static void
test_kept (void)
{
  static const char *const wrong[] = { "", "FR", "fr\n", "abcdefghijklmnop", "../fr" };
  g_autoptr (MonocleQuery) kept = restore_with (NULL);
  g_autoptr (MonocleQuery) query = answer (ask ("caption", "fil"));
  g_autoptr (JsonNode) node = monocle_run_json_build (query);
  JsonObject *object = json_node_get_object (node);
  g_autoptr (MonocleQuery) read = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (monocle_query_get_language (kept), ==, "fr");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (MonocleQuery) without = restore_with (wrong[i]);

      g_assert_nonnull (without);
      g_assert_null (monocle_query_get_language (without));
    }

  g_assert_cmpstr (json_object_get_string_member (object, "language"), ==, "fil");
  read = monocle_run_json_read (object, "a file", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (monocle_query_get_language (read), ==, "fil");
}

/* The system speaks German. */
static void
test_words (void)
{
  g_autoptr (MonocleQuery) german = ask ("caption", "de"), french = ask ("caption", "fr"),
                           none = ask ("caption", NULL);
  g_autofree char *usual = monocle_query_dup_title (german);
  g_autofree char *other = monocle_query_dup_title (french);
  g_autofree char *plain = monocle_query_dup_title (none);
  g_auto (GStrv) facts = monocle_compare_circumstances (french, german);
  g_auto (GStrv) same = monocle_compare_circumstances (none, german);
  g_autofree char *unknown = monocle_language_dup_name ("qqx");
  g_autofree char *title = monocle_language_dup_title ("fr");

  g_assert_cmpstr (usual, ==, "Caption");
  g_assert_cmpstr (plain, ==, "Caption");
  g_assert_cmpstr (other, ==, "Caption (Französisch)");
  g_assert_cmpuint (g_strv_length (facts), ==, 1);
  g_assert_cmpstr (facts[0], ==, "Another language: Deutsch, before Französisch");
  g_assert_cmpuint (g_strv_length (same), ==, 0);
  g_assert_cmpstr (unknown, ==, "qqx");
  g_assert_cmpstr (title, ==, "Französisch");
  g_assert_cmpstr (monocle_language_choose (find_task ("caption")->languages), ==, "de");
  g_assert_null (monocle_language_choose (find_task ("ocr")->languages));
}

static void
test_plan (void)
{
  static const char *const languages[] = { "fr", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autoptr (MonocleAskPlan) plan
          = monocle_ask_plan_new (find_task ("answer-question"), "Qui ?", FALSE);
      g_autoptr (MonocleAskPlan) again = NULL;
      g_autoptr (GFile) file = g_file_new_for_path ("/picture.png");
      g_autoptr (GError) error = NULL;

      monocle_ask_plan_set_language (plan, languages[i]);
      g_ptr_array_add (plan->items, monocle_ask_item_new (file, 0, "picture"));
      monocle_ask_plan_keep (plan, &error);
      g_assert_no_error (error);
      g_clear_pointer (&plan, monocle_ask_plan_free);

      again = monocle_ask_plan_restore ();
      g_assert_nonnull (again);
      g_assert_cmpstr (again->text, ==, "Qui ?");
      g_assert_cmpstr (again->language, ==, languages[i] ? languages[i] : "");
      monocle_ask_plan_drop (again);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "de", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/query-language/asked", test_asked);
  g_test_add_func ("/query-language/kept", test_kept);
  g_test_add_func ("/query-language/words", test_words);
  g_test_add_func ("/query-language/plan", test_plan);
  return g_test_run ();
}
