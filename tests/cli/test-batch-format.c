/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of a batch in a format of other programs: all of them, whenever they were given; what is
 * lost is said before anything is asked.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"

static char *
put_pictures (HarnessFiles *files)
{
  char *folder = g_build_filename (files->folder, "pictures", NULL);
  const char *const sources[] = { files->a, files->b };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/sub/%u.png", folder, i);
      g_autofree char *above = g_path_get_dirname (path);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
      g_assert_true (g_file_get_contents (sources[i], &bytes, &size, NULL));
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
    }
  return folder;
}

static guint
count_images (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  return json_array_get_length (json_object_get_array_member (
      json_node_get_object (json_parser_get_root (parser)), "images"));
}

static void
test_format (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *pictures = put_pictures (files);
  g_autofree char *out = g_build_filename (files->folder, "out", NULL);
  g_autofree char *set = g_build_filename (out, "coco", "instances.json", NULL);
  g_autofree char *answer = g_build_filename (out, "sub", "0.png.jsonl", NULL);
  g_autofree char *first = g_build_filename (pictures, "sub", "0.png", NULL);
  g_autofree char *before = NULL, *after = NULL, *lines = NULL;
  g_autoptr (Outcome) none = NULL, once = NULL, again = NULL;

  none = harness_run ("batch", "--model", files->model, "--task=detect", "--output", out,
                      "--format=docx", pictures, NULL);
  harness_assert_refused (none, 2, "is no format");
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));

  once = harness_run_shell ("\"$@\" 2>&1", "batch", "--model", files->model, "--task=detect",
                            "--task=caption", "--max-tokens=12", "--output", out, "--format=coco",
                            pictures, NULL);
  harness_assert_done (once);
  /* Before the first answer. */
  g_assert_nonnull (strstr (once->out, "coco: scores are left out"));
  g_assert_nonnull (strstr (once->out, "coco: captions are left out"));
  g_assert_nonnull (strstr (once->out, "2 pictures"));
  g_assert_cmpuint (count_images (set), ==, 2);
  g_assert_true (g_file_get_contents (set, &before, NULL, NULL));
  g_assert_true (g_file_get_contents (answer, &lines, NULL, NULL));

  /* Asked about again, or not: it is the same, and in the place of what was there. */
  g_assert_cmpint (g_remove (answer), ==, 0);
  again = harness_run ("batch", "--model", files->model, "--task=detect", "--task=caption",
                       "--max-tokens=12", "--output", out, "--format=coco", "--resume", pictures,
                       NULL);
  harness_assert_done (again);
  g_assert_true (g_file_get_contents (set, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
}

/* Captions, and a share. */
static void
test_captions (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *pictures = put_pictures (files);
  g_autofree char *out = g_build_filename (files->folder, "out", NULL);
  g_autofree char *set = g_build_filename (out, "coco-captions", "captions.json", NULL);
  g_autofree char *share = g_build_filename (out, "coco-captions-1-of-2", NULL);
  g_autofree char *text = NULL;
  g_autoptr (Outcome) done = NULL, half = NULL;

  done = harness_run ("batch", "--model", files->model, "--task=caption", "--max-tokens=6",
                      "--output", out, "--format=coco-captions", pictures, NULL);
  harness_assert_done (done);
  g_assert_true (g_file_get_contents (set, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "sub/0.png"));
  g_assert_nonnull (strstr (text, "\"caption\""));
  half = harness_run ("batch", "--model", files->model, "--task=caption", "--max-tokens=6",
                      "--output", out, "--format=coco-captions", "--shard=1/2", "--resume",
                      pictures, NULL);
  harness_assert_done (half);
  /* Which pictures are whose share is decided by their names. */
  g_assert_true (g_file_test (share, G_FILE_TEST_IS_DIR) || strstr (half->out, "of 0") != NULL);
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/batch-format/again", test_format },
    { "/cli/batch-format/captions", test_captions },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
