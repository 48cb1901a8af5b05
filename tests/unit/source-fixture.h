/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small picture of three colours, as tests/fixtures/formats has it in many formats.
 */
#pragma once

#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "app/base/error.h"
#include "app/pictures/kinds.h"
#include "app/pictures/source.h"

#define W 6
#define H 4

static const guint8 red[] = { 200, 30, 40 };
static const guint8 blue[] = { 20, 60, 200 };
static const guint8 white[] = { 255, 255, 255 };

static inline void
check_pixel (MonocleImage *image, guint x, guint y, const guint8 *expected, int tolerance)
{
  const guint8 *pixel
      = monocle_image_get_pixels (image) + 3 * (monocle_image_get_width (image) * (gsize) y + x);

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (ABS ((int) pixel[i] - expected[i]), <=, tolerance);
}

/* Upright, as tests/fixtures/formats/README.md says. */
static inline void
check_picture (MonocleImage *image, int tolerance)
{
  g_assert_cmpuint (monocle_image_get_width (image), ==, W);
  g_assert_cmpuint (monocle_image_get_height (image), ==, H);
  check_pixel (image, 0, 0, white, tolerance);
  check_pixel (image, 0, 3, red, tolerance);
  check_pixel (image, 5, 0, blue, tolerance);
  check_pixel (image, 5, 3, blue, tolerance);
}

/* The same, turned clockwise. */
static inline void
check_turned (MonocleImage *image)
{
  g_assert_cmpuint (monocle_image_get_width (image), ==, H);
  g_assert_cmpuint (monocle_image_get_height (image), ==, W);
  check_pixel (image, 3, 0, white, 0);
  check_pixel (image, 0, 0, red, 0);
  check_pixel (image, 3, 5, blue, 0);
  check_pixel (image, 0, 5, blue, 0);
}

static inline GBytes *
read_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "fixtures", "formats", name, NULL);
  char *data;
  gsize size;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static inline MonocleImage *
load_bytes (GBytes *bytes, const char *name)
{
  g_autoptr (GError) error = NULL;
  guint n_pages = 0;
  MonocleImage *image = monocle_image_source_load_bytes (bytes, name, 0, &n_pages, &error);

  g_assert_no_error (error);
  g_assert_nonnull (image);
  g_assert_cmpuint (n_pages, ==, 1);
  return image;
}

static inline void
refuse_bytes (GBytes *bytes, const char *name, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (monocle_image_source_load_bytes (bytes, name, 0, NULL, &error));
  /* The engine says so of what it reads itself. */
  g_assert_true (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE)
                 || g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE)
                 || g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_DAMAGED));
  g_assert_true (g_str_has_prefix (error->message, name));
  if (!strstr (error->message, what))
    g_error ("\"%s\" does not say \"%s\"", error->message, what);
}

static inline gboolean
has_loader (const char *type)
{
  return g_strv_contains (monocle_picture_kinds_get_mime_types (), type);
}

static inline GdkPixbuf *
make_pixbuf (gboolean alpha)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, W, H);

  for (guint y = 0; y < H; y++)
    for (guint x = 0; x < W; x++)
      {
        guint8 *pixel = gdk_pixbuf_get_pixels (pixbuf)
                        + y * (gsize) gdk_pixbuf_get_rowstride (pixbuf) + x * (alpha ? 4u : 3u);

        memcpy (pixel, x < 2 && y < 2 ? white : x < 3 ? red : blue, 3);
        if (alpha)
          pixel[3] = (guint8) (40 * x);
      }
  return pixbuf;
}

static inline GBytes *
save_pixbuf (GdkPixbuf *pixbuf, const char *format)
{
  char *data;
  gsize size;
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, format, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static inline GBytes *
make_turned_jpeg (void)
{
  static const guint8 exif[]
      = { 0xff, 0xe1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8,
          0,    1,    1, 0x12, 0,   3,   0,   0,   0, 1, 0,   6,   0, 0,   0, 0, 0, 0 };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 32);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GByteArray) file = g_byte_array_new ();
  const guint8 *data;
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0xc81e28ff);
  plain = save_pixbuf (pixbuf, "jpeg");
  data = g_bytes_get_data (plain, &size);
  g_byte_array_append (file, data, 2);
  g_byte_array_append (file, exif, sizeof exif);
  g_byte_array_append (file, data + 2, (guint) size - 2);
  return g_bytes_new (file->data, file->len);
}
