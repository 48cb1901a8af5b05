/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/image against Pillow: every kind of every format that Monocle says it reads, with alpha, cut
 * off, or refused. Files and pixels are in kinds.json; see tests/reference/make_kinds.py.
 */
#include "config.h"

#include "engine/picture/image.h"
#include "io-files.h"

static GBytes *
get_bytes (JsonObject *kind, const char *key)
{
  gsize size;
  guchar *data = g_base64_decode (json_object_get_string_member (kind, key), &size);

  return g_bytes_new_take (data, size);
}

/* Of a partial file only the rows that are there count: the first ones, or the last. */
static void
check_rgb (JsonObject *kind, MonocleImage *image)
{
  g_autoptr (GBytes) rgb = get_bytes (kind, "rgb");
  const gint64 width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const gint64 rows = json_object_get_int_member (kind, "rows");
  const gint64 first = rows < 0 ? height + rows : 0, end = rows < 0 ? height : rows;
  const guint8 *expected = g_bytes_get_data (rgb, NULL);
  const guint8 *found = monocle_image_get_pixels (image);

  g_assert_cmpuint (g_bytes_get_size (rgb), ==, 3 * width * height);
  for (gint64 i = 3 * width * first; i < 3 * width * end; i++)
    g_assert_cmpint (ABS (expected[i] - found[i]), <=,
                     json_object_get_int_member (kind, "tolerance"));
}

static void
check_alpha (JsonObject *kind, MonocleImage *image)
{
  const gsize n_pixels = (gsize) monocle_image_get_width (image) * monocle_image_get_height (image);
  g_autoptr (GBytes) alpha = NULL;

  if (json_object_get_null_member (kind, "alpha"))
    {
      /* Opaque pictures do not pay for it. */
      g_assert_null (monocle_image_get_alpha (image));
      return;
    }
  alpha = get_bytes (kind, "alpha");
  g_assert_nonnull (monocle_image_get_alpha (image));
  g_assert_cmpmem (g_bytes_get_data (alpha, NULL), g_bytes_get_size (alpha),
                   monocle_image_get_alpha (image), n_pixels);
}

static void
check_kind (JsonObject *kind)
{
  const char *name = json_object_get_string_member (kind, "name");
  g_autoptr (GBytes) bytes = get_bytes (kind, "file");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_bytes (bytes, name, &error);
  JsonArray *size;

  g_test_message ("%s: %s", name, error ? error->message : "read");
  if (json_object_get_null_member (kind, "size"))
    {
      g_assert_null (image);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      return;
    }
  g_assert_no_error (error);
  size = json_object_get_array_member (kind, "size");
  g_assert_cmpuint (monocle_image_get_width (image), ==, json_array_get_int_element (size, 0));
  g_assert_cmpuint (monocle_image_get_height (image), ==, json_array_get_int_element (size, 1));
  g_assert_cmpint (monocle_image_is_partial (image), ==,
                   json_object_get_boolean_member (kind, "partial"));
  check_rgb (kind, image);
  if (!monocle_image_is_partial (image))
    check_alpha (kind, image);
}

static void
test_format (gconstpointer prefix)
{
  g_autoptr (JsonObject) root = load_fixture ("kinds.json");
  JsonArray *kinds = json_object_get_array_member (root, "kinds");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (kinds); i++)
    {
      JsonObject *kind = json_array_get_object_element (kinds, i);

      if (!g_str_has_prefix (json_object_get_string_member (kind, "name"), prefix))
        continue;
      check_kind (kind);
      n++;
    }
  g_assert_cmpuint (n, >=, 1);
}

/* Every cut of every file gives a picture that says so, or an error; and small ones are read from
 * the same bytes. */
static void
test_cuts (void)
{
  g_autoptr (JsonObject) root = load_fixture ("kinds.json");
  JsonArray *kinds = json_object_get_array_member (root, "kinds");

  for (guint i = 0; i < json_array_get_length (kinds); i++)
    {
      JsonObject *kind = json_array_get_object_element (kinds, i);
      g_autoptr (GBytes) bytes = get_bytes (kind, "file");
      const gsize size = g_bytes_get_size (bytes);

      for (gsize n = 0; n < size; n += 1 + size / 60)
        {
          /* A copy of the exact size, so that a sanitizer sees a read beyond the end. */
          g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (bytes, NULL), n);
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleImage) image
              = monocle_image_new_small_from_bytes (cut, "f", n % 2 == 0 ? 0 : 3, &error);

          g_assert_true ((image != NULL) == (error == NULL));
        }
    }
}

/* What is missing is see-through; what is there is not. */
static void
test_partial (void)
{
  g_autofree char *path = fixture ("pictures/rgb-1x53.png");
  char *data;
  gsize size;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = NULL;
  const guint8 *alpha;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  whole = g_bytes_new_take (data, size);
  cut = g_bytes_new_from_bytes (whole, 0, size - 60);
  image = monocle_image_new_from_bytes (cut, "cut.png", &error);
  g_assert_no_error (error);
  g_assert_true (monocle_image_is_partial (image));
  alpha = monocle_image_get_alpha (image);
  g_assert_nonnull (alpha);
  g_assert_cmpuint (alpha[0], ==, 255);
  g_assert_cmpuint (alpha[52], ==, 0);
}

/* Averages, in which the colours of what is see-through do not count. */
static void
test_small (void)
{
  static const guint8 ppm[] = "P6 4 4 255\n"
                              "aaaaaabbbbbb"
                              "aaaaaabbbbbb"
                              "ccccccdddddd"
                              "ccccccdddddd";
  const guint8 expected[] = { 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'd', 'd', 'd' };
  g_autoptr (GBytes) bytes = g_bytes_new_static (ppm, sizeof ppm - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) small = monocle_image_new_small_from_bytes (bytes, "f", 2, &error);
  g_autoptr (MonocleImage) whole = monocle_image_new_small_from_bytes (bytes, "f", 9, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (small), ==, 2);
  g_assert_cmpmem (monocle_image_get_pixels (small), 12, expected, 12);
  g_assert_null (monocle_image_get_alpha (small));
  g_assert_cmpuint (monocle_image_get_width (whole), ==, 4);
}

/* The reference drops alpha, people and models see white. */
static void
test_alpha (void)
{
  const guint8 rgb[] = { 0, 0, 0, 100, 0, 200, 9, 8, 7 }, alpha[] = { 0, 51, 255 };
  const guint8 on_white[] = { 255, 255, 255, 224, 204, 244, 9, 8, 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_take_planes (
      3, 1, g_memdup2 (rgb, 9), g_memdup2 (alpha, 3), FALSE, &error);
  g_autoptr (MonocleImage) white = monocle_image_on_white (image, &error);
  g_autoptr (MonocleImage) dropped = monocle_image_drop_alpha (image);
  g_autoptr (MonocleImage) opaque = monocle_image_new_take_planes (
      1, 1, g_memdup2 (rgb, 3), g_memdup2 (alpha + 2, 1), FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (monocle_image_get_pixels (image), 9, rgb, 9);
  g_assert_cmpmem (monocle_image_get_alpha (image), 3, alpha, 3);
  g_assert_cmpmem (monocle_image_get_pixels (white), 9, on_white, 9);
  g_assert_null (monocle_image_get_alpha (white));
  g_clear_pointer (&image, monocle_image_unref);
  g_assert_cmpmem (monocle_image_get_pixels (dropped), 9, rgb, 9);
  g_assert_null (monocle_image_get_alpha (dropped));
  g_assert_null (monocle_image_get_alpha (opaque));
}

int
main (int argc, char **argv)
{
  static const char *const prefixes[]
      = { "png", "jpeg", "gif", "bmp", "tga", "pgm", "ppm", "pbm", "pam", "exif" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/image/kinds/", prefixes[i], NULL);

      g_test_add_data_func (path, prefixes[i], test_format);
    }
  g_test_add_func ("/engine/image/cuts", test_cuts);
  g_test_add_func ("/engine/image/partial", test_partial);
  g_test_add_func ("/engine/image/small", test_small);
  g_test_add_func ("/engine/image/alpha", test_alpha);
  return g_test_run ();
}
