/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sets: what is asked of which files, and one clear error for every file that is none.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/eval/caption.h"
#include "app/eval/set.h"
#include "tests/unit/io-files.h"
#include "tasks-fixture.h"

#define IMAGES                                                                                     \
  "\"images\": [{\"id\": 7, \"file_name\": \"b.png\", \"width\": 40, \"height\": 30}, "            \
  "{\"id\": 3, \"file_name\": \"a.png\", \"width\": 20, \"height\": 10}]"
#define CATEGORIES             "\"categories\": [{\"id\": 5, \"name\": \"Red Car\"}]"
#define INSTANCES(annotations) "{" IMAGES ", " CATEGORIES ", \"annotations\": [" annotations "]}"
#define CAR                    "\"image_id\": 7, \"category_id\": 5"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture_, gconstpointer data)
{
  fixture_->folder = new_folder ();
}

static void
tear_down (Fixture *fixture_, gconstpointer data)
{
  remove_folder (fixture_->folder);
  g_free (fixture_->folder);
}

static void
place (const Fixture *fixture_, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture_->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  /* No waiting for the disk. */
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static MonocleEvalSet *
load (const Fixture *fixture_, GError **error)
{
  return monocle_eval_set_load (all_tasks (), (const char *const[]){ fixture_->folder, NULL }, NULL,
                                error);
}

static guint
count_questions (const MonocleEvalImage *image, const char *task)
{
  guint n = 0;

  for (guint i = 0; i < image->questions->len; i++)
    n += strcmp (((MonocleEvalQuestion *) image->questions->pdata[i])->task->id, task) == 0;
  return n;
}

static const MonocleEvalQuestion *
find_question (const MonocleEvalImage *image, const char *task)
{
  for (guint i = 0; i < image->questions->len; i++)
    if (strcmp (((MonocleEvalQuestion *) image->questions->pdata[i])->task->id, task) == 0)
      return image->questions->pdata[i];
  g_assert_not_reached ();
}

/* All files together: images in the order of their ids, whatever the order of the files. */
static void
test_folder (Fixture *fixture_, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;
  const MonocleEvalImage *a, *b;
  const MonocleEvalQuestion *referring;
  gint64 category = 0;

  place (fixture_, "instances.json",
         INSTANCES ("{" CAR
                    ", \"id\": 1, \"bbox\": [10, 10, 20, 10], \"iscrowd\": 0, \"area\": 150.5,"
                    " \"segmentation\": [[10, 10, 30, 10, 30, 20, 10, 20]]},"
                    "{" CAR ", \"id\": 2, \"bbox\": [0, 0, 5, 5], \"iscrowd\": 1,"
                    " \"segmentation\": {\"size\": [30, 40], \"counts\": [0, 5, 1195]}}"));
  place (fixture_, "captions.json",
         "{" IMAGES ", \"annotations\": [{\"id\": 1, \"image_id\": 3, \"caption\": \"Two cars.\","
         " \"slots\": [{\"name\": \"car\", \"phrase\": \"car\", \"count\": 2}]}]}");
  place (
      fixture_, "questions.jsonl",
      "{\"image\": \"b.png\", \"question\": \"How many?\", \"answer\": \"one\", \"kind\": "
      "\"count\"}\n\n"
      "{\"image\": \"c.png\", \"question\": \"Where?\", \"answer\": [\"left\", \"on the left\"]}");
  place (fixture_, "grounding.jsonl",
         "{\"image\": \"b.png\", \"task\": \"<OPEN_VOCABULARY_DETECTION>\", \"text\": \"car\", "
         "\"boxes\": [[10, 10, 30, 20]]}\n"
         "{\"image\": \"b.png\", \"task\": \"<OPEN_VOCABULARY_DETECTION>\", \"text\": \"dog\", "
         "\"boxes\": []}\n"
         "{\"image\": \"b.png\", \"task\": \"referring-segmentation\", \"text\": \"the car\", "
         "\"boxes\": [[10, 10, 30, 20]]}\n");
  place (fixture_, "ocr.jsonl",
         "{\"image\": \"a.png\", \"text\": \"STOP\", \"quad\": [0, 0, 20, 0, 20, 30, 0, 30]}\n"
         "{\"image\": \"a.png\", \"text\": \"now\", \"quad\": [0, 0, 20, 0, 20, 9, 0, 9]}\n");
  place (fixture_, "notes.json", "no JSON, and none of ours");

  set = load (fixture_, &error);
  g_assert_no_error (error);
  g_assert_true (set->has_masks);
  g_assert_cmpuint (set->images->len, ==, 3);
  a = set->images->pdata[0];
  b = set->images->pdata[1];
  g_assert_cmpstr (a->name, ==, "a.png");
  g_assert_cmpint (a->id, ==, 3);
  g_assert_cmpstr (b->name, ==, "b.png");
  g_assert_false (((MonocleEvalImage *) set->images->pdata[2])->is_listed);

  g_assert_cmpuint (count_questions (a, "detect"), ==, 1);
  g_assert_cmpuint (count_questions (a, "caption"), ==, 1);
  g_assert_cmpuint (count_questions (a, "region-to-ocr"), ==, 2);
  g_assert_cmpuint (count_questions (a, "ocr-with-region"), ==, 1);
  g_assert_cmpstr (find_question (a, "ocr")->answers[0], ==, "STOP now");
  g_assert_false (find_question (a, "ocr")->is_tall);
  g_assert_true (find_question (a, "region-to-ocr")->is_tall);
  g_assert_cmpuint (find_question (a, "detailed-caption")->when, ==, MONOCLE_EVAL_ON_REQUEST);

  /* Crowds are not asked about. */
  g_assert_cmpuint (count_questions (b, "region-to-category"), ==, 1);
  g_assert_cmpstr (find_question (b, "region-to-category")->answers[0], ==, "Red Car");
  g_assert_cmpuint (count_questions (b, "open-vocabulary-detection"), ==, 2);
  g_assert_cmpuint (count_questions (b, "prompt"), ==, 1);
  g_assert_cmpstr (find_question (b, "prompt")->text, ==, "How many?");
  /* The outline is that of the object with this box. */
  referring = find_question (b, "referring-segmentation");
  g_assert_nonnull (referring->mask);
  g_assert_cmpuint (monocle_mask_runs_get_area (referring->mask), ==, 200);
  g_assert_cmpfloat (g_array_index (b->objects, MonocleEvalShape, 0).area, ==, 150.5);
  g_assert_cmpfloat (g_array_index (b->objects, MonocleEvalShape, 1).area, ==, 5);
  g_assert_true (monocle_eval_set_find_category (set, " red  car.", &category));
  g_assert_cmpint (category, ==, 5);
  g_assert_false (monocle_eval_set_find_category (set, "car", &category));
}

/* Rows that ask about regions take the place of what the objects would ask. */
static void
test_regions (Fixture *fixture_, gconstpointer data)
{
  guint n_rings;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;
  const MonocleEvalImage *b;

  place (fixture_, "instances.json", INSTANCES ("{" CAR ", \"bbox\": [10, 10, 20, 10]}"));
  place (fixture_, "regions.jsonl",
         "{\"image\": \"b.png\", \"task\": \"region-to-category\", \"answer\": \"car\"}\n"
         "{\"image\": \"b.png\", \"task\": \"region-to-segmentation\", \"region\": [1, 1, 9, 9],"
         " \"segmentation\": [[1, 1, 9, 1, 9, 9]]}\n"
         "{\"image\": \"b.png\", \"task\": \"phrase-grounding\", \"text\": \"a car and a dog\","
         " \"phrases\": [{\"text\": \"a car\", \"boxes\": [[1, 2, 3, 4]]}, {\"text\": \"a dog\", "
         "\"boxes\": []}]}\n");
  set = load (fixture_, &error);
  g_assert_no_error (error);
  g_assert_false (set->has_masks);
  b = set->images->pdata[1];
  g_assert_cmpuint (count_questions (b, "region-to-category"), ==, 1);
  g_assert_false (find_question (b, "region-to-category")->has_region);
  g_assert_true (find_question (b, "region-to-segmentation")->has_region);
  g_assert_nonnull (find_question (b, "region-to-segmentation")->outline);
  monocle_shape_get_rings (find_question (b, "region-to-segmentation")->outline, &n_rings);
  g_assert_cmpuint (n_rings, ==, 1);
  g_assert_cmpuint (find_question (b, "phrase-grounding")->phrases->len, ==, 2);
}

static guint
count_objects (const MonocleEvalSet *set)
{
  guint n = 0;

  for (guint i = 0; i < set->images->len; i++)
    n += ((MonocleEvalImage *) set->images->pdata[i])->objects->len;
  return n;
}

#define OBJECTS                                                                                    \
  "{" CAR ", \"id\": 1, \"bbox\": [10, 10, 20, 10]}, {" CAR                                        \
  ", \"id\": 2, \"bbox\": [1, 1, 9, 9]}, "                                                         \
  "{" CAR ", \"id\": 3, \"bbox\": [1, 1, 9, 9]}"

/* A file counts once, and so does what another file says again. */
static void
test_twice (Fixture *fixture_, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;
  g_autofree char *file = g_build_filename (fixture_->folder, "instances.json", NULL);
  g_autofree char *other = g_build_filename (fixture_->folder, ".", "instances.json", NULL);
  g_autofree char *link_name = g_build_filename (fixture_->folder, "instances-2.json", NULL);
  const char *const paths[] = { file, fixture_->folder, other, fixture_->folder, NULL };

  place (fixture_, "instances.json", INSTANCES (OBJECTS));
  g_assert_no_errno (symlink (file, link_name));
  /* The same with other ids and in another order, and one that is new. */
  place (fixture_, "instances-3.json",
         INSTANCES ("{\"bbox\": [10, 10, 20, 10], " CAR ", \"id\": 9}, {" CAR
                    ", \"id\": 1, \"bbox\": [2, 2, 3, 3]}"));
  place (fixture_, "captions.json",
         "{" IMAGES ", \"annotations\": [{\"id\": 1, \"image_id\": 3, \"caption\": \"Two.\","
         " \"slots\": [{\"name\": \"car\"}]}]}");
  place (fixture_, "captions-2.json",
         "{" IMAGES ", \"annotations\": [{\"id\": 7, \"image_id\": 3, \"caption\": \"Two.\","
         " \"slots\": [{\"name\": \"car\"}]}]}");
  place (fixture_, "a.jsonl",
         "{\"image\": \"a.png\", \"question\": \"a?\", \"answer\": \"x\"}\n"
         "{\"image\": \"a.png\", \"question\": \"b?\", \"answer\": \"x\"}\n"
         "{\"answer\": \"x\", \"image\": \"./a.png\",  \"question\": \"a?\"}\n"
         "{\"image\": \"b.png\", \"text\": \"STOP\"}\n"
         "{\"image\": \"b.png\", \"text\": \"STOP\"}\n"
         "{\"image\": \"b.png\", \"text\": \"GO\", \"quad\": [0, 0, 9, 0, 9, 9, 0, 9]}\n"
         "{\"image\": \"b.png\", \"text\": \"GO\", \"quad\": [0, 0, 9, 0, 9, 9, 0, 9]}\n");

  set = monocle_eval_set_load (all_tasks (), paths, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->images->len, ==, 2);
  /* Two of one file that are alike have ids of their own. */
  g_assert_cmpuint (count_objects (set), ==, 4);
  g_assert_cmpuint (((MonocleEvalImage *) set->images->pdata[0])->captions->len, ==, 1);
  g_assert_cmpuint (((MonocleEvalImage *) set->images->pdata[0])->slots->len, ==, 1);
  g_assert_cmpuint (count_questions (set->images->pdata[0], "prompt"), ==, 2);
  g_assert_cmpuint (((MonocleEvalImage *) set->images->pdata[1])->texts->len, ==, 3);
}

/* Two sets may call their pictures alike. */
static void
test_two_sets (Fixture *fixture_, gconstpointer data)
{
  g_autofree char *other = new_folder ();
  g_autofree char *file = g_build_filename (other, "q.jsonl", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;

  place (fixture_, "q.jsonl", "{\"image\": \"a.png\", \"question\": \"a?\", \"answer\": \"x\"}\n");
  g_assert_true (g_file_set_contents (
      file, "{\"image\": \"a.png\", \"question\": \"a?\", \"answer\": \"x\"}\n", -1, NULL));
  set = monocle_eval_set_load (all_tasks (), (const char *const[]){ fixture_->folder, other, NULL },
                               NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->images->len, ==, 2);
  g_clear_pointer (&set, monocle_eval_set_free);
  set = monocle_eval_set_load (all_tasks (), (const char *const[]){ fixture_->folder, other, NULL },
                               other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->images->len, ==, 1);
  g_assert_cmpuint (count_questions (set->images->pdata[0], "prompt"), ==, 1);
  remove_folder (other);
}

/* What is there and empty says nothing; numbers and flags come in several spellings. */
static void
test_empty (Fixture *fixture_, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;
  const MonocleEvalImage *a, *b;

  place (fixture_, "instances.json",
         "\xef\xbb\xbf" INSTANCES (
             "{\"image_id\": 7.0, \"category_id\": 5, \"bbox\": [1, 1, 9, 9], \"iscrowd\": false,"
             " \"segmentation\": []},"
             "{" CAR ", \"bbox\": [2, 2, 9, 9], \"iscrowd\": true, \"segmentation\": [[]]},"
             "{" CAR ", \"bbox\": [3, 3, 9, 9], \"iscrowd\": null, \"segmentation\": null}"));
  place (fixture_, "captions.json",
         "{" IMAGES
         ", \"categories\": [], \"annotations\": [{\"image_id\": 3, \"caption\": \"\"}]}");
  set = load (fixture_, &error);
  g_assert_no_error (error);
  g_assert_false (set->has_masks);
  a = set->images->pdata[0];
  b = set->images->pdata[1];
  g_assert_cmpuint (a->captions->len, ==, 0);
  g_assert_cmpuint (count_questions (a, "caption"), ==, 0);
  g_assert_cmpuint (b->objects->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_null (g_array_index (b->objects, MonocleEvalShape, i).mask);
  g_assert_cmpint (g_array_index (b->objects, MonocleEvalShape, 0).crowd, ==, MONOCLE_EVAL_SINGLE);
  g_assert_cmpint (g_array_index (b->objects, MonocleEvalShape, 1).crowd, ==, MONOCLE_EVAL_CROWD);
  g_assert_cmpuint (count_questions (b, "region-to-category"), ==, 2);
  g_assert_cmpuint (count_questions (b, "region-to-segmentation"), ==, 0);
}

/* Time grows with the size, not with its square. */
static void
test_many (Fixture *fixture_, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("{" CATEGORIES ", \"images\": [");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleEvalSet) set = NULL;
  const guint n = 20000;
  clock_t start;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        text, "%s{\"id\": %u, \"file_name\": \"%u.png\", \"width\": 40, \"height\": 30}",
        i ? ", " : "", i, i);
  g_string_append (text, "], \"annotations\": [");
  /* Half of them in one picture. */
  for (guint i = 0; i < 2 * n; i++)
    g_string_append_printf (
        text, "%s{\"id\": %u, \"image_id\": %u, \"category_id\": 5, \"bbox\": [1, 1, 5, 5]}",
        i ? ", " : "", i, i < n ? i : 7);
  g_string_append (text, "]}");
  place (fixture_, "instances.json", text->str);
  start = clock ();
  set = load (fixture_, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_objects (set), ==, 2 * n);
  /* Of the processor, not of the clock: other programs may be at work. */
  g_assert_cmpfloat ((clock () - start) / (double) CLOCKS_PER_SEC, <, 15);
}

typedef struct
{
  const char *name;
  const char *text;
  const char *says;
} Bad;

static const Bad bads[] = {
  { "instances.json", "", "empty" },
  { "instances.json", "{", "bad JSON" },
  { "instances.json", "[]", "expected an object" },
  { "instances.json", "{\"a\": \"\\ud800\"}", "bad escape" },
  { "instances.json", "{\"a\": 1} // comment", "not JSON" },
  { "instances.json", "{}", "\"images\" is missing" },
  { "instances.json", "{\"images\": 3}", "\"images\": expected an array" },
  { "instances.json", "{\"images\": [3]}", "images[0]: expected an object" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"../x.png\", \"width\": 1, \"height\": 1}]}",
    "inside the folder" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"/x.png\", \"width\": 1, \"height\": 1}]}",
    "inside the folder" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"x\\u001b[1m.png\", \"width\": 1, \"height\": 1}]}",
    "inside the folder" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 0, \"height\": 1}]}",
    "\"width\" is 0" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 65535, \"height\": 65535}]}",
    "too many" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": \"1\", \"file_name\": \"x.png\", \"width\": 1, \"height\": 1}]}",
    "\"id\": expected an integer" },
  { "instances.json", INSTANCES ("") " {}", "follows" },
  { "instances.json", INSTANCES ("") "}", "follows" },
  { "instances.json",
    INSTANCES ("{" CAR ", \"id\": 1, \"bbox\": [1, 2, 3, 4]}, {" CAR
               ", \"id\": 1, \"bbox\": [5, 6, 7, 8]}"),
    "annotations[1]: annotation 1 comes twice" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 4], \"iscrowd\": 2}"), "iscrowd" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 4], \"iscrowd\": \"no\"}"),
    "iscrowd" },
  { "instances.json",
    "{" IMAGES
    ", \"categories\": [{\"id\": 5, \"name\": \"Car\"}, {\"id\": 6, \"name\": \"car.\"}], "
    "\"annotations\": []}",
    "categories[1]: \"car.\" is category 5 already" },
  { "instances.json",
    "{" CATEGORIES
    ", \"images\": [{\"id\": 1, \"file_name\": \"a.png\", \"width\": 1, \"height\": 1},"
    " {\"id\": 2, \"file_name\": \"./a.png\", \"width\": 1, \"height\": 1}]}",
    "comes twice" },
  { "captions.json",
    "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}, {\"id\": 2, \"file_name\": \"a.png\"}]}",
    "comes twice" },
  { "x.jsonl",
    "{\"image\": \"a.png\", \"question\": \"a\", \"answer\": \"b\"} {\"image\": \"a.png\"}",
    "follows" },
  { "x.jsonl", "{\"image\": \"a.png\", \"question\": \"a\", \"answer\": \"\"}",
    "\"answer\" is empty" },
  { "x.jsonl", "{\"image\": \"a.png\", \"question\": \"a\", \"answer\": [\"b\", \"\"]}",
    "empty text" },
  { "x.jsonl", "{\"image\": \"a.png\", \"text\": \"\"}", "\"text\" is empty" },
  { "instances.json", INSTANCES ("{\"image_id\": 9}"), "there is no image 9" },
  { "instances.json", INSTANCES ("{\"image_id\": 7, \"category_id\": 6, \"bbox\": [1, 2, 3, 4]}"),
    "there is no category 6" },
  { "instances.json", INSTANCES ("{" CAR "}"), "\"bbox\" is missing" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3]}"), "3 numbers, expected 4" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 1e999]}"), "bbox" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, -3, 4]}"), "negative" },
  { "instances.json",
    INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 4], \"segmentation\": [[1, 2, 3]]}"),
    "a polygon has 3 numbers" },
  { "instances.json", INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 4], \"segmentation\": 3}"),
    "neither polygons nor run lengths" },
  { "instances.json",
    INSTANCES ("{" CAR ", \"bbox\": [1, 2, 3, 4], \"segmentation\": {\"counts\": \"0\"}}"),
    "no \"size\"" },
  { "instances.json",
    INSTANCES (
        "{" CAR
        ", \"bbox\": [1, 2, 3, 4], \"segmentation\": {\"size\": [1e9, 1], \"counts\": \"0\"}}"),
    "out of range" },
  { "instances.json",
    INSTANCES (
        "{" CAR
        ", \"bbox\": [1, 2, 3, 4], \"segmentation\": {\"size\": [30, 40], \"counts\": \"0\"}}"),
    "no run lengths" },
  { "instances.json",
    INSTANCES ("{" CAR
               ", \"bbox\": [1, 2, 3, 4], \"segmentation\": {\"size\": [2, 2], \"counts\": [4]}}"),
    "the image 40 x 30" },
  { "captions.json", "{" IMAGES ", \"annotations\": [{\"image_id\": 3, \"caption\": 4}]}",
    "\"caption\": expected a string" },
  { "captions.json",
    "{" IMAGES ", \"annotations\": [{\"image_id\": 3, \"caption\": \"a\", \"slots\": [{\"name\": "
    "\"a\", \"count\": 0}]}]}",
    "\"count\" is out of range" },
  { "captions.json", "{" IMAGES ", \"annotations\": []}", "nothing to ask" },
  { "x.jsonl", "\n\n{\"question\": \"a\"}", "x.jsonl: line 3: key \"image\" is missing" },
  { "x.jsonl", "{\"image\": \"a.png\"}", "expected \"task\", \"question\" or \"text\"" },
  { "x.jsonl", "{\"image\": \"a.png\", \"question\": \"a\"}", "needs \"answer\"" },
  { "x.jsonl", "{\"image\": \"a.png\", \"question\": \"\", \"answer\": \"a\"}", "needs \"text\"" },
  { "x.jsonl", "{\"image\": \"a.png\", \"question\": \"a\", \"answer\": []}",
    "\"answer\" is empty" },
  { "x.jsonl", "{\"image\": \"a.png\", \"task\": \"dance\"}", "there is no task \"dance\"" },
  { "x.jsonl", "{\"image\": \"a.png\", \"task\": \"detect\"}", "not asked line by line" },
  { "x.jsonl", "{\"image\": \"a.png\", \"task\": \"region-proposal\"}", "cannot be measured" },
  { "x.jsonl", "{\"image\": \"a.png\", \"task\": \"open-vocabulary-detection\", \"text\": \"a\"}",
    "needs \"boxes\"" },
  { "x.jsonl",
    "{\"image\": \"a.png\", \"task\": \"open-vocabulary-detection\", \"text\": \"a\", \"boxes\": "
    "[[3, 3, 3, 4]]}",
    "empty box" },
  { "x.jsonl", "{\"image\": \"a.png\", \"text\": \"a\", \"quad\": [1, 2, 3, 4]}",
    "4 numbers, expected 8" },
  { "x.jsonl", "{\"image\": \"a.png\", \"text\": \"a\\u0000b\"}", "bad escape" },
};

static void
test_bad (Fixture *fixture_, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++)
    {
      g_autofree char *path = g_build_filename (fixture_->folder, bads[i].name, NULL);
      g_autoptr (GError) error = NULL;

      place (fixture_, bads[i].name, bads[i].text);
      g_assert_null (load (fixture_, &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      if (!strstr (error->message, bads[i].says) && strcmp (bads[i].says, "empty") != 0)
        {
          g_test_message ("'%s' does not say '%s'", error->message, bads[i].says);
          g_test_fail ();
        }
      g_assert_null (strchr (error->message, '\n'));
      g_remove (path);
    }
}

/* Damaged at every byte: an error or a set, and nothing worse. */
static void
test_damaged (Fixture *fixture_, gconstpointer data)
{
  static const char text[]
      = INSTANCES ("{" CAR ", \"id\": 1, \"bbox\": [10, 10, 20, 10], \"iscrowd\": 0, \"area\": 150,"
                   " \"segmentation\": {\"size\": [30, 40], \"counts\": [0, 5, 1195]}}");
  static const char spoils[] = { '"', '[', '}', '-', '9', '\\', ' ', 'e' };
  guint n_good = 0;

  for (gsize i = 0; i < sizeof text - 1; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (spoils); k++)
      {
        g_autofree char *damaged = g_strdup (text);
        g_autoptr (GError) error = NULL;
        g_autoptr (MonocleEvalSet) set = NULL;

        damaged[i] = spoils[k];
        place (fixture_, "instances.json", damaged);
        set = load (fixture_, &error);
        g_assert_true ((set != NULL) == (error == NULL));
        n_good += set != NULL;
      }
  g_assert_cmpuint (n_good, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/eval-set/folder", Fixture, NULL, set_up, test_folder, tear_down);
  g_test_add ("/app/eval-set/regions", Fixture, NULL, set_up, test_regions, tear_down);
  g_test_add ("/app/eval-set/twice", Fixture, NULL, set_up, test_twice, tear_down);
  g_test_add ("/app/eval-set/two-sets", Fixture, NULL, set_up, test_two_sets, tear_down);
  g_test_add ("/app/eval-set/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/app/eval-set/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/app/eval-set/bad", Fixture, NULL, set_up, test_bad, tear_down);
  g_test_add ("/app/eval-set/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  return g_test_run ();
}
