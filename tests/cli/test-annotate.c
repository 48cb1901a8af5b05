/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Annotated pictures of monocle-cli: what is on them, in every format, under which names, and what
 * is refused.
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/draw/picture-format.h"
#include "app/pictures/kinds.h"
#include "app/pictures/source.h"
#include "harness.h"

/* Keeps answers short. */
#define TOKENS "16"

static MonocleImage *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  MonocleImage *image = monocle_image_new_from_file (path, &error);

  g_assert_no_error (error);
  return image;
}

static gboolean
pixel_changed (const MonocleImage *a, const MonocleImage *b, guint x, guint y)
{
  gsize at = 3 * ((gsize) y * monocle_image_get_width (a) + x);

  return memcmp (monocle_image_get_pixels (a) + at, monocle_image_get_pixels (b) + at, 3) != 0;
}

static void
test_annotate_png (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "out.PNG", NULL);
  g_autoptr (MonocleImage) original = load (fixture->a);
  g_autoptr (MonocleImage) drawn = NULL;
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens", "40",
                     "--format", "json", "--annotate", path, fixture->a, NULL);
  g_autoptr (GPtrArray) answers = NULL;
  JsonArray *objects;

  harness_assert_done (outcome);
  drawn = load (path);
  g_assert_cmpuint (monocle_image_get_width (drawn), ==, 37);
  g_assert_cmpuint (monocle_image_get_height (drawn), ==, 53);

  answers = harness_parse_lines (outcome);
  objects = json_object_get_array_member (answers->pdata[0], "objects");
  g_assert_cmpuint (json_array_get_length (objects), >, 0);
  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      JsonArray *box
          = json_object_get_array_member (json_array_get_object_element (objects, i), "box");

      /* Its first and third corner are on its outline. */
      g_assert_true (pixel_changed (original, drawn, (guint) json_array_get_double_element (box, 0),
                                    (guint) json_array_get_double_element (box, 1)));
      g_assert_true (pixel_changed (original, drawn, (guint) json_array_get_double_element (box, 2),
                                    (guint) json_array_get_double_element (box, 3)));
    }
}

static void
test_annotate_strip (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "out.png", NULL);
  g_autoptr (MonocleImage) original = load (fixture->b);
  g_autoptr (MonocleImage) drawn = NULL;
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "caption", "--max-tokens", TOKENS,
                     "--annotate", path, fixture->b, NULL);

  harness_assert_done (outcome);
  drawn = load (path);
  /* The picture stays as it was, the answer is below. */
  g_assert_cmpuint (monocle_image_get_width (drawn), ==, 120);
  g_assert_cmpuint (monocle_image_get_height (drawn), >, 80);
  g_assert_cmpmem (monocle_image_get_pixels (drawn), 3 * 120 * 80,
                   monocle_image_get_pixels (original), 3 * 120 * 80);
}

static void
test_annotate_svg (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "out.svg", NULL);
  g_autofree char *svg = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens", "40",
                     "--annotate", path, fixture->a, NULL);

  harness_assert_done (outcome);
  g_file_get_contents (path, &svg, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (svg, "<svg"));
  g_assert_nonnull (strstr (svg, "data:image/png;base64,"));
  g_assert_nonnull (strstr (svg, "width=\"37\""));
  g_assert_nonnull (strstr (svg, "</svg>"));
}

/* Two images of the same name and two tasks: four pictures. */
static void
test_annotate_names (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const names[]
      = { "out-a-detect.png", "out-a-caption.png", "out-a-detect-2.png", "out-a-caption-2.png" };
  g_autofree char *out = g_build_filename (fixture->folder, "out.png", NULL);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--task", "caption",
                     "--max-tokens", "8", "--annotate", out, fixture->a, fixture->a, NULL);

  harness_assert_done (outcome);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
    }
}

/* An input is not written over, under whatever name. */
static void
test_annotate_input (HarnessFiles *fixture, gconstpointer data)
{
  g_autofree char *input = g_build_filename (fixture->folder, "picture.png", NULL);
  g_autofree char *link = g_build_filename (fixture->folder, "link.png", NULL);
  g_autofree char *before = NULL, *after = NULL, *nowhere = NULL;
  g_autoptr (Outcome) same = NULL, linked = NULL, failed = NULL;
  gsize before_size, after_size;

  g_assert_true (g_file_get_contents (fixture->a, &before, &before_size, NULL));
  g_assert_true (g_file_set_contents (input, before, (gssize) before_size, NULL));
  g_assert_no_errno (symlink (input, link));
  nowhere = g_build_filename (fixture->folder, "no", "folder", "out.png", NULL);

  same = harness_run ("run", "--model", fixture->model, "--task", "detect", "--annotate", input,
                      input, NULL);
  harness_assert_refused (same, 2, input);
  linked = harness_run ("run", "--model", fixture->model, "--task", "detect", "--annotate", link,
                        fixture->b, input, NULL);
  g_assert_cmpint (linked->status, ==, 0);
  linked = (outcome_free (linked), harness_run ("run", "--model", fixture->model, "--task",
                                                "detect", "--annotate", link, input, NULL));
  harness_assert_refused (linked, 2, "picture.png");
  g_assert_true (g_file_get_contents (input, &after, &after_size, NULL));
  g_assert_cmpmem (before, before_size, after, after_size);

  failed = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens", "8",
                        "--format", "json", "--annotate", nowhere, fixture->a, NULL);
  harness_assert_refused (failed, 2, nowhere);
}

/* --- Every format --- */

static const guint8 *
get_pixel (GdkPixbuf *pixbuf, int x, int y)
{
  return gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
         + x * gdk_pixbuf_get_n_channels (pixbuf);
}

static double
get_difference (GdkPixbuf *a, GdkPixbuf *b)
{
  const int width = gdk_pixbuf_get_width (a), height = gdk_pixbuf_get_height (a);
  double sum = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        sum += ABS (get_pixel (a, x, y)[c] - get_pixel (b, x, y)[c]);
  return sum / (3.0 * width * height);
}

/* On white, as formats without alpha show it; by what the program reads pictures with. */
static GdkPixbuf *
read_opaque (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_source_load_path (path, &error);
  g_autoptr (MonocleImage) opaque = image ? monocle_image_on_white (image, &error) : NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  int width;

  g_assert_no_error (error);
  width = (int) monocle_image_get_width (opaque);
  pixbuf = gdk_pixbuf_new_from_data (monocle_image_get_pixels (opaque), GDK_COLORSPACE_RGB, FALSE,
                                     8, width, (int) monocle_image_get_height (opaque), 3 * width,
                                     NULL, NULL);
  return gdk_pixbuf_copy (pixbuf);
}

/* Measured in points, or drawn larger: as many pixels as the picture has. */
static GdkPixbuf *
read_drawing (const char *path, int width, int height)
{
  g_autoptr (GdkPixbuf) page = read_opaque (path);

  g_assert_cmpfloat_with_epsilon ((double) gdk_pixbuf_get_height (page)
                                      / gdk_pixbuf_get_width (page),
                                  (double) height / width, 0.02);
  return gdk_pixbuf_scale_simple (page, width, height, GDK_INTERP_BILINEAR);
}

/* The same picture, with boxes and with a strip, whatever it is written in. */
static void
test_every_format (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const tasks[] = { "detect", "caption" };
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  g_assert_cmpuint (n_formats, >=, 4);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (GdkPixbuf) png = NULL;

      for (guint k = 0; k < n_formats; k++)
        {
          g_autofree char *path
              = g_strdup_printf ("%s/%s.%s", fixture->folder, tasks[i], formats[k]->extension);
          g_autoptr (Outcome) outcome
              = harness_run ("run", "--model", fixture->model, "--task", tasks[i], "--max-tokens",
                             TOKENS, "--annotate", path, fixture->b, NULL);
          const gboolean is_pdf = strcmp (formats[k]->id, "pdf") == 0;
          const gboolean is_drawing = is_pdf || strcmp (formats[k]->id, "svg") == 0;
          g_autoptr (GdkPixbuf) drawn = NULL;
          g_autofree char *contents = NULL;

          harness_assert_done (outcome);
          g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
          if (is_pdf)
            g_assert_true (g_str_has_prefix (contents, "%PDF-"));
          if (is_pdf && !monocle_picture_kinds_can_open ("application/pdf"))
            continue;
          drawn = is_drawing
                      ? read_drawing (path, gdk_pixbuf_get_width (png), gdk_pixbuf_get_height (png))
                      : read_opaque (path);
          if (k == 0)
            png = g_object_ref (drawn);
          g_assert_cmpint (gdk_pixbuf_get_width (drawn), ==, gdk_pixbuf_get_width (png));
          g_assert_cmpint (gdk_pixbuf_get_height (drawn), ==, gdk_pixbuf_get_height (png));
          g_assert_cmpfloat (get_difference (drawn, png), <, 12);
        }
    }
}

/* The help and the error say what there is. */
static void
test_names_formats (HarnessFiles *fixture, gconstpointer data)
{
  static const char *const names[] = { "x.gif", "x.tiff", "x", "x.", "x.png.bak", "png", "-" };
  g_autoptr (Outcome) help = harness_run ("run", "--help", NULL);
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run ("run", "--model", fixture->model, "--task", "detect", "--annotate",
                         names[i], fixture->a, NULL);

      harness_assert_refused (outcome, 2, names[i]);
      for (guint k = 0; k < n_formats; k++)
        {
          g_autofree char *extension = g_strconcat (".", formats[k]->extension, NULL);

          g_assert_nonnull (strstr (outcome->errors[0], extension));
          g_assert_nonnull (strstr (help->out, extension));
        }
      g_assert_false (g_file_test (names[i], G_FILE_TEST_EXISTS));
    }
}

/* Whatever the format: not into a folder, not over the picture. */
static void
test_refused (HarnessFiles *fixture, gconstpointer data)
{
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);
  g_autofree char *before = NULL;
  gsize before_size;

  g_assert_true (g_file_get_contents (fixture->a, &before, &before_size, NULL));
  for (guint i = 0; i < n_formats; i++)
    {
      g_autofree char *folder
          = g_strdup_printf ("%s/folder.%s", fixture->folder, formats[i]->extension);
      g_autofree char *input
          = g_strdup_printf ("%s/input.%s", fixture->folder, formats[i]->extension);
      g_autoptr (Outcome) into = NULL, over = NULL;
      g_autofree char *after = NULL;
      gsize after_size;

      g_assert_no_errno (g_mkdir (folder, 0700));
      into = harness_run ("run", "--model", fixture->model, "--task", "detect", "--annotate",
                          folder, fixture->a, NULL);
      harness_assert_refused (into, 2, folder);

      g_assert_true (g_file_set_contents (input, before, (gssize) before_size, NULL));
      over = harness_run ("run", "--model", fixture->model, "--task", "detect", "--annotate", input,
                          input, NULL);
      harness_assert_refused (over, 2, "would write over the input");
      g_assert_true (g_file_get_contents (input, &after, &after_size, NULL));
      g_assert_cmpmem (before, before_size, after, after_size);
    }
}

/* Before the model answers, by the limits of the format. */
static void
test_too_wide (HarnessFiles *fixture, gconstpointer data)
{
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  for (guint i = 0; i < n_formats; i++)
    {
      const guint side = formats[i]->max_side + 1;
      g_autofree char *wide = g_strdup_printf ("%s/%u.pgm", fixture->folder, side);
      g_autofree char *out
          = g_strdup_printf ("%s/%u.%s", fixture->folder, side, formats[i]->extension);
      g_autofree char *pixels = g_strnfill (side, 'x');
      g_autofree char *file = g_strdup_printf ("P5 %u 1 255\n%s", side, pixels);
      g_autofree char *limit = g_strdup_printf ("%u", formats[i]->max_side);
      g_autoptr (Outcome) outcome = NULL;

      if (formats[i]->max_side == 0)
        continue;
      g_assert_true (g_file_set_contents (wide, file, -1, NULL));
      /* There is no such device: the model is not loaded. */
      outcome = harness_run ("run", "--model", fixture->model, "--task", "detect", "--device",
                             "none", "--annotate", out, wide, NULL);
      harness_assert_refused (outcome, 1, limit);
      g_assert_nonnull (strstr (outcome->errors[0], wide));
      g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
    }
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/annotate/png", test_annotate_png },
    { "/cli/annotate/strip", test_annotate_strip },
    { "/cli/annotate/svg", test_annotate_svg },
    { "/cli/annotate/names", test_annotate_names },
    { "/cli/annotate/input", test_annotate_input },
    { "/cli/annotate/every-format", test_every_format },
    { "/cli/annotate/names-formats", test_names_formats },
    { "/cli/annotate/refused", test_refused },
    { "/cli/annotate/too-wide", test_too_wide },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
