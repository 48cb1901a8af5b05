/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Things found by words and by an example: what comes back, and what is refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/engine.h"
#include "harness.h"

#define OWLV2  "owl/owlv2"
#define OWLVIT "owl/owlvit"
#define PHOTO  "pictures/photo-131x97.png"
#define OTHER  "clip/wide-41x9.png"

/* (transfer full): the one answer to up to five more arguments */
static JsonObject *
find (const char *task, const char *a, const char *b, const char *c, const char *d)
{
  g_autofree char *model = harness_fixture (OWLV2), *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--format", "json", "--task",
                                             task, image, a, b, c, d, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  return json_object_ref (answers->pdata[0]);
}

/* Objects in the picture, the best first, all of them at least so good. Returns: how many */
static guint
check_objects (JsonObject *answer, double least, const char *const *labels)
{
  JsonArray *objects = json_object_get_array_member (answer, "objects");
  double last = 1;

  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      JsonObject *object = json_array_get_object_element (objects, i);
      JsonArray *box = json_object_get_array_member (object, "box");
      double score = json_object_get_double_member (object, "score");

      g_assert_cmpfloat (score, <=, last);
      g_assert_cmpfloat (score, >=, least);
      last = score;
      for (guint k = 0; k < 4; k++)
        {
          g_assert_cmpfloat (json_array_get_double_element (box, k), >=, 0);
          g_assert_cmpfloat (json_array_get_double_element (box, k), <=, k % 2 ? 97 : 131);
        }
      g_assert_true (g_strv_contains (labels, json_object_get_string_member (object, "label")));
    }
  return json_array_get_length (objects);
}

static void
test_words (void)
{
  static const char *const labels[] = { "cat, or dog", "the door", NULL };
  static const char *const parts[] = { "cat", "or dog", NULL };
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "labels.txt", NULL);
  /* Said more than once, they may have commas in them. */
  g_autoptr (JsonObject) two = find ("find-words", "--text", "cat, or dog", "--text", "the door");
  g_autoptr (JsonObject) one = find ("find", "--text", "cat, or dog", NULL, NULL);
  g_autoptr (JsonObject) sure
      = find ("find-words", "--text=cat, or dog\nthe door", "--threshold", "0.9", NULL);
  g_autoptr (JsonObject) all
      = find ("find-words", "--text=cat, or dog\nthe door", "--threshold", "0", NULL);
  g_autoptr (JsonObject) lines = NULL;
  g_autofree char *option = g_strconcat ("--labels=", file, NULL);
  guint n = check_objects (two, 0.1, labels);

  g_assert_cmpuint (n, >, 0);
  check_objects (one, 0.1, parts);
  g_assert_cmpstr (json_object_get_string_member (one, "task"), ==, "find-words");
  g_assert_cmpuint (check_objects (sure, 0.9, labels), <, n);
  g_assert_cmpuint (check_objects (all, 0, labels), >=, n);

  g_assert_true (g_file_set_contents (file, "cat, or dog\nthe door\n", -1, NULL));
  lines = find ("find-words", option, NULL, NULL, NULL);
  g_assert_cmpuint (check_objects (lines, 0.1, labels), ==, n);
}

/* By a region here, by one elsewhere, by all of another picture. */
static void
test_like (void)
{
  static const char *const labels[] = { "", NULL };
  g_autofree char *image = harness_fixture (PHOTO), *other = harness_fixture (OTHER);
  g_autoptr (JsonObject) here = find ("find-like", "--region", "10,10,60,50", NULL, NULL);
  g_autoptr (JsonObject) same = find ("find-like", "--region", "10,10,60,50", "--from", image);
  g_autoptr (JsonObject) there = find ("find-like", "--region", "1,1,20,8", "--from", other);
  g_autoptr (JsonObject) whole = find ("find-like", "--from", other, NULL, NULL);
  g_autoptr (JsonObject) things = find ("find-things", NULL, NULL, NULL, NULL);
  guint n = check_objects (here, 0.1, labels);

  g_assert_cmpuint (n, >, 0);
  g_assert_false (json_object_has_member (here, "from"));
  g_assert_cmpstr (json_object_get_string_member (same, "from"), ==, image);
  g_assert_cmpuint (check_objects (same, 0.1, labels), ==, n);
  g_assert_cmpuint (check_objects (there, 0.1, labels), >, 0);
  g_assert_cmpuint (check_objects (whole, 0.1, labels), >, 0);
  g_assert_cmpuint (check_objects (things, 0.1, labels), >, 0);
}

static void
test_refused (void)
{
  g_autofree char *model = harness_fixture (OWLVIT), *vit = harness_fixture ("vit/vit-32");
  g_autofree char *image = harness_fixture (PHOTO), *other = harness_fixture (OTHER);
  g_autofree char *from = g_strconcat ("--from=", other, NULL);
  const struct
  {
    const char *task, *a, *b, *words;
    int status;
  } cases[] = {
    { "find-words", NULL, NULL, "--text", 2 },
    { "find-words", "--text=cat", from, "--from", 2 },
    { "find-words", "--text=cat", "--threshold=2", "--threshold must be a number from 0 to 1", 2 },
    { "find-words", "--text=cat", "--threshold=nan", "--threshold", 2 },
    { "find-words", "--text=cat", "--min-score=0x1", "--min-score", 2 },
    { "find-words", "--text= , ", NULL, "no words", 2 },
    { "find-like", NULL, NULL, "--region", 2 },
    { "find-like", "--text=cat", NULL, "needs a region", 2 },
    { "find-like", "--from=/nowhere/a.png", NULL, "/nowhere/a.png", 1 },
    { "find-like", from, "--region=1,1,42,8", "41 x 9", 1 },
    { "find-things", NULL, NULL, "find-things", 2 },
  };
  g_autoptr (Outcome) over = harness_run ("run", "--model", model, "--task", "find-like", from,
                                          "--annotate", other, image, NULL);
  g_autoptr (Outcome) none
      = harness_run ("run", "--model", vit, "--task", "classify", from, image, NULL);

  harness_assert_refused (over, 2, OTHER);
  harness_assert_refused (none, 2, "--from");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", cases[i].task,
                                                 image, cases[i].a, cases[i].b, NULL);

      harness_assert_refused (outcome, cases[i].status, cases[i].words);
    }
}

/* 0 is said, too: everywhere is at least so likely. */
static void
test_threshold_zero (void)
{
  g_autofree char *model = harness_fixture ("clipseg/clipseg-plain");
  g_autofree char *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--format", "json", "--task", "outline-words",
                     "--text", "cat", "--threshold", "0", image, NULL);
  g_autoptr (GPtrArray) answers = NULL;
  g_autofree char *polygons = NULL;
  JsonArray *objects;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  objects = json_object_get_array_member (answers->pdata[0], "objects");
  g_assert_cmpuint (json_array_get_length (objects), ==, 1);
  polygons = json_to_string (
      json_object_get_member (json_array_get_object_element (objects, 0), "polygons"), FALSE);
  g_assert_cmpstr (polygons, ==, "[[0,97,0,0,131,0,131,97]]");
}

/* The one answer of CLIPSeg, whose heat map is written to @map. */
static JsonObject *
heat (const char *map, const char *words, const char *threshold)
{
  g_autofree char *model = harness_fixture ("clipseg/clipseg-plain");
  g_autofree char *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--format", "json", "--task", "outline-words",
                     "--text", words, "--threshold", threshold, "--heat", map, image, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  return json_object_ref (answers->pdata[0]);
}

/* What the file says at each pixel is what outlines are cut from: what is likelier than the
 * threshold is in the mask, what is less likely is not. */
static void
test_heat (void)
{
  const double threshold = 0.4375;
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *map = g_build_filename (folder, "map.png", NULL), *bytes = NULL;
  g_autoptr (JsonObject) answer = heat (map, "cat", "0.4375");
  JsonArray *objects = json_object_get_array_member (answer, "objects");
  g_autoptr (MonocleMaskRuns) runs = NULL;
  g_autoptr (MonocleImage) levels = NULL;
  g_autoptr (GError) error = NULL;
  guint n_inside = 0, n_outside = 0;
  JsonObject *mask;

  g_assert_cmpuint (json_array_get_length (objects), ==, 1);
  mask = json_object_get_object_member (json_array_get_object_element (objects, 0), "mask");
  runs
      = monocle_mask_runs_new_from_string (json_object_get_string_member (mask, "counts"), 131, 97);
  g_assert_nonnull (runs);
  g_assert_true (g_file_get_contents (map, &bytes, NULL, NULL));
  /* 16 bits, grey */
  g_assert_cmpint (bytes[24], ==, 16);
  g_assert_cmpint (bytes[25], ==, 0);
  levels = monocle_image_new_from_file (map, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (levels), ==, 131);
  g_assert_cmpuint (monocle_image_get_height (levels), ==, 97);
  for (guint y = 0; y < 97; y++)
    for (guint x = 0; x < 131; x++)
      {
        /* It has the upper 8 bits. */
        const double likely = monocle_image_get_pixels (levels)[3 * (131 * y + x)] / 255.0;
        const gboolean inside = monocle_mask_runs_has (runs, x, y);

        if (fabs (likely - threshold) < 1.0 / 255)
          continue;
        g_assert_cmpint (inside, ==, likely > threshold);
        *(inside ? &n_inside : &n_outside) += 1;
      }
  g_assert_cmpuint (n_inside, >, 100);
  g_assert_cmpuint (n_outside, >, 100);
}

static void
test_heat_refused (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *map = g_build_filename (folder, "map.png", NULL);
  g_autofree char *plain = harness_fixture ("clipseg/clipseg-plain");
  g_autofree char *owl = harness_fixture (OWLV2), *image = harness_fixture (PHOTO);
  const struct
  {
    const char *model, *task, *map, *option, *words;
  } cases[] = {
    { owl, "find-words", map, NULL, "no task here gives a heat map" },
    { plain, "outline-words", "map.jpg", NULL, "--heat needs a name that ends with .png" },
    { plain, "outline-words", image, NULL, "--heat would write over the input" },
    { plain, "outline-words", map, "--annotate", "--heat would write over" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run ("run", "--model", cases[i].model, "--task", cases[i].task, "--text", "cat",
                         "--heat", cases[i].map, image, cases[i].option, map, NULL);

      harness_assert_refused (outcome, 2, cases[i].words);
      g_assert_false (g_file_test (map, G_FILE_TEST_EXISTS));
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/find/words", test_words);
  g_test_add_func ("/cli/find/like", test_like);
  g_test_add_func ("/cli/find/refused", test_refused);
  g_test_add_func ("/cli/find/threshold-zero", test_threshold_zero);
  g_test_add_func ("/cli/find/heat", test_heat);
  g_test_add_func ("/cli/find/heat-refused", test_heat_refused);
  return g_test_run ();
}
