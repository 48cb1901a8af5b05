/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/preprocess: against exact numbers from Pillow and the reference's processor, and the settings.
 */
#include "config.h"

#include <math.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/checkpoint/npy.h"
#include "engine/picture/image-private.h"
#include "engine/picture/preprocess.h"
#include "io-files.h"

/* The picture that goldens_preprocess.json describes in its note. */
static MonocleImage *
make_pattern (guint width, guint height)
{
  g_autofree guint8 *pixels = g_malloc ((gsize) 3 * width * height);
  g_autoptr (GError) error = NULL;
  MonocleImage *image;
  guint8 *p = pixels;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, p += 3)
      {
        p[0] = (guint8) (37 * x + 11 * y);
        p[1] = (guint8) (13 * x * x + 29 * y);
        p[2] = (guint8) (5 * x + 17 * y * y);
      }
  image = monocle_image_new_from_pixels (width, height, 3 * (gsize) width, pixels, &error);
  g_assert_no_error (error);
  return image;
}

static JsonObject *
load_goldens (void)
{
  g_autofree char *path = fixture ("florence-2/goldens_preprocess.json");
  g_autoptr (GError) error = NULL;
  JsonObject *root = monocle_json_load (path, &error);
  g_assert_no_error (error);
  return root;
}

static void
test_goldens (void)
{
  g_autoptr (JsonObject) root = load_goldens ();
  g_autofree char *config = fixture ("florence-2/original-base/preprocessor_config.json");
  JsonArray *cases = json_object_get_array_member (root, "cases");
  MonoclePreprocessSettings settings;
  g_autoptr (GError) error = NULL;
  g_autofree float *out = NULL;
  const gsize n = 768 * 768;

  monocle_preprocess_load (&settings, config, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (settings.width, ==, 768);
  g_assert_cmpuint (settings.height, ==, 768);
  out = g_new (float, 3 * n);

  g_assert_cmpuint (json_array_get_length (cases), >=, 4);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      JsonObject *samples = json_object_get_object_member (c, "resized_samples");
      JsonArray *sums = json_object_get_array_member (c, "resized_channel_sums");
      JsonArray *normal_sums = json_object_get_array_member (c, "normalised_sum");
      g_autoptr (MonocleImage) image
          = make_pattern ((guint) json_object_get_int_member (c, "width"),
                          (guint) json_object_get_int_member (c, "height"));
      g_autoptr (MonocleImage) resized
          = monocle_preprocess_resize (image, 768, 768, MONOCLE_RESAMPLE_BICUBIC, &error);
      const guint8 *pixels = monocle_image_get_pixels (resized);
      g_autoptr (GList) keys = json_object_get_members (samples);
      g_autoptr (GList) normal_keys = NULL;

      g_assert_no_error (error);
      for (guint ch = 0; ch < 3; ch++)
        {
          gint64 sum = 0;
          for (gsize p = 0; p < n; p++)
            sum += pixels[3 * p + ch];
          g_assert_cmpint (sum, ==, json_array_get_int_element (sums, ch));
        }
      g_assert_nonnull (keys);
      for (GList *l = keys; l != NULL; l = l->next)
        {
          JsonArray *expected = json_object_get_array_member (samples, l->data);
          guint row, column;
          g_assert_cmpint (sscanf (l->data, "%u,%u", &row, &column), ==, 2);
          for (guint ch = 0; ch < 3; ch++)
            g_assert_cmpint (pixels[3 * (768 * row + column) + ch], ==,
                             json_array_get_int_element (expected, ch));
        }

      monocle_preprocess_run (&settings, image, out, &error);
      g_assert_no_error (error);
      samples = json_object_get_object_member (c, "normalised_samples");
      normal_keys = json_object_get_members (samples);
      for (GList *l = normal_keys; l != NULL; l = l->next)
        {
          JsonArray *expected = json_object_get_array_member (samples, l->data);
          guint row, column;
          g_assert_cmpint (sscanf (l->data, "%u,%u", &row, &column), ==, 2);
          for (guint ch = 0; ch < 3; ch++)
            g_assert_cmpfloat (out[ch * n + 768 * row + column], ==,
                               (float) json_array_get_double_element (expected, ch));
        }
      for (guint ch = 0; ch < 3; ch++)
        {
          double sum = 0;
          for (gsize p = 0; p < n; p++)
            sum += (double) out[ch * n + p];
          g_assert_cmpfloat_with_epsilon (sum, json_array_get_double_element (normal_sums, ch),
                                          1e-4);
        }
    }
}

/* The tiny models' pictures, from PNG file to tensor, each bit. */
static void
test_models (void)
{
  g_autofree char *manifest_path = fixture ("manifest.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) manifest = monocle_json_load (manifest_path, &error);
  JsonArray *models;

  g_assert_no_error (error);
  models = json_object_get_array_member (manifest, "models");
  g_assert_cmpuint (json_array_get_length (models), >, 0);
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *model = json_array_get_object_element (models, i);
      JsonObject *stages = json_object_get_object_member (model, "stages");
      g_autofree char *folder = fixture (json_object_get_string_member (model, "model"));
      g_autofree char *golden = fixture (json_object_get_string_member (model, "golden"));
      g_autofree char *config = g_build_filename (folder, "preprocessor_config.json", NULL);
      g_autofree char *image_path = fixture (json_object_get_string_member (stages, "image"));
      g_autofree char *npy_path = g_build_filename (golden, "pixel_values.npy", NULL);
      g_autoptr (MonocleImage) image = monocle_image_new_from_file (image_path, &error);
      g_autoptr (MonocleNpy) expected = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree float *out = NULL;
      MonoclePreprocessSettings settings;

      g_assert_no_error (error);
      bytes = fixture_read_path (npy_path);
      expected = monocle_npy_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                    npy_path, &error);
      g_assert_no_error (error);
      monocle_preprocess_load (&settings, config, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (expected->n_elements, ==, (gsize) 3 * settings.width * settings.height);
      out = g_new (float, expected->n_elements);
      monocle_preprocess_run (&settings, image, out, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (out, 4 * expected->n_elements, expected->f32, 4 * expected->n_elements);
    }
}

static gboolean
is_rgb (const MonocleImage *image, const char *checksum)
{
  gsize size = (gsize) 3 * monocle_image_get_width (image) * monocle_image_get_height (image);
  g_autofree char *found
      = g_compute_checksum_for_data (G_CHECKSUM_SHA256, monocle_image_get_pixels (image), size);
  return g_str_equal (found, checksum);
}

/* Pillow 13, which made these numbers, does the vertical pass first for some sizes; before it the
 * horizontal one came first always, as the model was trained and as we do. Then up to two grey
 * levels lie between them. */
static gboolean
has_other_order (const MonocleImage *image, guint side)
{
  const gint64 w = monocle_image_get_width (image), h = monocle_image_get_height (image);

  return w != side && h > side && h - side > 2 * (w - side);
}

static void
check_other_order (const MonocleImage *image, JsonArray *samples)
{
  const guint width = monocle_image_get_width (image);
  for (guint k = 0; k < json_array_get_length (samples); k++)
    {
      JsonArray *sample = json_array_get_array_element (samples, k);
      gsize at = (gsize) (json_array_get_int_element (sample, 0) * width
                          + json_array_get_int_element (sample, 1));
      for (guint c = 0; c < 3; c++)
        g_assert_cmpint (ABS (monocle_image_get_pixels (image)[3 * at + c]
                              - json_array_get_int_element (sample, 2 + c)),
                         <=, 2);
    }
}

/* Real pictures of every kind, against Pillow: what is read, and what it is resized to, all bytes;
 * then the processor's numbers. */
static void
test_pictures (void)
{
  g_autoptr (JsonObject) root = load_fixture ("preprocess.json");
  JsonArray *pictures = json_object_get_array_member (root, "pictures");
  MonoclePreprocessSettings settings;
  g_autofree char *config = fixture ("florence-2/native-large/preprocessor_config.json");
  g_autoptr (GError) error = NULL;

  monocle_preprocess_load (&settings, config, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (pictures), >, 0);
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      JsonArray *all = json_object_get_array_member (picture, "resized");
      g_autofree char *path = fixture (json_object_get_string_member (picture, "file"));
      g_autoptr (MonocleImage) read = monocle_image_new_from_file (path, &error);
      g_autoptr (MonocleImage) image = read ? monocle_image_drop_alpha (read) : NULL;

      g_assert_no_error (error);
      g_test_message ("%s", path);
      g_assert_true (is_rgb (image, json_object_get_string_member (picture, "sha256")));
      for (guint r = 0; r < json_array_get_length (all); r++)
        {
          JsonObject *resized = json_array_get_object_element (all, r);
          JsonArray *sums = json_object_get_array_member (resized, "normalised_sums");
          JsonArray *samples = json_object_get_array_member (resized, "normalised_samples");
          const guint side = (guint) json_object_get_int_member (resized, "size");
          const gsize n = (gsize) side * side;
          g_autofree float *out = g_new (float, 3 * n);
          g_autoptr (MonocleImage) found
              = monocle_preprocess_resize (image, side, side, MONOCLE_RESAMPLE_BICUBIC, &error);

          g_assert_no_error (error);
          if (!is_rgb (found, json_object_get_string_member (resized, "sha256")))
            {
              g_assert_true (has_other_order (image, side));
              check_other_order (found, json_object_get_array_member (resized, "samples"));
              continue;
            }
          settings.width = settings.height = side;
          monocle_preprocess_run (&settings, image, out, &error);
          g_assert_no_error (error);
          for (guint c = 0; c < 3; c++)
            {
              double sum = 0;
              for (gsize p = 0; p < n; p++)
                sum += (double) out[c * n + p];
              g_assert_cmpfloat_with_epsilon (sum, json_array_get_double_element (sums, c), 1e-3);
              for (guint k = 0; k < json_array_get_length (samples); k++)
                {
                  JsonArray *sample = json_array_get_array_element (samples, k);
                  gint64 y = json_array_get_int_element (sample, 0);
                  gint64 x = json_array_get_int_element (sample, 1);
                  g_assert_cmpfloat (out[c * n + (gsize) (y * side + x)], ==,
                                     (float) json_array_get_double_element (sample, 2 + c));
                }
            }
        }
    }
}

/* Every grey level, each bit. */
static void
test_normalise (void)
{
  g_autoptr (JsonObject) root = load_fixture ("preprocess.json");
  JsonArray *levels = json_object_get_array_member (root, "normalise");
  g_autofree char *config = fixture ("florence-2/native-large/preprocessor_config.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = NULL;
  MonoclePreprocessSettings settings;
  guint8 ramp[3 * 256];
  float out[3 * 256];

  for (guint i = 0; i < sizeof ramp; i++)
    ramp[i] = (guint8) (i / 3);
  image = monocle_image_new_from_pixels (16, 16, 3 * 16, ramp, &error);
  monocle_preprocess_load (&settings, config, &error);
  g_assert_no_error (error);
  settings.width = settings.height = 16;
  monocle_preprocess_run (&settings, image, out, &error);
  g_assert_no_error (error);
  for (guint c = 0; c < 3; c++)
    for (guint v = 0; v < 256; v++)
      g_assert_cmpfloat (
          out[256 * c + v], ==,
          (float) json_array_get_double_element (json_array_get_array_element (levels, c), v));
}

static gboolean
read_bad (const char *path, GError **error)
{
  MonoclePreprocessSettings settings;
  /* A valid setting, which the model has to refuse. */
  if (g_str_has_suffix (path, "size-tall.json"))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "not asked");
      return FALSE;
    }
  return monocle_preprocess_load (&settings, path, error);
}

static void
test_bad_files (void)
{
  check_bad_files ("preprocessor", read_bad);
}

/* A file that need not be there, but is meant to be. */
static void
test_link_to_nowhere (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *link_name = g_build_filename (folder, "processor_config.json", NULL);
  g_autoptr (GError) error = NULL;
  MonoclePreprocessSettings settings;

  g_assert_no_errno (symlink ("nowhere.json", link_name));
  g_assert_false (monocle_preprocess_load_directory (&settings, folder, &error));
  check_file_error (&error, link_name, "no such file");
  remove_folder (folder);
}

static double
sinc (double t)
{
  return t > 0 ? sin (G_PI * t) / (G_PI * t) : 1;
}

/* Pillow in plain C without a ring, rows or integers where it has doubles: slow and obvious. */
static guint8
resize_plain (const guint8 *pixels, guint stride, guint n_in, guint n_out, guint at, double radius)
{
  double scale = (double) n_in / n_out, f = MAX (scale, 1.0), center = (at + 0.5) * scale, sum = 0;
  int low = MAX (0, (int) (center - radius * f + 0.5));
  int high = MIN ((int) n_in, (int) (center + radius * f + 0.5));
  gint64 total = 1 << 21;
  for (int pass = 0; pass < 2; pass++)
    for (int j = low; j < high; j++)
      {
        double t = fabs ((j - center + 0.5) * (1 / f)), w;
        if (radius > 2)
          w = t < 3 ? sinc (t) * sinc (t / 3) : 0;
        else if (radius > 1)
          w = t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? (((t - 5) * t + 8) * t - 4) * -0.5 : 0;
        else
          w = t < 1 ? 1 - t : 0;
        if (pass == 0)
          sum += w;
        else
          total += (gint64) round (w / sum * (1 << 22)) * pixels[(gsize) j * stride];
      }
  total >>= 22;
  return (guint8) CLAMP (total, 0, 255);
}

static void
test_plain (void)
{
  static const guint sizes[][4] = { { 1, 1, 5, 3 },     { 1, 40, 7, 7 },    { 40, 1, 7, 7 },
                                    { 13, 11, 13, 40 }, { 13, 11, 40, 11 }, { 100, 90, 3, 2 },
                                    { 31, 57, 32, 56 }, { 64, 64, 64, 64 }, { 5, 200, 9, 3 } };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint resample = 1; resample <= 3; resample++)
      {
        const guint w = sizes[i][0], h = sizes[i][1], ow = sizes[i][2], oh = sizes[i][3];
        const double radius = resample == 1 ? 3 : resample == 3 ? 2 : 1;
        g_autoptr (GError) error = NULL;
        g_autoptr (MonocleImage) image = make_pattern (w, h);
        g_autoptr (MonocleImage) found
            = monocle_preprocess_resize (image, ow, oh, (MonocleResample) resample, &error);
        g_autofree guint8 *between = g_malloc ((gsize) 3 * ow * h);
        const guint8 *pixels = monocle_image_get_pixels (image);
        const guint8 *out = monocle_image_get_pixels (found);

        for (guint y = 0; y < h; y++)
          for (guint x = 0; x < ow; x++)
            for (guint c = 0; c < 3; c++)
              between[3 * (y * ow + x) + c]
                  = w == ow ? pixels[3 * (y * w + x) + c]
                            : resize_plain (pixels + 3 * y * w + c, 3, w, ow, x, radius);
        for (guint y = 0; y < oh; y++)
          for (guint x = 0; x < ow; x++)
            for (guint c = 0; c < 3; c++)
              g_assert_cmpint (out[3 * (y * ow + x) + c], ==,
                               h == oh
                                   ? between[3 * (y * ow + x) + c]
                                   : resize_plain (between + 3 * x + c, 3 * ow, h, oh, y, radius));
      }
}

static gboolean
parse (const char *text, MonoclePreprocessSettings *settings, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_parse (text, strlen (text), "p.json", error);
  g_assert_nonnull (root);
  return monocle_preprocess_parse (settings, root, "p.json", error);
}

static void
test_settings (void)
{
  g_autoptr (GError) error = NULL;
  MonoclePreprocessSettings s;

  g_assert_true (parse ("{\"size\": {\"height\": 5, \"width\": 7}}", &s, &error));
  g_assert_cmpuint (s.width, ==, 7);
  g_assert_cmpuint (s.height, ==, 5);
  g_assert_cmpint (s.resample, ==, MONOCLE_RESAMPLE_BICUBIC);
  g_assert_cmpfloat (s.rescale_factor, ==, 1.0 / 255.0);
  g_assert_true (
      parse ("{\"image_processor\": {\"size\": {\"height\": 5, \"width\": 7}, \"resample\": 2, "
             "\"do_normalize\": false, \"do_center_crop\": true, \"crop_size\": {\"height\": 5, "
             "\"width\": 7}, \"image_mean\": [0.5, 0.5, 1]}}",
             &s, &error));
  g_assert_cmpint (s.resample, ==, MONOCLE_RESAMPLE_BILINEAR);
  g_assert_false (s.do_normalize);
  g_assert_cmpfloat (s.mean[2], ==, 1);

  /* Old files have numbers; where the middle is cut out, one is the shorter side. */
  g_assert_true (parse ("{\"size\": 224}", &s, &error));
  g_assert_cmpuint (s.width, ==, 224);
  g_assert_cmpuint (s.shortest_edge, ==, 0);
  g_assert_true (
      parse ("{\"size\": 256, \"do_center_crop\": true, \"crop_size\": 224}", &s, &error));
  g_assert_cmpuint (s.shortest_edge, ==, 256);
  g_assert_cmpuint (s.width, ==, 224);
  g_assert_true (parse ("{\"size\": {\"shortest_edge\": 7}, \"do_center_crop\": true, "
                        "\"crop_size\": {\"height\": 5, \"width\": 6}}",
                        &s, &error));
  g_assert_cmpuint (s.shortest_edge, ==, 7);
  g_assert_cmpuint (s.width, ==, 6);
  g_assert_cmpuint (s.height, ==, 5);

  g_assert_false (parse ("{}", &s, &error));
  check_file_error (&error, "p.json: ", "\"size\" is missing");
  g_assert_false (parse ("{\"size\": {\"shortest_edge\": 224}}", &s, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_nonnull (strstr (error->message, "p.json: size: a size that depends"));
  g_clear_error (&error);
  g_assert_false (parse ("{\"size\": {\"height\": 224}}", &s, &error));
  check_file_error (&error, "p.json: size: ", "\"width\" is missing");
  g_assert_false (parse ("{\"size\": {\"height\": 0, \"width\": 7}}", &s, &error));
  check_file_error (&error, "p.json: size: ", "\"height\" is 0");
  g_assert_false (parse ("{\"size\": {\"height\": 5, \"width\": 100000}}", &s, &error));
  check_file_error (&error, "p.json: size: ", "expected 1 to 8192");
  g_assert_false (
      parse ("{\"size\": {\"height\": 5, \"width\": 5}, \"image_std\": [1, 0, 1]}", &s, &error));
  check_file_error (&error, "p.json: ", "image_std");
  g_assert_false (
      parse ("{\"size\": {\"height\": 5, \"width\": 5}, \"image_mean\": [1]}", &s, &error));
  check_file_error (&error, "p.json: ", "has 1 numbers, expected 3");
  g_assert_false (parse ("{\"size\": {\"height\": 5, \"width\": 5}, \"resample\": 0}", &s, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_clear_error (&error);
  g_assert_false (
      parse ("{\"size\": {\"height\": 5, \"width\": 5}, \"do_center_crop\": true, \"crop_size\": "
             "{\"height\": 4, \"width\": 5}}",
             &s, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
}

/* A part is what would be cut out of the whole, each bit; also where a side stays, or both. */
static void
test_part (void)
{
  const MonocleResizePart parts[] = {
    { 40, 60, 3, 7, 20, 30 }, { 31, 60, 3, 7, 20, 30 }, { 40, 23, 3, 7, 20, 10 },
    { 31, 23, 3, 7, 20, 10 }, { 9, 11, 0, 5, 9, 6 },    { 900, 11, 700, 0, 200, 11 },
  };
  g_autoptr (MonocleImage) image = make_pattern (31, 23);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const MonocleResizePart *p = &parts[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleImage) whole = monocle_preprocess_resize (
          image, p->all_width, p->all_height, MONOCLE_RESAMPLE_BICUBIC, &error);
      g_autoptr (MonocleImage) part
          = monocle_preprocess_resize_part (image, p, MONOCLE_RESAMPLE_BICUBIC, &error);
      const guint8 *a = monocle_image_get_pixels (whole), *b = monocle_image_get_pixels (part);

      g_assert_no_error (error);
      g_assert_cmpuint (monocle_image_get_width (part), ==, p->width);
      g_assert_cmpuint (monocle_image_get_height (part), ==, p->height);
      for (guint y = 0; y < p->height; y++)
        g_assert_cmpmem (a + 3 * ((gsize) (p->y + y) * p->all_width + p->x), 3 * p->width,
                         b + 3 * (gsize) y * p->width, 3 * p->width);
    }
}

/* What was got ready gives the same numbers, to those alone who want that size. */
static void
test_get_ready (void)
{
  const MonoclePreprocessSettings wide = { .width = 24,
                                           .height = 16,
                                           .resample = MONOCLE_RESAMPLE_BICUBIC,
                                           .do_resize = TRUE,
                                           .do_rescale = TRUE,
                                           .rescale_factor = 0.5 };
  MonoclePreprocessSettings high = wide;
  g_autoptr (MonocleImage) image = make_pattern (31, 23), fresh = make_pattern (31, 23);
  g_autoptr (MonocleImage) same = make_pattern (24, 16);
  float ready[24 * 16 * 3], expected[24 * 16 * 3];

  high.width = 16;
  high.height = 24;
  monocle_preprocess_get_ready (&wide, image);
  g_assert_nonnull (monocle_image_get_made (image));
  g_assert_true (monocle_preprocess_run (&wide, image, ready, NULL));
  g_assert_true (monocle_preprocess_run (&wide, fresh, expected, NULL));
  g_assert_cmpmem (ready, sizeof ready, expected, sizeof expected);
  /* It is used: what is there stays, and is not made anew. */
  monocle_preprocess_get_ready (&high, image);
  g_assert_true (monocle_preprocess_run (&high, image, ready, NULL));
  g_assert_true (monocle_preprocess_run (&high, fresh, expected, NULL));
  g_assert_cmpmem (ready, sizeof ready, expected, sizeof expected);
  /* Nothing is to be done, and it would keep itself. */
  monocle_preprocess_get_ready (&wide, same);
  g_assert_null (monocle_image_get_made (same));
}

static void
test_without_steps (void)
{
  MonoclePreprocessSettings s = { .width = 2, .height = 1, .resample = MONOCLE_RESAMPLE_BICUBIC };
  const guint8 rgb[6] = { 0, 128, 255, 1, 2, 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (2, 1, 6, rgb, &error);
  float out[6];

  g_assert_true (monocle_preprocess_run (&s, image, out, &error));
  g_assert_cmpfloat (out[0], ==, 0);
  g_assert_cmpfloat (out[1], ==, 1);
  g_assert_cmpfloat (out[2], ==, 128);
  g_assert_cmpfloat (out[5], ==, 3);
  s.width = 3;
  g_assert_false (monocle_preprocess_run (&s, image, out, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* What is see-through is white to a model, unless the alpha was dropped as the reference does. */
static void
test_alpha (void)
{
  const guint8 rgb[] = { 10, 20, 30, 40, 50, 60 }, alpha[] = { 0, 255 };
  const MonoclePreprocessSettings settings = { .width = 2, .height = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_take_planes (
      2, 1, g_memdup2 (rgb, 6), g_memdup2 (alpha, 2), FALSE, &error);
  g_autoptr (MonocleImage) dropped = monocle_image_drop_alpha (image);
  const float on_white[] = { 255, 40, 255, 50, 255, 60 }, colours[] = { 10, 40, 20, 50, 30, 60 };
  float out[6];

  g_assert_true (monocle_preprocess_run (&settings, image, out, &error));
  g_assert_cmpmem (out, sizeof out, on_white, sizeof on_white);
  g_assert_true (monocle_preprocess_run (&settings, dropped, out, &error));
  g_assert_cmpmem (out, sizeof out, colours, sizeof colours);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/preprocess/goldens", test_goldens);
  g_test_add_func ("/engine/preprocess/models", test_models);
  g_test_add_func ("/engine/preprocess/pictures", test_pictures);
  g_test_add_func ("/engine/preprocess/normalise", test_normalise);
  g_test_add_func ("/engine/preprocess/bad-files", test_bad_files);
  g_test_add_func ("/engine/preprocess/link-to-nowhere", test_link_to_nowhere);
  g_test_add_func ("/engine/preprocess/plain", test_plain);
  g_test_add_func ("/engine/preprocess/settings", test_settings);
  g_test_add_func ("/engine/preprocess/part", test_part);
  g_test_add_func ("/engine/preprocess/get-ready", test_get_ready);
  g_test_add_func ("/engine/preprocess/without-steps", test_without_steps);
  g_test_add_func ("/engine/preprocess/alpha", test_alpha);
  return g_test_run ();
}
