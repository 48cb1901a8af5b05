/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out as a picture: each form read back, and what files are called.
 */
#include "config.h"

#include <string.h>

#include "app/base/error.h"
#include "app/pictures/kinds.h"
#include "app/pictures/source.h"
#include "tests/unit/export-fixture.h"

/* --- Formats and names --- */

static void
test_formats (void)
{
  guint n;
  const MonocleExportFormat *const *list = monocle_export_list_formats (&n);

  g_assert_cmpuint (n, >=, 9);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (monocle_export_find_format (list[i]->id) == list[i]);
      for (guint k = 0; k < i; k++)
        g_assert_cmpstr (list[i]->id, !=, list[k]->id);
    }
  g_assert_cmpstr (monocle_export_find_format ("PNG")->id, ==, "png");
  g_assert_cmpstr (monocle_export_find_format ("jpg")->id, ==, "jpeg");
  g_assert_cmpstr (monocle_export_find_format ("txt")->id, ==, "text");
  g_assert_null (monocle_export_find_format ("gif"));
  g_assert_null (monocle_export_find_format (""));
}

static void
test_names (void)
{
  static const char *const names[][2] = {
    { "street.jpg", "street-detect.png" },
    { "my.holiday 1.png", "my.holiday 1-detect.png" },
    { "../../etc/passwd", "-..-etc-passwd-detect.png" },
    { "a\nb\x01.png", "a-b--detect.png" },
    { ".hidden.png", "hidden-detect.png" },
    { "\xff\xfe.png", NULL },
  };
  g_autofree char *longest = g_strnfill (400, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MonocleDocument) document = new_document (names[i][0], new_image (8, 8));
      MonocleExport export = new_export (document, add_detection (document));
      g_autofree char *name
          = monocle_export_propose_name (&export, monocle_export_find_format ("png"));

      if (names[i][1])
        g_assert_cmpstr (name, ==, names[i][1]);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_null (strchr (name, '/'));
    }
  {
    g_autoptr (MonocleDocument) document = new_document (longest, new_image (8, 8));
    MonocleExport export = new_export (document, NULL);
    g_autofree char *name
        = monocle_export_propose_name (&export, monocle_export_find_format ("masks"));
    g_autofree char *crop = monocle_export_propose_crop_name (&export, "a/../b");

    g_assert_cmpuint (strlen (name), <, 140);
    g_assert_true (g_str_has_suffix (name, "x-masks"));
    g_assert_true (g_str_has_suffix (crop, "x-a-b.png"));
  }
}

/* --- Pictures --- */

static void
check_picture (GBytes *bytes, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = read_picture (bytes);

  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, width);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, height);
  /* Outside of the boxes the picture, on their edges something else. */
  g_assert_true (is_left (pixbuf, 5, 5));
  g_assert_true (is_right (pixbuf, width - 5, height - 5));
  g_assert_false (is_left (pixbuf, 20, 60));
  g_assert_false (is_left (pixbuf, 60, 30));
  g_assert_false (is_right (pixbuf, 185, 120));
}

static void
test_pictures (void)
{
  static const char *const ids[] = { "png", "jpeg", "webp", "svg" };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      if (!monocle_export_find_format (ids[i]))
        {
          g_test_message ("%s cannot be written here", ids[i]);
          continue;
        }
      bytes = to_bytes (&export, ids[i]);
      check_picture (bytes, WIDTH, HEIGHT);
    }
}

static void
test_filters (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GPtrArray) only = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  g_ptr_array_add (only, g_list_model_get_item (monocle_query_get_annotations (export.query), 1));
  export.annotations = only;
  bytes = to_bytes (&export, "png");
  pixbuf = read_picture (bytes);
  g_assert_true (is_left (pixbuf, 20, 60));
  g_assert_false (is_right (pixbuf, 185, 120));
}

static void
test_quality (void)
{
  g_autoptr (MonocleDocument) document = new_document ("noise.png", new_noise (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, NULL);
  g_autoptr (GBytes) good = NULL, bad = NULL;

  export.quality = 95;
  good = to_bytes (&export, "jpeg");
  export.quality = 10;
  bad = to_bytes (&export, "jpeg");
  g_assert_cmpuint (g_bytes_get_size (good), >, 3 * g_bytes_get_size (bad));
}

static void
test_part_and_scale (void)
{
  const MonocleBox view = { 100.2f, 40.9f, 179.5f, 100 };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, NULL);
  g_autoptr (GBytes) part = NULL, small = NULL, drawing = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL, half = NULL, svg = NULL;

  export.view = &view;
  part = to_bytes (&export, "png");
  pixbuf = read_picture (part);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 80);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 60);
  /* The colours meet at 120. */
  g_assert_true (is_left (pixbuf, 19, 30));
  g_assert_true (is_right (pixbuf, 20, 30));

  export.scale = 0.5;
  small = to_bytes (&export, "png");
  half = read_picture (small);
  g_assert_cmpint (gdk_pixbuf_get_width (half), ==, 40);
  g_assert_cmpint (gdk_pixbuf_get_height (half), ==, 30);
  g_assert_true (is_left (half, 8, 15));
  g_assert_true (is_right (half, 12, 15));

  drawing = to_bytes (&export, "svg");
  svg = read_picture (drawing);
  g_assert_cmpint (gdk_pixbuf_get_width (svg), ==, 40);
  g_assert_true (is_left (svg, 5, 15));
  g_assert_true (is_right (svg, 35, 15));
}

/* What lies on the picture goes with the part that is seen. */
static void
test_part_of_overlay (void)
{
  const MonocleBox view = { 10, 20, 120, 160 };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  export.view = &view;
  bytes = to_bytes (&export, "png");
  pixbuf = read_picture (bytes);
  g_assert_false (is_left (pixbuf, 10, 40));
  g_assert_false (is_left (pixbuf, 50, 10));
  g_assert_true (is_left (pixbuf, 20 - 15, 60));
  g_assert_true (is_left (pixbuf, 20, 100));
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

/* A preview is the same picture, only smaller, its lines and strip as well. */
static void
test_preview (void)
{
  g_autoptr (MonocleDocument) document = new_document ("wide.png", new_image (1200, 600));
  MonocleResult *result = new_result ("A car in a street");
  MonocleExport export
      = new_export (document, add_query (document, "caption", NULL, 0, &result, 1));
  g_autoptr (GAsyncResult) rendered = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  double full_width, full_height;

  monocle_export_render_async (&export, 300, NULL, on_rendered, &rendered);
  while (!rendered)
    g_main_context_iteration (NULL, TRUE);
  pixbuf = monocle_export_render_finish (rendered, &error);
  g_assert_no_error (error);
  monocle_export_get_size (&export, &full_width, &full_height);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 300);
  g_assert_cmpfloat_with_epsilon (gdk_pixbuf_get_height (pixbuf), full_height / 4, 2);
  g_assert_false (gdk_pixbuf_get_has_alpha (pixbuf));
  g_assert_true (is_near (pixbuf, 0, 0, 40, 60, 200));
  g_assert_true (is_near (pixbuf, 1, gdk_pixbuf_get_height (pixbuf) - 1, 251, 251, 250));
}

static void
test_strip (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result ("A car in a street with <b>trees</b>");
  MonocleExport export
      = new_export (document, add_query (document, "caption", NULL, 0, &result, 1));
  g_autoptr (GBytes) bytes = to_bytes (&export, "png");
  g_autoptr (GdkPixbuf) pixbuf = read_picture (bytes);
  double width, height;

  monocle_export_get_size (&export, &width, &height);
  g_assert_cmpfloat (width, ==, WIDTH);
  g_assert_cmpfloat (height, >, HEIGHT + 20);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, (int) height);
  g_assert_true (is_near (pixbuf, 2, (int) height - 2, 251, 251, 250));
  g_assert_true (is_left (pixbuf, 5, HEIGHT - 2));
}

static void
test_regions (void)
{
  static const MonocleBox region = { 30, 40, 90, 100 };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result ("car");
  MonocleExport export
      = new_export (document, add_query (document, "region-to-category", &region, 1, &result, 1));
  double with, without, width;
  guint n_changed = 0;
  g_autoptr (GBytes) bytes = to_bytes (&export, "png");
  g_autoptr (GdkPixbuf) pixbuf = read_picture (bytes);

  for (int x = 40; x < 80; x++)
    n_changed += is_left (pixbuf, x, 40) ? 0 : 1;
  g_assert_cmpuint (n_changed, >, 15);

  /* A short answer lies on its region; without the region it goes below. */
  monocle_export_get_size (&export, &width, &with);
  export.show_regions = FALSE;
  monocle_export_get_size (&export, &width, &without);
  g_assert_cmpfloat (with, ==, HEIGHT);
  g_assert_cmpfloat (without, >, HEIGHT);
}

/* How rough a part of a picture is: mean difference of neighbours. */
static double
get_roughness (GdkPixbuf *pixbuf, int x1, int y1, int x2, int y2)
{
  double sum = 0;

  for (int y = y1; y < y2; y++)
    for (int x = x1; x < x2; x++)
      sum += ABS (get_pixel (pixbuf, x, y)[1] - get_pixel (pixbuf, x + 1, y)[1]);
  return sum / ((x2 - x1) * (y2 - y1));
}

/* Every picture inside an SVG. */
static GPtrArray *
extract_pictures (GBytes *svg)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg));
  GPtrArray *pictures = g_ptr_array_new_with_free_func (g_object_unref);

  for (const char *p = text; (p = strstr (p, ";base64,"));)
    {
      const char *end = strchr (p, '"');
      g_autofree char *coded = g_strndup (p + 8, (gsize) (end - p - 8));
      gsize size;
      guint8 *data = g_base64_decode (coded, &size);
      g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);

      g_ptr_array_add (pictures, read_picture (bytes));
      p = end;
    }
  return pictures;
}

/* What is made unrecognisable must not lie unblurred inside the file. */
static void
test_blur_hides (void)
{
  static const char *const ids[] = { "png", "svg" };
  g_autoptr (MonocleDocument) document = new_document ("noise.png", new_noise (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GBytes) svg = NULL;

  export.style = MONOCLE_OVERLAY_STYLE_BLUR;
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GBytes) bytes = to_bytes (&export, ids[i]);
      g_autoptr (GdkPixbuf) pixbuf = read_picture (bytes);

      g_assert_cmpfloat (get_roughness (pixbuf, 30, 40, 90, 80), <, 20);
      g_assert_cmpfloat (get_roughness (pixbuf, 110, 5, 140, 30), >, 50);
    }

  svg = to_bytes (&export, "svg");
  pictures = extract_pictures (svg);
  g_assert_cmpuint (pictures->len, >=, 1);
  for (guint i = 0; i < pictures->len; i++)
    if (gdk_pixbuf_get_width (pictures->pdata[i]) == WIDTH)
      g_assert_cmpfloat (get_roughness (pictures->pdata[i], 30, 40, 90, 80), <, 20);
}

static void
test_original (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_BUILT, "fixtures", "pictures", "small.jpg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, &error);
  g_autoptr (MonocleDocument) document = NULL;
  const MonocleBox view = { 0, 0, 5, 5 };

  g_assert_no_error (error);
  document = monocle_document_new (file, "small.jpg", image);
  for (guint i = 0; i < 4; i++)
    {
      MonocleExport export = new_export (document, NULL);
      g_autoptr (GBytes) svg = NULL;
      g_autofree char *text = NULL;
      gboolean expected = i == 0;

      if (i == 1)
        export.view = &view;
      if (i == 2)
        export.scale = 0.5;
      if (i == 3)
        monocle_document_rotate (document, 1);
      svg = to_bytes (&export, "svg");
      text = g_strndup (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg));
      g_assert_cmpint (strstr (text, "image/jpeg") != NULL, ==, expected);
      g_assert_nonnull (strstr (text, ";base64,"));
    }
}

static void
test_pdf (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GBytes) bytes = to_bytes (&export, "pdf");
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) page = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  guint n_pages, width, height;
  double scale;

  g_assert_true (g_str_has_prefix (text, "%PDF-"));
  if (!monocle_picture_kinds_can_open ("application/pdf"))
    {
      g_test_message ("PDF cannot be read here");
      return;
    }
  page = monocle_image_source_load_bytes (bytes, "street.pdf", 0, &n_pages, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_pages, ==, 1);
  width = monocle_image_get_width (page);
  height = monocle_image_get_height (page);
  scale = (double) width / WIDTH;
  g_assert_cmpfloat_with_epsilon (height, HEIGHT * scale, 2);
  pixbuf = gdk_pixbuf_new_from_data (monocle_image_get_pixels (page), GDK_COLORSPACE_RGB, FALSE, 8,
                                     (int) width, (int) height, (int) (3 * width), NULL, NULL);
  g_assert_true (is_left (pixbuf, (int) (5 * scale), (int) (5 * scale)));
  g_assert_true (is_right (pixbuf, (int) (235 * scale), (int) (155 * scale)));
  g_assert_false (is_left (pixbuf, (int) (20 * scale), (int) (60 * scale)));
}

static void
test_huge (void)
{
  g_autoptr (MonocleDocument) document = new_document ("wide.png", new_image (40000, 3));
  MonocleExport export = new_export (document, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) refused
      = monocle_export_to_bytes (&export, monocle_export_find_format ("png"), &error);
  g_autoptr (GBytes) drawing = NULL, small = NULL;
  g_autoptr (GPtrArray) pieces = NULL;

  g_assert_null (refused);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "40000"));
  g_assert_nonnull (strstr (error->message, "SVG"));

  drawing = to_bytes (&export, "svg");
  pieces = extract_pictures (drawing);
  g_assert_cmpuint (pieces->len, ==, 3);
  g_assert_true (is_left (pieces->pdata[0], 0, 0));
  g_assert_true (is_right (pieces->pdata[2], 100, 2));
  export.scale = 0.25;
  small = to_bytes (&export, "png");
  {
    g_autoptr (GdkPixbuf) pixbuf = read_picture (small);

    g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 10000);
    g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/export/formats", test_formats);
  g_test_add_func ("/app/export/names", test_names);
  g_test_add_func ("/app/export/pictures", test_pictures);
  g_test_add_func ("/app/export/filters", test_filters);
  g_test_add_func ("/app/export/quality", test_quality);
  g_test_add_func ("/app/export/part-and-scale", test_part_and_scale);
  g_test_add_func ("/app/export/part-of-overlay", test_part_of_overlay);
  g_test_add_func ("/app/export/preview", test_preview);
  g_test_add_func ("/app/export/strip", test_strip);
  g_test_add_func ("/app/export/regions", test_regions);
  g_test_add_func ("/app/export/blur-hides", test_blur_hides);
  g_test_add_func ("/app/export/original", test_original);
  g_test_add_func ("/app/export/pdf", test_pdf);
  g_test_add_func ("/app/export/huge", test_huge);
  return g_test_run ();
}
