/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the annotated picture: colours, places of labels, files.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/base/error.h"
#include "app/draw/label-layout.h"
#include "app/draw/palette.h"
#include "app/draw/picture-format.h"
#include "app/pictures/source.h"
#include "engine/answer/result-private.h"
#include "engine/models/florence2/tasks.h"
#include "harness.h"

/* --- Colours --- */

static void
test_palette_is_stable (void)
{
  const char *const few[] = { "dog", "cat", "Dog" };
  const char *const more[] = { "cat", "zebra", "dog", "cat" };
  guint a[3], b[4];

  monocle_palette_assign (few, 3, a);
  monocle_palette_assign (more, 4, b);
  g_assert_cmpuint (a[0], ==, a[2]);
  g_assert_cmpuint (a[0], !=, a[1]);
  g_assert_cmpuint (a[0], ==, b[2]);
  g_assert_cmpuint (a[1], ==, b[0]);
  g_assert_cmpuint (b[0], ==, b[3]);
}

static void
test_palette_tells_apart (void)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  guint indices[MONOCLE_PALETTE_COLOURS + 8];
  gboolean seen[MONOCLE_PALETTE_COLOURS] = { FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    g_ptr_array_add (labels, g_strdup_printf ("label %u", i));

  /* As many labels as colours: all different. More: still colours. */
  monocle_palette_assign ((const char *const *) labels->pdata, MONOCLE_PALETTE_COLOURS, indices);
  for (guint i = 0; i < MONOCLE_PALETTE_COLOURS; i++)
    {
      g_assert_false (seen[indices[i]]);
      seen[indices[i]] = TRUE;
    }
  monocle_palette_assign ((const char *const *) labels->pdata, labels->len, indices);
  for (guint i = 0; i < labels->len; i++)
    g_assert_cmpuint (indices[i], <, MONOCLE_PALETTE_COLOURS);
}

/* A label that would have to give way keeps the colour that it had, and others give way to it. */
static void
test_palette_keeps (void)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  const char *pair[2];
  guint alone[400], together[2], again[2];

  /* Two that want the same colour. */
  for (guint i = 0; i < G_N_ELEMENTS (alone); i++)
    {
      const char *label;

      g_ptr_array_add (labels, g_strdup_printf ("thing %u", i));
      label = labels->pdata[i];
      monocle_palette_assign (&label, 1, &alone[i]);
    }
  pair[0] = labels->pdata[0];
  for (guint i = 1; i < labels->len; i++)
    if (alone[i] == alone[0])
      {
        pair[1] = labels->pdata[i];
        break;
      }
  monocle_palette_assign (pair, 2, together);
  g_assert_cmpuint (together[0], !=, together[1]);

  monocle_palette_keep (pair, 2, together);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *upper = g_utf8_strup (pair[i], -1);

      monocle_palette_assign ((const char *const[]){ upper }, 1, &again[i]);
    }
  g_assert_cmpuint (again[0], ==, together[0]);
  g_assert_cmpuint (again[1], ==, together[1]);
  for (guint i = 1; i < labels->len; i++)
    {
      const char *three[] = { labels->pdata[i], pair[0], pair[1] };
      guint indices[3];

      if (labels->pdata[i] == pair[1])
        continue;
      monocle_palette_assign (three, 3, indices);
      g_assert_cmpuint (indices[1], ==, together[0]);
      g_assert_cmpuint (indices[2], ==, together[1]);
      g_assert_cmpuint (indices[0], !=, together[0]);
      g_assert_cmpuint (indices[0], !=, together[1]);
    }
}

/* --- Places --- */

static void
assert_inside (const MonocleLabel *label, double width, double height)
{
  g_assert_cmpfloat (label->x, >=, 0);
  g_assert_cmpfloat (label->y, >=, 0);
  g_assert_cmpfloat (label->x + label->width, <=, MAX (width, label->width));
  g_assert_cmpfloat (label->y + label->height, <=, MAX (height, label->height));
}

static gboolean
overlap (const MonocleLabel *a, const MonocleLabel *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height
         && b->y < a->y + a->height;
}

static void
test_labels_stay_inside (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  MonocleLabel labels[200];

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    labels[i] = (MonocleLabel){
      .object = { g_rand_double_range (random, -50, 700), g_rand_double_range (random, -50, 500),
                  g_rand_double_range (random, 0, 300), g_rand_double_range (random, 0, 300) },
      .width = g_rand_double_range (random, 5, 700),
      .height = 15,
    };
  monocle_label_layout_place (labels, G_N_ELEMENTS (labels), 640, 480);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    assert_inside (&labels[i], 640, 480);
}

static void
test_labels_avoid_each_other (void)
{
  /* Four objects in one place: there is room around them. */
  MonocleLabel labels[4];

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    labels[i] = (MonocleLabel){ .object = { 200, 200, 100, 100 }, .width = 60, .height = 15 };
  monocle_label_layout_place (labels, G_N_ELEMENTS (labels), 640, 480);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    for (guint j = 0; j < i; j++)
      g_assert_false (overlap (&labels[i], &labels[j]));
}

/* --- Files --- */

static MonocleImage *
new_grey (guint width, guint height)
{
  g_autofree guint8 *rgb = g_malloc (3 * (gsize) width * height);

  memset (rgb, 0x80, 3 * (gsize) width * height);
  return monocle_image_new_from_pixels (width, height, 3 * (gsize) width, rgb, NULL);
}

static MonocleShape *
new_box (float x1, float y1, float x2, float y2)
{
  return monocle_shape_new_box (&(MonocleBox){ x1, y1, x2, y2 });
}

/* @shape: (transfer full) */
static void
add_object (MonocleResult *result, const char *label, MonocleShape *shape, float score)
{
  monocle_result_take_object (
      result, &(MonocleObject){ .label = g_strdup (label), .shape = shape, .score = score });
}

/* One object of each shape, among them such as models write on bad days. */
static MonocleResult *
new_result (float side)
{
  MonocleResult *result = monocle_result_new ();
  static const double triangle[] = { 1, 1, 9, 1, 5, 9 };
  const double end = (double) side;
  const MonocleRing rings[] = { { triangle, 3, MONOCLE_RING_OUTER }, { 0 } };

  add_object (result, "a & <b>", new_box (0.3f * side, 0.2f * side, 0.1f * side, 0.6f * side),
              0.5f);
  add_object (result, "", new_box (side, side, side, side), NAN);
  add_object (result, "beyond", new_box (-side, -side, 3 * side, 3 * side), 1);
  add_object (result, "two\nlines",
              monocle_shape_new_quad ((const double[]){ 0, 0, end, 0, end, end, 0, end }), 0.25f);
  add_object (result, "none", monocle_shape_new_rings (NULL, 0), 0.25f);
  add_object (result, "outline", monocle_shape_new_rings (rings, 2), 0.25f);
  return result;
}

static MonocleScene *
new_scene (MonocleImage *image, GPtrArray *results, GFile *original)
{
  const MonocleRequest request = { .task = monocle_florence2_find_task ("detect") };

  return monocle_scene_new_from_results (image, &request, results, original);
}

/* From one pixel to a long panorama: all can be drawn, in every format. */
static void
test_sizes (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 3, 200 }, { 640, 480 }, { 5000, 10 } };
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MonocleImage) image = new_grey (sizes[i][0], sizes[i][1]);
      g_autoptr (GPtrArray) results
          = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
      g_autoptr (MonocleScene) scene = NULL;

      g_ptr_array_add (results, new_result (sizes[i][0]));
      scene = new_scene (image, results, NULL);
      for (guint k = 0; k < n_formats; k++)
        {
          g_autofree char *path
              = g_strdup_printf ("%s/out-%u.%s", folder, i, formats[k]->extension);
          g_autoptr (GError) error = NULL;
          g_autoptr (MonocleImage) drawn = NULL;
          guint width, height;

          g_assert_true (monocle_picture_format_find_for_path (path) == formats[k]);
          g_assert_true (monocle_picture_format_write (formats[k], scene, path, &error));
          g_assert_no_error (error);
          if (formats[k]->max_side == 0)
            continue;
          drawn = monocle_image_source_load_path (path, &error);
          g_assert_no_error (error);
          width = monocle_image_get_width (drawn);
          height = monocle_image_get_height (drawn);
          g_assert_cmpuint (width, ==, sizes[i][0]);
          g_assert_cmpuint (height, ==, sizes[i][1]);
        }
    }
}

/* Formats of pixels have their limits; drawings have none. */
static void
test_too_large (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autoptr (MonocleImage) image = new_grey (40000, 2);
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_autoptr (MonocleScene) scene = new_scene (image, results, NULL);
  guint n_formats;
  const MonoclePictureFormat *const *formats = monocle_picture_format_list (&n_formats);

  for (guint i = 0; i < n_formats; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/out.%s", folder, formats[i]->extension);
      g_autoptr (GError) error = NULL;
      const gboolean fits = formats[i]->max_side == 0;

      g_assert_cmpint (monocle_picture_format_check_size (formats[i], 40000, 2, NULL), ==, fits);
      g_assert_cmpint (monocle_picture_format_write (formats[i], scene, path, &error), ==, fits);
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, fits);
      if (!fits)
        {
          g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
          g_assert_true (g_str_has_prefix (error->message, path));
          g_assert_nonnull (strstr (error->message, "40000"));
        }
    }
}

static char *
write_svg_of (const char *fixture, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "out.svg", NULL);
  g_autofree char *source = harness_fixture (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (source, &error);
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_autoptr (GFile) original = g_file_new_for_path (source);
  g_autoptr (MonocleScene) scene = new_scene (image, results, original);
  char *svg;

  g_assert_no_error (error);
  g_assert_true (
      monocle_picture_format_write (monocle_picture_format_find ("svg"), scene, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &svg, NULL, NULL));
  return svg;
}

/* An upright JPEG goes in as it is but for its metadata; one that has to be turned as pixels. */
static void
test_svg_holds_original (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *plain = write_svg_of ("pictures/small.jpg", folder);
  g_autofree char *upright = write_svg_of ("pictures/exif-1.jpg", folder);
  g_autofree char *turned = write_svg_of ("pictures/exif-6.jpg", folder);
  g_autofree char *png = write_svg_of ("images/a.png", folder);

  g_assert_nonnull (strstr (plain, "data:image/jpeg"));
  g_assert_nonnull (strstr (upright, "data:image/jpeg"));
  g_assert_nonnull (strstr (turned, "data:image/png"));
  g_assert_nonnull (strstr (png, "data:image/png"));
  {
    const char *data = strstr (upright, "base64,") + strlen ("base64,");
    g_autofree char *encoded = g_strndup (data, strcspn (data, "\""));
    gsize size;
    g_autofree guchar *jpeg = g_base64_decode (encoded, &size);

    g_assert_cmpuint (size, >, 100);
    for (gsize i = 0; i + 4 < size; i++)
      g_assert_true (memcmp (jpeg + i, "Exif", 4) != 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/palette/stable", test_palette_is_stable);
  g_test_add_func ("/app/palette/tells-apart", test_palette_tells_apart);
  g_test_add_func ("/app/palette/keeps", test_palette_keeps);
  g_test_add_func ("/app/label-layout/inside", test_labels_stay_inside);
  g_test_add_func ("/app/label-layout/apart", test_labels_avoid_each_other);
  g_test_add_func ("/app/render/sizes", test_sizes);
  g_test_add_func ("/app/render/too-large", test_too_large);
  g_test_add_func ("/app/render/svg-holds-original", test_svg_holds_original);
  return g_test_run ();
}
