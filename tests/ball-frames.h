/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of a person's own: a ball that falls, on white; as pictures and as a film.
 */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define TEST_BALL_SIDE 320

/* @frame: from 0 on
 *
 * Returns: (transfer full) */
static inline cairo_surface_t *
test_paint_ball (guint frame)
{
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, TEST_BALL_SIDE, TEST_BALL_SIDE);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_arc (cr, 70 + 9.0 * frame, 70 + 0.7 * frame * frame, 40, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0.86, 0.24, 0.16);
  cairo_fill (cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static inline void
test_draw_ball (const char *folder, const char *name, guint frame)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  cairo_surface_t *surface = test_paint_ball (frame);

  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

static inline void
test_put_numbers (GByteArray *to, const guint32 *numbers, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const guint32 number = GUINT32_TO_LE (numbers[i]);

      g_byte_array_append (to, (const guint8 *) &number, 4);
    }
}

static inline void
test_put_head (GByteArray *to, const char *kind, guint32 size)
{
  g_byte_array_append (to, (const guint8 *) kind, 4);
  test_put_numbers (to, &size, 1);
}

/* The pixels of a film without compression: rows from the bottom up, blue first. */
static inline void
test_put_ball (GByteArray *to, guint frame)
{
  cairo_surface_t *surface = test_paint_ball (frame);
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  const gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  test_put_head (to, "00db", TEST_BALL_SIDE * TEST_BALL_SIDE * 3);
  for (guint y = TEST_BALL_SIDE; y-- > 0;)
    for (guint x = 0; x < TEST_BALL_SIDE; x++)
      {
        guint32 pixel;

        memcpy (&pixel, pixels + y * stride + 4 * x, 4);
        g_byte_array_append (
            to, (const guint8[]) { pixel & 0xff, pixel >> 8 & 0xff, pixel >> 16 & 0xff }, 3);
      }
  cairo_surface_destroy (surface);
}

/* An AVI file of 30 frames a second, in the first @n_still of which nothing moves. */
static inline void
test_write_ball_film (const char *path, guint n_still, guint n_frames)
{
  const guint32 bytes = TEST_BALL_SIDE * TEST_BALL_SIDE * 3, movie = 4 + n_frames * (8 + bytes);
  const guint32 header[14]
      = { 1000000 / 30, bytes * 30, 0, 0, n_frames, 0, 1, bytes, TEST_BALL_SIDE, TEST_BALL_SIDE };
  const guint32 stream[10] = { 0, 0, 0, 1, 30, 0, n_frames, bytes, 0, 0 };
  const guint32 bitmap[10]
      = { 40, TEST_BALL_SIDE, TEST_BALL_SIDE, 1 | 24 << 16, 0, bytes, 0, 0, 0, 0 };
  const guint32 places[2] = { 0, TEST_BALL_SIDE | TEST_BALL_SIDE << 16 };
  g_autoptr (GByteArray) film = g_byte_array_new ();

  test_put_head (film, "RIFF", 4 + 8 + 192 + 8 + movie);
  g_byte_array_append (film, (const guint8 *) "AVI ", 4);
  test_put_head (film, "LIST", 192);
  g_byte_array_append (film, (const guint8 *) "hdrl", 4);
  test_put_head (film, "avih", sizeof header);
  test_put_numbers (film, header, G_N_ELEMENTS (header));
  test_put_head (film, "LIST", 4 + 8 + 56 + 8 + 40);
  g_byte_array_append (film, (const guint8 *) "strl", 4);
  test_put_head (film, "strh", 56);
  g_byte_array_append (film, (const guint8 *) "vidsDIB ", 8);
  test_put_numbers (film, stream, G_N_ELEMENTS (stream));
  test_put_numbers (film, places, G_N_ELEMENTS (places));
  test_put_head (film, "strf", sizeof bitmap);
  test_put_numbers (film, bitmap, G_N_ELEMENTS (bitmap));
  test_put_head (film, "LIST", movie);
  g_byte_array_append (film, (const guint8 *) "movi", 4);
  for (guint i = 0; i < n_frames; i++)
    test_put_ball (film, i < n_still ? 0 : i - n_still);
  g_assert_true (g_file_set_contents (path, (const char *) film->data, film->len, NULL));
}

G_END_DECLS
