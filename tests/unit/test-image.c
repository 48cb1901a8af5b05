/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/image: every format, kinds of pixels, orientation, limits and damage. Files are made here, by
 * stb_image_write or byte by byte.
 */
#include "config.h"

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
static const guint8 *
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

static void
write_bytes (void *context, void *data, int size)
{
  put (context, data, (gsize) size);
}

static MonocleImage *
decode (const GByteArray *file, GError **error)
{
  /* A copy of the exact size, so that a sanitizer sees a read beyond the end. */
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_memdup2 (file->data, file->len), file->len);
  return monocle_image_new_from_bytes (bytes, "f.img", error);
}

/* A file that was cut off: a picture that says so, or an error. */
static void
check_cut (const GByteArray *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = decode (file, &error);

  if (image == NULL)
    check_file_error (&error, "f.img: ", "");
  else
    g_assert_true (monocle_image_is_partial (image));
}

static void
refuse (const GByteArray *file, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (decode (file, &error));
  check_file_error (&error, "f.img: ", what);
}

/* @file decodes to the pattern, of which grey repeats the first channel, give or take @tolerance.
 */
static void
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

static void
put_be (GByteArray *to, guint32 value)
{
  put_number (to, GUINT32_SWAP_LE_BE (value), 4);
}

/* Our decoder passes over check sums. */
static void
put_chunk (GByteArray *to, const char *kind, const void *data, gsize size)
{
  put_be (to, (guint32) size);
  put (to, kind, 4);
  if (size > 0)
    put (to, data, size);
  put_be (to, 0);
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

static GByteArray *
read_jpeg (void)
{
  g_autofree char *path = fixture ("pictures/small.jpg");
  char *data;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_byte_array_new_take ((guint8 *) data, size);
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
  g_autoptr (JsonObject) root = load_fixture ("preprocess.json.gz");
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
  g_test_add_func ("/engine/image/orientation", test_orientation);
  g_test_add_func ("/engine/image/damage", test_damage);
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
