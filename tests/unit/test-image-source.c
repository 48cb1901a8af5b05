/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/pictures/source: formats of the engine and of gdk-pixbuf, orientation once, damage and
 * limits, loaders that are missing.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "app/export/export.h"
#include "app/pictures/decode.h"
#include "tests/unit/source-fixture.h"

static void
test_engine_formats (void)
{
  static const char ppm[] = "P6 1 1 255\n\xc8\x1e\x28";
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (FALSE);
  g_autoptr (GBytes) png = save_pixbuf (pixbuf, "png");
  g_autoptr (GBytes) bmp = save_pixbuf (pixbuf, "bmp");
  g_autoptr (GBytes) pnm = g_bytes_new_static (ppm, sizeof ppm - 1);
  g_autoptr (MonocleImage) of_png = load_bytes (png, "p.png");
  g_autoptr (MonocleImage) of_bmp = load_bytes (bmp, "p.bmp");
  g_autoptr (MonocleImage) of_pnm = load_bytes (pnm, "p.ppm");

  check_picture (of_png, 0);
  check_picture (of_bmp, 0);
  check_pixel (of_pnm, 0, 0, red, 0);
}

static void
test_fixture (gconstpointer data)
{
  const char *kind = data;
  g_autofree char *name = g_strdup_printf ("picture.%s", kind);
  g_autofree char *type = g_strdup_printf ("image/%s", kind);
  g_autoptr (GBytes) bytes = read_fixture (name);
  g_autoptr (MonocleImage) image = NULL;

  if (!has_loader (type))
    {
      refuse_bytes (bytes, name,
                    g_str_equal (kind, "webp")   ? "webp-pixbuf-loader"
                    : g_str_equal (kind, "avif") ? "libavif-gdk-pixbuf"
                    : g_str_equal (kind, "heic") ? "heif-gdk-pixbuf"
                                                 : "TIFF");
      return;
    }
  image = load_bytes (bytes, name);
  check_picture (image, g_str_equal (kind, "webp") || g_str_equal (kind, "tiff") ? 0 : 40);
}

/* Those of the systems that were tried have no loader: it says which package brings one. */
static void
test_missing_loader (void)
{
  static const guint8 jxl[] = { 0, 0, 0, 12, 'J', 'X', 'L', ' ', 13, 10, 0x87, 10, 0, 0, 0, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (jxl, sizeof jxl);

  if (has_loader ("image/jxl"))
    g_test_skip ("there is one");
  else
    refuse_bytes (bytes, "p.jxl", "JPEG XL");
}

static void
test_turned_tiff (void)
{
  g_autoptr (GBytes) bytes = read_fixture ("turned.tiff");
  g_autoptr (MonocleImage) image = NULL;

  if (!has_loader ("image/tiff"))
    {
      g_test_skip ("no loader for TIFF");
      return;
    }
  image = load_bytes (bytes, "turned.tiff");
  check_turned (image);
}

static void
append_chunk (GByteArray *to, const char *name, const guint8 *data, guint size)
{
  const guint8 length[] = { size & 0xff, size >> 8 & 0xff, 0, 0 };

  g_byte_array_append (to, (const guint8 *) name, 4);
  g_byte_array_append (to, length, 4);
  g_byte_array_append (to, data, size);
  if (size & 1)
    g_byte_array_append (to, (const guint8 *) "", 1);
}

/* The plain file in the extended form, with EXIF after the pixels. */
static void
test_turned_webp (void)
{
  static const guint8 header[10] = { 0x08, 0, 0, 0, W - 1, 0, 0, H - 1, 0, 0 };
  static const guint8 exif[]
      = { 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GBytes) plain = read_fixture ("picture.webp");
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MonocleImage) image = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (plain, &size);

  if (!has_loader ("image/webp"))
    {
      g_test_skip ("no loader for WebP");
      return;
    }
  g_byte_array_append (file, (const guint8 *) "RIFF\0\0\0\0WEBP", 12);
  append_chunk (file, "VP8X", header, sizeof header);
  g_byte_array_append (file, data + 12, (guint) size - 12);
  append_chunk (file, "EXIF", exif, sizeof exif);
  file->data[4] = (file->len - 8) & 0xff;
  bytes = g_bytes_new (file->data, file->len);
  image = load_bytes (bytes, "turned.webp");
  check_turned (image);

  /* All of it that is cut off is refused or shown, and nothing is read that is not there. */
  for (guint n = 12; n < file->len; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (file->data, n);
      g_autoptr (MonocleImage) rest
          = monocle_image_source_load_bytes (cut, "cut.webp", 0, NULL, NULL);

      if (rest)
        g_assert_cmpuint (monocle_image_get_width (rest) * monocle_image_get_height (rest), ==,
                          W * H);
    }
}

/* JPEG: the engine does it, and the small pictures go another way. */
static void
test_turned_jpeg (void)
{
  g_autoptr (GBytes) bytes = make_turned_jpeg ();
  g_autoptr (MonocleImage) image = load_bytes (bytes, "turned.jpg");

  g_assert_cmpuint (monocle_image_get_width (image), ==, 32);
  g_assert_cmpuint (monocle_image_get_height (image), ==, 64);
}

/* As the engine does with PNG: the colours stay, alpha is beside them. */
static void
test_alpha (void)
{
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (TRUE);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GError) error = NULL;

  bytes = save_pixbuf (pixbuf, "png");
  image = monocle_image_decode_pixbuf (bytes, "alpha.png", 0, NULL, &error);
  g_assert_no_error (error);
  check_picture (image, 0);
  g_assert_nonnull (monocle_image_get_alpha (image));
  for (guint x = 0; x < W; x++)
    g_assert_cmpuint (monocle_image_get_alpha (image)[x], ==, 40 * x);
}

/* What one of them shows the other shows too: the command line takes the same road. */
static void
test_path (void)
{
  static const struct
  {
    const char *name, *type;
    int tolerance;
  } files[] = { { "picture.tiff", "image/tiff", 0 },
                { "picture.webp", "image/webp", 0 },
                { "picture.avif", "image/avif", 40 } };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path
          = g_test_build_filename (G_TEST_BUILT, "fixtures", "formats", files[i].name, NULL);
      g_autoptr (MonocleImage) image = monocle_image_source_load_path (path, &error);

      if (has_loader (files[i].type))
        {
          g_assert_no_error (error);
          check_picture (image, files[i].tolerance);
          continue;
        }
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
      g_assert_nonnull (strstr (error->message, "this system has no loader"));
      g_clear_error (&error);
    }
  g_assert_null (monocle_image_source_load_path ("/nowhere.png", &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "no such file"));
}

/* As far as it goes, whoever decodes it. */
static void
test_partial (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 400);
  g_autoptr (GError) error = NULL;
  static const char *const formats[] = { "png", "webp" };

  for (int y = 0; y < 400; y++)
    for (int x = 0; x < 120; x++)
      gdk_pixbuf_get_pixels (pixbuf)[y * gdk_pixbuf_get_rowstride (pixbuf) + x]
          = (guint8) (x * y * 7 + x);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) whole = NULL;
      g_autoptr (GBytes) half = NULL;
      g_autoptr (GBytes) head = NULL;
      g_autoptr (MonocleImage) image = NULL;

      if (i == 1 && !monocle_export_find_format ("webp"))
        continue;
      whole = save_pixbuf (pixbuf, formats[i]);
      half = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) / 2);
      image = monocle_image_source_load_bytes (half, "half", 0, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (monocle_image_is_partial (image));
      g_assert_cmpuint (monocle_image_get_alpha (image)[0], ==, 255);
      g_assert_cmpuint (monocle_image_get_alpha (image)[40 * 400 - 1], ==, 0);

      head = g_bytes_new_from_bytes (whole, 0, 24);
      g_assert_null (monocle_image_source_load_bytes (head, "head", 0, NULL, &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_clear_error (&error);
    }
}

static void
test_svg (void)
{
  static const char small[] = "<svg xmlns='http://www.w3.org/2000/svg' width='6' height='4'>"
                              "<rect width='3' height='4' fill='rgb(200,30,40)'/></svg>";
  static const char large[] = "<svg xmlns='http://www.w3.org/2000/svg' width='90000' "
                              "height='45000'><rect width='9' height='4'/></svg>";
  g_autoptr (GBytes) bytes = g_bytes_new_static (small, sizeof small - 1);
  g_autoptr (GBytes) large_bytes = g_bytes_new_static (large, sizeof large - 1);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleImage) large_image = NULL;

  if (!has_loader ("image/svg+xml"))
    {
      g_test_skip ("no loader for SVG");
      return;
    }
  image = load_bytes (bytes, "d.svg");
  g_assert_cmpuint (monocle_image_get_width (image), ==, W);
  g_assert_cmpuint (monocle_image_get_height (image), ==, H);
  check_pixel (image, 1, 1, red, 1);
  /* Nothing is there: white is what a model makes of it. */
  g_assert_cmpuint (monocle_image_get_alpha (image)[W + 5], ==, 0);
  g_assert_cmpuint (monocle_image_get_alpha (image)[W + 1], ==, 255);

  large_image = load_bytes (large_bytes, "d.svg");
  g_assert_cmpuint (monocle_image_get_width (large_image), ==, 4096);
  g_assert_cmpuint (monocle_image_get_height (large_image), ==, 2048);
}

static void
test_damage (void)
{
  static const char tiff_kinds[] = "picture.tiff";
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) words = g_bytes_new_static ("nothing of use at all", 21);
  g_autoptr (GBytes) pdf = g_bytes_new_static ("%PDF-1.7 and no more", 20);
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (FALSE);
  g_autoptr (GBytes) png = save_pixbuf (pixbuf, "png");
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (png, 0, 60);
  g_autoptr (GBytes) tiff = read_fixture (tiff_kinds);

  refuse_bytes (empty, "e.png", "empty");
  refuse_bytes (words, "w.png", "no picture");
  refuse_bytes (pdf, "p.pdf", "damaged");
  refuse_bytes (cut, "c.png", "");
  for (gsize n = 1; n < g_bytes_get_size (tiff); n++)
    {
      g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (tiff, NULL), n);
      g_autoptr (MonocleImage) image
          = monocle_image_source_load_bytes (part, "cut.tiff", 0, NULL, NULL);

      if (image)
        g_assert_cmpuint (monocle_image_get_width (image), ==, W);
    }
}

/* Headers that promise more than is opened; nothing of that size is allocated. */
static void
test_huge (void)
{
  static const guint8 webp[]
      = { 'R', 'I', 'F', 'F', 36, 0, 0, 0, 'W',  'E',  'B',  'P',  'V',  'P',  '8',
          'X', 10,  0,   0,   0,  0, 0, 0, 0,    0xff, 0xff, 0x7f, 0xff, 0xff, 0x7f,
          'V', 'P', '8', 'L', 6,  0, 0, 0, 0x2f, 0xff, 0xff, 0xff, 0xff, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (webp, sizeof webp);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) plain = read_fixture ("picture.tiff");
  g_autoptr (GBytes) tiff = NULL;
  gboolean found = FALSE;

  refuse_bytes (bytes, "h.webp", "");

  /* Width and height of the TIFF: tags 0x100 and 0x101 as SHORT. */
  g_byte_array_append (file, g_bytes_get_data (plain, NULL), (guint) g_bytes_get_size (plain));
  for (guint i = 0; i + 12 <= file->len; i++)
    if (file->data[i + 1] == 1 && file->data[i] <= 1 && file->data[i + 2] == 3
        && file->data[i + 4] == 1)
      {
        file->data[i + 9] = 0x5a;
        found = TRUE;
      }
  g_assert_true (found);
  tiff = g_bytes_new (file->data, file->len);
  if (has_loader ("image/tiff"))
    refuse_bytes (tiff, "h.tiff", "more than Monocle opens");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/image-source/engine-formats", test_engine_formats);
  g_test_add_data_func ("/app/image-source/webp", "webp", test_fixture);
  g_test_add_data_func ("/app/image-source/tiff", "tiff", test_fixture);
  g_test_add_data_func ("/app/image-source/avif", "avif", test_fixture);
  g_test_add_data_func ("/app/image-source/heic", "heic", test_fixture);
  g_test_add_func ("/app/image-source/missing-loader", test_missing_loader);
  g_test_add_func ("/app/image-source/turned-tiff", test_turned_tiff);
  g_test_add_func ("/app/image-source/turned-webp", test_turned_webp);
  g_test_add_func ("/app/image-source/turned-jpeg", test_turned_jpeg);
  g_test_add_func ("/app/image-source/alpha", test_alpha);
  g_test_add_func ("/app/image-source/path", test_path);
  g_test_add_func ("/app/image-source/partial", test_partial);
  g_test_add_func ("/app/image-source/svg", test_svg);
  g_test_add_func ("/app/image-source/damage", test_damage);
  g_test_add_func ("/app/image-source/huge", test_huge);

  return g_test_run ();
}
