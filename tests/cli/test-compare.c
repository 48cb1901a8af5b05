/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monocle's own files and answers, as a person converts them to what other programs read, and
 * compares two versions of them.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"

#define COCO                                                                                       \
  "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":64,\"height\":48}],"                   \
  "\"categories\":[{\"id\":1,\"name\":\"car\"},{\"id\":2,\"name\":\"dog\"}],\"annotations\":["     \
  "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[10,12,20,12]},"                            \
  "{\"id\":2,\"image_id\":1,\"category_id\":2,\"bbox\":[40,5.25,10,10]}]}"

#define WORK(things)                                                                               \
  "{\"format\":\"monocle-work\",\"version\":1,\"picture\":{\"name\":\"a.png\",\"width\":64,"       \
  "\"height\":48},\"annotations\":[" things "],\"runs\":[]}"
#define THING(id, label, box)                                                                      \
  "{\"id\":\"000000000000000" id "\",\"label\":\"" label "\",\"box\":[" box "]}"

#define ANSWER(image, objects)                                                                     \
  "{\"image\": \"" image "\", \"width\": 64, \"height\": 48, \"model\": \"m\", \"device\": \"d\"," \
  " \"precision\": \"f32\", \"task\": \"detect\", \"text\": null, \"regions\": [], \"result\": "   \
  "{}, \"objects\": [" objects "], \"ranks\": []}\n"
#define FOUND(label, box) "{\"label\": \"" label "\", \"score\": 0.5, \"box\": [" box "]}"

static char *
put (HarnessFiles *files, const char *name, const char *text)
{
  char *path = g_build_filename (files->folder, name, NULL);
  g_autofree char *above = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
get (HarnessFiles *files, const char *name)
{
  g_autofree char *path = g_build_filename (files->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
assert_has (const char *text, const char *words)
{
  if (!strstr (text, words))
    g_error ("no “%s” in:\n%s", words, text);
}

/* There and back, found out by what it is called; the same thing is called the same every time. */
static void
test_work (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *in = put (files, "in.json", COCO);
  g_autofree char *work = g_build_filename (files->folder, "work", NULL);
  g_autofree char *again = g_build_filename (files->folder, "again", NULL);
  g_autofree char *back = g_build_filename (files->folder, "back.json", NULL);
  g_autofree char *bad = put (files, "bad.monocle.json", "{\"format\":\"monocle-work\"}");
  g_autoptr (Outcome) done = NULL, twice = NULL, read = NULL, refused = NULL;
  g_autofree char *first = NULL, *second = NULL, *text = NULL;

  done = harness_run ("convert", "--to", "monocle", in, work, NULL);
  harness_assert_done (done);
  g_assert_cmpstr (done->out, ==, "1 pictures, 2 objects, 0 captions\n");
  twice = harness_run ("convert", "--to", "monocle", in, again, NULL);
  harness_assert_done (twice);
  first = get (files, "work/a.monocle.json");
  second = get (files, "again/a.monocle.json");
  g_assert_cmpstr (first, ==, second);
  assert_has (first, "\"label\": \"dog\", \"box\": [40, 5.25, 50, 15.25]");
  read = harness_run ("convert", "--to", "coco", work, back, NULL);
  harness_assert_done (read);
  g_assert_cmpstr (read->out, ==, "1 pictures, 2 objects, 0 captions\n");
  text = get (files, "back.json");
  assert_has (text, "\"file_name\": \"a.png\"");
  assert_has (text, "[40, 5.25, 10, 10]");
  refused = harness_run ("convert", "--to", "coco", bad, back, NULL);
  harness_assert_refused (refused, 1, "bad.monocle.json");
}

/* A file for each picture as batches have them, or one for all. */
static void
test_answers (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *one = put (files, "one.jsonl",
                              ANSWER ("a.png", FOUND ("car", "10, 12, 30, 24")) ANSWER ("a.png", "")
                                  ANSWER ("b.png", FOUND ("dog", "1, 2, 3, 4")));
  g_autofree char *a = put (files, "answers/deep/a.png.jsonl",
                            ANSWER ("/far/away/a.png", FOUND ("car", "10, 12, 30, 24")));
  g_autofree char *b = put (files, "answers/b.png.jsonl", ANSWER ("/far/b.png", ""));
  g_autofree char *folder = g_build_filename (files->folder, "answers", NULL);
  g_autofree char *out = g_build_filename (files->folder, "out.json", NULL);
  g_autofree char *more = g_build_filename (files->folder, "more.json", NULL);
  g_autofree char *bad = put (files, "bad.jsonl", ANSWER ("a.png", FOUND ("x", "1, 2")));
  g_autofree char *text = NULL, *other = NULL;
  g_autoptr (Outcome) done = NULL, all = NULL, refused = NULL;

  done = harness_run ("convert", "--to", "coco", one, out, NULL);
  harness_assert_done (done);
  g_assert_cmpstr (done->out, ==, "2 pictures, 2 objects, 0 captions\n");
  text = get (files, "out.json");
  assert_has (text, "[10, 12, 20, 12]");
  assert_has (text, "\"b.png\"");
  all = harness_run ("convert", "--from", "monocle-answers", "--to", "coco", folder, more, NULL);
  harness_assert_done (all);
  g_assert_cmpstr (all->out, ==, "2 pictures, 1 objects, 0 captions\n");
  other = get (files, "more.json");
  assert_has (other, "\"deep/a.png\"");
  refused = harness_run ("convert", "--to", "coco", bad, more, NULL);
  harness_assert_refused (refused, 1, "bad.jsonl");
}

/* Thing by thing, in words and as JSON. */
static void
test_compare (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *first = put (files, "first.monocle.json",
                                WORK (THING ("1", "car", "10,10,30,30") "," THING (
                                    "2", "dog", "40,10,50,20") "," THING ("3", "hut", "0,0,5,5")));
  g_autofree char *second
      = put (files, "second.monocle.json",
             WORK (THING ("1", "car", "10,10,30,30") "," THING (
                 "2", "cat", "40,10,50,18") "," THING ("4", "sky", "20,0,60,5")));
  g_autofree char *answers
      = put (files, "answers.jsonl", ANSWER ("far/a.png", FOUND ("car", "10, 10, 30, 30")));
  g_autoptr (Outcome) words = NULL, json = NULL, other = NULL, usage = NULL, missing = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *line, *thing;

  words = harness_run ("compare", first, second, NULL);
  harness_assert_done (words);
  g_assert_cmpstr (words->out, ==,
                   "a.png: 2 in the same place, of 3 and 3; overlap 90 % on average, 1 of 2 with "
                   "the same name\n"
                   "  differs: “dog” at 40, 10, 50, 20; “cat” at 40, 10, 50, 18; overlap 80 %\n"
                   "  only in the first: “hut” at 0, 0, 5, 5\n"
                   "  only in the second: “sky” at 20, 0, 60, 5\n"
                   "  same: “car” at 10, 10, 30, 30\n");
  json = harness_run ("compare", "--differences", "--format", "json", first, second, NULL);
  harness_assert_done (json);
  lines = harness_parse_lines (json);
  g_assert_cmpuint (lines->len, ==, 1);
  line = lines->pdata[0];
  g_assert_cmpint (json_object_get_int_member (line, "n_matched"), ==, 2);
  g_assert_cmpfloat (json_object_get_double_member (line, "mean_overlap"), ==, 0.9);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (line, "things")), ==, 3);
  thing = json_array_get_object_element (json_object_get_array_member (line, "things"), 0);
  g_assert_cmpstr (json_object_get_string_member (thing, "kind"), ==, "differs");
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (thing, "second"), "label"), ==,
      "cat");
  /* Of two formats, and of a picture that is called otherwise. */
  other = harness_run ("compare", "--differences", first, answers, NULL);
  harness_assert_done (other);
  g_assert_cmpstr (other->out, ==,
                   "a.png: 1 in the same place, of 3 and 1; overlap 100 % on average, 1 of 1 with "
                   "the same name\n"
                   "  only in the first: “dog” at 40, 10, 50, 20\n"
                   "  only in the first: “hut” at 0, 0, 5, 5\n");
  usage = harness_run ("compare", first, NULL);
  harness_assert_refused (usage, 2, "two versions");
  missing = harness_run ("compare", first, "nowhere", NULL);
  harness_assert_refused (missing, 1, "no such file");
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/compare/work", test_work },
    { "/cli/compare/answers", test_answers },
    { "/cli/compare/compare", test_compare },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
