/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/coco-parse.h"

#include <math.h>

#include "app/json/text.h"

/* Beyond it, nothing is a place in a picture. */
#define MAX_PIXELS 1e9

/* --- Outlines --- */

static gboolean
read_polygons (JsonArray *array, const char *where, MonocleShape **outline, GError **error)
{
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      GArray *points = g_array_new (FALSE, FALSE, sizeof (double));
      MonocleRing ring = { 0 };

      g_ptr_array_add (owned, points);

      if (!monocle_json_read_numbers (json_array_get_element (array, i), where, "segmentation", 0,
                                      points, error))
        return FALSE;
      if (points->len == 0)
        continue;
      if (points->len % 2 != 0 || points->len < 6)
        return monocle_file_set_error (
            error, where, "a polygon has %u numbers, expected x and y of three points or more",
            points->len);
      ring.points = (const double *) (gpointer) points->data;
      ring.n_points = points->len / 2;
      g_array_append_val (rings, ring);
    }
  if (rings->len > 0)
    *outline = monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len);
  return TRUE;
}

static gboolean
read_size (JsonObject *object, const char *where, guint size[2], GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  JsonNode *node = json_object_get_member (object, "size");

  if (!node)
    return monocle_file_set_error (error, where, "\"segmentation\" has no \"size\"");
  if (!monocle_json_read_numbers (node, where, "size", 2, numbers, error))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      double side = g_array_index (numbers, double, i);

      if (!(side >= 1) || side > MONOCLE_IMAGE_MAX_SIDE)
        return monocle_file_set_error (error, where, "\"size\" is out of range");
      size[i] = (guint) side;
    }
  if ((guint64) size[0] * size[1] > MONOCLE_MASK_MAX_PIXELS)
    return monocle_file_set_error (error, where, "\"size\" is out of range");
  return TRUE;
}

/* @size is height and width. */
static MonocleMaskRuns *
read_runs (JsonNode *node, const guint size[2])
{
  g_autoptr (GArray) counts = NULL;
  JsonArray *array;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return monocle_mask_runs_new_from_string (json_node_get_string (node), size[1], size[0]);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 count;

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_INT64)
        return NULL;
      count = json_node_get_int (element);
      g_array_append_val (counts, count);
    }
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gpointer) counts->data, counts->len,
                                            size[1], size[0]);
}

gboolean
monocle_coco_read_outline (JsonNode *node,
                           const char *where,
                           MonocleShape **outline,
                           GError **error)
{
  g_autoptr (MonocleMaskRuns) mask = NULL;
  guint size[2] = { 0, 0 };
  JsonNode *counts;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return read_polygons (json_node_get_array (node), where, outline, error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return monocle_file_set_error (error, where,
                                   "\"segmentation\" is neither polygons nor run lengths");
  if (!read_size (json_node_get_object (node), where, size, error))
    return FALSE;
  counts = json_object_get_member (json_node_get_object (node), "counts");
  mask = counts ? read_runs (counts, size) : NULL;
  if (!mask)
    return monocle_file_set_error (error, where, "\"counts\" are no run lengths of %u x %u pixels",
                                   size[1], size[0]);
  *outline = monocle_shape_new_mask (mask);
  return TRUE;
}

/* --- Objects --- */

void
monocle_coco_object_clear (MonocleCocoObject *self)
{
  g_clear_pointer (&self->outline, monocle_shape_unref);
}

static gboolean
read_box (JsonObject *object, const char *where, double box[4], GError **error)
{
  if (!monocle_json_get_doubles (object, where, "bbox", MONOCLE_JSON_REQUIRED, box, 4, error))
    return FALSE;
  if (box[2] < 0 || box[3] < 0)
    return monocle_file_set_error (error, where, "\"bbox\" has a negative width or height");
  for (guint i = 0; i < 4; i++)
    if (fabs (box[i]) > MAX_PIXELS)
      return monocle_file_set_error (error, where, "\"bbox\" is out of range");
  return TRUE;
}

gboolean
monocle_coco_read_object (JsonObject *object,
                          const char *where,
                          MonocleCocoObject *self,
                          GError **error)
{
  JsonNode *outline = json_object_get_member (object, "segmentation");
  MonocleRect bounds;

  self->has_area = monocle_json_has (object, "area");
  self->score = NAN;
  if (!monocle_json_get_int (object, where, "category_id", MONOCLE_JSON_REQUIRED, G_MININT64,
                             G_MAXINT64, &self->category, error)
      || !monocle_json_get_flag (object, where, "iscrowd", &self->is_crowd, error)
      || !monocle_json_get_double (object, where, "area", MONOCLE_JSON_OPTIONAL, &self->area, error)
      || !monocle_json_get_double (object, where, "score", MONOCLE_JSON_OPTIONAL, &self->score,
                                   error))
    return FALSE;
  if (outline && !JSON_NODE_HOLDS_NULL (outline)
      && !monocle_coco_read_outline (outline, where, &self->outline, error))
    return FALSE;
  /* Results of masks have no boxes. */
  if (monocle_json_has (object, "bbox") || !self->outline)
    return read_box (object, where, self->box, error);
  bounds = monocle_shape_get_bounds (self->outline);
  self->box[0] = bounds.x;
  self->box[1] = bounds.y;
  self->box[2] = bounds.width;
  self->box[3] = bounds.height;
  return TRUE;
}

/* --- Written --- */

static void
append_numbers (GString *text, const double *numbers, guint n)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      monocle_json_append_number (text, numbers[i]);
    }
  g_string_append_c (text, ']');
}

void
monocle_coco_append_outline (GString *text, const MonocleShape *shape)
{
  MonocleMaskRuns *runs = monocle_shape_get_mask (shape);
  g_autofree char *counts = NULL;
  guint n_rings;
  const MonocleRing *rings;

  if (runs)
    {
      counts = monocle_mask_runs_to_string (runs);
      g_string_append_printf (text, "{\"size\": [%u, %u], \"counts\": ", runs->height, runs->width);
      monocle_json_append_string (text, counts);
      g_string_append_c (text, '}');
      return;
    }
  rings = monocle_shape_get_rings (shape, &n_rings);
  g_string_append_c (text, '[');
  for (guint i = 0; i < n_rings; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      append_numbers (text, rings[i].points, 2 * rings[i].n_points);
    }
  g_string_append_c (text, ']');
}

void
monocle_coco_append_result (GString *text,
                            gint64 image,
                            gint64 category,
                            const double *box,
                            const MonocleShape *shape,
                            double score)
{
  g_string_append_printf (text,
                          "{\"image_id\": %" G_GINT64_FORMAT ", \"category_id\": %" G_GINT64_FORMAT,
                          image, category);
  if (box)
    {
      g_string_append (text, ", \"bbox\": ");
      append_numbers (text, box, 4);
    }
  if (shape)
    {
      g_string_append (text, ", \"segmentation\": ");
      monocle_coco_append_outline (text, shape);
    }
  g_string_append (text, ", \"score\": ");
  monocle_json_append_number (text, score);
  g_string_append_c (text, '}');
}
