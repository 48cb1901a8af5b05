/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels to the model's input. See preprocess.h. The settings, and the table that rescales and
 * normalises; the filter is in resize.c.
 */
#include "config.h"

#include "engine/picture/preprocess.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/picture/image-private.h"

/* The largest input that a model of this kind was published with is 1,536. */
#define MAX_INPUT_SIDE 8192

static gboolean
unsupported (const char *name, const char *what, GError **error)
{
  g_autofree char *shown = g_filename_display_name (name);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: %s is not supported", shown, what);
  return FALSE;
}

/* A number alone is a side: old files have it. @edge: (out): set instead of the others where it is
 * the shorter one that is said; %NULL: it cannot be that */
static gboolean
read_size (JsonObject *object,
           const char *name,
           const char *key,
           guint *width,
           guint *height,
           guint *edge,
           GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: %s", name, key);
  JsonNode *node = json_object_get_member (object, key);
  JsonObject *size = NULL;
  gint64 w = 0, h = 0;

  if (node && JSON_NODE_HOLDS_VALUE (node))
    {
      if (!monocle_json_get_int (object, name, key, MONOCLE_JSON_REQUIRED, 1, MAX_INPUT_SIDE, &w,
                                 error))
        return FALSE;
      *(edge ? edge : width) = *(edge ? edge : height) = (guint) w;
      return TRUE;
    }
  if (!monocle_json_get_object (object, name, key, MONOCLE_JSON_REQUIRED, &size, error))
    return FALSE;
  if (monocle_json_has (size, "longest_edge")
      || (monocle_json_has (size, "shortest_edge") && !edge))
    return unsupported (where, "a size that depends on the picture's shape", error);
  if (monocle_json_has (size, "shortest_edge"))
    {
      if (!monocle_json_get_int (size, where, "shortest_edge", MONOCLE_JSON_REQUIRED, 1,
                                 MAX_INPUT_SIDE, &w, error))
        return FALSE;
      *edge = (guint) w;
      return TRUE;
    }
  if (!monocle_json_get_int (size, where, "width", MONOCLE_JSON_REQUIRED, 1, MAX_INPUT_SIDE, &w,
                             error)
      || !monocle_json_get_int (size, where, "height", MONOCLE_JSON_REQUIRED, 1, MAX_INPUT_SIDE, &h,
                                error))
    return FALSE;
  *width = (guint) w;
  *height = (guint) h;
  return TRUE;
}

static gboolean
read_patches (MonoclePreprocessSettings *s, JsonObject *object, const char *name, GError **error)
{
  gint64 most = 0, patch = 16;

  if (!monocle_json_get_int (object, name, "max_num_patches", MONOCLE_JSON_REQUIRED, 1,
                             MAX_INPUT_SIDE, &most, error)
      || !monocle_json_get_int (object, name, "patch_size", MONOCLE_JSON_OPTIONAL, 1,
                                MAX_INPUT_SIDE, &patch, error))
    return FALSE;
  s->max_patches = (guint) most;
  s->patch = (guint) patch;
  return TRUE;
}

/* Where the middle is cut out, the size before that may be one of the shorter side. A crop to the
 * very size that was resized to does nothing; others of that kind would be wrong to leave out. */
static gboolean
read_sizes (MonoclePreprocessSettings *s, JsonObject *object, const char *name, GError **error)
{
  gboolean crop = FALSE, pad = FALSE;
  guint width = 0, height = 0;

  if (!monocle_json_has (object, "size") && monocle_json_has (object, "max_num_patches"))
    return read_patches (s, object, name, error);

  if (!monocle_json_get_bool (object, name, "do_center_crop", MONOCLE_JSON_OPTIONAL, &crop, error)
      || !monocle_json_get_bool (object, name, "do_pad", MONOCLE_JSON_OPTIONAL, &pad, error))
    return FALSE;
  if (pad)
    return unsupported (name, "\"do_pad\"", error);
  if (!read_size (object, name, "size", &s->width, &s->height, crop ? &s->shortest_edge : NULL,
                  error)
      || (crop && !read_size (object, name, "crop_size", &width, &height, NULL, error)))
    return FALSE;
  if (s->shortest_edge > 0)
    {
      s->width = width;
      s->height = height;
    }
  else if (crop && (width != s->width || height != s->height))
    return unsupported (name, "\"do_center_crop\" to another size", error);
  return TRUE;
}

gboolean
monocle_preprocess_parse (MonoclePreprocessSettings *settings,
                          JsonObject *root,
                          const char *name,
                          GError **error)
{
  MonoclePreprocessSettings s = {
    .resample = MONOCLE_RESAMPLE_BICUBIC,
    .do_resize = TRUE,
    .do_rescale = TRUE,
    .do_normalize = TRUE,
    .rescale_factor = 1.0 / 255.0,
    .mean = { 0.485, 0.456, 0.406 },
    .std = { 0.229, 0.224, 0.225 },
  };
  gint64 resample = s.resample;

  g_return_val_if_fail (settings != NULL && root != NULL && name != NULL, FALSE);

  if (!monocle_json_get_object (root, name, "image_processor", MONOCLE_JSON_OPTIONAL, &root, error)
      || !read_sizes (&s, root, name, error)
      || !monocle_json_get_bool (root, name, "do_resize", MONOCLE_JSON_OPTIONAL, &s.do_resize,
                                 error)
      || !monocle_json_get_bool (root, name, "do_rescale", MONOCLE_JSON_OPTIONAL, &s.do_rescale,
                                 error)
      || !monocle_json_get_bool (root, name, "do_normalize", MONOCLE_JSON_OPTIONAL, &s.do_normalize,
                                 error)
      || !monocle_json_get_int (root, name, "resample", MONOCLE_JSON_OPTIONAL, 0, 5, &resample,
                                error)
      || !monocle_json_get_double (root, name, "rescale_factor", MONOCLE_JSON_OPTIONAL,
                                   &s.rescale_factor, error)
      || !monocle_json_get_doubles (root, name, "image_mean", MONOCLE_JSON_OPTIONAL, s.mean, 3,
                                    error)
      || !monocle_json_get_doubles (root, name, "image_std", MONOCLE_JSON_OPTIONAL, s.std, 3,
                                    error))
    return FALSE;
  if (resample < MONOCLE_RESAMPLE_LANCZOS || resample > MONOCLE_RESAMPLE_BICUBIC)
    return unsupported (name, "\"resample\" other than 1 (Lanczos), 2 (bilinear) and 3 (bicubic)",
                        error);
  s.resample = (MonocleResample) resample;
  for (guint c = 0; c < 3; c++)
    if (!((float) s.std[c] > 0.0f))
      {
        monocle_file_set_error (error, name, "key \"image_std\": expected numbers above 0");
        return FALSE;
      }
  *settings = s;
  return TRUE;
}

gboolean
monocle_preprocess_load (MonoclePreprocessSettings *settings, const char *path, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  return root != NULL && monocle_preprocess_parse (settings, root, path, error);
}

JsonObject *
monocle_preprocess_find_settings (const char *directory, char **path, GError **error)
{
  static const char *const names[] = { "processor_config.json", "preprocessor_config.json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const gboolean is_last = i + 1 == G_N_ELEMENTS (names);
      g_autofree char *name = g_build_filename (directory, names[i], NULL);
      g_autoptr (JsonObject) file = NULL;
      JsonObject *root;

      if (!is_last && !monocle_file_exists (name))
        continue;
      root = file = monocle_json_load (name, error);
      if (file == NULL
          || !monocle_json_get_object (file, name, "image_processor", MONOCLE_JSON_OPTIONAL, &root,
                                       error))
        return NULL;
      if (root == file && !is_last)
        continue;
      *path = g_steal_pointer (&name);
      return json_object_ref (root);
    }
  g_assert_not_reached ();
}

gboolean
monocle_preprocess_load_directory (MonoclePreprocessSettings *settings,
                                   const char *directory,
                                   GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) root = monocle_preprocess_find_settings (directory, &path, error);

  return root != NULL && monocle_preprocess_parse (settings, root, path, error);
}

/* What each of the 256 values of channel @c becomes. */
static void
fill_table (const MonoclePreprocessSettings *settings, guint c, float table[256])
{
  const float mean = (float) settings->mean[c], std = (float) settings->std[c];
  for (guint v = 0; v < 256; v++)
    {
      float value
          = settings->do_rescale ? (float) ((double) v * settings->rescale_factor) : (float) v;
      table[v] = settings->do_normalize ? (value - mean) / std : value;
    }
}

/* One side of a picture whose middle is cut out: of @n pixels from @first on, at @to of @side. What
 * does not divide is over at the end of what is cut, and before what is put around. */
static void
cut_middle (guint n, guint side, guint *first, guint *kept, guint *to)
{
  *kept = MIN (n, side);
  *first = (n - *kept) / 2;
  *to = (side - *kept + 1) / 2;
}

/* (transfer full): the shorter side brought to its size, the middle of it, black around what is
 * smaller */
static MonocleImage *
resize_and_cut (const MonoclePreprocessSettings *s, MonocleImage *image, GError **error)
{
  const double w = monocle_image_get_width (image), h = monocle_image_get_height (image);
  const gsize row_bytes = 3 * (gsize) s->width;
  MonocleResizePart part;
  guint left, top;
  g_autofree guint8 *pixels = NULL;
  g_autoptr (MonocleImage) middle = NULL;

  /* In this order, and rounded down: the reference's arithmetic. A side is never empty. */
  part.all_width = w <= h ? s->shortest_edge : (guint) (s->shortest_edge * w / h);
  part.all_height = w <= h ? (guint) (s->shortest_edge * h / w) : s->shortest_edge;
  cut_middle (part.all_width, s->width, &part.x, &part.width, &left);
  cut_middle (part.all_height, s->height, &part.y, &part.height, &top);
  middle = monocle_preprocess_resize_part (image, &part, s->resample, error);
  if (middle == NULL || (part.width == s->width && part.height == s->height))
    return g_steal_pointer (&middle);

  pixels = g_malloc0_n (s->height, row_bytes);
  for (guint y = 0; y < part.height; y++)
    memcpy (pixels + (top + y) * row_bytes + 3 * (gsize) left,
            monocle_image_get_pixels (middle) + 3 * (gsize) y * part.width, 3 * (gsize) part.width);
  return monocle_image_new_from_pixels (s->width, s->height, row_bytes, pixels, error);
}

/* (transfer full): of the size that the model takes */
static MonocleImage *
bring_to_size (const MonoclePreprocessSettings *settings, MonocleImage *image, GError **error)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  if (settings->do_resize && settings->shortest_edge > 0)
    return resize_and_cut (settings, image, error);
  if (settings->do_resize)
    return monocle_preprocess_resize (image, settings->width, settings->height, settings->resample,
                                      error);
  if (width == settings->width && height == settings->height)
    return monocle_image_ref (image);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "the image is %u x %u pixels, the model takes only %u x %u", width, height,
               settings->width, settings->height);
  return NULL;
}

/* --- Ahead --- */

/* Of a picture: it brought to the size that a model takes. */
typedef struct
{
  MonoclePreprocessSettings settings; /* for which */
  MonocleImage *sized;
} Ready;

static void
ready_free (gpointer data)
{
  Ready *ready = data;

  monocle_image_unref (ready->sized);
  g_free (ready);
}

/* Colours are not looked at: those come afterwards. */
static gboolean
is_same_size (const MonoclePreprocessSettings *a, const MonoclePreprocessSettings *b)
{
  return a->width == b->width && a->height == b->height && a->shortest_edge == b->shortest_edge
         && a->resample == b->resample && a->do_resize == b->do_resize;
}

/* (transfer full) */
static MonocleImage *
make_sized (const MonoclePreprocessSettings *settings, MonocleImage *image, GError **error)
{
  g_autoptr (MonocleImage) opaque = monocle_image_on_white (image, error);

  return opaque ? bring_to_size (settings, opaque, error) : NULL;
}

void
monocle_preprocess_get_ready (const MonoclePreprocessSettings *settings, MonocleImage *image)
{
  MonocleImage *sized;
  Ready *ready;

  g_return_if_fail (settings != NULL && image != NULL);

  if (monocle_image_get_made (image) != NULL || !settings->do_resize)
    return;
  sized = make_sized (settings, image, NULL);
  /* A picture that has that size already would keep itself. */
  if (sized == NULL || sized == image)
    {
      monocle_image_unref (sized);
      return;
    }
  ready = g_new (Ready, 1);
  ready->settings = *settings;
  ready->sized = sized;
  monocle_image_take_made (image, ready, ready_free);
}

gboolean
monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                        MonocleImage *image,
                        float *out,
                        GError **error)
{
  g_autoptr (MonocleImage) sized = NULL;
  const Ready *ready;
  const guint8 *pixels;
  gsize n;

  g_return_val_if_fail (settings != NULL && image != NULL && out != NULL, FALSE);

  ready = monocle_image_get_made (image);
  sized = ready != NULL && is_same_size (&ready->settings, settings)
              ? monocle_image_ref (ready->sized)
              : make_sized (settings, image, error);
  if (sized == NULL)
    return FALSE;

  n = (gsize) settings->width * settings->height;
  pixels = monocle_image_get_pixels (sized);
  for (guint c = 0; c < 3; c++)
    {
      float table[256];
      fill_table (settings, c, table);
      for (gsize i = 0; i < n; i++)
        out[c * n + i] = table[pixels[3 * i + c]];
    }
  return TRUE;
}

float *
monocle_preprocess_interleave (const MonoclePreprocessSettings *settings, const float *planes)
{
  gsize n = (gsize) settings->height * settings->width;
  float *pixels = g_new (float, n * 3);

  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      pixels[i * 3 + c] = planes[c * n + i];
  return pixels;
}
