/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that a model draws: of words, of a picture; what is written where, and what is refused.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "harness.h"
#include "hashed-unifiedio.h"
#include "hashed-unifiedio2.h"

static TemporaryFolder *model, *second; /* of either Unified-IO */

/* (transfer full): in @folder */
static char *
make_path (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static GdkPixbuf *
read_picture (const char *path)
{
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  return pixbuf;
}

/* No image is needed, and the file says how it came to be. */
static void
test_words (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = make_path (folder, "new.png");
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--task", "generate", "--text", "the image", "--seed",
                     "7", "--out", path, "--format", "json", NULL);
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GdkPixbuf) picture = NULL;
  JsonObject *answer, *drawn;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  answer = answers->pdata[0];
  g_assert_true (json_object_get_null_member (answer, "image"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "token_ids")), ==,
                    258);
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (answer, "sampling"), "top_k"), ==,
      0);
  drawn = json_array_get_object_element (json_object_get_array_member (answer, "pictures"), 0);
  g_assert_cmpstr (json_object_get_string_member (drawn, "path"), ==, path);
  g_assert_cmpint (json_object_get_int_member (drawn, "width"), ==, 256);
  picture = read_picture (path);
  g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, 256);
  g_assert_cmpstr (gdk_pixbuf_get_option (picture, "tEXt::Description"), ==, "the image");
  g_assert_cmpstr (gdk_pixbuf_get_option (picture, "tEXt::Seed"), ==, "7");
}

/* Several of the same words, each of its own seed. */
static void
test_samples (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = make_path (folder, "new.png");
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", second, "--task", "generate", "--text", "the image",
                     "--seed", "7", "--samples", "2", "--out", path, "--format", "json", NULL);
  g_autoptr (Outcome) useless = harness_run ("run", "--model", second, "--task", "caption",
                                             "--samples", "2", "x.png", NULL);
  g_autoptr (GPtrArray) answers = NULL;
  g_autofree char *codes[2] = { NULL, NULL };

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("new-%u.png", i + 1);
      g_autofree char *file = make_path (folder, name);
      g_autofree char *seed = g_strdup_printf ("%u", 7 + i);
      g_autoptr (GdkPixbuf) picture = read_picture (file);
      JsonObject *sampling = json_object_get_object_member (answers->pdata[i], "sampling");

      g_assert_cmpstr (gdk_pixbuf_get_option (picture, "tEXt::Seed"), ==, seed);
      g_assert_cmpint (json_object_get_int_member (sampling, "seed"), ==, 7 + i);
      codes[i] = json_to_string (json_object_get_member (answers->pdata[i], "token_ids"), FALSE);
    }
  g_assert_cmpstr (codes[0], !=, codes[1]);
  harness_assert_refused (useless, 2, "no task here draws a picture");
}

/* Of the size of what was seen. */
static void
test_depth (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = make_path (folder, "depth.png");
  g_autofree char *image = harness_fixture ("pictures/photo-131x97.png");
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--task", "depth", "--out", path, image, NULL);
  g_autofree char *line = g_strdup_printf ("%s: a picture of 131×97 pixels\n", path);
  g_autoptr (GdkPixbuf) picture = NULL;

  harness_assert_done (outcome);
  g_assert_cmpstr (outcome->out, ==, line);
  picture = read_picture (path);
  g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, 131);
  g_assert_cmpint (gdk_pixbuf_get_height (picture), ==, 97);
}

/* What the second one draws is smaller here, and led by words; what it is told of a region is an
 * outline. */
static void
test_second (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = make_path (folder, "new.png");
  g_autofree char *image = harness_fixture ("pictures/photo-131x97.png");
  g_autoptr (Outcome) drawn
      = harness_run ("run", "--model", second, "--task", "generate", "--text", "the dog", "--seed",
                     "7", "--out", path, "--format", "json", NULL);
  g_autoptr (Outcome) outlined
      = harness_run ("run", "--model", second, "--task", "outline-in-region", "--text", "the dog",
                     "--region", "10,10,90,80", "--format", "json", image, NULL);
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GPtrArray) outlines = NULL;
  g_autoptr (GdkPixbuf) picture = NULL;

  harness_assert_done (drawn);
  answers = harness_parse_lines (drawn);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (answers->pdata[0], "token_ids")), ==,
      1 + HASHED_UNIFIEDIO2_CODES);
  picture = read_picture (path);
  g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, HASHED_UNIFIEDIO2_SIDE);
  g_assert_cmpstr (gdk_pixbuf_get_option (picture, "tEXt::Description"), ==, "the dog");
  harness_assert_done (outlined);
  outlines = harness_parse_lines (outlined);
  g_assert_cmpuint (outlines->len, ==, 1);
}

static void
test_refused (void)
{
  g_autofree char *image = harness_fixture ("pictures/photo-131x97.png");
  g_autoptr (Outcome) nowhere
      = harness_run ("run", "--model", model, "--task", "depth", image, NULL);
  g_autoptr (Outcome) words
      = harness_run ("run", "--model", model, "--task", "caption", "--out", "x.png", image, NULL);
  g_autoptr (Outcome) kind
      = harness_run ("run", "--model", model, "--task", "depth", "--out", "x.jpg", image, NULL);
  g_autoptr (Outcome) over
      = harness_run ("run", "--model", model, "--task", "depth", "--out", image, image, NULL);
  g_autoptr (Outcome) blank
      = harness_run ("run", "--model", model, "--task", "depth", "--out", "x.png", NULL);

  g_autoptr (Outcome) batch
      = harness_run ("batch", "--model", model, "--task", "depth", "--output", "x", "-", NULL);

  harness_assert_refused (batch, 2, "run");
  harness_assert_refused (nowhere, 2, "--out");
  harness_assert_refused (words, 2, "draws");
  harness_assert_refused (kind, 2, ".png");
  harness_assert_refused (over, 2, "input");
  harness_assert_refused (blank, 2, "no image");
}

int
main (int argc, char **argv)
{
  int status;

  harness_init (&argc, &argv);
  model = harness_make_folder ();
  hashed_unifiedio_write_model (model);
  second = harness_make_folder ();
  hashed_unifiedio2_write_model (second);
  g_test_add_func ("/cli/draw/words", test_words);
  g_test_add_func ("/cli/draw/samples", test_samples);
  g_test_add_func ("/cli/draw/depth", test_depth);
  g_test_add_func ("/cli/draw/second", test_second);
  g_test_add_func ("/cli/draw/refused", test_refused);
  status = g_test_run ();
  harness_remove_folder (model);
  harness_remove_folder (second);
  return status;
}
