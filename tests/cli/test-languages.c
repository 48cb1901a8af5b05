/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers in a language: the one that is named, or that of the system.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"

#define MODEL   "paligemma/gemma"
#define PICTURE "pictures/photo-131x97.png"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *picture;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = harness_make_folder ();
  fixture->model = harness_fixture (MODEL);
  fixture->picture = harness_fixture (PICTURE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->picture);
  harness_remove_folder (fixture->folder);
}

/* (transfer full): what is answered to that, with @environment in front of the program: a line */
static JsonObject *
ask (const Fixture *fixture,
     const char *environment,
     const char *task,
     const char *text,
     const char *language)
{
  g_autofree char *script = g_strconcat (environment, " \"$@\"", text ? " --text \"$TEXT\"" : "",
                                         language ? " --language " : "", language, NULL);
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  g_setenv ("TEXT", text ? text : "", TRUE);
  outcome = harness_run_shell (script, "run", "--model", fixture->model, "--task", task,
                               "--max-tokens", "3", "--format", "json", fixture->picture, NULL);
  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  g_assert_cmpuint (lines->len, ==, 1);
  return json_object_ref (lines->pdata[0]);
}

static const char *
get (JsonObject *answer, const char *key)
{
  return json_object_get_string_member_with_default (answer, key, NULL);
}

/* As the model's own words say it. */
static void
test_prompts (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *environment, *task, *text, *language, *code, *prompt;
  } rows[] = {
    { "LANGUAGE=", "caption", NULL, "fr", "fr", "caption fr" },
    { "LANGUAGE=", "caption", NULL, "de-AT", "de", "caption de" },
    { "LANGUAGE=", "caption", NULL, NULL, "en", "caption en" },
    { "LANGUAGE=de_CH:fr", "caption", NULL, NULL, "de", "caption de" },
    { "LANGUAGE=sk", "caption", NULL, NULL, "en", "caption en" },
    { "LANGUAGE=de", "answer-question", "Was?", "ja", "ja", "answer ja Was?" },
    { "LANGUAGE=de", "answer-question", "Was?", NULL, "de", "answer de Was?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonObject) asked
          = ask (fixture, rows[i].environment, rows[i].task, rows[i].text, rows[i].language);
      g_autoptr (JsonObject) own = ask (fixture, "LANGUAGE=", "prompt", rows[i].prompt, NULL);

      g_assert_cmpstr (get (asked, "language"), ==, rows[i].code);
      g_assert_cmpstr (get (asked, "generated_text"), ==, get (own, "generated_text"));
      g_assert_false (json_object_has_member (own, "language"));
    }
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) unknown = harness_run ("run", "--model", fixture->model, "--task", "caption",
                                             "--language", "tlh", fixture->picture, NULL);
  g_autoptr (Outcome) none = harness_run ("run", "--model", fixture->model, "--task", "ocr",
                                          "--language", "fr", fixture->picture, NULL);
  g_autoptr (Outcome) former
      = harness_run ("run", "--model", fixture->model, "--task", "caption-in-language", "--text",
                     "tlh", fixture->picture, NULL);
  /* Without a task nothing would ask in it. */
  g_autoptr (Outcome) served
      = harness_run ("serve", "--model", fixture->model, "--port", "0", "--language", "fr", NULL);
  g_autoptr (Outcome) told
      = harness_run ("serve", "--model", fixture->model, "--port", "0", "--text", "a dog", NULL);

  harness_assert_refused (served, 2, "--language needs a --task");
  harness_assert_refused (told, 2, "--text needs a --task");
  harness_assert_refused (unknown, 2, "'tlh' is none of the languages of caption: ar, bn, cs, da");
  harness_assert_refused (none, 2, "no task here takes a --language");
  harness_assert_refused (former, 2, "tlh");
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) plain
      = harness_run_shell ("LANGUAGE= \"$@\"", "run", "--model", fixture->model, "--help", NULL);
  g_autoptr (Outcome) german
      = harness_run_shell ("LANGUAGE=de \"$@\"", "run", "--model", fixture->model, "--help", NULL);

  harness_assert_done (plain);
  harness_assert_done (german);
  g_assert_nonnull (strstr (plain->out, "image shows (--language)"));
  g_assert_nonnull (strstr (plain->out, "the image (--text, --language)"));
  g_assert_nonnull (strstr (plain->out, "fr French"));
  g_assert_null (strstr (plain->out, "caption-in-language"));
  g_assert_nonnull (strstr (german->out, "fr Französisch"));
}

/* Another language is another question. */
static void
test_batch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = g_build_filename (fixture->folder, "list", NULL);
  g_autofree char *out = g_build_filename (fixture->folder, "out", NULL);
  g_autofree char *name = g_strconcat (fixture->picture, "\n", NULL);
  const char *resume[] = { "fr", "de" };

  g_assert_true (g_file_set_contents (list, name, -1, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run ("batch", "--model", fixture->model, "--task", "caption", "--max-tokens",
                         "3", "--language", i == 0 ? "fr" : resume[i - 1], "--output", out, list,
                         i == 0 ? NULL : "--resume", NULL);

      if (i < 2)
        g_assert_cmpint (outcome->status, ==, 0);
      else
        g_assert_cmpint (outcome->status, !=, 0);
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define ADD(name)                                                                                  \
  g_test_add ("/cli/languages/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (prompts);
  ADD (refused);
  ADD (help);
  ADD (batch);
  return g_test_run ();
}
