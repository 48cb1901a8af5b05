/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds of every scene, whatever it is made of: words are said once, nothing of its source is
 * needed afterwards, and pixels and vectors show the same.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#include "app/draw/picture-format.h"
#include "app/export/export.h"
#include "engine/answer/result-private.h"
#include "engine/models/florence2/tasks.h"

#define N_SCENES  200
#define MAX_ITEMS 8
#define WIDTH     120
#define HEIGHT    80

/* A source with all that it borrows. */
typedef struct
{
  MonocleSceneSource source;
  MonocleSceneItem items[MAX_ITEMS];
  MonocleBox view;
  guint n_regions;
} Made;

static MonocleImage *
new_image (gboolean has_alpha)
{
  guint8 *rgb = g_malloc (3 * WIDTH * HEIGHT);
  guint8 *alpha = has_alpha ? g_malloc (WIDTH * HEIGHT) : NULL;
  MonocleImage *image;

  for (guint i = 0; i < 3 * WIDTH * HEIGHT; i++)
    rgb[i] = (guint8) (i * 7 + i / WIDTH);
  for (guint i = 0; alpha && i < WIDTH * HEIGHT; i++)
    alpha[i] = i % 5 == 0 ? 0 : 255;
  image = monocle_image_new_take_planes (WIDTH, HEIGHT, rgb, alpha, FALSE, NULL);
  g_assert_nonnull (image);
  return image;
}

static const char *
pick_text (GRand *random)
{
  static const char *const texts[]
      = { NULL,          "",
          "car",         "<b>tree</b> & more",
          "two\nlines",  "an answer that is much too long to lie on a region",
          "中文 – naïve" };

  return texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))];
}

static MonocleShape *
new_shape (GRand *random)
{
  double points[8];
  const MonocleRing ring = { points, 4, MONOCLE_RING_OUTER };

  for (guint i = 0; i < 8; i++)
    points[i] = g_rand_double_range (random, -30, 150);
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      return monocle_shape_new_quad (points);
    case 1:
      return monocle_shape_new_rings (&ring, 1);
    case 2:
      return monocle_shape_new_rings (NULL, 0);
    default:
      return monocle_shape_new_box (&(MonocleBox){ (float) points[0], (float) points[1],
                                                   (float) points[2], (float) points[3] });
    }
}

static void
make (Made *made, GRand *random)
{
  static const double scales[] = { 0, 1, 0.4, 3, NAN };
  const guint n = (guint) g_rand_int_range (random, 0, MAX_ITEMS + 1);

  *made = (Made){ .n_regions = (guint) g_rand_int_range (random, 0, (gint32) n + 1) };
  for (guint i = 0; i < n; i++)
    {
      gboolean is_region = i >= n - made->n_regions;
      const char *text = pick_text (random);

      made->items[i] = (MonocleSceneItem){
        .shape = new_shape (random),
        .role = is_region ? MONOCLE_OVERLAY_REGION : MONOCLE_OVERLAY_OBJECT,
        .text = g_strdup (text || is_region ? text : ""),
        .number = is_region ? i + 1 - (n - made->n_regions) : i + 1,
        .colour = i,
        .score = i % 2 ? 0.5f : NAN,
      };
    }
  for (guint i = 0; i < 4; i++)
    (&made->view.x1)[i] = (float) g_rand_double_range (random, -20, 150);
  made->source = (MonocleSceneSource){
    .image = new_image (g_rand_boolean (random)),
    .items = made->items,
    .n_items = n,
    .title = g_strdup ("What is there?"),
    .text = g_strdup (pick_text (random)),
    .view = g_rand_boolean (random) ? &made->view : NULL,
    .scale = scales[g_rand_int_range (random, 0, G_N_ELEMENTS (scales))],
    .hides_regions = g_rand_boolean (random),
    .style = (MonocleOverlayStyle) g_rand_int_range (random, 0, MONOCLE_OVERLAY_STYLE_BLUR + 1),
    .opacity = 0.4,
    .show_labels = g_rand_boolean (random),
    .dashes = g_rand_boolean (random),
  };
}

/* Leaves nothing of it as it was. */
static void
unmake (Made *made)
{
  for (guint i = 0; i < made->source.n_items; i++)
    {
      monocle_shape_unref ((MonocleShape *) made->items[i].shape);
      g_free ((char *) made->items[i].text);
    }
  g_free ((char *) made->source.title);
  g_free ((char *) made->source.text);
  monocle_image_unref (made->source.image);
  memset (made, 0xaa, sizeof *made);
}

static GBytes *
get_pixels (cairo_surface_t *surface)
{
  const gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  const gsize height = (gsize) cairo_image_surface_get_height (surface);

  cairo_surface_flush (surface);
  return g_bytes_new (cairo_image_surface_get_data (surface), stride * height);
}

static GBytes *
render (MonocleScene *scene)
{
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface = monocle_scene_render (scene, 1, &error);
  GBytes *pixels;

  g_assert_no_error (error);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==,
                   (int) monocle_scene_get_width (scene));
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==,
                   (int) monocle_scene_get_height (scene));
  pixels = get_pixels (surface);
  cairo_surface_destroy (surface);
  return pixels;
}

/* --- Properties --- */

/* A region's words are on it or in the strip, never in both and never in neither. */
static void
check_words (const Made *made, const MonocleScene *scene)
{
  const MonocleSceneSource *source = &made->source;
  guint n_items, n_texts, at = 0, region = 0;
  const MonocleOverlayItem *items = monocle_scene_get_items (scene, &n_items);
  const char *const *strip = monocle_scene_get_strip (scene, &n_texts);
  gboolean any_words = source->text != NULL;

  g_assert_cmpuint (n_items, ==, source->n_items - (source->hides_regions ? made->n_regions : 0));
  for (guint i = 0; i < source->n_items; i++)
    {
      const MonocleSceneItem *from = &source->items[i];
      g_autofree char *number = g_strdup_printf ("%u", from->number);
      const char *label = at < n_items ? items[at].label : NULL;

      if (from->role == MONOCLE_OVERLAY_OBJECT)
        {
          g_assert_cmpstr (label, ==, *from->text ? from->text : number);
          at++;
          continue;
        }
      any_words = any_words || from->text;
      if (strip)
        g_assert_cmpstr (strip[region], ==, from->text);
      else if (from->text && *from->text)
        g_assert_cmpstr (label, ==, from->text);
      if (strip && !source->hides_regions)
        g_assert_cmpstr (label, ==, made->n_regions > 1 ? number : NULL);
      at += !source->hides_regions;
      region++;
    }
  if (strip)
    g_assert_cmpuint (n_texts, ==, MAX (made->n_regions, 1));
  if (strip && made->n_regions == 0)
    g_assert_cmpstr (strip[0], ==, source->text);
  /* Nobody's words are lost. */
  if (!strip && any_words)
    g_assert_cmpuint (made->n_regions, >, 0);
}

static void
check_size (const Made *made, const MonocleScene *scene)
{
  guint n_texts;
  const guint width = monocle_scene_get_width (scene), height = monocle_scene_get_height (scene);
  gboolean has_strip = monocle_scene_get_strip (scene, &n_texts) != NULL;

  g_assert_cmpuint (width, >=, 1);
  g_assert_cmpuint (width, <=, WIDTH);
  if (!has_strip)
    g_assert_cmpuint (height, <=, HEIGHT);
  if (!made->source.view && made->source.scale != 0.4)
    {
      g_assert_cmpuint (width, ==, WIDTH);
      g_assert_cmpint (height > HEIGHT, ==, has_strip);
    }
}

/* What a viewer makes of the vectors is what the pixels show. */
static void
check_vectors (MonocleScene *scene, GBytes *pixels)
{
  cairo_surface_t *rendered = monocle_scene_render (scene, 1, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (cairo_image_surface_get_format (rendered),
                                                         (int) monocle_scene_get_width (scene),
                                                         (int) monocle_scene_get_height (scene));
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GBytes) drawn = NULL;

  monocle_scene_draw (scene, cr);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  drawn = get_pixels (surface);
  g_assert_true (g_bytes_equal (drawn, pixels));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  cairo_surface_destroy (rendered);
}

static void
test_any (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < N_SCENES; i++)
    {
      g_autoptr (MonocleScene) scene = NULL;
      g_autoptr (GBytes) before = NULL, after = NULL;
      Made made;

      make (&made, random);
      scene = monocle_scene_new (&made.source);
      check_words (&made, scene);
      check_size (&made, scene);
      before = render (scene);
      unmake (&made);
      after = render (scene);
      g_assert_true (g_bytes_equal (before, after));
      check_vectors (scene, after);
    }
}

static gpointer
render_in_thread (gpointer scene)
{
  return render (scene);
}

static void
test_threads (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);

  for (guint i = 0; i < 10; i++)
    {
      GThread *threads[4];
      g_autoptr (GBytes) pixels = NULL;
      MonocleScene *scene;
      Made made;

      make (&made, random);
      scene = monocle_scene_new (&made.source);
      unmake (&made);
      pixels = render (scene);
      for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
        threads[k] = g_thread_new ("render", render_in_thread, scene);
      for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
        {
          g_autoptr (GBytes) other = g_thread_join (threads[k]);

          g_assert_true (g_bytes_equal (other, pixels));
        }
      monocle_scene_unref (scene);
    }
}

/* --- Of a run --- */

static void
add_object (MonocleResult *result, const char *label, MonocleShape *shape)
{
  monocle_result_take_object (
      result, &(MonocleObject){ .label = g_strdup (label), .shape = shape, .score = NAN });
}

/* What cannot be drawn is not there; a label has a colour, what has none a number and its own. */
static void
test_results (void)
{
  static const char *const labels[] = { "1", "car", "3", "car", "5" };
  const MonocleRequest request = { .task = monocle_florence2_find_task ("detect") };
  g_autoptr (MonocleImage) image = new_image (FALSE);
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  g_autoptr (MonocleScene) scene = NULL;
  const MonocleOverlayItem *items;
  guint n_items, n_texts;

  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (results, monocle_result_new ());
  for (guint i = 0; i < 5; i++)
    {
      const float x = 10 * (float) i;

      add_object (results->pdata[i / 3], "gone", monocle_shape_new_rings (NULL, 0));
      add_object (results->pdata[i / 3], i % 2 ? "car" : "",
                  monocle_shape_new_box (&(MonocleBox){ x, 10, x + 8, 20 }));
    }
  scene = monocle_scene_new_from_results (image, &request, results, NULL);
  items = monocle_scene_get_items (scene, &n_items);
  g_assert_cmpuint (n_items, ==, G_N_ELEMENTS (labels));
  for (guint i = 0; i < n_items; i++)
    {
      g_assert_cmpstr (items[i].label, ==, labels[i]);
      if (i % 2 == 0)
        g_assert_cmpuint (items[i].colour, ==, i);
    }
  g_assert_cmpuint (items[1].colour, ==, items[3].colour);
  g_assert_null (monocle_scene_get_strip (scene, &n_texts));
  g_assert_cmpuint (monocle_scene_get_height (scene), ==, HEIGHT);
}

/* A run that was stopped has fewer answers than there are regions, or half of one. */
static void
test_unanswered (void)
{
  const MonocleBox regions[] = { { 10, 10, 30, 30 }, { 50, 10, 90, 70 } };
  const MonocleRequest request = { .task = monocle_florence2_find_task ("region-to-description"),
                                   .regions = regions,
                                   .n_regions = 2 };
  g_autoptr (MonocleImage) image = new_image (FALSE);
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);

  for (guint n = 0; n <= 2; n++)
    {
      g_autoptr (MonocleScene) scene
          = monocle_scene_new_from_results (image, &request, results, NULL);
      guint n_items, n_texts;
      const MonocleOverlayItem *items = monocle_scene_get_items (scene, &n_items);

      g_assert_cmpuint (n_items, ==, 2);
      g_assert_null (monocle_scene_get_strip (scene, &n_texts));
      for (guint i = 0; i < 2; i++)
        {
          g_assert_cmpstr (items[i].label, ==, i < n ? "car" : i ? "2" : "1");
          g_assert_cmpuint (items[i].colour, ==, i < n ? i : MONOCLE_OVERLAY_PLAIN);
        }
      g_ptr_array_add (results, monocle_result_new ());
      monocle_result_take_text (results->pdata[n], g_strdup ("car"));
    }
}

/* --- One road --- */

static MonocleResult *
new_answer (const char *text)
{
  MonocleResult *result = monocle_result_new ();

  if (text)
    monocle_result_take_text (result, g_strdup (text));
  for (guint i = 0; !text && i < 4; i++)
    {
      const float x = 25 * (float) i;

      add_object (result, i % 2 ? "car" : "",
                  monocle_shape_new_box (&(MonocleBox){ x, 10, x + 20, 50 }));
    }
  return result;
}

/* As the window writes it. */
static GBytes *
export_answer (MonocleImage *image,
               const MonocleRequest *request,
               MonocleResult *result,
               const MonoclePictureFormat *format)
{
  g_autoptr (MonocleDocument) document = monocle_document_new (NULL, "street.png", image);
  g_autoptr (MonocleQuery) query
      = monocle_query_new (request->task, NULL, request->regions, request->n_regions, NULL);
  MonocleRun *run = g_new0 (MonocleRun, 1);
  const MonocleExport export = { .document = document,
                                 .query = query,
                                 .style = MONOCLE_OVERLAY_STYLE_BOX,
                                 .opacity = MONOCLE_OVERLAY_OPACITY,
                                 .show_labels = TRUE,
                                 .show_regions = TRUE,
                                 .quality = MONOCLE_PICTURE_FORMAT_QUALITY,
                                 .scale = 1 };
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  g_ptr_array_add (run->results, monocle_result_ref (result));
  monocle_document_add_query (document, query);
  monocle_query_start (query, NULL, 0);
  monocle_query_finish (query, run);
  bytes = monocle_export_to_bytes (&export, monocle_export_find_format (format->id), &error);
  g_assert_no_error (error);
  return bytes;
}

static GBytes *
decode (GBytes *file)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);
  return gdk_pixbuf_read_pixel_bytes (pixbuf);
}

static void
assert_same_file (GBytes *a, GBytes *b, const MonoclePictureFormat *format)
{
  /* A PDF says when it was made, an SVG counts its parts through all that a program draws. */
  if (strcmp (format->id, "pdf") == 0)
    g_assert_cmpuint (g_bytes_get_size (a), ==, g_bytes_get_size (b));
  else if (strcmp (format->id, "svg") == 0)
    {
      g_autoptr (GBytes) pixels_a = decode (a), pixels_b = decode (b);

      g_assert_true (g_bytes_equal (pixels_a, pixels_b));
    }
  else
    g_assert_true (g_bytes_equal (a, b));
}

/* The same answer is the same file, whether a window or the command line writes it. */
static void
test_window_and_command_line (void)
{
  static const MonocleBox region = { 10, 10, 60, 60 };
  static const struct
  {
    const char *task, *text;
    guint n_regions;
  } rows[] = {
    { "detect", NULL, 0 },
    { "caption", "A car in a street.", 0 },
    { "region-to-segmentation", NULL, 1 },
  };
  g_autoptr (MonocleImage) image = new_image (TRUE);
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleRequest request = { .task = monocle_florence2_find_task (rows[i].task),
                                       .regions = &region,
                                       .n_regions = rows[i].n_regions };
      g_autoptr (GPtrArray) results
          = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
      g_autoptr (MonocleScene) scene = NULL;

      g_ptr_array_add (results, new_answer (rows[i].text));
      scene = monocle_scene_new_from_results (image, &request, results, NULL);
      for (guint k = 0; k < n_formats; k++)
        {
          g_autoptr (GBytes) window
              = export_answer (image, &request, results->pdata[0], formats[k]);
          g_autoptr (GBytes) line = monocle_picture_format_encode (
              formats[k], scene, MONOCLE_PICTURE_FORMAT_QUALITY, NULL);

          assert_same_file (window, line, formats[k]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/scene/any", test_any);
  g_test_add_func ("/app/scene/threads", test_threads);
  g_test_add_func ("/app/scene/results", test_results);
  g_test_add_func ("/app/scene/unanswered", test_unanswered);
  g_test_add_func ("/app/scene/window-and-command-line", test_window_and_command_line);
  return g_test_run ();
}
