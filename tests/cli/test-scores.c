/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is not worth showing: left out as the model says, or as --min-score does, everywhere alike.
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

/* The fixture's model with what it says of itself. */
static char *
make_model (const HarnessFiles *fixture, const char *info)
{
  char *folder = g_build_filename (fixture->folder, "model", NULL);
  g_autofree char *path = g_build_filename (folder, "model-info.json", NULL);
  g_autoptr (GDir) files = g_dir_open (fixture->model, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  while ((name = g_dir_read_name (files)))
    {
      g_autofree char *from = g_build_filename (fixture->model, name, NULL);
      g_autofree char *to = g_build_filename (folder, name, NULL);

      g_assert_cmpint (symlink (from, to), ==, 0);
    }
  g_assert_true (g_file_set_contents (path, info, -1, NULL));
  return folder;
}

/* @min_score: (nullable) */
static Outcome *
detect (const HarnessFiles *fixture, const char *model, const char *format, const char *min_score)
{
  return harness_run ("run", "--model", model, "--task", "detect", "--max-tokens", "60", "--format",
                      format, fixture->a, min_score ? "--min-score" : NULL, min_score, NULL);
}

static JsonObject *
take_answer (Outcome *outcome, GPtrArray **lines)
{
  harness_assert_done (outcome);
  *lines = harness_parse_lines (outcome);
  g_assert_cmpuint ((*lines)->len, ==, 1);
  return (*lines)->pdata[0];
}

static double
score_of (JsonArray *objects, guint i)
{
  return json_object_get_double_member (json_array_get_object_element (objects, i), "score");
}

/* A score that some objects have and some have not. */
static double
find_middle (JsonArray *objects)
{
  double lowest = 1, highest = 0;

  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      lowest = MIN (lowest, score_of (objects, i));
      highest = MAX (highest, score_of (objects, i));
    }
  g_assert_cmpfloat (lowest, <, highest);
  return (lowest + highest) / 2;
}

/* @answer has of @all what is not below @least, in the same order. */
static void
check_objects (JsonObject *answer, JsonObject *all, double least)
{
  JsonArray *kept = json_object_get_array_member (answer, "objects");
  JsonArray *objects = json_object_get_array_member (all, "objects");
  JsonObject *result
      = json_object_get_object_member (json_object_get_object_member (answer, "result"), "<OD>");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (objects); i++)
    if (score_of (objects, i) >= least)
      {
        g_assert_cmpuint (n, <, json_array_get_length (kept));
        g_assert_cmpfloat_with_epsilon (score_of (kept, n), score_of (objects, i), 1e-9);
        n++;
      }
  g_assert_cmpuint (json_array_get_length (kept), ==, n);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (result, "bboxes")), ==, n);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (answer, "min_score"), least, 1e-9);
  g_assert_cmpstr (json_object_get_string_member (answer, "generated_text"), ==,
                   json_object_get_string_member (all, "generated_text"));
}

static void
test_left_out (HarnessFiles *fixture, gconstpointer data)
{
  g_autoptr (Outcome) plain = detect (fixture, fixture->model, "json", NULL);
  g_autoptr (Outcome) asked = NULL, said = NULL, both = NULL, text = NULL, note = NULL;
  g_autoptr (GPtrArray) plain_lines = NULL, asked_lines = NULL, said_lines = NULL,
                        both_lines = NULL;
  JsonObject *all = take_answer (plain, &plain_lines);
  g_autofree char *model = NULL, *info = NULL;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double middle;
  g_auto (GStrv) rows = NULL;

  g_assert_cmpfloat (json_object_get_double_member (all, "min_score"), ==, 0);
  middle = find_middle (json_object_get_array_member (all, "objects"));
  g_ascii_dtostr (number, sizeof number, middle);
  info = g_strdup_printf ("{\"lowest_score\": %s}", number);
  model = make_model (fixture, info);

  asked = detect (fixture, fixture->model, "json", number);
  check_objects (take_answer (asked, &asked_lines), all, middle);
  said = detect (fixture, model, "json", NULL);
  check_objects (take_answer (said, &said_lines), all, middle);
  both = detect (fixture, model, "json", "0");
  check_objects (take_answer (both, &both_lines), all, 0);

  text = detect (fixture, model, "text", NULL);
  harness_assert_done (text);
  rows = g_strsplit (g_strchomp (text->out), "\n", -1);
  g_assert_cmpuint (
      g_strv_length (rows), ==,
      json_array_get_length (json_object_get_array_member (said_lines->pdata[0], "objects")));
  note = harness_run_shell ("\"$@\" 2>&1 >/dev/null", "run", "--model", model, "--task", "detect",
                            "--max-tokens", "60", fixture->a, NULL);
  g_assert_cmpint (note->status, ==, 0);
  g_assert_nonnull (strstr (note->out, "left out"));
}

/* @min_score: (nullable). Returns: the bytes of the picture */
static GBytes *
annotate (const HarnessFiles *fixture, const char *model, const char *min_score)
{
  g_autofree char *path = g_build_filename (fixture->folder, "out.png", NULL);
  g_autoptr (Outcome) outcome = harness_run (
      "run", "--model", model, "--task", "detect", "--max-tokens", "60", "--format", "json",
      "--annotate", path, fixture->a, min_score ? "--min-score" : NULL, min_score, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  harness_assert_done (outcome);
  bytes = g_file_load_bytes (file, NULL, NULL, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
test_drawn (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *model = make_model (fixture, "{\"lowest_score\": 1}");
  g_autoptr (GBytes) all = annotate (fixture, fixture->model, NULL);
  g_autoptr (GBytes) none = annotate (fixture, model, NULL);
  g_autoptr (GBytes) none_asked = annotate (fixture, fixture->model, "1");
  g_autoptr (GBytes) all_asked = annotate (fixture, model, "0");

  g_assert_true (g_bytes_equal (all, all_asked));
  g_assert_true (g_bytes_equal (none, none_asked));
  g_assert_false (g_bytes_equal (all, none));
}

static void
test_bad (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *model = make_model (fixture, "{\"lowest_score\": 7}");
  g_autoptr (Outcome) outcome = detect (fixture, model, "json", NULL);

  harness_assert_refused (outcome, 1, "lowest_score");
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/scores/left-out", test_left_out },
    { "/cli/scores/drawn", test_drawn },
    { "/cli/scores/bad", test_bad },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
