/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture/image: upright by EXIF, whatever is bent of it.
 */
#include "config.h"

#include "image-fixture.h"

/* Where EXIF says that pixel (@x, @y) of the upright picture is stored. */
static void
stored_at (guint orientation, guint w, guint h, guint x, guint y, guint *sx, guint *sy)
{
  const gboolean swaps = orientation >= 5;
  guint u = swaps ? y : x, v = swaps ? x : y; /* before mirroring */
  /* EXIF: which side of the picture row 0 and column 0 are. */
  const gboolean row_0_is_bottom_or_right
      = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const gboolean column_0_is_right_or_bottom
      = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  *sx = column_0_is_right_or_bottom ? w - 1 - u : u;
  *sy = row_0_is_bottom_or_right ? h - 1 - v : v;
}

static void
put_tiff (GByteArray *to, gboolean big_endian, guint type, guint orientation)
{
  GByteArray *entry = to;
  if (big_endian)
    {
      put (entry, "MM\0*\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x01\0\0\0\0\x01\x12", 24);
      put_number (entry, 0, 1);
      put_number (entry, type, 1);
      put (entry, "\0\0\0\1", 4);
      put_be (entry, type == 3 ? orientation << 16 : orientation);
    }
  else
    {
      put (entry, "II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0\0\0\0\0\x12\x01", 24);
      put_number (entry, type, 2);
      put_number (entry, 1, 4);
      put_number (entry, orientation, 4);
    }
  put_number (entry, 0, 4);
}

static GByteArray *
make_turned_png (guint orientation, gboolean big_endian, guint type)
{
  GByteArray *png = g_byte_array_new ();
  g_autoptr (GByteArray) tiff = g_byte_array_new ();
  stbi_write_png_to_func (write_bytes, png, W, H, 3, pattern (3), W * 3);
  g_byte_array_set_size (png, png->len - 12);
  put_tiff (tiff, big_endian, type, orientation);
  put_chunk (png, "eXIf", tiff->data, tiff->len);
  put_chunk (png, "IEND", NULL, 0);
  return png;
}

/* With EXIF behind another user of APP1, and bytes that fill. */
static GByteArray *
make_turned_jpeg (guint orientation, gboolean big_endian, guint type)
{
  GByteArray *jpeg = g_byte_array_new ();
  g_autoptr (GByteArray) plain = read_jpeg (), tiff = g_byte_array_new ();
  put_tiff (tiff, big_endian, type, orientation);
  put (jpeg, plain->data, 2);
  put (jpeg, "\xff\xe1\0\x08http:/", 10);
  put (jpeg, "\xff\xff\xe1", 3);
  put_number (jpeg, 0, 1);
  put_number (jpeg, tiff->len + 8, 1);
  put (jpeg, "Exif\0\0", 6);
  put (jpeg, tiff->data, tiff->len);
  put (jpeg, plain->data + 2, plain->len - 2);
  return jpeg;
}

static void
check_turned (const GByteArray *file, guint orientation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);
  const guint width = orientation >= 5 ? H : W, height = orientation >= 5 ? W : H;
  const guint8 *stored = pattern (3), *found;

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (image), ==, width);
  g_assert_cmpuint (monocle_image_get_height (image), ==, height);
  found = monocle_image_get_pixels (image);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        guint sx, sy;
        stored_at (orientation, W, H, x, y, &sx, &sy);
        for (guint c = 0; c < 3; c++)
          g_assert_cmpint (found[3 * (y * width + x) + c], ==, stored[3 * (sy * W + sx) + c]);
      }
}

static void
test_orientation (void)
{
  for (guint orientation = 1; orientation <= 8; orientation++)
    for (guint kind = 0; kind < 4; kind++)
      {
        const guint type = kind / 2 == 0 ? 3 : 4;
        g_autoptr (GByteArray) png = make_turned_png (orientation, kind % 2 == 1, type);
        g_autoptr (GByteArray) jpeg = make_turned_jpeg (orientation, kind % 2 == 1, type);
        g_autoptr (GError) error = NULL;
        g_autoptr (MonocleImage) image = decode (jpeg, &error);
        check_turned (png, orientation);
        g_assert_no_error (error);
        g_assert_cmpuint (monocle_image_get_width (image), ==, orientation >= 5 ? 32 : 48);
        g_assert_cmpuint (monocle_image_get_height (image), ==, orientation >= 5 ? 48 : 32);
      }
  /* Numbers that mean nothing, types that are not allowed: as if absent. */
  for (guint orientation = 0; orientation <= 9; orientation += 9)
    {
      g_autoptr (GByteArray) png = make_turned_png (orientation, FALSE, 3);
      check_turned (png, 1);
    }
  {
    g_autoptr (GByteArray) png = make_turned_png (6, FALSE, 7);
    check_turned (png, 1);
  }
}

/* Every cut and many a flipped byte of the files with EXIF: an image or an error, never more. */
static void
test_damage (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  for (guint kind = 0; kind < 2; kind++)
    {
      g_autoptr (GByteArray) file
          = kind == 0 ? make_turned_png (6, FALSE, 3) : make_turned_jpeg (6, TRUE, 3);
      /* The end of a PNG says nothing that is missed. */
      for (guint size = 0; size < file->len - (kind == 0 ? 70 : 0); size++)
        {
          g_autoptr (GByteArray) cut = g_byte_array_new ();
          put (cut, file->data, size);
          check_cut (cut);
        }
      for (guint i = 0; i < 2000; i++)
        {
          g_autoptr (GByteArray) bent = g_byte_array_new ();
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleImage) image = NULL;
          put (bent, file->data, file->len);
          for (guint flips = 0; flips <= i % 3; flips++)
            bent->data[g_rand_int_range (random, 0, (gint) bent->len)]
                = (guint8) g_rand_int (random);
          image = decode (bent, &error);
          g_assert_true ((image != NULL) == (error == NULL));
          if (image == NULL)
            check_file_error (&error, "f.img: ", "");
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/orientation", test_orientation);
  g_test_add_func ("/engine/image/damage", test_damage);
  return g_test_run ();
}
