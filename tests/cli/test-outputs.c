/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What monocle-cli writes: never over what it reads, whatever the names, and whole or not at all.
 */
#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"

#define TOKENS "8"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *picture, *set, *question;
} Fixture;

static char *
copy_file (const char *from, const char *folder, const char *name)
{
  g_autofree char *text = NULL;
  char *to = g_build_filename (folder, name, NULL);
  gsize size;

  g_assert_true (g_file_get_contents (from, &text, &size, NULL));
  g_assert_true (g_file_set_contents (to, text, (gssize) size, NULL));
  return to;
}

/* A model, a picture and a set of one's own: what is lost here is no fixture. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *model = harness_fixture ("models/native-96");
  g_autofree char *picture = harness_fixture ("images/a.png");
  g_autoptr (GDir) dir = g_dir_open (model, 0, NULL);
  const char *name;

  fixture->folder = harness_make_folder ();
  fixture->model = g_build_filename (fixture->folder, "model", NULL);
  g_assert_no_errno (g_mkdir (fixture->model, 0700));
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename (model, name, NULL);
      g_autofree char *to = copy_file (from, fixture->model, name);
    }
  fixture->picture = copy_file (picture, fixture->folder, "a.png");
  fixture->set = g_build_filename (fixture->folder, "instances.json", NULL);
  g_assert_true (g_file_set_contents (
      fixture->set,
      "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\", \"width\": 37, \"height\": 53}],"
      " \"categories\": [{\"id\": 1, \"name\": \"car\"}], \"annotations\": [{\"id\": 1,"
      " \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, 9, 9],"
      " \"segmentation\": [[1, 1, 9, 1, 9, 9]]}]}",
      -1, NULL));
  fixture->question = g_build_filename (fixture->folder, "q.jsonl", NULL);
  g_assert_true (g_file_set_contents (
      fixture->question, "{\"image\": \"a.png\", \"question\": \"a?\", \"answer\": \"b\"}\n", -1,
      NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->picture);
  g_free (fixture->set);
  g_free (fixture->question);
  harness_remove_folder (fixture->folder);
}

static char *
name_in (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

/* Names of @file, as a person or an accident might give them; those are made that are links. */
static GStrv
list_names (const Fixture *fixture, const char *file, const char *extension)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *hard = g_strdup_printf ("%s/hard%s", fixture->folder, extension);
  g_autofree char *soft = g_strdup_printf ("%s/soft%s", fixture->folder, extension);
  g_autofree char *base = g_path_get_basename (file), *folder = g_path_get_dirname (file);
  g_autofree char *last = g_path_get_basename (folder);
  g_autofree char *winding = g_build_filename (folder, ".", "..", last, base, NULL);

  g_remove (hard);
  g_remove (soft);
  g_assert_no_errno (link (file, hard));
  g_assert_no_errno (symlink (file, soft));
  if (g_str_has_suffix (file, extension))
    g_strv_builder_add_many (names, file, winding, NULL);
  g_strv_builder_add_many (names, hard, soft, NULL);
  return g_strv_builder_end (names);
}

static char *
sum_file (const char *path)
{
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) text, size);
}

/* @arguments end with the option that takes the output. */
static void
check_refused (const Fixture *fixture,
               const char *input,
               const char *extension,
               const char *const *arguments)
{
  g_auto (GStrv) names = list_names (fixture, input, extension);
  g_autofree char *before = sum_file (input);

  for (guint i = 0; names[i]; i++)
    {
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      g_autoptr (Outcome) outcome = NULL;
      g_auto (GStrv) argv = NULL;
      g_autofree char *after = NULL;

      g_strv_builder_addv (words, (const char **) arguments);
      g_strv_builder_add (words, names[i]);
      argv = g_strv_builder_end (words);
      outcome = harness_run_v ((const char *const *) argv);
      harness_assert_refused (outcome, 2, "would write over the input");
      after = sum_file (input);
      g_assert_cmpstr (before, ==, after);
    }
}

static void
test_run (Fixture *fixture, gconstpointer data)
{
  g_autofree char *weights = g_build_filename (fixture->model, "model.safetensors", NULL);
  const char *const arguments[]
      = { "run",          "--model", fixture->model,   "--task",     "detect",
          "--max-tokens", TOKENS,    fixture->picture, "--annotate", NULL };

  check_refused (fixture, fixture->picture, ".png", arguments);
  check_refused (fixture, weights, ".svg", arguments);
}

/* A shell puts a file there. */
static void
test_stdin (Fixture *fixture, gconstpointer data)
{
  g_autofree char *from = g_strdup_printf ("\"$@\" <'%s'", fixture->picture);
  g_autofree char *out = name_in (fixture, "arrays"), *array = NULL;
  g_autofree char *before = sum_file (fixture->picture), *after = NULL;
  g_autoptr (Outcome) drawn = NULL, arrays = NULL;

  drawn = harness_run_shell (from, "run", "--model", fixture->model, "--task", "detect",
                             "--max-tokens", TOKENS, "--annotate", fixture->picture, "-", NULL);
  harness_assert_refused (drawn, 2, "would write over the input");
  g_assert_no_errno (g_mkdir (out, 0700));
  array = g_build_filename (out, "logits.npy", NULL);
  g_assert_no_errno (link (fixture->picture, array));
  arrays = harness_run_shell (from, "inspect", "--model", fixture->model, "--image", "-",
                              "--prompt", "<OD>", "--out", out, NULL);
  harness_assert_refused (arrays, 2, "would write over the input");
  after = sum_file (array);
  g_assert_cmpstr (before, ==, after);
}

/* Of several pictures, the name that is made for one is another one. */
static void
test_made_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = copy_file (fixture->picture, fixture->folder, "x-a.png");
  g_autofree char *task = copy_file (fixture->picture, fixture->folder, "a-caption.png");
  g_autofree char *out = name_in (fixture, "x.png"), *text = NULL, *kept = NULL;
  gsize size;
  g_autoptr (Outcome) image = harness_run ("run", "--model", fixture->model, "--task", "detect",
                                           "--annotate", out, fixture->picture, other, NULL);
  g_autoptr (Outcome) tasks
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--task", "caption",
                     "--annotate", fixture->picture, task, NULL);

  harness_assert_refused (image, 2, "x-a.png");
  harness_assert_refused (tasks, 2, "a-caption.png");
  g_assert_true (g_file_get_contents (other, &kept, &size, NULL));
  g_assert_true (g_file_get_contents (fixture->picture, &text, &size, NULL));
  g_assert_cmpmem (kept, size, text, size);
}

static void
test_eval (Fixture *fixture, gconstpointer data)
{
  g_autofree char *weights = g_build_filename (fixture->model, "model.safetensors", NULL);
  g_autofree char *config = g_build_filename (fixture->model, "config.json", NULL);
  g_autofree char *masks = name_in (fixture, "x-masks.json"), *x = name_in (fixture, "x.json");
  g_autoptr (Outcome) outcome = NULL;
  const char *const arguments[]
      = { "eval",    "--set",        fixture->set,   "--set", fixture->question,
          "--model", fixture->model, "--max-tokens", TOKENS,  "--out",
          NULL };

  check_refused (fixture, fixture->set, ".json", arguments);
  check_refused (fixture, fixture->question, ".jsonl", arguments);
  check_refused (fixture, fixture->picture, ".png", arguments);
  check_refused (fixture, weights, ".safetensors", arguments);
  check_refused (fixture, config, ".json", arguments);
  /* The second file that it writes. */
  g_assert_no_errno (symlink (fixture->set, masks));
  outcome
      = harness_run ("eval", "--set", fixture->set, "--model", fixture->model, "--out", x, NULL);
  harness_assert_refused (outcome, 2, "would write over the input");
}

static void
test_inspect (Fixture *fixture, gconstpointer data)
{
  g_autofree char *out = name_in (fixture, "arrays"), *logits = NULL;
  g_autofree char *before = sum_file (fixture->picture), *after = NULL;
  g_autoptr (Outcome) outcome = NULL;

  g_assert_no_errno (g_mkdir (out, 0700));
  logits = g_build_filename (out, "logits.npy", NULL);
  g_assert_no_errno (link (fixture->picture, logits));
  outcome = harness_run ("inspect", "--model", fixture->model, "--image", fixture->picture,
                         "--prompt", "<OD>", "--out", out, NULL);
  harness_assert_refused (outcome, 2, "would write over the input");
  outcome = (outcome_free (outcome), harness_run ("inspect", "--model", fixture->model, "--image",
                                                  logits, "--prompt", "<OD>", "--out", out, NULL));
  harness_assert_refused (outcome, 2, "would write over the input");
  outcome = (outcome_free (outcome),
             harness_run ("inspect", "--model", fixture->model, "--image", fixture->picture,
                          "--prompt", "<OD>", "--out", fixture->set, NULL));
  harness_assert_refused (outcome, 2, "not a folder");
  after = sum_file (logits);
  g_assert_cmpstr (before, ==, after);
}

/* --- Whole or not at all --- */

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
assert_unwritten (const Outcome *outcome, const char *path, int reason)
{
  g_assert_cmpint (outcome->status, ==, 1);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 1);
  g_assert_nonnull (strstr (outcome->errors[0], path));
  g_assert_nonnull (strstr (outcome->errors[0], g_strerror (reason)));
}

/* The device of Mesa 25 and newer keeps its memory in a file, does not ask whether it could grow,
 * and dies in it under a limit. */
static gboolean
can_answer_under (const char *limit, const Fixture *fixture)
{
  g_autoptr (Outcome) outcome
      = harness_run_shell (limit, "run", "--model", fixture->model, "--task", "detect",
                           "--max-tokens", TOKENS, fixture->picture, NULL);

  if (outcome->status == 128 + SIGBUS)
    return FALSE;
  harness_assert_done (outcome);
  return TRUE;
}

/* As on a full disk: an error, what was there, and nothing beside it. */
static void
test_limit (Fixture *fixture, gconstpointer data)
{
  static const char limit[] = "ulimit -f 0; \"$@\"; exit $?";
  g_autofree char *out = name_in (fixture, "out"), *kept = NULL;
  g_autofree char *png = g_build_filename (out, "out.png", NULL);
  g_autofree char *svg = g_build_filename (out, "out.svg", NULL);
  g_autofree char *json = g_build_filename (out, "out.json", NULL);
  g_autoptr (Outcome) draw = NULL, vectors = NULL, results = NULL, arrays = NULL;

  if (!can_answer_under (limit, fixture))
    {
      g_test_skip ("the device cannot live with such a limit");
      return;
    }
  g_assert_no_errno (g_mkdir (out, 0700));
  g_assert_true (g_file_set_contents (png, "old", -1, NULL));
  draw = harness_run_shell (limit, "run", "--model", fixture->model, "--task", "detect",
                            "--max-tokens", TOKENS, "--annotate", png, fixture->picture, NULL);
  vectors = harness_run_shell (limit, "run", "--model", fixture->model, "--task", "detect",
                               "--max-tokens", TOKENS, "--annotate", svg, fixture->picture, NULL);
  results = harness_run_shell (limit, "eval", "--model", fixture->model, "--set", fixture->set,
                               "--max-tokens", TOKENS, "--out", json, NULL);
  arrays = harness_run_shell (limit, "inspect", "--model", fixture->model, "--image",
                              fixture->picture, "--prompt", "<OD>", "--out", out, NULL);
  for (guint i = 0; i < 4; i++)
    assert_unwritten ((const Outcome *[]){ draw, vectors, results, arrays }[i], out, EFBIG);
  g_assert_true (g_file_get_contents (png, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "old");
  g_assert_cmpuint (count_files (out), ==, 1);
}

/* A limit is an error, whatever is written: no signal ends the program. No device is needed. */
static void
test_limit_of_text (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = name_in (fixture, "text");
  g_autofree char *script = g_strdup_printf ("ulimit -f 0; \"$@\" >'%s'; exit $?", text);
  g_autoptr (Outcome) outcome = harness_run_shell (script, "--version", NULL);

  assert_unwritten (outcome, "", EFBIG);
}

/* A disk that is full, whatever the device. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *out = name_in (fixture, "out");
  static const char *const names[] = { "out.png", "out.jpg", "out.svg", "out.pdf", "out.json" };

  g_assert_no_errno (g_mkdir (out, 0700));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (out, names[i], NULL);
      g_autoptr (Outcome) outcome = NULL;

      g_assert_no_errno (symlink ("/dev/full", path));
      if (i + 1 < G_N_ELEMENTS (names))
        outcome = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens",
                               TOKENS, "--annotate", path, fixture->picture, NULL);
      else
        outcome = harness_run ("eval", "--model", fixture->model, "--set", fixture->set,
                               "--max-tokens", TOKENS, "--out", path, NULL);
      assert_unwritten (outcome, path, ENOSPC);
    }
  g_assert_cmpuint (count_files (out), ==, G_N_ELEMENTS (names));
}

/* The names of ten thousand outputs take no longer than they are many. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *out = name_in (fixture, "o.svg"), *empty = name_in (fixture, "empty");
  g_auto (GStrv) argv = NULL;
  g_autoptr (Outcome) outcome = NULL;
  struct rusage before, after;

  g_assert_no_errno (g_mkdir (empty, 0700));
  g_strv_builder_add_many (words, "run", "--task", "detect", "--model", empty, "--annotate", out,
                           NULL);
  for (guint i = 0; i < 20000; i++)
    g_strv_builder_add (words, fixture->picture);
  argv = g_strv_builder_end (words);
  getrusage (RUSAGE_CHILDREN, &before);
  outcome = harness_run_v ((const char *const *) argv);
  harness_assert_refused (outcome, 1, empty);
  getrusage (RUSAGE_CHILDREN, &after);
  g_assert_cmpint (after.ru_utime.tv_sec - before.ru_utime.tv_sec, <, 20);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/cli/outputs/run", test_run },     { "/cli/outputs/made-names", test_made_names },
    { "/cli/outputs/eval", test_eval },   { "/cli/outputs/inspect", test_inspect },
    { "/cli/outputs/limit", test_limit }, { "/cli/outputs/limit-of-text", test_limit_of_text },
    { "/cli/outputs/full", test_full },   { "/cli/outputs/many", test_many },
    { "/cli/outputs/stdin", test_stdin },
  };

  harness_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
