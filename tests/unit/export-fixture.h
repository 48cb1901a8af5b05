/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents with answers, what is taken out of them, and pictures read back.
 */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>

#include "app/export/export.h"
#include "engine/answer/result-private.h"
#include "engine/models/florence2/tasks.h"

#define WIDTH  240
#define HEIGHT 160

/* Blue on the left, green on the right. */
static inline MonocleImage *
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
static inline MonocleImage *
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

static inline MonocleDocument *
new_document (const char *name, MonocleImage *image)
{
  g_autoptr (MonocleImage) owned = image;

  return monocle_document_new (NULL, name, owned);
}

static inline MonocleResult *
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

static inline void
add_box (MonocleResult *result, const char *label, MonocleBox box, float score)
{
  monocle_result_take_object (result, &(MonocleObject) { .label = g_strdup (label),
                                                         .shape = monocle_shape_new_box (&box),
                                                         .score = score });
}

static inline void
add_polygon (MonocleResult *result, const char *label, const double *points, guint n_points)
{
  const MonocleRing ring = { points, n_points, MONOCLE_RING_OUTER };

  monocle_result_take_object (result,
                              &(MonocleObject) { .label = g_strdup (label),
                                                 .shape = monocle_shape_new_rings (&ring, 1),
                                                 .score = NAN });
}

/* Takes @results; of the document when it is returned. */
static inline MonocleQuery *
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

static inline MonocleQuery *
add_detection (MonocleDocument *document)
{
  MonocleResult *result = new_result (NULL);

  add_box (result, "car", (MonocleBox) { 20, 30, 100, 90 }, 0.94f);
  add_box (result, "red/car", (MonocleBox) { 150.4f, 50, 220.6f, 120 }, NAN);
  return add_query (document, "detect", NULL, 0, &result, 1);
}

static inline MonocleExport
new_export (MonocleDocument *document, MonocleQuery *query)
{
  return (MonocleExport) { .document = document,
                           .query = query,
                           .style = MONOCLE_OVERLAY_STYLE_BOX,
                           .opacity = 0.3,
                           .show_labels = FALSE,
                           .show_regions = TRUE,
                           .quality = 90,
                           .scale = 1 };
}

static inline GBytes *
to_bytes (const MonocleExport *export, const char *format)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = monocle_export_to_bytes (export, monocle_export_find_format (format), &error);

  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  return bytes;
}

/* With an alpha channel or without. */
static inline GdkPixbuf *
read_picture (GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);
  return pixbuf;
}

static inline const guint8 *
get_pixel (GdkPixbuf *pixbuf, int x, int y)
{
  g_assert_cmpint (x, <, gdk_pixbuf_get_width (pixbuf));
  g_assert_cmpint (y, <, gdk_pixbuf_get_height (pixbuf));
  return gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
         + x * gdk_pixbuf_get_n_channels (pixbuf);
}

static inline gboolean
is_near (GdkPixbuf *pixbuf, int x, int y, int red, int green, int blue)
{
  const guint8 *pixel = get_pixel (pixbuf, x, y);

  return ABS (pixel[0] - red) < 12 && ABS (pixel[1] - green) < 12 && ABS (pixel[2] - blue) < 12;
}

#define is_left(pixbuf, x, y)  is_near (pixbuf, x, y, 40, 60, 200)
#define is_right(pixbuf, x, y) is_near (pixbuf, x, y, 40, 200, 60)
