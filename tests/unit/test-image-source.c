/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/image-source: formats of the engine and of gdk-pixbuf, pages of PDF files, orientation once,
 * damage and limits, loaders that are missing, small pictures.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <cairo-pdf.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "app/export/export.h"
#include "app/pictures/decode.h"
#include "app/base/error.h"
#include "app/pictures/source.h"

#define W 6
#define H 4

static const guint8 red[] = { 200, 30, 40 };
static const guint8 blue[] = { 20, 60, 200 };
static const guint8 white[] = { 255, 255, 255 };

static void
check_pixel (MonocleImage *image, guint x, guint y, const guint8 *expected, int tolerance)
{
  const guint8 *pixel
      = monocle_image_get_pixels (image) + 3 * (monocle_image_get_width (image) * (gsize) y + x);

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (ABS ((int) pixel[i] - expected[i]), <=, tolerance);
}

/* Upright, as tests/fixtures/formats/README.md says. */
static void
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
static void
check_turned (MonocleImage *image)
{
  g_assert_cmpuint (monocle_image_get_width (image), ==, H);
  g_assert_cmpuint (monocle_image_get_height (image), ==, W);
  check_pixel (image, 3, 0, white, 0);
  check_pixel (image, 0, 0, red, 0);
  check_pixel (image, 3, 5, blue, 0);
  check_pixel (image, 0, 5, blue, 0);
}

static GBytes *
read_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "formats", name, NULL);
  char *data;
  gsize size;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static MonocleImage *
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

static void
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

static gboolean
has_loader (const char *type)
{
  return g_strv_contains (monocle_image_source_get_mime_types (), type);
}

static GdkPixbuf *
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

static GBytes *
save_pixbuf (GdkPixbuf *pixbuf, const char *format)
{
  char *data;
  gsize size;
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, format, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

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
static GBytes *
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
          = g_test_build_filename (G_TEST_DIST, "fixtures", "formats", files[i].name, NULL);
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

/* --- PDF --- */

static cairo_status_t
append_pdf (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Page @i is 72 x 36 points, and red in its left half when @i is odd. */
static GBytes *
make_pdf (guint n_pages, double width, double height)
{
  GByteArray *file = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_pdf, file, width, height);
  cairo_t *cr = cairo_create (surface);

  for (guint i = 0; i < n_pages; i++)
    {
      if (i % 2 == 1)
        {
          cairo_set_source_rgb (cr, red[0] / 255.0, red[1] / 255.0, red[2] / 255.0);
          cairo_rectangle (cr, 0, 0, width / 2, height);
          cairo_fill (cr);
        }
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (file);
}

static void
test_pdf (void)
{
  g_autoptr (GBytes) bytes = make_pdf (3, 72, 36);
  g_autoptr (GBytes) long_page = make_pdf (1, 14400, 72);
  g_autoptr (MonocleImage) first = NULL;
  g_autoptr (MonocleImage) second = NULL;
  g_autoptr (MonocleImage) wide = NULL;
  g_autoptr (GError) error = NULL;
  guint n_pages;

  if (!monocle_image_decode_has_pdf ())
    {
      refuse_bytes (bytes, "d.pdf", "poppler");
      return;
    }
  first = monocle_image_source_load_bytes (bytes, "d.pdf", 0, &n_pages, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_pages, ==, 3);
  g_assert_cmpuint (monocle_image_get_width (first), ==, 200);
  g_assert_cmpuint (monocle_image_get_height (first), ==, 100);
  check_pixel (first, 10, 10, white, 0);

  second = monocle_image_source_load_bytes (bytes, "d.pdf", 1, &n_pages, &error);
  g_assert_no_error (error);
  check_pixel (second, 10, 10, red, 1);
  check_pixel (second, 190, 90, white, 0);

  g_assert_null (monocle_image_source_load_bytes (bytes, "d.pdf", 3, &n_pages, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);

  wide = monocle_image_source_load_bytes (long_page, "d.pdf", 0, NULL, NULL);
  g_assert_cmpuint (monocle_image_get_width (wide), ==, 6000);
  g_assert_cmpuint (monocle_image_get_height (wide), ==, 30);
}

/* --- Files --- */

typedef struct
{
  MonocleImage *image;
  GError *error;
  guint n_pages;
  gboolean small;
  gboolean done;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->image = outcome->small ? monocle_image_source_thumbnail_finish (result, &outcome->error)
                                  : monocle_image_source_load_finish (result, &outcome->n_pages,
                                                                      &outcome->error);
  outcome->done = TRUE;
}

static void
outcome_wait (Outcome *outcome)
{
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->image, monocle_image_unref);
  g_clear_error (&outcome->error);
  outcome->done = FALSE;
}

static GFile *
write_file (const char *name, GBytes *bytes)
{
  g_autofree char *own_name = g_strdup_printf ("%d-%s", (int) getpid (), name);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), own_name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static void
test_file (void)
{
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (FALSE);
  g_autoptr (GBytes) bytes = save_pixbuf (pixbuf, "png");
  g_autoptr (GFile) file = write_file ("monocle-source.png", bytes);
  g_autoptr (GFile) missing = g_file_new_for_path ("/nowhere/at/all.png");
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { NULL };

  monocle_image_source_load_async (file, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_pages, ==, 1);
  check_picture (outcome.image, 0);
  outcome_clear (&outcome);

  monocle_image_source_load_async (missing, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  outcome_clear (&outcome);

  /* It never ends. */
  monocle_image_source_load_async (device, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  outcome_clear (&outcome);

  monocle_image_source_load_async (folder, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  outcome_clear (&outcome);

  monocle_image_source_load_async (file, 0, cancellable, on_done, &outcome);
  g_cancellable_cancel (cancellable);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  g_file_delete (file, NULL, NULL);
}

static void
test_thumbnail (void)
{
  g_autoptr (GBytes) jpeg = make_turned_jpeg ();
  g_autoptr (GFile) jpeg_file = write_file ("monocle-small.jpg", jpeg);
  g_autoptr (GBytes) pdf = make_pdf (2, 72, 36);
  g_autoptr (GFile) pdf_file = write_file ("monocle-small.pdf", pdf);
  /* What only the engine reads here: no loader is asked for TGA by its first bytes. */
  static const guint8 tga[18 + 40 * 20 * 3] = { 0, 0, 2, [12] = 40, [14] = 20, [16] = 24, 0x20 };
  g_autoptr (GBytes) tga_bytes = g_bytes_new_static (tga, sizeof tga);
  g_autoptr (GFile) tga_file = write_file ("monocle-small.tga", tga_bytes);
  Outcome outcome = { .small = TRUE };

  monocle_image_source_thumbnail_async (jpeg_file, 0, 16, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 8);
  g_assert_cmpuint (monocle_image_get_height (outcome.image), ==, 16);
  check_pixel (outcome.image, 4, 8, red, 8);
  outcome_clear (&outcome);

  monocle_image_source_thumbnail_async (tga_file, 0, 20, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 20);
  g_assert_cmpuint (monocle_image_get_height (outcome.image), ==, 10);
  outcome_clear (&outcome);

  if (monocle_image_decode_has_pdf ())
    {
      monocle_image_source_thumbnail_async (pdf_file, 1, 40, NULL, on_done, &outcome);
      outcome_wait (&outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 40);
      check_pixel (outcome.image, 5, 5, red, 2);
      outcome_clear (&outcome);
    }
  g_file_delete (jpeg_file, NULL, NULL);
  g_file_delete (pdf_file, NULL, NULL);
  g_file_delete (tga_file, NULL, NULL);
}

static void
test_types (void)
{
  g_assert_true (monocle_image_source_can_open ("image/png"));
  g_assert_true (monocle_image_source_can_open ("image/jpeg"));
  g_assert_false (monocle_image_source_can_open ("text/plain"));
  g_assert_false (monocle_image_source_can_open ("audio/x-riff"));
  g_assert_false (monocle_image_source_can_open (NULL));
  g_assert_true (monocle_image_source_can_open ("application/pdf")
                 == monocle_image_decode_has_pdf ());
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
  g_test_add_func ("/app/image-source/pdf", test_pdf);
  g_test_add_func ("/app/image-source/file", test_file);
  g_test_add_func ("/app/image-source/thumbnail", test_thumbnail);
  g_test_add_func ("/app/image-source/types", test_types);

  return g_test_run ();
}
