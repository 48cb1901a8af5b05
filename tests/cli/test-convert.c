/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * convert as a person calls it: what is read and written, what is said about it, what is refused.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"

#define COCO(name, x)                                                                              \
  "{\"images\":[{\"id\":1,\"file_name\":\"" name "\",\"width\":64,\"height\":48}],"                \
  "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":[{\"id\":1,\"image_id\":1,"        \
  "\"category_id\":1,\"bbox\":[" x ",12,20,12],\"segmentation\":[[0,0,64,0,0,48]]}]}"

static char *
put (HarnessFiles *files, const char *name, const char *text)
{
  char *path = g_build_filename (files->folder, name, NULL);
  g_autofree char *above = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
copy_picture (HarnessFiles *files, const char *name)
{
  g_autofree char *bytes = NULL;
  g_autofree char *path = g_build_filename (files->folder, name, NULL);
  gsize size;

  g_assert_true (g_file_get_contents (files->a, &bytes, &size, NULL));
  g_free (put (files, name, ""));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static gboolean
is_there (HarnessFiles *files, const char *name)
{
  g_autofree char *path = g_build_filename (files->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static char *
get (HarnessFiles *files, const char *name)
{
  g_autofree char *path = g_build_filename (files->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What it is, is found out; what is lost is said; what was done is counted. */
static void
test_auto (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *in = put (files, "in.json", COCO ("a.png", "10"));
  g_autofree char *out = g_build_filename (files->folder, "yolo", NULL);
  g_autofree char *back = g_build_filename (files->folder, "back.json", NULL);
  g_autofree char *pictures = g_build_filename (files->folder, "pictures", NULL);
  g_autofree char *lines = NULL, *text = NULL;
  g_autoptr (Outcome) dry = NULL, done = NULL, again = NULL;

  copy_picture (files, "pictures/a.png");
  dry = harness_run_shell ("\"$@\" 2>&1", "convert", "--from", "auto", "--to", "yolo", "--dry-run",
                           in, out, NULL);
  harness_assert_done (dry);
  g_assert_nonnull (strstr (dry->out, "yolo: outlines become boxes around them (1)"));
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  done = harness_run ("convert", "--from", "auto", "--to", "yolo", "--format", "json", in, out,
                      NULL);
  harness_assert_done (done);
  g_assert_cmpstr (done->out, ==, "{\"pictures\": 1, \"objects\": 1, \"captions\": 0}\n");
  lines = get (files, "yolo/labels/train/a.txt");
  g_assert_cmpstr (lines, ==, "0 0.312500 0.375000 0.312500 0.250000\n");
  /* YOLO says no sizes: without the picture nobody knows where that is. */
  again = harness_run ("convert", "--to", "coco", out, back, NULL);
  harness_assert_refused (again, 1, "--images says where it is");
  g_clear_pointer (&again, outcome_free);
  again = harness_run ("convert", "--to", "coco", "--images", pictures, out, back, NULL);
  harness_assert_done (again);
  text = get (files, "back.json");
  g_assert_nonnull (strstr (text, "\"car\""));
}

static void
test_merge (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *a = put (files, "a.json", COCO ("a.png", "10"));
  g_autofree char *b = put (files, "b.json", COCO ("b.png", "20"));
  g_autofree char *out = g_build_filename (files->folder, "all.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (Outcome) refused = NULL, twice = NULL, done = NULL;

  refused = harness_run ("convert", "--to", "coco", a, b, out, NULL);
  harness_assert_refused (refused, 2, "--merge");
  twice = harness_run ("convert", "--merge", "--to", "coco", a, a, out, NULL);
  harness_assert_refused (twice, 1, "comes twice");
  g_assert_false (is_there (files, "all.json"));
  done = harness_run ("convert", "--merge", "--to", "coco", a, b, out, NULL);
  harness_assert_done (done);
  g_assert_cmpstr (done->out, ==, "2 pictures, 2 objects, 0 captions\n");
  text = get (files, "all.json");
  g_assert_nonnull (strstr (text, "a.png"));
  g_assert_nonnull (strstr (text, "b.png"));
  g_assert_null (strstr (strstr (text, "\"name\": \"car\"") + 1, "\"name\": \"car\""));
}

static void
test_copies (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *in = put (files, "set/in.json", COCO ("a.png", "10"));
  g_autofree char *out = g_build_filename (files->folder, "voc", NULL);
  g_autofree char *missing = g_build_filename (files->folder, "missing", NULL);
  g_autoptr (Outcome) refused = NULL, done = NULL;

  refused = harness_run ("convert", "--to", "voc", "--copy-images", in, missing, NULL);
  harness_assert_refused (refused, 1, "the picture is not there");
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  copy_picture (files, "set/images/a.png");
  done = harness_run ("convert", "--to", "voc", "--copy-images", in, out, NULL);
  harness_assert_done (done);
  g_assert_true (is_there (files, "voc/JPEGImages/a.png"));
  g_assert_true (is_there (files, "voc/Annotations/a.xml"));
}

/* Shares come out as they were asked for, and the same way again. */
static void
test_split (HarnessFiles *files, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("{\"images\":[");
  g_autofree char *in = NULL, *first = NULL, *second = NULL;
  g_autofree char *a = g_build_filename (files->folder, "a", NULL);
  g_autofree char *b = g_build_filename (files->folder, "b", NULL);
  g_autofree char *one = g_build_filename (files->folder, "one.json", NULL);
  g_autoptr (Outcome) done = NULL, again = NULL, refused = NULL, wrong = NULL;

  for (guint i = 1; i <= 20; i++)
    g_string_append_printf (text, "%s{\"id\":%u,\"file_name\":\"%u.png\",\"width\":9,\"height\":9}",
                            i > 1 ? "," : "", i, i);
  g_string_append (text, "],\"annotations\":[]}");
  in = put (files, "in.json", text->str);
  done = harness_run ("convert", "--to", "coco", "--split", "80/10/10", in, a, NULL);
  harness_assert_done (done);
  again = harness_run ("convert", "--to", "coco", "--split", "80/10/10", in, b, NULL);
  harness_assert_done (again);
  first = get (files, "a/instances_val.json");
  second = get (files, "b/instances_val.json");
  g_assert_cmpstr (first, ==, second);
  g_assert_true (is_there (files, "a/instances_train.json"));
  g_assert_true (is_there (files, "a/instances_test.json"));
  refused = harness_run ("convert", "--to", "coco", "--split", "80/10/10", in, one, NULL);
  harness_assert_refused (refused, 2, "--split needs a folder");
  wrong = harness_run ("convert", "--to", "coco", "--split", "80", in, one, NULL);
  harness_assert_refused (wrong, 2, "two or three shares");
}

static void
test_refused (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *in = put (files, "in.json", COCO ("a.png", "10"));
  g_autofree char *text = put (files, "in.txt", "hello\n");
  g_autofree char *out = g_build_filename (files->folder, "out.json", NULL);
  g_autoptr (Outcome) to = NULL, unread = NULL, unknown = NULL, strange = NULL, same = NULL,
                      stream = NULL;

  to = harness_run ("convert", in, out, NULL);
  harness_assert_refused (to, 2, "--to is missing");
  unread = harness_run ("convert", "--from", "csv", "--to", "coco", in, out, NULL);
  harness_assert_refused (unread, 2, "is no format");
  unknown = harness_run ("convert", "--to", "docx", in, out, NULL);
  harness_assert_refused (unknown, 2, "is no format");
  strange = harness_run ("convert", "--to", "coco", text, out, NULL);
  harness_assert_refused (strange, 1, "in no format that is known");
  stream = harness_run ("convert", "--to", "csv", in, "-", NULL);
  harness_assert_refused (stream, 2, "not standard input or output");
  same = harness_run ("convert", "--to", "coco", in, in, NULL);
  g_assert_cmpint (same->status, ==, 2);
  g_assert_false (is_there (files, "out.json"));
}

#define NAMED(name)                                                                                \
  "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":64,\"height\":48}],"                   \
  "\"categories\":[{\"id\":1,\"name\":\"" name "\"}],\"annotations\":[{\"id\":1,\"image_id\":1,"   \
  "\"category_id\":1,\"bbox\":[1,2,20,12]}]}"

/* What has no name, or one of blanks, is nameless; where all must be called something, it is said.
 */
static void
test_nameless (HarnessFiles *files, gconstpointer data)
{
  static const char *const needs[] = { "cvat", "label-studio", "voc", "dota", "crops" };
  g_autofree char *empty = put (files, "empty.json", NAMED (""));
  g_autofree char *blank = put (files, "blank.json", NAMED ("  "));
  g_autofree char *table = g_build_filename (files->folder, "all.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (Outcome) done = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    {
      g_autofree char *out = g_build_filename (files->folder, needs[i], NULL);
      g_autoptr (Outcome) dry = harness_run_shell ("\"$@\" 2>&1", "convert", "--dry-run", "--to",
                                                   needs[i], i % 2 ? empty : blank, out, NULL);

      harness_assert_done (dry);
      g_assert_nonnull (strstr (dry->out, "objects without a name are called “-” (1)"));
    }
  done = harness_run_shell ("\"$@\" 2>&1", "convert", "--to", "csv", blank, table, NULL);
  harness_assert_done (done);
  g_assert_null (strstr (done->out, "without a name"));
  text = get (files, "all.csv");
  g_assert_nonnull (strstr (text, "a.png,64,48,,,1,2,21,14,,"));
}

/* An empty value of a script is no folder. */
static void
test_empty_names (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *in = put (files, "in.json", COCO ("a.png", "10"));
  g_autofree char *out = g_build_filename (files->folder, "out.json", NULL);
  g_autoptr (Outcome) images = NULL, name = NULL, both = NULL, adapter = NULL, work = NULL;

  images = harness_run ("convert", "--to", "coco", "--images", "", in, out, NULL);
  harness_assert_refused (images, 2, "--images needs a name");
  name = harness_run ("convert", "--to", "coco", "", out, NULL);
  harness_assert_refused (name, 2, "one of the names is empty");
  both = harness_run ("compare", in, "", NULL);
  harness_assert_refused (both, 2, "one of the names is empty");
  adapter = harness_run ("adapter", "info", "", NULL);
  harness_assert_refused (adapter, 2, "one folder");
  work = harness_run ("work", "list", "", NULL);
  harness_assert_refused (work, 2, "no folder is named");
  g_assert_false (is_there (files, "out.json"));
}

#define TWINS                                                                                      \
  "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":64,\"height\":48},"                    \
  "{\"id\":2,\"file_name\":\"a.jpg\",\"width\":64,\"height\":48}],"                                \
  "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":["                                 \
  "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,20,12]},"                              \
  "{\"id\":2,\"image_id\":2,\"category_id\":1,\"bbox\":[3,4,20,12]}]}"

/* Pictures whose names differ in what comes behind the point: both are there, and found again;
 * where a format cannot tell them apart, it is said which. */
static void
test_twins (HarnessFiles *files, gconstpointer data)
{
  static const char *const tell[] = { "labelme", "monocle", "voc", "masks", "crops" };
  static const char *const mix[] = { "yolo", "yolo-obb", "dota", "open-images" };
  g_autofree char *in = put (files, "in.json", TWINS);
  g_autofree char *pictures = g_build_filename (files->folder, "pictures", NULL);

  copy_picture (files, "pictures/a.png");
  copy_picture (files, "pictures/a.jpg");
  for (guint i = 0; i < G_N_ELEMENTS (tell); i++)
    {
      g_autofree char *out = g_build_filename (files->folder, tell[i], NULL);
      g_autofree char *back = g_strconcat (out, ".csv", NULL);
      g_autofree char *table = NULL;
      g_autoptr (Outcome) done
          = harness_run ("convert", "--to", tell[i], "--images", pictures, in, out, NULL);
      g_autoptr (Outcome) again = NULL;

      harness_assert_done (done);
      if (i >= 3)
        continue;
      again = harness_run ("convert", "--to", "csv", "--images", pictures, out, back, NULL);
      harness_assert_done (again);
      g_assert_true (g_file_get_contents (back, &table, NULL, NULL));
      g_assert_nonnull (strstr (table, "a.png,64,48,,car,1,2,21,14,,"));
      g_assert_nonnull (strstr (table, "a.jpg,64,48,,car,3,4,23,16,,"));
    }
  g_assert_true (is_there (files, "crops/car/a.jpg-001.png"));
  for (guint i = 0; i < G_N_ELEMENTS (mix); i++)
    {
      g_autofree char *out = g_build_filename (files->folder, mix[i], NULL);
      g_autoptr (Outcome) refused = harness_run ("convert", "--to", mix[i], in, out, NULL);

      harness_assert_refused (refused, 1, "a.jpg: another picture is called “a” too");
    }
}

/* A file of one picture by itself; a name of a file is no name of a folder. */
static void
test_single (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *one = put (files, "one.json", COCO ("a.png", "10"));
  g_autofree char *two = put (files, "two.json", TWINS);
  g_autofree char *out = g_build_filename (files->folder, "out.json", NULL);
  g_autofree char *work = g_build_filename (files->folder, "out.monocle.json", NULL);
  g_autofree char *xml = g_build_filename (files->folder, "out.xml", NULL);
  g_autofree char *text = NULL;
  g_autoptr (Outcome) labelme = NULL, monocle = NULL, several = NULL, voc = NULL;

  labelme = harness_run ("convert", "--to", "labelme", one, out, NULL);
  harness_assert_done (labelme);
  text = get (files, "out.json");
  g_assert_nonnull (strstr (text, "\"imagePath\": \"a.png\""));
  monocle = harness_run ("convert", "--to", "monocle", one, work, NULL);
  harness_assert_done (monocle);
  g_assert_true (is_there (files, "out.monocle.json"));
  several = harness_run ("convert", "--to", "monocle", two, work, NULL);
  harness_assert_refused (several, 1, "name a folder");
  voc = harness_run ("convert", "--to", "voc", one, xml, NULL);
  harness_assert_refused (voc, 2, "is written as a folder");
  g_assert_false (g_file_test (xml, G_FILE_TEST_EXISTS));
}

/* A set of nothing is one: written, and read again. */
static void
test_empty_set (HarnessFiles *files, gconstpointer data)
{
  static const char *const formats[]
      = { "coco", "coco-results", "coco-captions", "yolo", "yolo-seg", "label-studio", "cvat" };
  g_autofree char *in
      = put (files, "in.json", "{\"images\":[],\"annotations\":[],\"categories\":[]}");
  g_autofree char *list = put (files, "list.json", "[]");
  g_autofree char *none = g_build_filename (files->folder, "none.json", NULL);
  g_autoptr (Outcome) compared = harness_run ("compare", in, in, NULL);
  g_autoptr (Outcome) refused
      = harness_run ("convert", "--from", "coco", "--to", "coco", list, none, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *out = g_build_filename (files->folder, formats[i], NULL);
      g_autofree char *back = g_strconcat (out, ".csv", NULL);
      g_autoptr (Outcome) done = harness_run ("convert", "--to", formats[i], in, out, NULL);
      g_autoptr (Outcome) again = NULL;

      harness_assert_done (done);
      again = harness_run ("convert", "--from", formats[i], "--to", "csv", out, back, NULL);
      harness_assert_done (again);
      g_assert_cmpstr (again->out, ==, "0 pictures, 0 objects, 0 captions\n");
    }
  harness_assert_done (compared);
  g_assert_cmpstr (compared->out, ==, "All 0 pictures: 0 in the same place, of 0 and 0\n");
  harness_assert_refused (refused, 1, "not a list");
}

/* What batches answered about files of any name becomes a set that can be read again. */
static void
test_odd_names (HarnessFiles *files, gconstpointer data)
{
  static const char *const names[] = { "a\nb.png", "a\rb.png", "c\377.png", "d\\e.png" };
  static const char *const formats[] = { "coco", "voc", "cvat", "open-images", "labelme" };
  g_autofree char *pictures = g_build_filename (files->folder, "pictures", NULL);
  g_autofree char *answers = g_build_filename (files->folder, "answers", NULL);
  g_autoptr (Outcome) asked = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename ("pictures", names[i], NULL);

      copy_picture (files, name);
    }
  asked = harness_run ("batch", "--model", files->model, "--task", "detect", "--max-tokens", "20",
                       "--output", answers, pictures, NULL);
  harness_assert_done (asked);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *out = g_build_filename (files->folder, formats[i], NULL);
      g_autofree char *back = g_strconcat (out, ".csv", NULL);
      g_autofree char *table = NULL;
      g_autoptr (Outcome) done
          = harness_run_shell ("\"$@\" 2>&1", "convert", "--to", formats[i], answers, out, NULL);
      g_autoptr (Outcome) again = NULL;

      harness_assert_done (done);
      g_assert_nonnull (strstr (done->out, "no text in one line"));
      again = harness_run ("convert", "--to", "csv", "--images", pictures, out, back, NULL);
      if (g_str_equal (formats[i], "open-images"))
        continue; /* says no sizes */
      harness_assert_done (again);
      g_assert_true (g_file_get_contents (back, &table, NULL, NULL));
      g_assert_nonnull (strstr (table, "a_b.png,"));
      g_assert_nonnull (strstr (table, "a_b-2.png,"));
      g_assert_nonnull (strstr (table, "c_.png,"));
      g_assert_nonnull (strstr (table, "d_e.png,"));
    }
}

/* What `run` prints goes to a file of any name, which says nothing of the picture's. */
static void
test_printed (HarnessFiles *files, gconstpointer data)
{
  static const char *const names[] = { "answers.json", "answers.jsonl", "my.answers.jsonl", "a" };
  g_autoptr (Outcome) asked
      = harness_run ("run", "--model", files->model, "--task", "detect", "--max-tokens", "20",
                     "--format", "json", "--min-score", "0", files->a, NULL);

  harness_assert_done (asked);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *answers = g_build_filename (files->folder, names[i], NULL);
      g_autofree char *out = g_strconcat (answers, ".csv", NULL);
      g_autofree char *table = NULL;
      g_autoptr (Outcome) done = NULL;

      g_assert_true (g_file_set_contents (answers, asked->out, -1, NULL));
      done = harness_run ("convert", "--to", "csv", answers, out, NULL);
      harness_assert_done (done);
      g_assert_true (g_file_get_contents (out, &table, NULL, NULL));
      g_assert_nonnull (strstr (table, "\na.png,"));
    }
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/convert/auto", test_auto },           { "/cli/convert/merge", test_merge },
    { "/cli/convert/copies", test_copies },       { "/cli/convert/split", test_split },
    { "/cli/convert/refused", test_refused },     { "/cli/convert/nameless", test_nameless },
    { "/cli/convert/odd-names", test_odd_names }, { "/cli/convert/printed", test_printed },
    { "/cli/convert/empty-set", test_empty_set }, { "/cli/convert/twins", test_twins },
    { "/cli/convert/single", test_single },       { "/cli/convert/empty-names", test_empty_names },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
