/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out: each form of a picture read back, text and data word by word, crops and
 * masks pixel by pixel, names, and that nothing is lost or left over when writing fails.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/export/export.h"
#include "app/pictures/source.h"
#include "app/json/query.h"
#include "engine/answer/result-private.h"
#include "engine/models/florence2/tasks.h"

#define WIDTH  240
#define HEIGHT 160

/* --- A document with answers --- */

/* Blue on the left, green on the right. */
static MonocleImage *
new_image (guint width, guint height)
{
  g_autofree guint8 *rgb = g_malloc (3 * (gsize) width * height);
  g_autoptr (GError) error = NULL;
  MonocleImage *image;

  for (gsize i = 0; i < (gsize) width * height; i++)
    {
      gboolean left = i % width < width / 2;

      rgb[3 * i] = 40;
      rgb[3 * i + 1] = left ? 60 : 200;
      rgb[3 * i + 2] = left ? 200 : 60;
    }
  image = monocle_image_new_from_pixels (width, height, 3 * (gsize) width, rgb, &error);
  g_assert_no_error (error);
  return image;
}

/* Every pixel another one than its neighbours. */
static MonocleImage *
new_noise (guint width, guint height)
{
  g_autofree guint8 *rgb = g_malloc (3 * (gsize) width * height);
  guint32 state = 1;
  g_autoptr (GError) error = NULL;
  MonocleImage *image;

  for (gsize i = 0; i < 3 * (gsize) width * height; i++)
    {
      state = state * 1664525u + 1013904223u;
      rgb[i] = (guint8) (state >> 24);
    }
  image = monocle_image_new_from_pixels (width, height, 3 * (gsize) width, rgb, &error);
  g_assert_no_error (error);
  return image;
}

static MonocleDocument *
new_document (const char *name, MonocleImage *image)
{
  g_autoptr (MonocleImage) owned = image;

  return monocle_document_new (NULL, name, owned);
}

static MonocleResult *
new_result (const char *text)
{
  static const guint32 ids[] = { 2, 0, 7, 2 };
  MonocleResult *result = monocle_result_new ();

  monocle_result_set_tokens (result, ids, G_N_ELEMENTS (ids),
                             g_strdup (text ? text : "</s><s></s>"));
  if (text)
    monocle_result_take_text (result, g_strdup (text));
  monocle_result_set_score (result, 0.5f);
  return result;
}

static void
add_box (MonocleResult *result, const char *label, MonocleBox box, float score)
{
  monocle_result_take_object (result, &(MonocleObject){ .label = g_strdup (label),
                                                        .shape = monocle_shape_new_box (&box),
                                                        .score = score });
}

static void
add_polygon (MonocleResult *result, const char *label, const double *points, guint n_points)
{
  const MonocleRing ring = { points, n_points, MONOCLE_RING_OUTER };

  monocle_result_take_object (result, &(MonocleObject){ .label = g_strdup (label),
                                                        .shape = monocle_shape_new_rings (&ring, 1),
                                                        .score = NAN });
}

/* Takes @results; of the document when it is returned. */
static MonocleQuery *
add_query (MonocleDocument *document,
           const char *task,
           const MonocleBox *regions,
           guint n_regions,
           MonocleResult **results,
           guint n_results)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task (task), NULL, regions, n_regions, NULL);
  MonocleRun *run = g_new0 (MonocleRun, 1);

  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  for (guint i = 0; i < n_results; i++)
    g_ptr_array_add (run->results, results[i]);
  run->preprocess_ms = 1;
  run->encode_ms = 2;
  run->decode_ms = 3.5;
  run->n_tokens = 4;
  monocle_document_add_query (document, query);
  monocle_query_start (query, NULL, monocle_document_get_rotation (document));
  monocle_query_finish (query, run);
  return query;
}

static MonocleQuery *
add_detection (MonocleDocument *document)
{
  MonocleResult *result = new_result (NULL);

  add_box (result, "car", (MonocleBox){ 20, 30, 100, 90 }, 0.94f);
  add_box (result, "red/car", (MonocleBox){ 150.4f, 50, 220.6f, 120 }, NAN);
  return add_query (document, "detect", NULL, 0, &result, 1);
}

static MonocleExport
new_export (MonocleDocument *document, MonocleQuery *query)
{
  return (MonocleExport){ .document = document,
                          .query = query,
                          .style = MONOCLE_OVERLAY_STYLE_BOX,
                          .opacity = 0.3,
                          .show_labels = FALSE,
                          .show_regions = TRUE,
                          .quality = 90,
                          .scale = 1 };
}

static GBytes *
to_bytes (const MonocleExport *export, const char *format)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = monocle_export_to_bytes (export, monocle_export_find_format (format), &error);

  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  return bytes;
}

/* With an alpha channel or without. */
static GdkPixbuf *
read_picture (GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);
  return pixbuf;
}

static const guint8 *
get_pixel (GdkPixbuf *pixbuf, int x, int y)
{
  g_assert_cmpint (x, <, gdk_pixbuf_get_width (pixbuf));
  g_assert_cmpint (y, <, gdk_pixbuf_get_height (pixbuf));
  return gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
         + x * gdk_pixbuf_get_n_channels (pixbuf);
}

static gboolean
is_near (GdkPixbuf *pixbuf, int x, int y, int red, int green, int blue)
{
  const guint8 *pixel = get_pixel (pixbuf, x, y);

  return ABS (pixel[0] - red) < 12 && ABS (pixel[1] - green) < 12 && ABS (pixel[2] - blue) < 12;
}

#define is_left(pixbuf, x, y)  is_near (pixbuf, x, y, 40, 60, 200)
#define is_right(pixbuf, x, y) is_near (pixbuf, x, y, 40, 200, 60)

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

/* Red, and see-through on its left. */
static MonocleImage *
new_logo (guint width, guint height)
{
  guint8 *rgb = g_malloc (3 * (gsize) width * height), *alpha = g_malloc ((gsize) width * height);

  for (gsize i = 0; i < (gsize) width * height; i++)
    {
      memcpy (rgb + 3 * i, (guint8[]){ 200, 30, 40 }, 3);
      alpha[i] = i % width < width / 2 ? 0 : 255;
    }
  return monocle_image_new_take_planes (width, height, rgb, alpha, FALSE, NULL);
}

static guint
get_alpha (GdkPixbuf *pixbuf, int x, int y)
{
  g_assert_true (gdk_pixbuf_get_has_alpha (pixbuf));
  return gdk_pixbuf_read_pixels (pixbuf)[y * gdk_pixbuf_get_rowstride (pixbuf) + 4 * x + 3];
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
      = g_test_build_filename (G_TEST_DIST, "fixtures", "pictures", "small.jpg", NULL);
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
  if (!monocle_image_source_can_open ("application/pdf"))
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

/* --- Text and data --- */

static void
check_text (const MonocleExport *export, const char *format, const char *expected)
{
  g_autoptr (GBytes) bytes = to_bytes (export, format);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *caption = new_result ("A car.");
  MonocleResult *odd = new_result (NULL);
  MonocleQuery *detection = add_detection (document);
  MonocleExport export = new_export (document, detection);
  g_autofree char *words = NULL, *answer = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  check_text (&export, "text", "car\t0.94\t20,30,100,90\nred/car\t\t150,50,221,120\n");
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (all, g_list_model_get_item (monocle_query_get_annotations (detection), i));
  words = monocle_export_format_words (detection, all);
  g_assert_cmpstr (words, ==, "car\nred/car");

  export.query = add_query (document, "caption", NULL, 0, &caption, 1);
  check_text (&export, "text", "A car.\n");
  answer = monocle_export_format_words (export.query, NULL);
  g_assert_cmpstr (answer, ==, "A car.");

  /* One object stays one line of three fields. */
  add_box (odd, "a\tb\nc\x1b[1m", (MonocleBox){ 9, 8, 1, 2 }, 1);
  export.query = add_query (document, "detect", NULL, 0, &odd, 1);
  check_text (&export, "text", "a b c [1m\t1.00\t1,2,9,8\n");
}

static void
test_nothing (void)
{
  static const char *const ids[] = { "json", "text" };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          monocle_export_to_bytes (&export, monocle_export_find_format (ids[i]), &error));
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
    }
}

static JsonObject *
parse_json (const char *text, JsonParser *parser, guint index)
{
  g_autoptr (GError) error = NULL;
  JsonNode *root;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_parser_get_root (parser);
  return JSON_NODE_HOLDS_ARRAY (root)
             ? json_array_get_object_element (json_node_get_array (root), index)
             : json_node_get_object (root);
}

static void
test_json (void)
{
  /* As tests/cli/test-run.c has them of monocle-cli. */
  static const char *const keys[]
      = { "image",  "width",   "height",  "model",          "device",    "precision",
          "task",   "text",    "regions", "generated_text", "token_ids", "score",
          "result", "objects", "ranks",   "timing_ms",      "min_score" };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  g_autoptr (GBytes) bytes = to_bytes (&export, "json");
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse_json (text, parser, 0);
  JsonObject *car;

  g_assert_true (g_str_has_suffix (text, "}\n"));
  g_assert_cmpuint (json_object_get_size (object), ==, G_N_ELEMENTS (keys));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (json_object_has_member (object, keys[i]));
  g_assert_cmpstr (json_object_get_string_member (object, "image"), ==, "street.png");
  g_assert_cmpstr (json_object_get_string_member (object, "task"), ==, "detect");
  g_assert_cmpint (json_object_get_int_member (object, "width"), ==, WIDTH);
  g_assert_cmpint (json_object_get_int_member (object, "height"), ==, HEIGHT);
  car = json_array_get_object_element (json_object_get_array_member (object, "objects"), 0);
  g_assert_cmpstr (json_object_get_string_member (car, "label"), ==, "car");
  g_assert_cmpfloat (json_array_get_double_element (json_object_get_array_member (car, "box"), 2),
                     ==, 100);
}

static void
test_json_regions (void)
{
  static const MonocleBox regions[] = { { 10, 20, 30, 50 }, { 100, 20, 140, 60 } };
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *results[] = { new_result ("car"), new_result ("tree") };
  MonocleQuery *query = add_query (document, "region-to-category", regions, 2, results, 2);
  g_autofree char *before = monocle_query_json_format (document, query);
  g_autofree char *after = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *region = json_array_get_array_element (
      json_object_get_array_member (parse_json (before, parser, 1), "regions"), 0);

  g_assert_cmpfloat (json_array_get_double_element (region, 0), ==, 100);
  g_assert_cmpfloat (json_array_get_double_element (region, 3), ==, 60);

  /* What was said stays what it was when the picture is turned afterwards. */
  monocle_document_rotate (document, 1);
  after = monocle_query_json_format (document, query);
  g_assert_cmpstr (after, ==, before);
}

static void
test_json_turned (void)
{
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonObject *object;

  monocle_document_rotate (document, 3);
  text = monocle_query_json_format (document, add_detection (document));
  object = parse_json (text, parser, 0);
  g_assert_cmpint (json_object_get_int_member (object, "rotation"), ==, 270);
  g_assert_cmpint (json_object_get_int_member (object, "width"), ==, WIDTH);
  g_assert_cmpint (json_object_get_int_member (object, "height"), ==, HEIGHT);
}

/* --- Files --- */

typedef struct
{
  GMainLoop *loop;
  GError *error;
  guint n_files;
  gboolean written;
  GCancellable *stop;
  guint n_calls;
} Wait;

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->written = monocle_export_write_finish (result, &wait->n_files, &wait->error);
  g_main_loop_quit (wait->loop);
}

static void
on_progress (guint done, guint total, gpointer data)
{
  Wait *wait = data;

  g_assert_cmpuint (done, <=, total);
  wait->n_calls++;
  if (wait->stop)
    g_cancellable_cancel (wait->stop);
}

static gboolean
write_out (const MonocleExport *export,
           const char *format,
           const char *path,
           GCancellable *cancellable,
           Wait *wait)
{
  g_autoptr (GFile) target = g_file_new_for_path (path);

  wait->loop = g_main_loop_new (NULL, FALSE);
  monocle_export_write_async (export, monocle_export_find_format (format), target, on_progress,
                              wait, cancellable, on_written, wait);
  g_main_loop_run (wait->loop);
  g_main_loop_unref (wait->loop);
  return wait->written;
}

static char *
new_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("monocle-export-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir && g_dir_read_name (dir))
    n++;
  return n;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static GdkPixbuf *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  return pixbuf;
}

static void
test_file (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "out.png", NULL);
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  Wait wait = { 0 };
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_true (write_out (&export, "png", path, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 1);
  g_assert_cmpuint (count_files (folder), ==, 1);
  pixbuf = read_file (folder, "out.png");
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, WIDTH);
  remove_all (folder);
}

/* Whoever agrees to replace a file does not mean the picture that is shown, or a model. */
static void
test_inputs (void)
{
  static const char *const ids[] = { "png", "jpeg", "svg", "pdf", "json", "text" };
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "street.png", NULL);
  g_autofree char *hard = g_build_filename (folder, "hard.png", NULL);
  g_autofree char *soft = g_build_filename (folder, "soft.png", NULL);
  g_autofree char *config = g_build_filename (folder, "config.json", NULL);
  const char *const targets[] = { path, hard, soft, config };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleImage) image = new_image (WIDTH, HEIGHT);
  g_autoptr (MonocleDocument) document = monocle_document_new (file, "street.png", image);
  MonocleExport export = new_export (document, add_detection (document));

  g_assert_true (g_file_set_contents (path, "pixels", -1, NULL));
  g_assert_true (g_file_set_contents (config, "pixels", -1, NULL));
  g_assert_no_errno (link (path, hard));
  g_assert_no_errno (symlink (path, soft));
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (ids); k++)
      {
        g_autoptr (GFile) target = g_file_new_for_path (targets[i]);
        g_autofree char *kept = NULL;
        Wait wait = { 0 };

        g_assert_false (monocle_export_check_target (&export, target, NULL));
        g_assert_false (write_out (&export, ids[k], targets[i], NULL, &wait));
        g_assert_error (wait.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
        g_clear_error (&wait.error);
        g_assert_true (g_file_get_contents (targets[i], &kept, NULL, NULL));
        g_assert_cmpstr (kept, ==, "pixels");
      }
  g_assert_cmpuint (count_files (folder), ==, 4);
  remove_all (folder);
}

static void
test_crops (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *inner = g_build_filename (folder, "crops", NULL);
  g_autofree char *mine = g_build_filename (inner, "01-car.png", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  Wait wait = { 0 };

  g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 2);
  g_assert_cmpuint (wait.n_calls, >=, 1);
  g_assert_cmpuint (count_files (inner), ==, 2);
  {
    g_autoptr (GdkPixbuf) car = read_file (inner, "01-car.png");
    g_autoptr (GdkPixbuf) red = read_file (inner, "02-red-car.png");

    g_assert_cmpint (gdk_pixbuf_get_width (car), ==, 80);
    g_assert_cmpint (gdk_pixbuf_get_height (car), ==, 60);
    g_assert_true (is_left (car, 0, 0) && is_left (car, 79, 59));
    /* 150.4 to 220.6: every pixel that is touched. */
    g_assert_cmpint (gdk_pixbuf_get_width (red), ==, 71);
    g_assert_true (is_right (red, 0, 0));
  }

  /* What lies there is not touched. */
  g_assert_true (g_file_set_contents (mine, "mine", -1, NULL));
  g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
  g_assert_true (g_file_get_contents (mine, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "mine");
  g_assert_cmpuint (count_files (inner), ==, 4);
  {
    g_autoptr (GdkPixbuf) car = read_file (inner, "01-car-2.png");

    g_assert_cmpint (gdk_pixbuf_get_width (car), ==, 80);
  }
  remove_all (folder);
}

/* What is see-through stays so, where the format can say it; else it is white. Whatever size. */
static void
test_alpha (void)
{
  static const char *const ids[] = { "png", "webp", "svg" };
  g_autoptr (MonocleDocument) document = new_document ("logo.png", new_logo (WIDTH, HEIGHT));

  for (guint scale = 1; scale <= 2; scale++)
    {
      MonocleExport export = new_export (document, NULL);
      g_autoptr (GBytes) jpeg = NULL;
      g_autoptr (GdkPixbuf) opaque = NULL;

      export.scale = 1.0 / scale;
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        {
          const int x = WIDTH / (int) scale - 3, y = HEIGHT / (int) scale - 3;
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (GdkPixbuf) pixbuf = NULL;

          if (!monocle_export_find_format (ids[i]))
            continue;
          bytes = to_bytes (&export, ids[i]);
          pixbuf = read_picture (bytes);
          g_assert_cmpuint (get_alpha (pixbuf, 3, 3), ==, 0);
          g_assert_cmpuint (get_alpha (pixbuf, x, y), ==, 255);
          g_assert_true (is_near (pixbuf, x, y, 200, 30, 40));
        }
      jpeg = to_bytes (&export, "jpeg");
      opaque = read_picture (jpeg);
      g_assert_true (is_near (opaque, 3, 3, 255, 255, 255));
    }
  {
    g_autofree char *folder = new_folder ();
    g_autofree char *inner = g_build_filename (folder, "crops", NULL);
    MonocleExport export = new_export (document, add_detection (document));
    g_autoptr (GdkPixbuf) crop = NULL;
    Wait wait = { 0 };

    g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
    crop = read_file (inner, "01-car.png");
    g_assert_cmpuint (get_alpha (crop, 0, 0), ==, 0);
    remove_all (folder);
  }
}

static void
test_crops_of_regions (void)
{
  static const MonocleBox region = { 10, 20, 30, 50 };
  g_autofree char *folder = new_folder ();
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };

  add_polygon (result, "", (const double[]){ 12, 22, 28, 22, 28, 40 }, 3);
  export = new_export (document,
                       add_query (document, "region-to-segmentation", &region, 1, &result, 1));
  g_assert_true (write_out (&export, "crops-jpeg", folder, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 2);
  {
    g_autoptr (GdkPixbuf) crop = read_file (folder, "region-1.jpg");

    g_assert_cmpint (gdk_pixbuf_get_width (crop), ==, 20);
    g_assert_cmpint (gdk_pixbuf_get_height (crop), ==, 30);
  }
  remove_all (folder);
}

static void
check_mask (GdkPixbuf *mask, int x1, int y1, int x2, int y2)
{
  g_assert_cmpint (gdk_pixbuf_get_width (mask), ==, WIDTH);
  g_assert_cmpint (gdk_pixbuf_get_height (mask), ==, HEIGHT);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        int expected = x >= x1 && x < x2 && y >= y1 && y < y2 ? 255 : 0;

        if (get_pixel (mask, x, y)[0] != expected)
          g_error ("at %d,%d it is %d", x, y, get_pixel (mask, x, y)[0]);
      }
}

static void
test_masks (void)
{
  static const double turned[] = { 90, 10, 90, 40, 60, 40, 60, 10 };
  g_autofree char *folder = new_folder ();
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };

  /* Of the second the corners are the wrong way round, as models write them now and then. */
  add_box (result, "car", (MonocleBox){ 20, 30, 100, 90 }, 0.94f);
  add_box (result, "bus", (MonocleBox){ 50, 60, 10, 20 }, 0.94f);
  add_polygon (result, "tree", turned, 4);
  export = new_export (document,
                       add_query (document, "open-vocabulary-detection", NULL, 0, &result, 1));
  g_assert_true (write_out (&export, "masks", folder, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 3);
  {
    g_autoptr (GdkPixbuf) car = read_file (folder, "01-car.png");
    g_autoptr (GdkPixbuf) bus = read_file (folder, "02-bus.png");
    g_autoptr (GdkPixbuf) tree = read_file (folder, "03-tree.png");

    check_mask (car, 20, 30, 100, 90);
    check_mask (bus, 10, 20, 50, 60);
    check_mask (tree, 60, 10, 90, 40);
  }
  remove_all (folder);
}

static void
test_safe_names (void)
{
  static const char *const labels[] = { "../../x",
                                        "a/b\\c",
                                        ".",
                                        "...",
                                        "\x01\x02",
                                        "car\xe2\x80\xae"
                                        "gpj",
                                        "",
                                        "-rf *",
                                        "Straße №5" };
  static const char *const files[]
      = { "01-x.png", "02-a-b-c.png", NULL, NULL, NULL, "06-car-gpj.png", NULL, "08-rf.png", NULL };
  g_autofree char *folder = new_folder ();
  g_autofree char *longest = g_strnfill (300, 'w');
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };
  g_autoptr (GDir) dir = NULL;
  const char *name;

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    add_box (result, labels[i], (MonocleBox){ 1, 1, 5, 5 }, NAN);
  add_box (result, longest, (MonocleBox){ 1, 1, 5, 5 }, NAN);
  export = new_export (document, add_query (document, "detect", NULL, 0, &result, 1));
  g_assert_true (write_out (&export, "crops", folder, NULL, &wait));
  g_assert_cmpuint (count_files (folder), ==, G_N_ELEMENTS (labels) + 1);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)))
    {
      g_assert_cmpuint (strlen (name), <=, 80);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_true (g_ascii_isdigit (name[0]));
      g_assert_true (strchr (name, '.') == name + strlen (name) - 4);
      for (const char *p = name; *p; p = g_utf8_next_char (p))
        g_assert_true (g_unichar_isalnum (g_utf8_get_char (p)) || strchr ("-.", *p));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i])
      {
        g_autofree char *path = g_build_filename (folder, files[i], NULL);

        g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
      }
  remove_all (folder);
}

static void
test_failures (void)
{
  static const char *const ids[] = { "png", "json", "crops", "masks" };
  g_autofree char *folder = new_folder ();
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const char *const parents[] = { "no/such/out", "file/out" };

      for (gsize k = 0; k < G_N_ELEMENTS (parents); k++)
        {
          g_autofree char *path = g_build_filename (folder, parents[k], NULL);
          g_autoptr (GError) error = NULL;
          Wait wait = { 0 };

          g_assert_false (write_out (&export, ids[i], path, NULL, &wait));
          error = wait.error;
          g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
          g_assert_nonnull (strstr (error->message, "out"));
          g_assert_cmpuint (wait.n_files, ==, 0);
          g_assert_cmpuint (count_files (folder), ==, 1);
        }
    }
  remove_all (folder);
}

static void
test_cancel (void)
{
  static const char *const ids[] = { "png", "crops" };
  g_autofree char *folder = new_folder ();
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (MonocleDocument) document = new_document ("noise.png", new_noise (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;

  for (guint i = 0; i < 400; i++)
    add_box (result, "car", (MonocleBox){ 0, 0, WIDTH, HEIGHT }, NAN);
  export = new_export (document, add_query (document, "detect", NULL, 0, &result, 1));

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Wait wait = { 0 };

      g_cancellable_cancel (cancelled);
      g_assert_false (write_out (&export, ids[i], out, cancelled, &wait));
      error = wait.error;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count_files (folder), ==, 0);
    }

  /* Stopped on the way: what was written is taken back. */
  {
    g_autoptr (GCancellable) stop = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    Wait wait = { .stop = stop };

    g_assert_false (write_out (&export, "crops", out, stop, &wait));
    error = wait.error;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint (count_files (folder), ==, 0);
  }
  remove_all (folder);
}

static void
test_dropped (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "fixtures", "pictures", "small.jpg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, NULL);
  g_autoptr (MonocleDocument) document = monocle_document_new (file, "small.jpg", image);
  MonocleExport export = new_export (document, NULL);
  g_autoptr (GError) error = NULL;

  monocle_document_drop_image (document);
  g_assert_null (monocle_export_to_bytes (&export, monocle_export_find_format ("png"), &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
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
  g_test_add_func ("/app/export/alpha", test_alpha);
  g_test_add_func ("/app/export/strip", test_strip);
  g_test_add_func ("/app/export/regions", test_regions);
  g_test_add_func ("/app/export/blur-hides", test_blur_hides);
  g_test_add_func ("/app/export/original", test_original);
  g_test_add_func ("/app/export/pdf", test_pdf);
  g_test_add_func ("/app/export/huge", test_huge);
  g_test_add_func ("/app/export/text", test_text);
  g_test_add_func ("/app/export/nothing", test_nothing);
  g_test_add_func ("/app/export/json", test_json);
  g_test_add_func ("/app/export/json-regions", test_json_regions);
  g_test_add_func ("/app/export/json-turned", test_json_turned);
  g_test_add_func ("/app/export/file", test_file);
  g_test_add_func ("/app/export/inputs", test_inputs);
  g_test_add_func ("/app/export/crops", test_crops);
  g_test_add_func ("/app/export/crops-of-regions", test_crops_of_regions);
  g_test_add_func ("/app/export/masks", test_masks);
  g_test_add_func ("/app/export/safe-names", test_safe_names);
  g_test_add_func ("/app/export/failures", test_failures);
  g_test_add_func ("/app/export/cancel", test_cancel);
  g_test_add_func ("/app/export/dropped", test_dropped);
  return g_test_run ();
}
