/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that is taught on the command line: what is printed and written, a training that is
 * killed and goes on, and what is refused.
 */
#include "config.h"

#include "harness.h"

#include <glib/gstdio.h>
#include <string.h>

/* Both pictures, one of them held out, as lines of examples. */
static char *
make_set (const HarnessFiles *files)
{
  char *path = g_build_filename (files->folder, "set.jsonl", NULL);
  const char *const pictures[] = { files->a, files->b };

  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%u.png", files->folder, i);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (pictures[i], &bytes, &size, NULL));
      g_assert_true (g_file_set_contents (name, bytes, (gssize) size, NULL));
    }
  g_assert_true (g_file_set_contents (
      path,
      "{\"image\":\"0.png\",\"task\":\"region-to-category\",\"output\":\"a red ball\",\"split\":"
      "\"train\"}\n"
      "{\"image\":\"0.png\",\"task\":\"detect\",\"boxes\":[[1,1,9,9]],\"labels\":[\"ball\"]}\n"
      "\n"
      "{\"image\":\"1.png\",\"task\":\"region-to-category\",\"output\":\"a red ball\",\"split\":"
      "\"val\"}\n",
      -1, NULL));
  return path;
}

/* The arguments of a training of so many steps. */
#define TRAIN(files, set, out, steps)                                                              \
  "train", "--model", files->model, "--from", set, "--out", out, "--steps", steps, "--views", "2", \
      "--batch", "4", "--keep", "0.25", "--keep-from", pictures, "--rank", "4"

static GBytes *
read_learnt (const char *out)
{
  g_autofree char *path = g_build_filename (out, "adapter_model.safetensors", NULL);
  char *bytes;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  return g_bytes_new_take (bytes, size);
}

/* Learns by heart, says so a step a line, and what is written can be asked. */
static void
test_learn (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autofree char *out = g_build_filename (files->folder, "learnt", NULL);
  g_autofree char *state = g_strconcat (out, ".training", NULL);
  g_autofree char *report = g_build_filename (out, "report.html", NULL);
  g_autofree char *pictures = harness_fixture ("images");
  g_autoptr (Outcome) outcome
      = harness_run (TRAIN (files, set, out, "60"), "--rate", "0.02", "--format", "json", NULL);
  g_autoptr (GPtrArray) lines = NULL, answers = NULL;
  g_autoptr (Outcome) asked = NULL;
  JsonObject *first, *last, *verdict;

  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  g_assert_cmpuint (lines->len, >, 10);
  first = lines->pdata[0];
  last = lines->pdata[lines->len - 2];
  verdict = lines->pdata[lines->len - 1];
  g_assert_cmpint (json_object_get_int_member (first, "step"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (last, "loss"), <,
                     json_object_get_double_member (first, "loss") / 2);
  g_assert_cmpstr (json_object_get_string_member (verdict, "verdict"), ==, "cannot-tell");
  g_assert_cmpint (json_object_get_int_member (verdict, "examples"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (verdict, "kept"), >, 0);
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (verdict, "new"), "questions"), ==,
      1);
  g_assert_true (g_file_test (report, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (state, G_FILE_TEST_EXISTS));

  asked = harness_run ("run", "--model", files->model, "--adapter", out, "--task",
                       "region-to-category", "--region", "0,0,8,8", "--format", "json", files->a,
                       NULL);
  harness_assert_done (asked);
  answers = harness_parse_lines (asked);
  g_assert_nonnull (
      strstr (json_object_get_string_member (answers->pdata[0], "generated_text"), "a red ball"));
}

/* On top of what it learnt before, which is named as a model is: that is known afterwards as well,
 * and what is written belongs to the model alone. */
static void
test_on_top (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autofree char *first = g_build_filename (files->folder, "first", NULL);
  g_autofree char *both = g_build_filename (files->folder, "both", NULL);
  g_autofree char *pictures = harness_fixture ("images");
  g_autoptr (Outcome) learnt
      = harness_run (TRAIN (files, set, first, "60"), "--rate", "0.02", NULL);
  g_autoptr (Outcome) more = harness_run (
      "train", "--model", first, "--from", set, "--out", both, "--steps", "2", "--views", "1",
      "--batch", "1", "--keep-from", pictures, "--rank", "8", "--rate", "0.000001", NULL);
  g_autoptr (Outcome) asked = NULL, info = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  harness_assert_done (learnt);
  harness_assert_done (more);
  asked = harness_run ("run", "--model", files->model, "--adapter", both, "--task",
                       "region-to-category", "--region", "0,0,8,8", files->a, NULL);
  harness_assert_done (asked);
  g_assert_nonnull (strstr (asked->out, "a red ball"));
  info = harness_run ("adapter", "info", both, "--format", "json", NULL);
  harness_assert_done (info);
  lines = harness_parse_lines (info);
  g_assert_cmpstr (json_object_get_string_member (lines->pdata[0], "base"), ==, files->model);
  g_assert_cmpint (
      json_array_get_int_element (json_object_get_array_member (lines->pdata[0], "ranks"), 0), ==,
      12);
}

/* All of the language learns; what is written answers with and without the model's help. */
static void
test_full_language (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autofree char *out = g_build_filename (files->folder, "full", NULL);
  g_autofree char *merged = g_build_filename (files->folder, "merged", NULL);
  g_autofree char *pictures = harness_fixture ("images");
  g_autoptr (Outcome) outcome = harness_run (TRAIN (files, set, out, "60"), "--rate", "0.003",
                                             "--method", "full-language", "--merge", merged, NULL);
  g_autoptr (Outcome) asked = NULL, alone = NULL;

  harness_assert_done (outcome);
  asked = harness_run ("run", "--model", files->model, "--adapter", out, "--task",
                       "region-to-category", "--region", "0,0,8,8", files->a, NULL);
  harness_assert_done (asked);
  g_assert_nonnull (strstr (asked->out, "a red ball"));
  alone = harness_run ("run", "--model", merged, "--task", "region-to-category", "--region",
                       "0,0,8,8", files->a, NULL);
  harness_assert_done (alone);
  g_assert_cmpstr (alone->out, ==, asked->out);
}

/* What is told goes nowhere, and there is room for ten steps or so, of a hundred bytes each: then
 * it waits, and is in the middle of it however long that takes. After the path of @out, twice. */
#define TOLD "mkfifo '%s.told' && exec 3<>'%s.told' && head -c 64000 /dev/zero >&3\n"

/* Killed in the middle and gone on with: the same bits as in one go. What one that was killed while
 * it judged left beside it goes away. */
static void
test_killed (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autofree char *whole = g_build_filename (files->folder, "whole", NULL);
  g_autofree char *parts = g_build_filename (files->folder, "parts", NULL);
  g_autofree char *left = g_strconcat (parts, ".part-a1b2C3", NULL);
  g_autofree char *script = g_strdup_printf (
      TOLD
      "\"$@\" --format json >&3 2>/dev/null & pid=$!\n"
      "while [ ! -f '%s.training/last.safetensors' ]; do kill -0 $pid || exit 9; sleep 0.01; done\n"
      "kill -9 $pid; wait $pid 2>/dev/null; mkdir '%s' && echo >'%s/report.html' && [ ! -e '%s' ]",
      parts, parts, parts, left, left, parts);
  g_autofree char *pictures = harness_fixture ("images");
  g_autoptr (Outcome) in_one = harness_run (TRAIN (files, set, whole, "30"), NULL);
  g_autoptr (Outcome) killed = harness_run_shell (script, TRAIN (files, set, parts, "30"), NULL);
  g_autoptr (Outcome) unasked = harness_run (TRAIN (files, set, parts, "30"), NULL);
  g_autoptr (Outcome) other = harness_run (TRAIN (files, set, parts, "20"), "--resume", NULL);
  g_autoptr (Outcome) resumed = harness_run (TRAIN (files, set, parts, "30"), "--resume", NULL);
  g_autoptr (GBytes) one = NULL, two = NULL;

  harness_assert_done (in_one);
  g_assert_cmpint (killed->status, ==, 0);
  harness_assert_refused (unasked, 2, "--resume");
  harness_assert_refused (other, 1, "begin anew");
  harness_assert_done (resumed);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  one = read_learnt (whole);
  two = read_learnt (parts);
  g_assert_true (g_bytes_equal (one, two));
}

/* What is held out is deleted while the other is learnt: it is not judged by, and nothing is lost.
 */
static void
test_vanished (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autofree char *out = g_build_filename (files->folder, "vanished", NULL);
  g_autofree char *adapter = g_build_filename (out, "adapter_model.safetensors", NULL);
  g_autofree char *pictures = harness_fixture ("images");
  g_autofree char *script = g_strdup_printf (
      TOLD
      "\"$@\" --format json >&3 2>'%s.log' & pid=$!\n"
      "while [ ! -f '%s.training/last.safetensors' ]; do kill -0 $pid || exit 9; sleep 0.01; done\n"
      "rm '%s/1.png'; cat <&3 >/dev/null & reader=$!\n"
      "wait $pid; status=$?; kill $reader; exit $status",
      out, out, out, out, files->folder);
  g_autofree char *log = g_strconcat (out, ".log", NULL), *text = NULL;
  g_autoptr (Outcome) outcome = harness_run_shell (script, TRAIN (files, set, out, "60"), NULL);

  g_assert_cmpint (outcome->status, ==, 0);
  g_assert_true (g_file_test (adapter, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "pictures that cannot be read are left out (1)"));
}

static void
refuse_lines (const HarnessFiles *files, const char *text, const char *words)
{
  g_autofree char *path = g_build_filename (files->folder, "bad.jsonl", NULL);
  g_autofree char *out = g_build_filename (files->folder, "never", NULL);
  g_autoptr (Outcome) outcome = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  outcome = harness_run ("train", "--from", path, "--out", out, NULL);
  harness_assert_refused (outcome, 1, words);
}

static void
test_bad (HarnessFiles *files, gconstpointer data)
{
  static const struct
  {
    const char *line, *words;
  } bad[] = {
    { "{\"image\":\"../etc/passwd\",\"task\":\"caption\",\"output\":\"x\"}", "line 1" },
    { "{\"image\":\"no.png\",\"task\":\"caption\",\"output\":\"x\"}", "no.png" },
    { "{\"image\":\"0.png\",\"task\":\"caption\",\"output\":\"\"}", "empty" },
    { "{\"image\":\"0.png\",\"task\":\"detect\",\"boxes\":[[1,2,1e999,4]]}", "line 1" },
    { "{\"image\":\"0.png\",\"task\":\"detect\",\"boxes\":[[9,2,1,4]],\"labels\":[\"x\"]}",
      "inside" },
    { "{\"image\":\"0.png\",\"task\":\"region-to-category\",\"region\":[1,2],\"output\":\"x\"}",
      "region" },
    { "{\"image\":\"0.png\",\"task\":\"open-vocabulary-detection\",\"output\":\"x\"}", "line 1" },
    { "{\"image\":\"0.png\",\"task\":\"caption\",\"output\":\"x\"", "line 1" },
    { "{\"image\":\"0.png\",\"task\":7,\"output\":\"x\"}", "task" },
  };
  g_autofree char *set = make_set (files);
  g_autofree char *out = g_build_filename (files->folder, "never", NULL);
  g_autofree char *nothing = g_build_filename (files->folder, "empty", NULL);
  g_autoptr (Outcome) missing = harness_run ("train", "--out", out, NULL);
  g_autoptr (Outcome) nowhere = harness_run ("train", "--from", set, NULL);
  g_autoptr (Outcome) method
      = harness_run ("train", "--from", set, "--out", out, "--method", "magic", NULL);
  g_autoptr (Outcome) twice
      = harness_run ("train", "--from", set, "--out", out, "--steps", "5", "--minutes", "1", NULL);
  g_autoptr (Outcome) there = harness_run ("train", "--from", set, "--out", files->folder, NULL);
  g_autoptr (Outcome) task
      = harness_run ("train", "--from", set, "--out", out, "--task", "sing", NULL);
  g_autoptr (Outcome) empty = NULL;

  harness_assert_refused (missing, 2, "--from");
  harness_assert_refused (nowhere, 2, "--out");
  harness_assert_refused (method, 2, "--method");
  harness_assert_refused (twice, 2, "--minutes");
  harness_assert_refused (there, 2, "--out");
  harness_assert_refused (task, 2, "sing");
  g_assert_cmpint (g_mkdir (nothing, 0700), ==, 0);
  empty = harness_run ("train", "--from", nothing, "--out", out, NULL);
  harness_assert_refused (empty, 1, "nothing to learn");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse_lines (files, bad[i].line, bad[i].words);
}

static void
test_plan (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *set = make_set (files);
  g_autoptr (Outcome) outcome = harness_run ("train", "--model", files->model, "--from", set,
                                             "--plan", "--format", "json", NULL);
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *estimate;

  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (lines->pdata[0], "examples")), ==, 2);
  estimate = lines->pdata[1];
  g_assert_cmpfloat (json_object_get_double_member (estimate, "examples"), ==, 2);
  g_assert_cmpfloat (json_object_get_double_member (estimate, "step_ms"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (estimate, "used_bytes"), >, 0);
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/train/learn", test_learn },   { "/cli/train/full-language", test_full_language },
    { "/cli/train/killed", test_killed }, { "/cli/train/vanished", test_vanished },
    { "/cli/train/plan", test_plan },     { "/cli/train/bad", test_bad },
    { "/cli/train/on-top", test_on_top },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
