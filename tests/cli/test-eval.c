/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli eval on a small set (fixtures/eval/set) with a tiny model of random weights: its
 * numbers mean nothing, and are the same every time.
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "harness.h"

/* Keeps answers short. */
#define TOKENS "48"

typedef struct
{
  char *model, *set, *images;
  TemporaryFolder *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->model = harness_fixture ("models/native-96");
  fixture->set = harness_fixture ("eval/set");
  fixture->images = harness_fixture ("images");
  fixture->folder = harness_make_folder ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->set);
  g_free (fixture->images);
  harness_remove_folder (fixture->folder);
}

/* (nullable): the row of a task. */
static JsonObject *
find_task (JsonObject *report, const char *task)
{
  JsonArray *tasks = json_object_get_array_member (report, "tasks");

  for (guint i = 0; i < json_array_get_length (tasks); i++)
    {
      JsonObject *row = json_array_get_object_element (tasks, i);

      if (strcmp (json_object_get_string_member (row, "task"), task) == 0)
        return row;
    }
  return NULL;
}

/* The value, or -1. */
static double
get_figure (JsonObject *row, const char *key, gint64 *of)
{
  JsonArray *figures = json_object_get_array_member (row, "figures");

  for (guint i = 0; i < json_array_get_length (figures); i++)
    {
      JsonObject *figure = json_array_get_object_element (figures, i);

      if (strcmp (json_object_get_string_member (figure, "figure"), key) != 0
          || json_object_has_member (figure, "kind"))
        continue;
      if (of)
        *of = json_object_get_int_member (figure, "of");
      return json_object_get_double_member (figure, "value");
    }
  return -1;
}

static guint
count_lines (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  node = json_from_string (text, &error);
  g_assert_no_error (error);
  return json_array_get_length (json_node_get_array (node));
}

static void
test_everything (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *task;
    gint64 n_questions;
    const char *figure;
    gint64 of;
  } rows[] = {
    { "caption", 2, "slots", 4 },
    { "detect", 2, "ap", 2 },
    { "phrase-grounding", 1, "accuracy_50", 1 },
    { "referring-segmentation", 2, "mask_iou", 2 },
    { "region-to-segmentation", 3, "mask_iou", 2 },
    { "open-vocabulary-detection", 2, "absent", 1 },
    { "region-to-category", 2, "accuracy", 2 },
    { "region-to-ocr", 2, "cer", 8 },
    { "ocr", 1, "cer", 9 },
    { "ocr-with-region", 1, "found", 2 },
    { "prompt", 2, "accuracy", 2 },
  };
  g_autofree char *out = g_build_filename (fixture->folder, "found.json", NULL);
  g_autoptr (Outcome) outcome = harness_run (
      "eval", "--set", fixture->set, "--images", fixture->images, "--model", fixture->model,
      "--precision", "f32", "--max-tokens", TOKENS, "--format", "json", "--out", out, NULL);
  g_autoptr (GPtrArray) reports = NULL;
  JsonObject *report;

  harness_assert_done (outcome);
  reports = harness_parse_lines (outcome);
  g_assert_cmpuint (reports->len, ==, 1);
  report = reports->pdata[0];
  g_assert_cmpint (json_object_get_int_member (report, "images"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (report, "failed"), ==, 0);
  g_assert_false (json_object_get_boolean_member (report, "stopped"));
  g_assert_cmpint (json_object_get_int_member (report, "beams"), ==, 3);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (report, "tasks")), ==,
                    G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonObject *row = find_task (report, rows[i].task);
      gint64 of = 0;

      g_test_message ("%s", rows[i].task);
      g_assert_nonnull (row);
      g_assert_cmpint (json_object_get_int_member (row, "questions"), ==, rows[i].n_questions);
      g_assert_cmpfloat (get_figure (row, rows[i].figure, &of), >=, 0);
      g_assert_cmpint (of, ==, rows[i].of);
      g_assert_cmpfloat (json_object_get_double_member (row, "decode_ms"), >, 0);
    }

  /* As pycocotools says of found.json and found-masks.json. */
  g_assert_cmpfloat (fabs (get_figure (find_task (report, "detect"), "ap", NULL) - 0.4 / 3), <,
                     5e-4);
  g_assert_cmpfloat (fabs (get_figure (find_task (report, "detect"), "ap_50", NULL) - 0.5 / 3), <,
                     5e-4);
  g_assert_cmpfloat (get_figure (find_task (report, "region-to-segmentation"), "ap", NULL), ==, 0);
  g_assert_cmpuint (count_lines (fixture, "found.json"), >, 0);
  g_assert_cmpuint (count_lines (fixture, "found.json"), ==,
                    count_lines (fixture, "found-masks.json"));
}

/* A task alone says what it says among all. */
static void
test_task (Fixture *fixture, gconstpointer data)
{
  g_autofree char *instances = g_build_filename (fixture->set, "instances.json", NULL);
  g_autoptr (Outcome) json = harness_run (
      "eval", "--set", instances, "--images", fixture->images, "--model", fixture->model, "--task",
      "<OD>", "--precision", "f32", "--max-tokens", TOKENS, "--format", "json", NULL);
  g_autoptr (Outcome) text = harness_run (
      "eval", "--set", instances, "--images", fixture->images, "--model", fixture->model, "--task",
      "detect", "--precision", "f32", "--max-tokens", TOKENS, "--limit", "1", NULL);
  g_autoptr (GPtrArray) reports = NULL;

  harness_assert_done (json);
  harness_assert_done (text);
  reports = harness_parse_lines (json);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (reports->pdata[0], "tasks")), ==, 1);
  g_assert_cmpfloat (
      fabs (get_figure (find_task (reports->pdata[0], "detect"), "ap", NULL) - 0.4 / 3), <, 5e-4);
  g_assert_nonnull (strstr (text->out, "images: 1\n"));
  g_assert_nonnull (strstr (text->out, "AP at IoU 0.75"));
  g_assert_null (strstr (text->out, "region-to-segmentation"));
}

static char *
write_set (const Fixture *fixture, const char *text)
{
  char *path = g_build_filename (fixture->folder, "rows.jsonl", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* A picture that is missing is said, and the others count. */
static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *set = write_set (
      fixture,
      "{\"image\": \"none.png\", \"question\": \"What?\", \"answer\": \"no\"}\n"
      "{\"image\": \"a.png\", \"question\": \"What?\", \"answer\": \"no\"}\n"
      "{\"image\": \"b.png\", \"task\": \"region-to-category\", \"region\": [500, 1, 600, 9],"
      " \"answer\": \"no\"}\n");
  g_autoptr (Outcome) outcome
      = harness_run ("eval", "--set", set, "--images", fixture->images, "--model", fixture->model,
                     "--max-tokens", TOKENS, "--format", "json", NULL);
  g_autoptr (GPtrArray) reports = harness_parse_lines (outcome);

  g_assert_cmpint (outcome->status, ==, 1);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 2);
  g_assert_nonnull (strstr (outcome->errors[0], "none.png"));
  g_assert_nonnull (strstr (outcome->errors[1], "outside the picture (120 x 80)"));
  g_assert_cmpint (json_object_get_int_member (reports->pdata[0], "images"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (reports->pdata[0], "failed"), ==, 2);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[][8] = {
    { "eval" },
    { "eval", "x" },
    { "eval", "--set", "x", "y" },
    { "eval", "--set", "x", "--task", "dance" },
    { "eval", "--set", "x", "--task", "region-proposal" },
    { "eval", "--set", "x", "--limit", "-1" },
    { "eval", "--set", "" },
    { "eval", "--set", "x", "--images", "" },
    { "eval", "--set", "x", "--images", "/nowhere/at/all" },
    { "eval", "--set", "x", "--limit", "0" },
    { "eval", "--set", "x", "--limit", "" },
    { "eval", "--set", "x", "--limit", "1e400" },
    { "eval", "--set", "x", "--limit", "99999999999999999999" },
    { "eval", "--set", "x", "--beams", "0" },
    { "eval", "--set", "x", "--max-tokens", "0" },
    { "eval", "--set", "x", "--model", "" },
    { "eval", "--set", "x", "--out", "" },
    { "eval", "--set", "x", "--out", "/tmp" },
    { "eval", "--set", "x", "--beams", "17" },
    { "eval", "--set", "x", "--max-tokens", "-1" },
    { "eval", "--set", "x", "--format", "xml" },
    { "eval", "--set", "x", "--out", "/nowhere/at/all.json" },
  };
  g_autofree char *set = write_set (fixture, "{\"image\": \"a.png\", \"question\": \"What?\"}\n");
  g_autoptr (Outcome) bad = harness_run ("eval", "--set", set, "--model", fixture->model, NULL);
  g_autoptr (Outcome) missing
      = harness_run ("eval", "--set", "/nowhere/at/all", "--model", fixture->model, NULL);
  g_autoptr (Outcome) none = harness_run (
      "eval", "--set", fixture->set, "--model", fixture->model, "--images", fixture->images,
      "--task", "more-detailed-caption", "--limit", "1", "--beams", "1", "--max-tokens", "4", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Outcome) outcome = harness_run_v (wrong[i]);

      harness_assert_refused (outcome, 2, "");
    }
  harness_assert_refused (bad, 1, "rows.jsonl: line 1: task prompt needs \"answer\"");
  harness_assert_refused (missing, 1, "/nowhere/at/all: no such file");
  /* Long captions are asked where they are named. */
  harness_assert_done (none);
  g_assert_nonnull (strstr (none->out, "more-detailed-caption"));
}

/* Starts on more questions than anybody waits for, and interrupts. (nullable): what was printed. */
static char *
interrupt (const Fixture *fixture, const char *set, gulong delay_us)
{
  g_autofree char *out = NULL, *errors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                          harness_get_program (), "eval", "--set", set, "--images", fixture->images,
                          "--model", fixture->model, "--format", "json", NULL);

  g_assert_no_error (error);
  g_usleep (delay_us);
  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &errors, &error);
  g_assert_no_error (error);
  return g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 130
                 && *out
             ? g_steal_pointer (&out)
             : NULL;
}

/* Ctrl+C: the figures so far, and 130. */
static void
test_interrupt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autofree char *set = NULL, *out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *report;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (
        rows, "{\"image\": \"a.png\", \"question\": \"What %u?\", \"answer\": \"no\"}\n", i);
  set = write_set (fixture, rows->str);
  /* On a slow machine it may not have begun. */
  for (gulong seconds = 2; !out && seconds <= 54; seconds *= 3)
    out = interrupt (fixture, set, seconds * G_USEC_PER_SEC);
  g_assert_nonnull (out);
  node = json_from_string (out, &error);
  g_assert_no_error (error);
  report = json_node_get_object (node);
  g_assert_true (json_object_get_boolean_member (report, "stopped"));
  if (find_task (report, "prompt"))
    g_assert_cmpint (json_object_get_int_member (find_task (report, "prompt"), "questions"), <,
                     20000);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/cli/eval/everything", test_everything }, { "/cli/eval/task", test_task },
    { "/cli/eval/missing", test_missing },       { "/cli/eval/refused", test_refused },
    { "/cli/eval/interrupt", test_interrupt },
  };

  harness_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
