/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads LabelMe: a JSON file for a picture, beside it.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "app/exchange/cut.h"
#include "app/exchange/labelme-private.h"
#include "app/json/text.h"

/* Of a circle that becomes an outline. */
#define CIRCLE_POINTS 64

/* --- Groups: outlines of one label in one group are pieces of one object --- */

static gboolean
is_piece (const MonocleSampleObject *object)
{
  return object->group != 0 && object->shape
         && monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_RINGS;
}

static void
join (MonocleSampleObject *to, const MonocleSampleObject *from)
{
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));
  MonocleShape *shape;
  guint n;
  const MonocleRing *list = monocle_shape_get_rings (to->shape, &n);
  MonocleRect bounds;

  g_array_append_vals (rings, list, n);
  list = monocle_shape_get_rings (from->shape, &n);
  g_array_append_vals (rings, list, n);
  shape = monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len);
  monocle_shape_unref (to->shape);
  to->shape = shape;
  bounds = monocle_shape_get_bounds (shape);
  to->box = bounds;
}

void
monocle_labelme_join_groups (MonocleSample *sample)
{
  for (guint i = 0; i < sample->objects->len; i++)
    for (guint k = i + 1; k < sample->objects->len;)
      {
        MonocleSampleObject *to = sample->objects->pdata[i];
        const MonocleSampleObject *from = sample->objects->pdata[k];

        if (is_piece (to) && is_piece (from) && to->group == from->group
            && strcmp (to->label, from->label) == 0)
          {
            join (to, from);
            g_ptr_array_remove_index (sample->objects, k);
          }
        else
          k++;
      }
}

/* --- Files --- */

static gboolean
read_points (JsonObject *object, const char *where, GArray *points, GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (object, where, "points", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!monocle_json_read_numbers (json_array_get_element (array, i), where, "points", 2, points,
                                    error))
      return FALSE;
  for (guint i = 0; i < points->len; i++)
    if (fabs (g_array_index (points, double, i)) > 1e9)
      return monocle_file_set_error (error, where, "\"points\" are out of range");
  return TRUE;
}

static gboolean
read_mask (JsonObject *object,
           const char *where,
           const double *corners,
           MonocleSample *sample,
           const char *label,
           MonocleSampleObject **to,
           GError **error)
{
  const char *text = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  g_auto (MonocleCut) cut = { 0 };
  gsize size;

  if (!monocle_json_get_string (object, where, "mask", MONOCLE_JSON_REQUIRED, &text, error))
    return FALSE;
  data = g_base64_decode (text, &size);
  bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  image = monocle_image_new_from_bytes (bytes, where, error);
  if (!image)
    return FALSE;
  if (!(corners[0] >= 0) || !(corners[1] >= 0))
    return monocle_file_set_error (error, where, "\"mask\" lies outside the picture");
  /* Both corners are pixels of it. */
  cut = (MonocleCut){ (guint) lround (corners[0]), (guint) lround (corners[1]),
                      monocle_image_get_width (image), monocle_image_get_height (image), NULL };
  if ((guint64) cut.x + cut.width > sample->width || (guint64) cut.y + cut.height > sample->height)
    return monocle_file_set_error (error, where, "\"mask\" lies outside the picture");
  cut.pixels = g_malloc ((gsize) cut.width * cut.height);
  for (gsize i = 0; i < (gsize) cut.width * cut.height; i++)
    cut.pixels[i] = monocle_image_get_pixels (image)[3 * i];
  runs = monocle_cut_paste (&cut, sample->width, sample->height);
  *to = monocle_sample_add_object (sample, label,
                                   &(MonocleRect){ cut.x, cut.y, cut.width, cut.height },
                                   monocle_shape_new_mask (runs));
  return TRUE;
}

static MonocleSampleObject *
add_circle (MonocleSample *sample, const char *label, const double *p)
{
  const double radius = hypot (p[2] - p[0], p[3] - p[1]);
  double points[2 * CIRCLE_POINTS];

  for (guint i = 0; i < CIRCLE_POINTS; i++)
    {
      points[2 * i] = p[0] + radius * cos (2 * G_PI * i / CIRCLE_POINTS);
      points[2 * i + 1] = p[1] + radius * sin (2 * G_PI * i / CIRCLE_POINTS);
    }
  return monocle_sample_add_shape (sample, label, monocle_sample_ring (points, CIRCLE_POINTS));
}

/* @to: (out) (nullable): %NULL of what is left out */
static gboolean
read_place (MonocleExchangeSource *source,
            JsonObject *object,
            const char *where,
            const char *label,
            MonocleSample *sample,
            MonocleSampleObject **to,
            GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  const char *type = "polygon";
  const double *p;
  guint n;

  if (!monocle_json_get_string (object, where, "shape_type", MONOCLE_JSON_OPTIONAL, &type, error)
      || !read_points (object, where, points, error))
    return FALSE;
  p = (const double *) (gpointer) points->data;
  n = points->len / 2;
  /* X-AnyLabeling writes all four corners. */
  if (strcmp (type, "rectangle") == 0 && (n == 2 || n == 4))
    *to = monocle_sample_add_edges (sample, label, p[0], p[1], p[n == 4 ? 4 : 2],
                                    p[n == 4 ? 5 : 3]);
  else if (strcmp (type, "mask") == 0 && n == 2)
    return read_mask (object, where, p, sample, label, to, error);
  else if (strcmp (type, "polygon") == 0 && n >= 3)
    *to = monocle_sample_add_shape (sample, label, monocle_sample_ring (p, n));
  else if ((strcmp (type, "oriented_rectangle") == 0 || strcmp (type, "rotation") == 0) && n == 4)
    *to = monocle_sample_add_shape (sample, label, monocle_shape_new_quad (p));
  else if (strcmp (type, "circle") == 0 && n == 2)
    {
      monocle_notes_add (source->notes, _ ("circles become outlines"));
      *to = add_circle (sample, label, p);
    }
  else if ((strcmp (type, "point") == 0 || strcmp (type, "points") == 0) && n >= 1)
    *to = monocle_sample_add_shape (sample, label, monocle_shape_new_points (p, n));
  else if ((strcmp (type, "line") == 0 || strcmp (type, "linestrip") == 0) && n >= 2)
    *to = monocle_sample_add_shape (sample, label, monocle_shape_new_line (p, n));
  else
    return monocle_file_set_error (error, where, "%u points are no \"%s\"", n, type);
  return TRUE;
}

static gboolean
read_attributes (JsonObject *object, const char *where, MonocleSampleObject *to, GError **error)
{
  JsonObject *attributes = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!monocle_json_get_object (object, where, "attributes", MONOCLE_JSON_OPTIONAL, &attributes,
                                error))
    return FALSE;
  if (!attributes)
    return TRUE;
  json_object_iter_init_ordered (&iter, attributes);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *value
          = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                ? g_strdup (json_node_get_string (node))
                : monocle_json_text (node);

      monocle_sample_object_add_attribute (to, name, value);
    }
  return TRUE;
}

static gboolean
read_shape (MonocleExchangeSource *source,
            JsonObject *object,
            const char *where,
            MonocleSample *sample,
            GError **error)
{
  const char *label = "", *text = NULL;
  MonocleSampleObject *to = NULL;
  gint64 group = 0;

  if (!monocle_json_get_string (object, where, "label", MONOCLE_JSON_REQUIRED, &label, error)
      || !read_place (source, object, where, label, sample, &to, error))
    return FALSE;
  if (strlen (label) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
    return monocle_file_set_error (error, where, "\"label\" is too long");
  if (!to)
    return TRUE;
  if (!monocle_json_get_int (object, where, "group_id", MONOCLE_JSON_OPTIONAL, G_MININT32,
                             G_MAXINT32, &group, error)
      || !monocle_json_get_string (object, where, "description", MONOCLE_JSON_OPTIONAL, &text,
                                   error)
      || !monocle_json_get_double (object, where, "score", MONOCLE_JSON_OPTIONAL, &to->score, error)
      || !read_attributes (object, where, to, error))
    return FALSE;
  /* 0 is a group, too. */
  if (monocle_json_has (object, "group_id"))
    to->group = group >= 0 ? group + 1 : group;
  to->text = text && *text ? g_strdup (text) : NULL;
  monocle_labels_add (source->labels, label);
  return TRUE;
}

static gboolean
read_shapes (MonocleExchangeSource *source,
             JsonObject *root,
             const char *path,
             MonocleSample *sample,
             GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (root, path, "shapes", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *where = g_strdup_printf ("%s: shapes[%u]", path, i);
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, where, "expected an object");
      if (!read_shape (source, json_node_get_object (node), where, sample, error))
        return FALSE;
    }
  monocle_labelme_join_groups (sample);
  return TRUE;
}

/* Flags that are set, and our own captions. */
static gboolean
read_whole (JsonObject *root, const char *path, MonocleSample *sample, GError **error)
{
  JsonObject *flags = NULL;
  g_auto (GStrv) captions = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!monocle_json_get_object (root, path, "flags", MONOCLE_JSON_OPTIONAL, &flags, error)
      || !monocle_json_get_strings (root, path, "captions", MONOCLE_JSON_OPTIONAL, &captions,
                                    error))
    return FALSE;
  if (flags)
    {
      json_object_iter_init_ordered (&iter, flags);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node))
          g_ptr_array_add (sample->tags, g_strdup (name));
    }
  for (guint i = 0; captions && captions[i]; i++)
    g_ptr_array_add (sample->captions, g_strdup (captions[i]));
  return TRUE;
}

static gboolean
read_file (MonocleExchangeSource *source,
           const char *root_folder,
           const char *below,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  g_autofree char *path = g_build_filename (root_folder, below, NULL);
  g_autofree char *folder = g_path_get_dirname (below);
  g_autofree char *first = g_strndup (below, strcspn (below, "/"));
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  g_autoptr (MonocleSample) sample = NULL;
  g_autofree char *last = NULL, *name = NULL;
  const char *image = NULL;
  guint width, height;

  if (!root
      || !monocle_json_get_string (root, path, "imagePath", MONOCLE_JSON_REQUIRED, &image, error)
      || !monocle_exchange_read_size (root, path, "imageWidth", "imageHeight", &width, &height,
                                      error))
    return FALSE;
  last = monocle_exchange_dup_last_name (image, path, error);
  if (!last)
    return FALSE;
  name = strcmp (folder, ".") == 0 ? g_strdup (last) : g_build_filename (folder, last, NULL);
  sample = monocle_sample_new (name);
  sample->width = width;
  sample->height = height;
  sample->split
      = strcmp (folder, ".") == 0 ? MONOCLE_SAMPLE_WHOLE : monocle_sample_split_find (first);
  monocle_exchange_source_find_picture (source, sample, root_folder);
  if (sample->split != MONOCLE_SAMPLE_WHOLE)
    {
      char *rest = g_strdup (sample->name + strlen (first) + 1);

      g_free (sample->name);
      sample->name = rest;
      if (!sample->path)
        monocle_exchange_source_find_picture (source, sample, root_folder);
    }
  return (sample->path || width ? monocle_exchange_measure (sample, path, error) : TRUE)
         && read_shapes (source, root, path, sample, error)
         && read_whole (root, path, sample, error) && take (sample, user_data, error);
}

static gboolean
looks_like_labelme (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);

  return strstr (text, "\"shapes\"") && (strstr (text, "\"flags\"") || strstr (text, "\"points\""));
}

gboolean
monocle_labelme_recognise (const char *path)
{
  return monocle_exchange_first_looks (path, NULL, "json", looks_like_labelme);
}

gboolean
monocle_labelme_read (const MonocleExchangeFormat *format,
                      MonocleExchangeSource *source,
                      MonocleExchangeTake take,
                      gpointer user_data,
                      GError **error)
{
  return monocle_exchange_read_files (source, "json", NULL, read_file, take, user_data, error);
}
