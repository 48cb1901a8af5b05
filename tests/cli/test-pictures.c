/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures on the command line: what the window opens; white where they are see-through, unless
 * `inspect` reads them as the reference does; as far as they go when they end early.
 */
#include "config.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "engine/engine.h"
#include "harness.h"

#define SIDE 96

static char *
write_pixels (TemporaryFolder *folder, const char *name, const guint8 *rgba, guint n_channels)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf
      = gdk_pixbuf_new (GDK_COLORSPACE_RGB, n_channels == 4, 8, SIDE, SIDE);
  g_autoptr (GError) error = NULL;

  for (guint y = 0; y < SIDE; y++)
    for (guint x = 0; x < SIDE; x++)
      memcpy (gdk_pixbuf_get_pixels (pixbuf) + y * (guint) gdk_pixbuf_get_rowstride (pixbuf)
                  + n_channels * x,
              rgba + 4 * (y * SIDE + x), n_channels);
  gdk_pixbuf_save (pixbuf, path, "png", &error, NULL);
  g_assert_no_error (error);
  return path;
}

/* A drawing on a ground that is see-through and black below. */
static void
make_logo (guint8 *rgba)
{
  for (guint i = 0; i < SIDE * SIDE; i++)
    {
      const gboolean is_drawn = i % SIDE > 30 && i / SIDE > 50;

      memcpy (rgba + 4 * i, is_drawn ? (guint8[]){ 200, 30, 40, 255 } : (guint8[]){ 0, 0, 0, 0 },
              4);
    }
}

static void
put_on_white (guint8 *rgba)
{
  for (guint i = 0; i < SIDE * SIDE; i++)
    if (rgba[4 * i + 3] == 0)
      memset (rgba + 4 * i, 255, 4);
}

static double
ask_score (const char *path)
{
  g_autofree char *model = harness_fixture ("models/native-96");
  g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", "caption",
                                             "--max-tokens", "16", "--format", "json", path, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  return json_object_get_double_member (answers->pdata[0], "score");
}

static GBytes *
inspect_pixels (TemporaryFolder *folder, const char *path)
{
  g_autofree char *model = harness_fixture ("models/native-96");
  g_autofree char *out = g_strconcat (path, ".stages", NULL);
  g_autofree char *pixels = g_build_filename (out, "pixel_values.npy", NULL);
  g_autoptr (Outcome) outcome = harness_run ("inspect", "--model", model, "--image", path,
                                             "--prompt", "x", "--out", out, NULL);
  char *data;
  gsize size;

  harness_assert_done (outcome);
  g_assert_true (g_file_get_contents (pixels, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

static void
test_alpha (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree guint8 *rgba = g_malloc (4 * SIDE * SIDE);
  g_autofree char *logo = NULL, *black = NULL, *white = NULL;
  g_autoptr (GBytes) of_logo = NULL;
  g_autoptr (GBytes) of_black = NULL;
  double asked;

  make_logo (rgba);
  logo = write_pixels (folder, "logo.png", rgba, 4);
  black = write_pixels (folder, "black.png", rgba, 3);
  put_on_white (rgba);
  white = write_pixels (folder, "white.png", rgba, 3);

  asked = ask_score (logo);
  g_assert_cmpfloat (asked, ==, ask_score (white));
  g_assert_cmpfloat (asked, !=, ask_score (black));
  of_logo = inspect_pixels (folder, logo);
  of_black = inspect_pixels (folder, black);
  g_assert_true (g_bytes_equal (of_logo, of_black));
}

/* Its note is no error, and its answer is one. */
static void
test_partial (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *model = harness_fixture ("models/native-96");
  g_autofree char *path = g_build_filename (folder, "half.png", NULL);
  g_autofree char *whole = harness_fixture ("images/b.png");
  g_autofree char *data = NULL, *out = NULL, *errors = NULL;
  gsize size;
  int status;
  const char *arguments[] = { harness_get_program (), "run", "--model", model, "--task", "caption",
                              "--max-tokens",         "4",   path,      NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (whole, &data, &size, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) size / 2, NULL));
  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &errors,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (errors, "half.png: the file is damaged or incomplete"));
  g_assert_nonnull (strstr (errors, "note: "));
  g_assert_null (strstr (errors, "error: "));
}

/* Formats that are not the engine's, where this system reads them; else the package is named. */
static void
test_formats (void)
{
  static const char *const names[] = { "picture.webp", "picture.tiff" };
  g_autofree char *model = harness_fixture ("models/native-96");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename ("formats", names[i], NULL);
      g_autofree char *path = harness_fixture (name);
      g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", "caption",
                                                 "--max-tokens", "4", path, NULL);

      if (outcome->status == 0)
        harness_assert_done (outcome);
      else
        harness_assert_refused (outcome, 1, "this system has no loader");
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/pictures/alpha", test_alpha);
  g_test_add_func ("/cli/pictures/partial", test_partial);
  g_test_add_func ("/cli/pictures/formats", test_formats);
  return g_test_run ();
}
