/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files made by stb_image_write or byte by byte, and what must come of them.
 */
#pragma once

#include "engine/picture/image.h"
#include "io-files.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image_write.h>

#define W 5
#define H 3

/* Distinct, and far enough apart to be told after JPEG. */
static inline const guint8 *
pattern (guint n_channels)
{
  static guint8 pixels[W * H * 4];
  for (guint y = 0; y < H; y++)
    for (guint x = 0; x < W; x++)
      for (guint c = 0; c < n_channels; c++)
        pixels[(y * W + x) * n_channels + c]
            = (guint8) (c == 3 ? 10 * x : 20 + 40 * x + 10 * y + 3 * c);
  return pixels;
}

static inline void
write_bytes (void *context, void *data, int size)
{
  put (context, data, (gsize) size);
}

static inline MonocleImage *
decode (const GByteArray *file, GError **error)
{
  /* A copy of the exact size, so that a sanitizer sees a read beyond the end. */
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_memdup2 (file->data, file->len), file->len);
  return monocle_image_new_from_bytes (bytes, "f.img", error);
}

/* A file that was cut off: a picture that says so, or an error. */
static inline void
check_cut (const GByteArray *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);

  if (image == NULL)
    check_file_error (&error, "f.img: ", "");
  else
    g_assert_true (monocle_image_is_partial (image));
}

static inline void
refuse (const GByteArray *file, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (decode (file, &error));
  check_file_error (&error, "f.img: ", what);
}

/* @file decodes to the pattern, of which grey repeats the first channel, give or take @tolerance.
 */
static inline void
check_pattern (const GByteArray *file, guint n_channels, int tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);
  const guint8 *expected = pattern (n_channels);
  const guint8 *found;

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (image), ==, W);
  g_assert_cmpuint (monocle_image_get_height (image), ==, H);
  found = monocle_image_get_pixels (image);
  for (guint i = 0; i < W * H; i++)
    for (guint c = 0; c < 3; c++)
      {
        int e = expected[i * n_channels + (n_channels >= 3 ? c : 0)], f = found[3 * i + c];
        g_assert_cmpint (ABS (e - f), <=, tolerance);
      }
}

static inline void
put_be (GByteArray *to, guint32 value)
{
  put_number (to, GUINT32_SWAP_LE_BE (value), 4);
}

/* Our decoder passes over check sums. */
static inline void
put_chunk (GByteArray *to, const char *kind, const void *data, gsize size)
{
  put_be (to, (guint32) size);
  put (to, kind, 4);
  if (size > 0)
    put (to, data, size);
  put_be (to, 0);
}

static inline GByteArray *
read_jpeg (void)
{
  g_autofree char *path = fixture ("pictures/small.jpg");
  char *data;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_byte_array_new_take ((guint8 *) data, size);
}
