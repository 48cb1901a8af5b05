/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures to what the tower reads. OWL-ViT squeezes them into a square. OWLv2 puts them into the
 * top left corner of a black one, blurs it by how much it shrinks, and takes the nearest four
 * pixels of each place: the blur and the places are one table for both sides.
 */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/owl/private.h"

/* --- the preprocessor's file --- */

/* Sizes in old files are a number, or one for each side: always those of the result. */
static void
spell_size (JsonObject *root)
{
  JsonNode *node = json_object_get_member (root, "size");
  g_autoptr (JsonObject) size = json_object_new ();

  if (node && JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) == 2)
    {
      JsonArray *sides = json_node_get_array (node);

      json_object_set_member (size, "height", json_node_copy (json_array_get_element (sides, 0)));
      json_object_set_member (size, "width", json_node_copy (json_array_get_element (sides, 1)));
    }
  else if (node && JSON_NODE_HOLDS_VALUE (node))
    {
      json_object_set_member (size, "height", json_node_copy (node));
      json_object_set_member (size, "width", json_node_copy (node));
    }
  else
    return;
  json_object_set_object_member (root, "size", g_steal_pointer (&size));
}

/* (transfer full) (nullable): the settings, spelled as they are today. @path: (out) */
static JsonObject *
read_settings (MonocleOwl *self, const char *directory, char **path, GError **error)
{
  g_autoptr (JsonObject) root = monocle_preprocess_find_settings (directory, path, error);
  gboolean pads = self->config.is_second;

  if (!root)
    return NULL;
  if (!monocle_json_get_bool (root, *path, "do_pad", MONOCLE_JSON_OPTIONAL, &pads, error))
    return NULL;
  if (pads != self->config.is_second)
    {
      monocle_file_set_error (error, *path, "“do_pad” must be %s in this kind of model",
                              self->config.is_second ? "true" : "false");
      return NULL;
    }
  json_object_remove_member (root, "do_pad");
  /* To the size that was resized to already, whatever it says. */
  json_object_remove_member (root, "do_center_crop");
  if (json_object_has_member (root, "rescale") && !json_object_has_member (root, "do_rescale"))
    json_object_set_member (root, "do_rescale",
                            json_node_copy (json_object_get_member (root, "rescale")));
  spell_size (root);
  return g_steal_pointer (&root);
}

gboolean
monocle_owl_load_preprocess (MonocleOwl *self, const char *directory, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) root = read_settings (self, directory, &path, error);
  const MonoclePreprocessSettings *s = &self->preprocess;

  if (!root || !monocle_preprocess_parse (&self->preprocess, root, path, error))
    return FALSE;
  if (self->config.is_second && !s->do_resize)
    {
      monocle_file_set_error (error, path, "“do_resize” must be true in this kind of model");
      return FALSE;
    }
  if (s->width == self->config.side && s->height == self->config.side)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u, the model takes %u x %u", directory,
               s->width, s->height, self->config.side, self->config.side);
  return FALSE;
}

/* --- the black square --- */

/* What one place of a side is made of. */
typedef struct
{
  guint first, n;
} Span;

typedef struct
{
  Span *spans;    /* [n_out] */
  float *weights; /* [n_out, stride] */
  guint stride;
} Table;

static void
table_clear (Table *table)
{
  g_clear_pointer (&table->spans, g_free);
  g_clear_pointer (&table->weights, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* Beyond the edge comes what is before it; the pixel at the edge is not repeated. */
static guint
mirror (gint64 i, guint n)
{
  gint64 period = n > 1 ? 2 * ((gint64) n - 1) : 1;

  i = ABS (i) % period;
  return (guint) (i >= n ? period - i : i);
}

/* (transfer full): the bell curve of the blur, to three times its width */
static double *
make_blur (double sigma, guint *radius)
{
  double *blur, sum = 0;

  *radius = (guint) ceil (3 * sigma);
  blur = g_new (double, 2 * *radius + 1);
  for (guint k = 0; k <= 2 * *radius; k++)
    {
      double x = sigma > 0 ? ((double) k - *radius) / sigma : 0;

      sum += blur[k] = exp (-x * x / 2);
    }
  for (guint k = 0; k <= 2 * *radius; k++)
    blur[k] /= sum;
  return blur;
}

/* Side of @n_in pixels to one of @n_out places. */
static void
table_init (Table *table, guint n_in, guint n_out)
{
  double factor = (double) n_in / n_out;
  guint radius;
  g_autofree double *blur = make_blur (MAX (0, (factor - 1) / 2), &radius);

  table->stride = 2 * radius + 2;
  table->spans = g_new (Span, n_out);
  table->weights = g_new0 (float, (gsize) n_out * table->stride);
  for (guint i = 0; i < n_out; i++)
    {
      double centre = MAX (0, (i + 0.5) * factor - 0.5);
      guint low = MIN ((guint) centre, n_in - 1), first = low > radius ? low - radius : 0;
      float *weights = table->weights + (gsize) i * table->stride;

      for (guint tap = 0; tap < 2; tap++)
        {
          double share = tap ? centre - low : 1 - (centre - low);
          guint pixel = MIN (low + tap, n_in - 1);

          for (guint k = 0; k <= 2 * radius; k++)
            weights[mirror ((gint64) pixel + k - radius, n_in) - first]
                += (float) (share * blur[k]);
        }
      table->spans[i] = (Span){ first, MIN (table->stride, n_in - first) };
    }
}

/* A row of @width pixels to one of places; what is beyond them is black. */
static void
blur_row (const Table *across,
          const guint8 *row,
          guint width,
          const float values[256],
          guint side,
          float *to)
{
  for (guint x = 0; x < side; x++, to += 3)
    {
      Span span = across->spans[x];
      const float *weights = across->weights + (gsize) x * across->stride;
      guint n = span.first < width ? MIN (span.n, width - span.first) : 0;

      to[0] = to[1] = to[2] = 0;
      for (guint k = 0; k < n; k++)
        for (guint c = 0; c < 3; c++)
          to[c] += weights[k] * values[row[3 * (span.first + k) + c]];
    }
}

static void
fill_square (const MonoclePreprocessSettings *s, MonocleImage *image, float *pixels)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint side = s->width, first = 0;
  const guint8 *rows = monocle_image_get_pixels (image);
  gsize n = 3 * (gsize) side;
  g_autofree float *row = g_new (float, n);
  float values[256];
  g_auto (Table) table = { 0 };

  table_init (&table, MAX (width, height), side);
  for (guint v = 0; v < G_N_ELEMENTS (values); v++)
    values[v] = s->do_rescale ? (float) ((double) v * s->rescale_factor) : (float) v;
  for (gsize i = 0; i < side * n; i++)
    pixels[i] = 0;
  for (guint y = 0; y < height; y++)
    {
      blur_row (&table, rows + 3 * (gsize) y * width, width, values, side, row);
      while (first < side && table.spans[first].first + table.spans[first].n <= y)
        first++;
      for (guint i = first; i < side && table.spans[i].first <= y; i++)
        {
          float weight = table.weights[(gsize) i * table.stride + y - table.spans[i].first];
          float *to = pixels + i * n;

          for (gsize k = 0; k < n; k++)
            to[k] += weight * row[k];
        }
    }
  for (gsize i = 0; i < side * n && s->do_normalize; i++)
    pixels[i] = (pixels[i] - (float) s->mean[i % 3]) / (float) s->std[i % 3];
}

gboolean
monocle_owl_write_pixels (MonocleOwl *self, MonocleImage *image, float *pixels, GError **error)
{
  const MonoclePreprocessSettings *s = &self->preprocess;
  gsize n = (gsize) s->width * s->height;
  g_autoptr (MonocleImage) opaque = NULL;
  g_autofree float *planes = NULL;

  if (self->config.is_second)
    {
      opaque = monocle_image_on_white (image, error);
      if (opaque)
        fill_square (s, opaque, pixels);
      return opaque != NULL;
    }
  planes = g_new (float, 3 * n);
  if (!monocle_preprocess_run (s, image, planes, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      pixels[i * 3 + c] = planes[c * n + i];
  return TRUE;
}
