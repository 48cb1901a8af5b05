/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture/image: every format, kinds of pixels, limits and damage.
 */
#include "config.h"

#include "image-fixture.h"

static void
test_formats (void)
{
  for (int n = 1; n <= 4; n++)
    {
      g_autoptr (GByteArray) png = g_byte_array_new (), bmp = g_byte_array_new ();
      g_autoptr (GByteArray) tga = g_byte_array_new ();
      g_autoptr (GByteArray) raw = g_byte_array_new ();

      stbi_write_png_to_func (write_bytes, png, W, H, n, pattern ((guint) n), W * n);
      check_pattern (png, (guint) n, 0);
      stbi_write_tga_with_rle = 1;
      stbi_write_tga_to_func (write_bytes, tga, W, H, n, pattern ((guint) n));
      check_pattern (tga, (guint) n, 0);
      stbi_write_tga_with_rle = 0;
      stbi_write_tga_to_func (write_bytes, raw, W, H, n, pattern ((guint) n));
      check_pattern (raw, (guint) n, 0);
      if (n == 2)
        continue;
      stbi_write_bmp_to_func (write_bytes, bmp, W, H, n, pattern ((guint) n));
      check_pattern (bmp, (guint) n, 0);
    }
}

/* A PNG whose rows (with their filter bytes) are stored, not compressed. */
static GByteArray *
make_png (guint width, guint height, guint bits, guint colour, const GByteArray *rows)
{
  GByteArray *png = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new (), data = g_byte_array_new ();
  const guint8 palette[] = { 1, 2, 3, 50, 60, 70, 200, 100, 0 }, alpha[] = { 255, 0 };

  put (png, "\x89PNG\r\n\x1a\n", 8);
  put_be (header, width);
  put_be (header, height);
  put_number (header, bits, 1);
  put_number (header, colour, 1);
  put_number (header, 0, 3);
  put_chunk (png, "IHDR", header->data, header->len);
  if (colour == 3)
    {
      put_chunk (png, "PLTE", palette, sizeof palette);
      put_chunk (png, "tRNS", alpha, sizeof alpha);
    }
  put (data, "\x78\x01\x01", 3);
  put_number (data, rows->len, 2);
  put_number (data, ~rows->len, 2);
  put (data, rows->data, rows->len);
  put_be (data, 0);
  put_chunk (png, "IDAT", data->data, data->len);
  return png;
}

static void
check_row (const GByteArray *file, const guint8 *expected, guint width)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (image), ==, width);
  g_assert_cmpuint (monocle_image_get_height (image), ==, 1);
  g_assert_cmpmem (monocle_image_get_pixels (image), 3 * width, expected, 3 * width);
}

/* Sixteen bits give their upper eight; a palette is looked up, its see-through colours too. */
static void
test_png_kinds (void)
{
  const guint8 rgb16[] = { 0, 0x12, 0xff, 0x34, 0x80, 0x56, 0x00 }, rgb8[] = { 0x12, 0x34, 0x56 };
  const guint8 grey16[] = { 0, 0xab, 0xff, 0x00, 0xff }, grey8[] = { 0xab, 0xab, 0xab, 0, 0, 0 };
  const guint8 indexes[] = { 0, 0, 1, 2 }, colours[] = { 1, 2, 3, 50, 60, 70, 200, 100, 0 };
  const guint8 bits[] = { 0, 0xa0 }, black_white[] = { 255, 255, 255, 0, 0, 0, 255, 255, 255 };
  const guint8 grey_alpha[] = { 0, 9, 0, 8, 255 }, grey[] = { 9, 9, 9, 8, 8, 8 };
  const struct
  {
    guint width, bits, colour;
    const guint8 *row;
    gsize row_bytes;
    const guint8 *expected;
  } kinds[] = {
    { 1, 16, 2, rgb16, sizeof rgb16, rgb8 },          { 2, 16, 0, grey16, sizeof grey16, grey8 },
    { 3, 8, 3, indexes, sizeof indexes, colours },    { 3, 1, 0, bits, sizeof bits, black_white },
    { 2, 8, 4, grey_alpha, sizeof grey_alpha, grey },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GByteArray) rows = g_byte_array_new (), png = NULL;
      put (rows, kinds[i].row, kinds[i].row_bytes);
      png = make_png (kinds[i].width, 1, kinds[i].bits, kinds[i].colour, rows);
      put_chunk (png, "IEND", NULL, 0);
      check_row (png, kinds[i].expected, kinds[i].width);
    }
}

static void
check_pnm (const char *header, const void *data, gsize size, const guint8 *expected, guint width)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  put_text (file, header);
  put (file, data, size);
  check_row (file, expected, width);
}

static void
test_pnm (void)
{
  const guint8 grey[] = { 1, 1, 1, 255, 255, 255 }, rgb[] = { 1, 2, 3, 4, 5, 6 };
  const guint8 scaled[] = { 0, 0, 0, 128, 128, 128, 255, 255, 255 };
  const guint8 bits[] = { 0, 0, 0, 255, 255, 255, 0, 0, 0 };

  check_pnm ("P5 2 1 255\n", "\x01\xff", 2, grey, 2);
  check_pnm ("P5\n# a comment\n2 # another\n1\n255\n", "\x01\xff", 2, grey, 2);
  check_pnm ("P6\n2 1\n255\n", "\1\2\3\4\5\6", 6, rgb, 2);
  check_pnm ("P6\n2 1\n255\n", "\1\2\3\4\5\6 trailing", 15, rgb, 2);
  check_pnm ("P5 3 1 100 ", "\0\x32\x64", 3, scaled, 3);
  check_pnm ("P5 3 1 65535 ", "\0\x7f\x80\x80\xff\xff", 6, scaled, 3);
  check_pnm ("P4 3 1 ", "\xa0", 1, bits, 3);
  check_pnm ("P1 3 1 ", "101", 3, bits, 3);
  check_pnm ("P1 3 1 ", "1 #x\n0\n1\n", 9, bits, 3);
  check_pnm ("P2 2 1 255 ", "1 255\n", 6, grey, 2);
  check_pnm ("P3 2 1 255 ", "1 2 3 4 5 6", 11, rgb, 2);
}

/* Two by one, the first colour see-through, its frame as large as its screen. */
static GByteArray *
make_gif (gboolean transparent)
{
  static const guint8 head[]
      = { 'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 40, 50, 60 };
  static const guint8 body[] = { 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0a, 0, 0x3b };
  guint8 control[] = { 0x21, 0xf9, 4, 0, 0, 0, 0, 0 };
  GByteArray *gif = g_byte_array_new ();
  control[3] = transparent;
  put (gif, head, sizeof head);
  put (gif, "\x21\xfe\x02hi\x00", 6);
  put (gif, control, sizeof control);
  put (gif, body, sizeof body);
  return gif;
}

static void
test_gif (void)
{
  /* Codes of three bits: clear, 0, 1, end. */
  const guint8 expected[] = { 10, 20, 30, 40, 50, 60 };
  for (guint transparent = 0; transparent < 2; transparent++)
    {
      g_autoptr (GByteArray) gif = make_gif (transparent == 1);
      check_row (gif, expected, 2);
      for (guint size = 0; size < gif->len - 2; size++)
        {
          g_autoptr (GByteArray) cut = g_byte_array_new ();
          put (cut, gif->data, size);
          refuse (cut, "");
        }
    }
}

/* Tables of more codes than there are, which stb_image 2.27 would write over its own memory; whole,
 * cut off by the end of the file, and behind bytes that fill. */
static void
test_huffman_tables (void)
{
  g_autoptr (GByteArray) jpeg = read_jpeg ();
  guint n_tables = 0;

  for (guint at = 2; at + 30 < jpeg->len; at++)
    for (guint kind = 0; kind < 3; kind++)
      {
        g_autoptr (GByteArray) bent = g_byte_array_new ();
        if (jpeg->data[at] != 0xff || jpeg->data[at + 1] != 0xc4)
          break;
        put (bent, jpeg->data, jpeg->len);
        memset (bent->data + at + 5, 0xff, 16);
        if (kind == 1)
          g_byte_array_set_size (bent, at + 5 + 17);
        if (kind == 2)
          {
            g_byte_array_prepend (bent, (const guint8 *) "\xff\xff\xff", 3);
            refuse (bent, "");
            continue;
          }
        refuse (bent, "bad Huffman table");
        n_tables++;
      }
  g_assert_cmpuint (n_tables, >=, 2);
  {
    /* With all the codes that it announces. */
    g_autoptr (GByteArray) bent = g_byte_array_new ();
    put (bent, "\xff\xd8\xff\xc4\x10\x03\x13", 7);
    for (guint i = 0; i < 16 + 16 * 255; i++)
      put_number (bent, i < 16 ? 255 : 0, 1);
    put (bent, jpeg->data + 2, jpeg->len - 2);
    refuse (bent, "bad Huffman table");
  }
}

/* Truncated files show the rows that are there, and say that there are more. */
/* @upwards: the file begins with the last row */
static void
check_partial (const GByteArray *file, gboolean upwards)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);
  const gsize there = upwards ? H - 1 : 0, missing = H - 1 - there;
  const guint8 *alpha;

  g_assert_no_error (error);
  g_assert_true (monocle_image_is_partial (image));
  g_assert_cmpmem (monocle_image_get_pixels (image) + 3 * W * there, 3 * W,
                   pattern (3) + 3 * W * there, 3 * W);
  alpha = monocle_image_get_alpha (image);
  g_assert_nonnull (alpha);
  g_assert_cmpuint (alpha[W * there], ==, 255);
  g_assert_cmpuint (alpha[W * missing], ==, 0);
}

static void
test_truncated (void)
{
  for (guint kind = 0; kind < 4; kind++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      if (kind == 0)
        stbi_write_bmp_to_func (write_bytes, file, W, H, 3, pattern (3));
      else if (kind <= 2)
        {
          stbi_write_tga_with_rle = kind == 1;
          stbi_write_tga_to_func (write_bytes, file, W, H, 3, pattern (3));
        }
      else
        {
          put_text (file, "P6 5 3 255 ");
          put (file, pattern (3), 3 * W * H);
        }
      check_pattern (file, 3, 0);
      for (guint cut = 2; cut < 20; cut++)
        {
          g_byte_array_set_size (file, file->len - 1);
          if (kind != 0 || cut > 2) /* what pads the last row of a BMP may be missing */
            check_partial (file, kind <= 2);
        }
    }
}

static void
test_limits (void)
{
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  const struct
  {
    guint width, height;
    const char *what;
  } sizes[] = {
    { 65536, 1, "65535" },
    { 1, 65536, "65535" },
    { 25000, 25000,
      "25000 x 25000 pixels, more than the limit of 65535 a side and 500000000 in all" },
    { 20000, 20000, "20000 x 20000 pixels, which so short a file cannot hold" },
    { 16384, 16384, "16384 x 16384 pixels, which so short a file cannot hold" },
    { G_MAXINT, G_MAXINT, "65535" },
    { G_MAXUINT, 1, "65535" },
    { 0, 1, "" },
  };
  put_number (rows, 0, 4);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GByteArray) png = make_png (sizes[i].width, sizes[i].height, 8, 2, rows);
      g_autoptr (GByteArray) pnm = g_byte_array_new ();
      g_autofree char *header = g_strdup_printf ("P6 %u %u 255 ", MIN (sizes[i].width, 999999999u),
                                                 MIN (sizes[i].height, 999999999u));
      put_chunk (png, "IEND", NULL, 0);
      put_text (pnm, header);
      put (pnm, "abc", 3);
      refuse (png, sizes[i].what);
      refuse (pnm, sizes[i].width == 0 ? "bad number" : sizes[i].what);
    }
  {
    g_autoptr (GByteArray) pnm = g_byte_array_new ();
    put_text (pnm, "P5 99999999999 1 255 abc");
    refuse (pnm, "corrupt PNM header");
  }
  {
    guint8 rgb[3] = { 0 };
    g_assert_null (monocle_image_new_from_pixels (0, 1, 3, rgb, &error));
    g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
    g_clear_error (&error);
    g_assert_null (monocle_image_new_from_pixels (30000, 30000, 90000, rgb, &error));
    g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  }
}

/* What Pillow reads from the same files. */
static void
test_fixtures (void)
{
  g_autoptr (JsonObject) root = load_fixture ("preprocess.json");
  JsonArray *formats = json_object_get_array_member (root, "formats");
  JsonArray *exif = json_object_get_array_member (root, "exif");

  g_assert_cmpuint (json_array_get_length (formats), >=, 9);
  for (guint i = 0; i < json_array_get_length (formats); i++)
    {
      JsonObject *format = json_array_get_object_element (formats, i);
      JsonArray *rgb = json_object_get_array_member (format, "rgb");
      g_autofree char *path = fixture (json_object_get_string_member (format, "file"));
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, &error);
      const guint8 *pixels;

      g_assert_no_error (error);
      g_assert_cmpuint (json_array_get_length (rgb), ==,
                        3 * monocle_image_get_width (image) * monocle_image_get_height (image));
      pixels = monocle_image_get_pixels (image);
      for (guint k = 0; k < json_array_get_length (rgb); k++)
        g_assert_cmpint (ABS (pixels[k] - json_array_get_int_element (rgb, k)), <=,
                         json_object_get_int_member (format, "tolerance"));
    }
  g_assert_cmpuint (json_array_get_length (exif), >=, 10);
  for (guint i = 0; i < json_array_get_length (exif); i++)
    {
      JsonObject *c = json_array_get_object_element (exif, i);
      JsonArray *corners = json_object_get_array_member (c, "corners");
      g_autofree char *path = fixture (json_object_get_string_member (c, "file"));
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, &error);
      const guint8 *pixels;

      g_assert_no_error (error);
      g_assert_cmpuint (monocle_image_get_width (image), ==, 48);
      g_assert_cmpuint (monocle_image_get_height (image), ==, 32);
      pixels = monocle_image_get_pixels (image);
      for (guint k = 0; k < 4; k++)
        for (guint ch = 0; ch < 3; ch++)
          {
            guint x = k % 2 == 0 ? 5 : 42, y = k / 2 == 0 ? 5 : 26;
            gint64 expected
                = json_array_get_int_element (json_array_get_array_element (corners, k), ch);
            g_assert_cmpint (ABS (pixels[3 * (48 * y + x) + ch] - expected), <=, 3);
          }
    }
}

static gboolean
read_bad (const char *path, GError **error)
{
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, error);
  return image != NULL;
}

static void
test_bad_files (void)
{
  check_bad_files ("image", read_bad);
}

/* A BMP may say its height with either sign; at the end of the range there is no such number. */
static void
test_bmp_heights (void)
{
  const gint32 heights[] = { -H, G_MININT32, G_MAXINT32, -70000 };
  for (guint i = 0; i < G_N_ELEMENTS (heights); i++)
    {
      g_autoptr (GByteArray) bmp = g_byte_array_new ();
      stbi_write_bmp_to_func (write_bytes, bmp, W, H, 3, pattern (3));
      memcpy (bmp->data + 22, &heights[i], 4);
      if (i == 0)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleImage) image = decode (bmp, &error);
          g_assert_no_error (error);
          /* Upside down: the last row of the pattern comes first. */
          g_assert_cmpmem (monocle_image_get_pixels (image), 3 * W, pattern (3) + 3 * W * (H - 1),
                           3 * W);
        }
      else
        refuse (bmp, "");
    }
}

static void
test_files (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *gone = g_build_filename (folder, "gone.png", NULL);
  g_autofree char *empty = write_file (folder, "empty.png", "", 0);
  g_autofree char *tiny = write_file (folder, "tiny.png", "ab", 2);
  g_autofree char *text = write_file (folder, "text.png", "this is no image at all, is it?", 31);
  g_autofree char *a = fixture ("images/a.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleImage) again = NULL;

  g_assert_null (monocle_image_new_from_file (gone, &error));
  check_file_error (&error, gone, "no such file");
  g_assert_null (monocle_image_new_from_file (folder, &error));
  check_file_error (&error, folder, "is a directory");
  g_assert_null (monocle_image_new_from_file (empty, &error));
  check_file_error (&error, empty, "is empty");
  g_assert_null (monocle_image_new_from_file (tiny, &error));
  check_file_error (&error, tiny, "too short");
  g_assert_null (monocle_image_new_from_file (text, &error));
  check_file_error (&error, text,
                    "is no image that Monocle reads (JPEG, PNG, BMP, GIF, TGA or PNM)");
  g_assert_null (monocle_image_new_from_file ("/dev/null", &error));
  check_file_error (&error, "/dev/null", "is no regular file");

  image = monocle_image_new_from_file (a, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (image), ==, 37);
  g_assert_cmpuint (monocle_image_get_height (image), ==, 53);
  again = g_boxed_copy (MONOCLE_TYPE_IMAGE, image);
  g_assert_true (again == image);
  remove_folder (folder);
}

static void
test_pixels (void)
{
  const guint8 padded[] = { 1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12, 99, 99 };
  const guint8 packed[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (2, 2, 8, padded, &error);
  g_autoptr (MonocleImage) taken
      = monocle_image_new_take_pixels (2, 2, g_memdup2 (packed, 12), &error);
  g_assert_no_error (error);
  g_assert_cmpmem (monocle_image_get_pixels (image), 12, packed, 12);
  g_assert_cmpmem (monocle_image_get_pixels (taken), 12, packed, 12);

  g_assert_null (monocle_image_new_take_pixels (0, 2, g_memdup2 (packed, 12), &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/formats", test_formats);
  g_test_add_func ("/engine/image/png-kinds", test_png_kinds);
  g_test_add_func ("/engine/image/pnm", test_pnm);
  g_test_add_func ("/engine/image/gif", test_gif);
  g_test_add_func ("/engine/image/huffman-tables", test_huffman_tables);
  g_test_add_func ("/engine/image/truncated", test_truncated);
  g_test_add_func ("/engine/image/fixtures", test_fixtures);
  g_test_add_func ("/engine/image/bad-files", test_bad_files);
  g_test_add_func ("/engine/image/limits", test_limits);
  g_test_add_func ("/engine/image/bmp-heights", test_bmp_heights);
  g_test_add_func ("/engine/image/files", test_files);
  g_test_add_func ("/engine/image/pixels", test_pixels);
  return g_test_run ();
}
