/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from words by the model that comes along: found without being named, the same of the
 * same seed, and honest about words that it does not know.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"

#define SIDE 64

static Outcome *
draw (const char *text, const char *seed, const char *path)
{
  return harness_run ("run", "--task", "generate", "--text", text, "--seed", seed, "--out", path,
                      NULL);
}

static GdkPixbuf *
read_picture (const char *path)
{
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, SIDE);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, SIDE);
  g_assert_cmpint (gdk_pixbuf_get_n_channels (pixbuf), ==, 3);
  return pixbuf;
}

static gboolean
are_equal (GdkPixbuf *a, GdkPixbuf *b)
{
  const gsize size = gdk_pixbuf_get_byte_length (a);

  return gdk_pixbuf_get_byte_length (b) == size
         && memcmp (gdk_pixbuf_read_pixels (a), gdk_pixbuf_read_pixels (b), size) == 0;
}

/* Pixels in which that channel stands out. */
static guint
count_strong (GdkPixbuf *picture, guint channel)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (picture);
  const int stride = gdk_pixbuf_get_rowstride (picture);
  guint n = 0;

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      {
        const guint8 *at = pixels + y * stride + 3 * x;
        const guint8 others = MAX (at[(channel + 1) % 3], at[(channel + 2) % 3]);

        n += at[channel] > 120 && at[channel] > others + 60;
      }
  return n;
}

/* No model is named, and no image. */
static void
test_found (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *first = g_build_filename (folder, "first.png", NULL);
  g_autofree char *again = g_build_filename (folder, "again.png", NULL);
  g_autofree char *other = g_build_filename (folder, "other.png", NULL);
  g_autoptr (Outcome) one = draw ("a big red circle", "3", first);
  g_autoptr (Outcome) two = draw ("A big red  circle.", "3", again);
  g_autoptr (Outcome) three = draw ("a big blue circle", "4", other);
  g_autoptr (GdkPixbuf) a = NULL, b = NULL, c = NULL;

  harness_assert_done (one);
  harness_assert_done (two);
  harness_assert_done (three);
  a = read_picture (first);
  b = read_picture (again);
  c = read_picture (other);
  g_assert_cmpstr (gdk_pixbuf_get_option (a, "tEXt::Seed"), ==, "3");
  g_assert_cmpuint (count_strong (a, 0), >, 300);
  g_assert_cmpuint (count_strong (a, 2), <, 100);
  g_assert_cmpuint (count_strong (b, 0), >, 300);
  g_assert_cmpuint (count_strong (c, 2), >, 300);
  g_assert_false (are_equal (a, c));
}

/* The very same picture, of the very same words. */
static void
test_seed (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *first = g_build_filename (folder, "first.png", NULL);
  g_autofree char *again = g_build_filename (folder, "again.png", NULL);
  g_autoptr (Outcome) one = draw ("two stars at night", "9", first);
  g_autoptr (Outcome) two = draw ("two stars at night", "9", again);
  g_autoptr (GdkPixbuf) a = NULL, b = NULL;

  harness_assert_done (one);
  harness_assert_done (two);
  a = read_picture (first);
  b = read_picture (again);
  g_assert_true (are_equal (a, b));
}

static void
test_unknown (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "none.png", NULL);
  g_autoptr (Outcome) unknown = draw ("a red dinosaur, eating a blue star", "1", path);
  g_autoptr (Outcome) empty = draw (" -/ ", "1", path);

  harness_assert_refused (unknown, 1, "error: The model was never taught the words");
  harness_assert_refused (unknown, 1, "“dinosaur”, “eating”");
  harness_assert_refused (empty, 2, "words");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  {
    /* Of several pictures it is said once. */
    g_autoptr (TemporaryFolder) several = harness_make_folder ();
    g_autofree char *path_of_several = g_build_filename (several, "none.png", NULL);
    g_autoptr (Outcome) refused = harness_run ("run", "--task", "generate", "--text", "a ball",
                                               "--samples", "3", "--out", path_of_several, NULL);

    harness_assert_refused (refused, 1, "never taught");
  }
}

/* --- what is no such model ---------------------------------------------------------------- */

/* The model that comes along, where that file of its has @to instead of @from. */
static TemporaryFolder *
make_model (const char *name, const char *from, const char *to)
{
  static const char *const files[]
      = { "config.json", "generation_config.json", "tokenizer.json", "model.safetensors" };
  TemporaryFolder *folder = harness_make_folder ();

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *source
          = g_test_build_filename (G_TEST_DIST, "..", "data", "model-draw", files[i], NULL);
      g_autofree char *target = g_build_filename (folder, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
      if (g_str_equal (files[i], name))
        {
          g_autoptr (GString) text = g_string_new (bytes);

          g_assert_cmpuint (g_string_replace (text, from, to, 0), ==, 1);
          g_assert_true (g_file_set_contents (target, text->str, -1, NULL));
        }
      else
        g_assert_true (g_file_set_contents (target, bytes, (gssize) size, NULL));
    }
  return folder;
}

static GdkPixbuf *
draw_likeliest (const char *model)
{
  g_autofree char *path = g_build_filename (model, "drawn.png", NULL);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--task", "generate", "--text", "two red stars",
                     "--top-k", "1", "--precision", "f32", "--out", path, NULL);

  harness_assert_done (outcome);
  return read_picture (path);
}

/* How far words lead says the model. Hardly is as not at all, of which the other half is made. */
static void
test_led (void)
{
  g_autoptr (TemporaryFolder) unled = make_model ("generation_config.json", "1.5", "1");
  g_autoptr (TemporaryFolder) hardly = make_model ("generation_config.json", "1.5", "1.000001");
  g_autoptr (TemporaryFolder) led = make_model ("generation_config.json", "1.5", "1.500001");
  g_autoptr (GdkPixbuf) a = draw_likeliest (unled), b = draw_likeliest (hardly);
  g_autoptr (GdkPixbuf) c = draw_likeliest (led);

  g_assert_true (are_equal (a, b));
  g_assert_false (are_equal (a, c));
}

static void
test_bad (void)
{
  static const struct
  {
    const char *name, *from, *to, *words;
  } cases[] = {
    { "config.json", "\"n_embed\": 750", "\"n_embed\": 751", "do not go together" },
    { "config.json", "\"n_embed\": 750", "\"n_embed\": 0", "n_embed" },
    { "config.json", "\"num_groups\": 4", "\"num_groups\": 5", "num_groups" },
    { "config.json", "\"num_groups\": 4", "\"num_groups\": 0", "num_groups" },
    { "config.json", "\"z_channels\": 16", "\"z_channels\": 12", "shape" },
    { "config.json", "\"num_res_blocks\": 0", "\"num_res_blocks\": 1", "missing" },
    { "config.json", "\"code_image_size\": 64", "\"code_image_size\": 128", "code_image_size" },
    { "config.json", "\"vqgan\"", "\"other\"", "vqgan" },
    { "generation_config.json", "1.5", "0.9", "guidance_scale" },
    { "generation_config.json", "1.5", "101", "guidance_scale" },
    { "generation_config.json", "1.5", "[]", "guidance_scale" },
    { "generation_config.json", "}", "", "generation_config.json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TemporaryFolder) model = make_model (cases[i].name, cases[i].from, cases[i].to);
      g_autofree char *path = g_build_filename (model, "none.png", NULL);
      g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", "generate",
                                                 "--text", "a star", "--out", path, NULL);

      harness_assert_refused (outcome, 1, cases[i].words);
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/draw-words/found", test_found);
  g_test_add_func ("/cli/draw-words/seed", test_seed);
  g_test_add_func ("/cli/draw-words/unknown", test_unknown);
  g_test_add_func ("/cli/draw-words/led", test_led);
  g_test_add_func ("/cli/draw-words/bad", test_bad);
  return g_test_run ();
}
