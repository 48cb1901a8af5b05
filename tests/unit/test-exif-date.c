/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When a picture was taken: in each kind of file, in both orders of bytes, and in damaged ones.
 */
#include "config.h"

#include <string.h>

#include "engine/engine.h"
#include "tests/unit/exif-fixture.h"

#define TEXT "2024:02:29 13:05:59"

static gint64
get_expected (void)
{
  g_autoptr (GDateTime) date = g_date_time_new_local (2024, 2, 29, 13, 5, 59);

  return g_date_time_to_unix (date) * G_USEC_PER_SEC;
}

static void
append_chunk (GByteArray *file, const char *name, gboolean is_png, GByteArray *content)
{
  const guint32 length = is_png ? GUINT32_TO_BE (content->len) : GUINT32_TO_LE (content->len);
  const guint8 sum[4] = { 0 };

  if (is_png)
    g_byte_array_append (file, (const guint8 *) &length, 4);
  g_byte_array_append (file, (const guint8 *) name, 4);
  if (!is_png)
    g_byte_array_append (file, (const guint8 *) &length, 4);
  g_byte_array_append (file, content->data, content->len);
  if (is_png)
    g_byte_array_append (file, sum, 4);
}

static void
test_kinds (void)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xd9 };

  for (guint big_endian = 0; big_endian < 2; big_endian++)
    {
      g_autoptr (GByteArray) exif = exif_fixture_new (TEXT, big_endian);
      g_autoptr (GByteArray) in_jpeg = exif_fixture_put_into_jpeg (jpeg, sizeof jpeg, exif);
      g_autoptr (GByteArray) in_png = g_byte_array_new (), in_webp = g_byte_array_new ();

      g_byte_array_append (in_png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
      append_chunk (in_png, "eXIf", TRUE, exif);
      g_byte_array_append (in_webp, (const guint8 *) "RIFF\0\0\0\0WEBP", 12);
      append_chunk (in_webp, "EXIF", FALSE, exif);
      g_assert_cmpint (monocle_exif_get_date (in_jpeg->data, in_jpeg->len), ==, get_expected ());
      g_assert_cmpint (monocle_exif_get_date (in_png->data, in_png->len), ==, get_expected ());
      g_assert_cmpint (monocle_exif_get_date (in_webp->data, in_webp->len), ==, get_expected ());
      g_assert_cmpint (monocle_exif_get_date (jpeg, sizeof jpeg), ==, 0);
      /* It is no orientation, and no camera. */
      g_assert_cmpuint (monocle_exif_orientation (in_jpeg->data, in_jpeg->len), ==, 1);
      g_assert_false (monocle_exif_has_camera (in_jpeg->data, in_jpeg->len));
    }
}

static void
test_no_date (void)
{
  static const char *const texts[]
      = { "    :  :     :  :  ", "0000:00:00 00:00:00", "2024:02:30 13:05:59",
          "2024:13:01 13:05:59", "2024:02:29 25:05:59", "1969:06:01 00:00:00",
          "9999:12:31 23:59:59", "what a day it was..." };
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xd9 };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GByteArray) exif = exif_fixture_new (texts[i], TRUE);
      g_autoptr (GByteArray) file = exif_fixture_put_into_jpeg (jpeg, sizeof jpeg, exif);

      g_assert_cmpint (monocle_exif_get_date (file->data, file->len), ==, 0);
    }
}

/* Cut anywhere, or with any byte changed, each in memory of its own size. */
static void
test_damaged (void)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xd9 };

  for (guint big_endian = 0; big_endian < 2; big_endian++)
    {
      g_autoptr (GByteArray) exif = exif_fixture_new (TEXT, big_endian);
      g_autoptr (GByteArray) whole = exif_fixture_put_into_jpeg (jpeg, sizeof jpeg, exif);

      for (guint n = 0; n <= whole->len; n++)
        {
          g_autofree guint8 *part = g_memdup2 (whole->data, MAX (n, 1));
          gint64 date = monocle_exif_get_date (part, n);

          g_assert_true (date == 0 || (date == get_expected () && n + sizeof jpeg > whole->len));
        }
      for (guint at = 0; at < whole->len; at++)
        for (guint value = 0; value < 256; value += 17)
          {
            g_autofree guint8 *changed = g_memdup2 (whole->data, whole->len);

            changed[at] = (guint8) value;
            g_assert_cmpint (monocle_exif_get_date (changed, whole->len), >=, 0);
          }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exif-date/kinds", test_kinds);
  g_test_add_func ("/exif-date/no-date", test_no_date);
  g_test_add_func ("/exif-date/damaged", test_damaged);
  return g_test_run ();
}
