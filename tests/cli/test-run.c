/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What monocle-cli promises beyond the numbers: every task, several tasks, regions and images,
 * forms of output, errors, exit statuses, interruption. Annotated pictures are test-annotate's.
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/models/florence2/tasks.h"
#include "harness.h"

/* Keeps answers short. */
#define TOKENS "16"

/* --- Usage --- */

static void
test_usage (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const wrong[][12] = {
    { "paint" },
    { "run" },
    { "run", "--task", "detect" },
    { "run", "--task", "dance", "x.png" },
    { "run", "x.png" },
    { "run", "--task", "detect", "--colour", "x.png" },
    { "run", "--task", "phrase-grounding", "x.png" },
    { "run", "--task", "phrase-grounding", "--text", "", "x.png" },
    { "run", "--task", "detect", "--text", "cats", "x.png" },
    { "run", "--task", "detect", "--region", "1,2,3,4", "x.png" },
    { "run", "--task", "region-to-category", "x.png" },
    { "run", "--task", "region-to-category", "--region", "1,2,3", "x.png" },
    { "run", "--task", "region-to-category", "--region", "1,2,3,4,5", "x.png" },
    { "run", "--task", "region-to-category", "--region", "1,2,3,four", "x.png" },
    { "run", "--task", "region-to-category", "--region", "1,2,nan,4", "x.png" },
    { "run", "--task", "region-to-category", "--region", "1,2,1e99,4", "x.png" },
    { "run", "--task", "region-to-category", "--region", "5,2,3,4", "x.png" },
    { "run", "--task", "region-to-category", "--region", "5,2,8,2", "x.png" },
    { "run", "--task", "detect", "--format", "xml", "x.png" },
    { "run", "--task", "detect", "--precision", "f64", "x.png" },
    { "run", "--task", "detect", "--beams", "17", "x.png" },
    { "run", "--task", "detect", "--beams", "-1", "x.png" },
    { "run", "--task", "detect", "--beams", "0", "x.png" },
    { "run", "--task", "detect", "--beams", "", "x.png" },
    { "run", "--task", "detect", "--beams", "1.5", "x.png" },
    { "run", "--task", "detect", "--beams", "0x2", "x.png" },
    { "run", "--task", "detect", "--beams", "two", "x.png" },
    { "run", "--task", "detect", "--min-score", "", "x.png" },
    { "run", "--task", "detect", "--min-score", "-0.1", "x.png" },
    { "run", "--task", "detect", "--min-score", "1.1", "x.png" },
    { "run", "--task", "detect", "--min-score", "nan", "x.png" },
    { "run", "--task", "detect", "--min-score", "0,3", "x.png" },
    { "run", "--task", "detect", "--max-tokens", "-3", "x.png" },
    { "run", "--task", "detect", "--max-tokens", "0", "x.png" },
    { "run", "--task", "detect", "--max-tokens", "4294967297", "x.png" },
    { "run", "--task", "detect", "--max-tokens", "1e400", "x.png" },
    { "run", "--task", "detect", "--max-tokens", "nan", "x.png" },
    { "run", "--task", "", "x.png" },
    { "run", "--task", "detect", "" },
    { "inspect", "--image", "", "--prompt", "<OD>", "--out", "x" },
    { "bench", "--image", "" },
    { "run", "--task", "detect", "--format", "", "x.png" },
    { "run", "--task", "detect", "--model", "", "x.png" },
    { "run", "--task", "detect", "--precision", "", "x.png" },
    { "run", "--task", "detect", "--annotate", "", "x.png" },
    { "run", "--task", "detect", "-", "-" },
    { "run", "--task", "region-to-category", "--region", "", "x.png" },
    { "run", "--task", "region-to-category", "--region", "0,0,1e400,9", "x.png" },
    { "run", "--task", "region-to-category", "--region", "0;0;9;9", "x.png" },
    { "run", "--task", "prompt", "--text", "\xff", "x.png" },
    { "run", "--task", "detect", "--device", "", "x.png" },
    { "run", "--task", "detect", "--annotate", "x.gif", "y.png" },
    { "run", "--task", "detect", "--annotate", "x.png", "x.png" },
    { "run", "--task", "detect", "--annotate", "x", "y.png" },
    { "inspect" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>", "--out", "x", "--decoder-ids", "2,,3" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>", "--out", "x", "--decoder-ids", "2,-3" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>", "--out", "x", "--decoder-ids", "" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>", "--out", "x", "y.png" },
    { "devices", "all" },
    { "devices", "--format", "yaml" },
    { "inspect", "--image", "x.png", "--prompt", "<OD>", "--out", "" },
    { "bench", "--runs", "0" },
    { "bench", "--runs", "" },
    { "bench", "--runs", "99999999999999999999" },
    { "bench", "--model", "" },
    { "bench", "--task", "phrase-grounding" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Outcome) outcome = harness_run_v (wrong[i]);

      harness_assert_refused (outcome, 2, "");
    }
}

static void
test_help (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const verbs[] = { "run", "inspect", "devices", "bench", "selftest", "report" };
  g_autoptr (Outcome) version = harness_run ("--version", NULL);
  g_autoptr (Outcome) help = harness_run ("--help", NULL);
  g_autoptr (Outcome) run = harness_run ("run", "--help", NULL);
  g_autofree char *own = g_build_filename (MONOCLE_SOURCE_DATA_DIR, "model", NULL);
  g_autoptr (GPtrArray) tasks = monocle_model_peek_tasks (own, NULL);

  harness_assert_done (version);
  g_assert_cmpstr (version->out, ==, "monocle-cli " MONOCLE_VERSION "\n");
  harness_assert_done (help);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autoptr (Outcome) outcome = harness_run (verbs[i], "--help", NULL);

      harness_assert_done (outcome);
      g_assert_nonnull (strstr (help->out, verbs[i]));
    }
  for (MonocleTaskKind kind = 0; kind < MONOCLE_N_TASK_KINDS; kind++)
    g_assert_nonnull (strstr (run->out, monocle_task_kind_get_id (kind)));
  g_assert_nonnull (tasks);
  for (guint i = 0; i < tasks->len; i++)
    {
      g_assert_nonnull (strstr (run->out, ((const MonocleTask *) tasks->pdata[i])->id));
      g_assert_nonnull (strstr (run->out, ((const MonocleTask *) tasks->pdata[i])->tag));
    }
}

/* Of a model that is named, in any order, help says what that one does, and no other. */
static void
test_help_of_model (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *clip = harness_fixture ("clip/clip-quick");
  g_autoptr (Outcome) run = harness_run ("run", "--help", "--model", clip, NULL);
  g_autoptr (Outcome) batch = harness_run ("batch", "--model", fixture->model, "--help", NULL);
  g_autoptr (Outcome) none = harness_run ("serve", "--model", "/nowhere", "--help", NULL);

  harness_assert_done (run);
  g_assert_nonnull (strstr (run->out, "classify-regions "));
  g_assert_nonnull (strstr (run->out, "(--text, --region)"));
  g_assert_nonnull (strstr (run->out, "monocle-cli embed, index and search"));
  g_assert_null (strstr (run->out, "<OD>"));
  harness_assert_done (batch);
  g_assert_nonnull (strstr (batch->out, "<OD>"));
  g_assert_null (strstr (batch->out, "monocle-cli embed"));
  harness_assert_done (none);
  g_assert_nonnull (strstr (none->out, "/nowhere: there is no such model directory"));
}

static void
test_devices (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) text = harness_run ("devices", NULL);
  g_autoptr (Outcome) json = harness_run ("devices", "--format", "json", NULL);
  g_autoptr (GPtrArray) devices = harness_parse_lines (json);

  harness_assert_done (text);
  harness_assert_done (json);
  g_assert_cmpuint (devices->len, >=, 1);
  for (guint i = 0; i < devices->len; i++)
    {
      JsonObject *device = devices->pdata[i];
      g_autofree char *driver
          = g_strconcat (json_object_get_string_member (device, "driver_name"), " ",
                         json_object_get_string_member (device, "driver_version"), NULL);

      g_assert_cmpint (json_object_get_int_member (device, "index"), ==, i);
      g_assert_cmpuint (strlen (json_object_get_string_member (device, "uuid")), ==, 32);
      g_assert_cmpint (json_object_get_int_member (device, "memory_bytes"), >, 0);
      g_assert_cmpint (json_object_get_int_member (device, "memory_budget_bytes"), >, 0);
      g_assert_cmpint (json_object_get_int_member (device, "memory_used_bytes"), >=, 0);
      g_assert_cmpstr (json_object_get_string_member (device, "driver"), ==, driver);
      g_assert_nonnull (strstr (text->out, driver));
      g_assert_nonnull (strstr (text->out, json_object_get_string_member (device, "name")));
      g_assert_cmpint (json_object_get_boolean_member (device, "auto"), ==, i == 0);
    }
}

/* --- Answers --- */

static void
assert_keys (JsonObject *answer)
{
  static const char *const keys[]
      = { "image",  "width",   "height",  "model",          "device",    "precision",
          "task",   "text",    "regions", "generated_text", "token_ids", "score",
          "result", "objects", "ranks",   "timing_ms",      "min_score" };
  static const char *const times[] = { "load", "preprocess", "encode", "decode", "tokens" };
  JsonObject *timing;

  g_assert_cmpuint (json_object_get_size (answer), ==, G_N_ELEMENTS (keys));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (json_object_has_member (answer, keys[i]));
  timing = json_object_get_object_member (answer, "timing_ms");
  g_assert_cmpuint (json_object_get_size (timing), ==, G_N_ELEMENTS (times));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpfloat (json_object_get_double_member (timing, times[i]), >=, 0);
}

/* Every row of the task table, in one run of the program that encodes the image once. */
static void
test_every_task (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  const char *fixed[]
      = { "run",       "--model",      fixture->model, "--text",   "a red box", "--region",
          "1,2,30,40", "--max-tokens", TOKENS,         "--format", "json",      fixture->a };

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (arguments, (gpointer) fixed[i]);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      g_ptr_array_add (arguments, (gpointer) "--task");
      /* By name and by tag in turn. */
      g_ptr_array_add (arguments, (gpointer) (i % 2 && *task->tag ? task->tag : task->id));
    }
  g_ptr_array_add (arguments, NULL);

  outcome = harness_run_v ((const char *const *) arguments->pdata);
  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, tasks->len);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];
      JsonObject *answer = answers->pdata[i];
      JsonObject *timing = json_object_get_object_member (answer, "timing_ms");
      gboolean takes_region = task->takes == MONOCLE_TAKES_REGION;
      gboolean takes_text = task->takes == MONOCLE_TAKES_TEXT;

      assert_keys (answer);
      g_assert_cmpstr (json_object_get_string_member (answer, "task"), ==, task->id);
      g_assert_cmpstr (json_object_get_string_member (answer, "image"), ==, fixture->a);
      g_assert_cmpint (json_object_get_int_member (answer, "width"), ==, 37);
      g_assert_cmpint (json_object_get_int_member (answer, "height"), ==, 53);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "regions")),
                        ==, takes_region);
      g_assert_cmpint (json_object_get_null_member (answer, "text"), ==, !takes_text);
      g_assert_cmpfloat (json_object_get_double_member (answer, "score"), >, 0);
      g_assert_cmpfloat (json_object_get_double_member (answer, "score"), <=, 1);
      /* Encoded once. */
      if (i == 0)
        g_assert_cmpfloat (json_object_get_double_member (timing, "encode"), >, 0);
      else
        g_assert_cmpfloat (json_object_get_double_member (timing, "encode"), ==, 0);
    }
}

/* Several regions are answered in one batch, each as it would be alone. */
static void
test_regions (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const regions[] = { "0,0,37,53", "1,2,30,40", "5.5,20,36,52.5" };
  g_autoptr (Outcome) together
      = harness_run ("run", "--model", fixture->model, "--task", "region-to-category", "--region",
                     regions[0], "--region", regions[1], "--region", regions[2], "--max-tokens",
                     TOKENS, "--format", "json", fixture->a, NULL);
  g_autoptr (GPtrArray) answers = harness_parse_lines (together);

  harness_assert_done (together);
  g_assert_cmpuint (answers->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Outcome) alone = harness_run (
          "run", "--model", fixture->model, "--task", "<REGION_TO_CATEGORY>", "--region",
          regions[i], "--max-tokens", TOKENS, "--format", "json", fixture->a, NULL);
      g_autoptr (GPtrArray) answer = harness_parse_lines (alone);
      JsonArray *of_answer = json_object_get_array_member (answers->pdata[i], "regions");
      JsonArray *region = json_array_get_array_element (of_answer, 0);

      g_assert_cmpuint (answer->len, ==, 1);
      g_assert_true (json_node_equal (json_object_get_member (answers->pdata[i], "token_ids"),
                                      json_object_get_member (answer->pdata[0], "token_ids")));
      g_assert_cmpuint (json_array_get_length (of_answer), ==, 1);
      if (i == 2)
        {
          g_assert_cmpfloat (json_array_get_double_element (region, 0), ==, 5.5);
          g_assert_cmpfloat (json_array_get_double_element (region, 1), ==, 20);
          g_assert_cmpfloat (json_array_get_double_element (region, 2), ==, 36);
          g_assert_cmpfloat (json_array_get_double_element (region, 3), ==, 52.5);
        }
    }
}

static void
test_regions_outside (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "region-to-category", "--region",
                     "1,2,30,40", "--region", "10,20,900,40", fixture->a, NULL);

  harness_assert_refused (outcome, 1,
                          "a.png: region 2: 10,20,900,40 lies outside the image (37 x 53)");
}

/* One bad image is reported, the others are done. */
static void
test_images (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.png", NULL);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "caption", "--max-tokens", TOKENS,
                     "--format", "json", fixture->a, missing, fixture->b, NULL);
  g_autoptr (GPtrArray) answers = harness_parse_lines (outcome);

  g_assert_cmpint (outcome->status, ==, 1);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 1);
  g_assert_nonnull (strstr (outcome->errors[0], missing));
  g_assert_cmpuint (answers->len, ==, 2);
  g_assert_cmpstr (json_object_get_string_member (answers->pdata[0], "image"), ==, fixture->a);
  g_assert_cmpstr (json_object_get_string_member (answers->pdata[1], "image"), ==, fixture->b);
}

static void
test_text_output (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) json
      = harness_run ("run", "--model", fixture->model, "--task", "caption", "--max-tokens", TOKENS,
                     "--format", "json", fixture->a, NULL);
  g_autoptr (Outcome) caption = harness_run ("run", "--model", fixture->model, "--task", "caption",
                                             "--max-tokens", TOKENS, fixture->a, NULL);
  g_autoptr (Outcome) objects = harness_run ("run", "--model", fixture->model, "--task", "detect",
                                             "--max-tokens", "40", fixture->a, NULL);
  g_autoptr (Outcome) several
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--task", "caption",
                     "--max-tokens", TOKENS, fixture->a, NULL);
  g_autoptr (GPtrArray) answers = harness_parse_lines (json);
  g_autofree char *wanted
      = g_strconcat (json_object_get_string_member (
                         json_object_get_object_member (answers->pdata[0], "result"), "<CAPTION>"),
                     "\n", NULL);

  harness_assert_done (caption);
  g_assert_cmpstr (caption->out, ==, wanted);
  harness_assert_done (objects);
  g_assert_true (g_regex_match_simple ("^[^\\n]+ +[0-9]+%  [0-9]+,[0-9]+  [0-9]+,[0-9]+\\n",
                                       objects->out, 0, 0));
  harness_assert_done (several);
  g_assert_nonnull (strstr (several->out, "a.png: detect\n"));
  g_assert_nonnull (strstr (several->out, "a.png: caption\n"));
}

/* --- Models and devices --- */

static void
test_models (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *store = g_build_filename (g_get_user_data_dir (), "monocle", "models", NULL);
  g_autofree char *link = g_build_filename (store, "of-mine", NULL);
  g_autofree char *absolute = g_canonicalize_filename (fixture->model, NULL);
  g_autoptr (Outcome) nowhere
      = harness_run ("run", "--model", "nowhere", "--task", "detect", fixture->a, NULL);
  g_autoptr (Outcome) empty
      = harness_run ("run", "--model", fixture->folder, "--task", "detect", fixture->a, NULL);
  g_autoptr (Outcome) device = harness_run ("run", "--model", fixture->model, "--device",
                                            "no such device", "--task", "detect", fixture->a, NULL);
  g_autoptr (Outcome) gone
      = harness_run_shell ("\"$@\" 2>&1", "run", "--model", fixture->model, "--device",
                           "0123456789abcdef0123456789abcdef", "--task", "detect", "--max-tokens",
                           "4", fixture->a, NULL);
  g_autoptr (Outcome) mine = NULL;
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_refused (nowhere, 1, "nowhere: ");
  harness_assert_refused (empty, 1, fixture->folder);
  harness_assert_refused (device, 1, "no such device");
  /* One that was remembered and is gone has somebody stand in, and that is said. */
  harness_assert_done (gone);
  g_assert_nonnull (strstr (gone->out, "note: the device 0123456789abcdef0123456789abcdef is not"));

  /* By name, from the person's own folder. */
  g_mkdir_with_parents (store, 0700);
  g_remove (link);
  g_assert_no_errno (symlink (absolute, link));
  mine = harness_run ("run", "--model", "of-mine", "--task", "caption", "--max-tokens", "4",
                      "--format", "json", fixture->a, NULL);
  g_remove (link);
  harness_assert_done (mine);
  answers = harness_parse_lines (mine);
  g_assert_cmpstr (json_object_get_string_member (answers->pdata[0], "model"), ==, "of-mine");
}

/* The same answers with weights of half the size, as far as a random model can promise. */
static void
test_precision (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--precision", "f16", "--task", "caption",
                     "--max-tokens", TOKENS, "--format", "json", fixture->a, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpstr (json_object_get_string_member (answers->pdata[0], "precision"), ==, "f16");
}

static void
test_bench (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) text = harness_run ("bench", "--model", fixture->model, "--runs", "2", NULL);
  g_autoptr (Outcome) json = harness_run ("bench", "--model", fixture->model, "--runs", "3",
                                          "--image", fixture->a, "--format", "json", NULL);
  g_autoptr (GPtrArray) figures = NULL;
  JsonObject *decode;

  harness_assert_done (text);
  g_assert_nonnull (strstr (text->out, "encode"));
  harness_assert_done (json);
  figures = harness_parse_lines (json);
  g_assert_cmpint (json_object_get_int_member (figures->pdata[0], "runs"), ==, 3);
  decode = json_object_get_object_member (figures->pdata[0], "decode_per_token_ms");
  g_assert_cmpfloat (json_object_get_double_member (decode, "fastest"), <=,
                     json_object_get_double_member (decode, "median"));
  g_assert_cmpfloat (json_object_get_double_member (decode, "median"), <=,
                     json_object_get_double_member (decode, "slowest"));
  g_assert_cmpfloat (json_object_get_double_member (decode, "fastest"), >, 0);
}

/* What the time goes to: the steps of the trace come one after the other and make up the table. */
static void
test_profile (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "trace.json", NULL);
  g_autoptr (Outcome) text = harness_run ("bench", "--model", fixture->model, "--runs", "1",
                                          "--profile", "--trace", path, NULL);
  g_autoptr (Outcome) json = harness_run ("bench", "--model", fixture->model, "--runs", "2",
                                          "--profile", "--format", "json", NULL);
  g_autoptr (Outcome) itself = harness_run ("bench", "--model", fixture->model, "--image",
                                            fixture->a, "--trace", fixture->a, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) figures = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *events, *kernels;
  double end = 0, flops = 0;
  guint n_products = 0;

  harness_assert_done (text);
  g_assert_nonnull (strstr (text->out, "matmul_block"));
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  events = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                         "traceEvents");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);
      const char *name = json_object_get_string_member (event, "name");
      double start;

      if (!g_str_equal (json_object_get_string_member (event, "ph"), "X"))
        continue;
      start = json_object_get_double_member (event, "ts");
      g_assert_cmpfloat (start, >=, end - 0.01);
      end = start + json_object_get_double_member (event, "dur");
      if (!g_str_has_prefix (name, "matmul_"))
        continue;
      flops
          = json_object_get_double_member (json_object_get_object_member (event, "args"), "flops");
      g_assert_cmpfloat (flops, >, 0);
      n_products++;
    }
  g_assert_cmpuint (n_products, >, 0);

  harness_assert_done (json);
  figures = harness_parse_lines (json);
  kernels = json_object_get_array_member (figures->pdata[0], "kernels");
  for (guint i = 1; i < json_array_get_length (kernels); i++)
    g_assert_cmpfloat (
        json_object_get_double_member (json_array_get_object_element (kernels, i), "ms"), <=,
        json_object_get_double_member (json_array_get_object_element (kernels, i - 1), "ms"));
  g_assert_cmpfloat (
      json_object_get_double_member (json_object_get_object_member (figures->pdata[0], "ceilings"),
                                     "flops_per_s"),
      >, 0);

  /* Not over what is read. */
  g_assert_cmpint (itself->status, ==, 2);
}

/* The validation layer has nothing to say, and the program ends well while its worker may still be
 * tidying up: a race, hence several times. */
static void
test_validation (HarnessFiles *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (Outcome) outcome = NULL;

      g_setenv ("MONOCLE_DEBUG", "validate,sync", TRUE);
      outcome = harness_run ("bench", "--model", fixture->model, "--runs", "1", NULL);
      g_unsetenv ("MONOCLE_DEBUG");
      harness_assert_done (outcome);
    }
}

/* --- Interruption --- */

static void
test_interrupt (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *first = NULL;
  guint n_lines = 1;
  char *line;

  g_strv_builder_add_many (words, harness_get_program (), "run", "--model", fixture->model,
                           "--task", "caption", "--max-tokens", TOKENS, "--format", "json", NULL);
  for (guint i = 0; i < 3000; i++)
    g_strv_builder_add (words, fixture->a);
  argv = g_strv_builder_end (words);

  process = g_subprocess_newv ((const char *const *) argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  first = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (first);

  g_subprocess_send_signal (process, SIGINT);
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)))
    {
      g_autoptr (JsonNode) whole = json_from_string (line, NULL);

      g_assert_nonnull (whole);
      g_free (line);
      n_lines++;
    }
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  g_assert_cmpuint (n_lines, <, 3000);
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/usage", test_usage },
    { "/cli/help", test_help },
    { "/cli/help-of-model", test_help_of_model },
    { "/cli/devices", test_devices },
    { "/cli/run/every-task", test_every_task },
    { "/cli/run/regions", test_regions },
    { "/cli/run/regions-outside", test_regions_outside },
    { "/cli/run/images", test_images },
    { "/cli/run/text", test_text_output },
    { "/cli/run/models", test_models },
    { "/cli/run/precision", test_precision },
    { "/cli/run/interrupt", test_interrupt },
    { "/cli/bench", test_bench },
    { "/cli/profile", test_profile },
    { "/cli/validation", test_validation },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
