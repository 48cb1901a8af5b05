/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads Label Studio's tasks: what people annotated, or where nobody did, what models predicted.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "app/exchange/brush.h"
#include "app/exchange/json-walk.h"
#include "app/exchange/label-studio-private.h"

typedef struct
{
  MonocleExchangeSource *source;
  const char *path;
  MonocleSampleSplit split;
  MonocleExchangeTake take;
  gpointer user_data;
  /* Of the task that is read. */
  MonocleSample *sample;
  GHashTable *by_id; /* id -> MonocleSampleObject */
} Reader;

/* --- Values --- */

static gboolean
get_numbers (JsonObject *value,
             const char *where,
             const char *const *names,
             guint n,
             double *numbers,
             GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      if (!monocle_json_get_double (value, where, names[i], MONOCLE_JSON_REQUIRED, &numbers[i],
                                    error))
        return FALSE;
      if (fabs (numbers[i]) > 1e6)
        return monocle_file_set_error (error, where, "\"%s\" is out of range", names[i]);
    }
  return TRUE;
}

/* Percent of sides that are no square: what is turned is turned in pixels, about its corner. */
static gboolean
read_rectangle (
    Reader *self, JsonObject *value, const char *where, const char *label, GError **error)
{
  static const char *const names[] = { "x", "y", "width", "height" };
  const double width = self->sample->width / 100.0, height = self->sample->height / 100.0;
  double n[4], degrees = 0;
  MonocleRect box;

  if (!get_numbers (value, where, names, 4, n, error)
      || !monocle_json_get_double (value, where, "rotation", MONOCLE_JSON_OPTIONAL, &degrees,
                                   error))
    return FALSE;
  if (n[2] < 0 || n[3] < 0)
    return monocle_file_set_error (error, where, "a box has a negative width or height");
  box = (MonocleRect){ n[0] * width, n[1] * height, n[2] * width, n[3] * height };
  if (degrees == 0)
    monocle_sample_add_object (self->sample, label, &box, NULL);
  else
    {
      const double c = cos (degrees * G_PI / 180), s = sin (degrees * G_PI / 180);
      const double w = box.width, h = box.height;
      const double corners[] = { box.x,
                                 box.y,
                                 box.x + w * c,
                                 box.y + w * s,
                                 box.x + w * c - h * s,
                                 box.y + w * s + h * c,
                                 box.x - h * s,
                                 box.y + h * c };

      monocle_sample_add_shape (self->sample, label, monocle_shape_new_quad (corners));
    }
  return TRUE;
}

static gboolean
read_polygon (Reader *self, JsonObject *value, const char *where, const char *label, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  const double *p;
  JsonArray *array = NULL;
  JsonNode *closed = json_object_get_member (value, "closed");
  const gboolean is_line = closed && JSON_NODE_HOLDS_VALUE (closed)
                           && json_node_get_value_type (closed) == G_TYPE_BOOLEAN
                           && !json_node_get_boolean (closed);

  if (!monocle_json_get_array (value, where, "points", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!monocle_json_read_numbers (json_array_get_element (array, i), where, "points", 2, points,
                                    error))
      return FALSE;
  if (points->len < (is_line ? 4 : 6))
    return monocle_file_set_error (error, where, "a polygon has fewer than three points");
  for (guint i = 0; i < points->len; i++)
    {
      double *number = &g_array_index (points, double, i);

      if (fabs (*number) > 1e6)
        return monocle_file_set_error (error, where, "\"points\" are out of range");
      *number *= (i % 2 ? self->sample->height : self->sample->width) / 100.0;
    }
  p = (const double *) (gpointer) points->data;
  monocle_sample_add_shape (self->sample, label,
                            is_line ? monocle_shape_new_line (p, points->len / 2)
                                    : monocle_sample_ring (p, points->len / 2));
  return TRUE;
}

static gboolean
read_brush (Reader *self, JsonObject *value, const char *where, const char *label, GError **error)
{
  g_autoptr (GArray) numbers = NULL;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (MonocleMaskRuns) runs = NULL;

  if (!monocle_json_get_ints (value, where, "rle", MONOCLE_JSON_REQUIRED, 0, 255, &numbers, error))
    return FALSE;
  bytes = g_malloc (MAX (numbers->len, 1));
  for (guint i = 0; i < numbers->len; i++)
    bytes[i] = (guint8) g_array_index (numbers, gint64, i);
  runs = monocle_brush_decode (bytes, numbers->len, self->sample->width, self->sample->height);
  if (!runs)
    return monocle_file_set_error (error, where, "\"rle\" is no mask of %u x %u pixels",
                                   self->sample->width, self->sample->height);
  monocle_sample_add_shape (self->sample, label, monocle_shape_new_mask (runs));
  return TRUE;
}

static gboolean
read_keypoint (
    Reader *self, JsonObject *value, const char *where, const char *label, GError **error)
{
  static const char *const names[] = { "x", "y" };
  double n[2];

  if (!get_numbers (value, where, names, 2, n, error))
    return FALSE;
  n[0] *= self->sample->width / 100.0;
  n[1] *= self->sample->height / 100.0;
  monocle_sample_add_shape (self->sample, label, monocle_shape_new_points (n, 1));
  return TRUE;
}

/* --- Results --- */

typedef gboolean (*ReadValue) (
    Reader *self, JsonObject *value, const char *where, const char *label, GError **error);

static const struct
{
  const char *type;
  ReadValue read;
} kinds[] = {
  { "rectanglelabels", read_rectangle },
  { "polygonlabels", read_polygon },
  { "brushlabels", read_brush },
  { "keypointlabels", read_keypoint },
  { "rectangle", read_rectangle },
  { "polygon", read_polygon },
  { "brush", read_brush },
};

static gboolean
read_size (Reader *self, JsonObject *result, const char *where, GError **error)
{
  gint64 width = 0, height = 0;

  if (!monocle_json_get_int (result, where, "original_width", MONOCLE_JSON_OPTIONAL, G_MININT64,
                             G_MAXINT64, &width, error)
      || !monocle_json_get_int (result, where, "original_height", MONOCLE_JSON_OPTIONAL, G_MININT64,
                                G_MAXINT64, &height, error))
    return FALSE;
  if (width == 0 && height == 0)
    return TRUE;
  if (!monocle_exchange_check_size (width, height, where, error))
    return FALSE;
  self->sample->width = (guint) width;
  self->sample->height = (guint) height;
  return TRUE;
}

/* Of a region with that id, what is written there; else of the whole. */
static gboolean
read_words (Reader *self,
            JsonObject *value,
            const char *where,
            const char *key,
            const char *id,
            GPtrArray *whole,
            GError **error)
{
  g_auto (GStrv) words = NULL;
  MonocleSampleObject *object = id ? g_hash_table_lookup (self->by_id, id) : NULL;

  if (!monocle_json_get_strings (value, where, key, MONOCLE_JSON_REQUIRED, &words, error))
    return FALSE;
  for (guint i = 0; words[i]; i++)
    if (object && !object->text)
      object->text = g_strdup (words[i]);
    else
      g_ptr_array_add (whole, g_strdup (words[i]));
  return TRUE;
}

static gboolean
read_region (Reader *self,
             JsonObject *result,
             JsonObject *value,
             const char *where,
             const char *type,
             const char *id,
             ReadValue read,
             GError **error)
{
  g_auto (GStrv) labels = NULL;
  MonocleSampleObject *object;

  if (!monocle_exchange_measure (self->sample, where, error)
      || !monocle_json_get_strings (value, where, type, MONOCLE_JSON_OPTIONAL, &labels, error))
    return FALSE;
  if (labels && labels[0] && strlen (labels[0]) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
    return monocle_file_set_error (error, where, "a label is too long");
  if (!read (self, value, where, labels && labels[0] ? labels[0] : "", error))
    return FALSE;
  object = self->sample->objects->pdata[self->sample->objects->len - 1];
  if (labels && labels[0])
    monocle_labels_add (self->source->labels, labels[0]);
  if (id)
    g_hash_table_insert (self->by_id, g_strdup (id), object);
  return monocle_json_get_double (result, where, "score", MONOCLE_JSON_OPTIONAL, &object->score,
                                  error);
}

static gboolean
read_result (Reader *self, JsonObject *result, const char *where, GError **error)
{
  const char *type = "", *id = NULL;
  JsonObject *value = NULL;

  if (!monocle_json_get_string (result, where, "type", MONOCLE_JSON_REQUIRED, &type, error)
      || !monocle_json_get_object (result, where, "value", MONOCLE_JSON_OPTIONAL, &value, error)
      || !monocle_json_get_string (result, where, "id", MONOCLE_JSON_OPTIONAL, &id, error)
      || !read_size (self, result, where, error))
    return FALSE;
  if (value && strcmp (type, "textarea") == 0)
    return read_words (self, value, where, "text", id, self->sample->captions, error);
  if (value && strcmp (type, "choices") == 0)
    return read_words (self, value, where, "choices", NULL, self->sample->tags, error);
  for (guint i = 0; value && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (type, kinds[i].type) == 0)
      return read_region (self, result, value, where, type, id, kinds[i].read, error);
  monocle_notes_add (self->source->notes, _ ("results of other kinds are left out"));
  return TRUE;
}

/* --- Tasks --- */

/* The first of them; several are of several people. */
static gboolean
read_results (Reader *self, JsonArray *list, const char *where, GError **error)
{
  JsonNode *first = json_array_get_element (list, 0);
  JsonArray *results = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (first))
    return monocle_file_set_error (error, where, "expected an object");
  if (json_array_get_length (list) > 1)
    monocle_notes_add (self->source->notes,
                       _ ("of several annotations of a picture the first counts"));
  if (!monocle_json_get_array (json_node_get_object (first), where, "result", MONOCLE_JSON_OPTIONAL,
                               &results, error))
    return FALSE;
  for (guint i = 0; results && i < json_array_get_length (results); i++)
    {
      g_autofree char *place = g_strdup_printf ("%s: result[%u]", where, i);
      JsonNode *node = json_array_get_element (results, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, place, "expected an object");
      if (!read_result (self, json_node_get_object (node), place, error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full) (nullable): "/data/local-files/?d=a/b.jpg" -> "a/b.jpg"; of an address on a
 * server the last part. */
static char *
dup_name (const char *image, const char *where, GError **error)
{
  const char *local = strstr (image, "?d=");
  g_autofree char *path = NULL;

  if (local)
    {
      path = g_uri_unescape_string (local + strlen ("?d="), NULL);
      return monocle_exchange_dup_name (path ? path : "", where, error);
    }
  if (!strstr (image, "://") && image[0] != '/')
    return monocle_exchange_dup_name (image, where, error);
  path = g_strndup (image, strcspn (image, "?#"));
  return monocle_exchange_dup_last_name (path, where, error);
}

static gboolean
read_task (Reader *self, JsonObject *task, const char *where, GError **error)
{
  JsonObject *data = NULL;
  JsonArray *annotations = NULL, *predictions = NULL, *list;
  const char *image = NULL;
  g_autofree char *name = NULL;
  g_autoptr (MonocleSample) sample = NULL;
  g_autoptr (GHashTable) by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!monocle_json_get_object (task, where, "data", MONOCLE_JSON_REQUIRED, &data, error)
      || !monocle_json_get_string (data, where, "image", MONOCLE_JSON_REQUIRED, &image, error)
      || !monocle_json_get_array (task, where, "annotations", MONOCLE_JSON_OPTIONAL, &annotations,
                                  error)
      || !monocle_json_get_array (task, where, "predictions", MONOCLE_JSON_OPTIONAL, &predictions,
                                  error))
    return FALSE;
  name = dup_name (image, where, error);
  if (!name)
    return FALSE;
  self->sample = sample = monocle_sample_new (name);
  self->by_id = by_id;
  sample->split = self->split;
  monocle_exchange_source_find_picture (self->source, sample, NULL);
  list = annotations && json_array_get_length (annotations) > 0 ? annotations : predictions;
  return (!list || json_array_get_length (list) == 0 || read_results (self, list, where, error))
         && self->take (sample, self->user_data, error);
}

static gboolean
take_piece (
    const char *key, gint64 index, const char *text, gsize size, gpointer user_data, GError **error)
{
  Reader *self = user_data;
  g_autofree char *where = g_strdup_printf ("%s: [%" G_GINT64_FORMAT "]", self->path, index);
  g_autoptr (JsonObject) task = NULL;

  if (key)
    return monocle_file_set_error (error, self->path, "expected a list of tasks");
  task = monocle_json_parse (text, size, where, error);
  return task && read_task (self, task, where, error);
}

/* --- Files --- */

static gboolean
looks_like_tasks (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);

  return g_strchug (text)[0] == '['
         && (strstr (text, "\"from_name\"") || strstr (text, "\"annotations\"")
             || strstr (text, "\"predictions\"") || strstr (text, "\"data\""));
}

/* Where there is nothing to do. */
static gboolean
may_be_tasks (const char *path)
{
  return looks_like_tasks (path) || monocle_exchange_is_empty_list (path);
}

gboolean
monocle_label_studio_recognise (const char *path)
{
  g_autoptr (GPtrArray) files = monocle_exchange_list_alike (path, "json", looks_like_tasks);

  return files->len > 0 && looks_like_tasks (files->pdata[0]);
}

gboolean
monocle_label_studio_read (const MonocleExchangeFormat *format,
                           MonocleExchangeSource *source,
                           MonocleExchangeTake take,
                           gpointer user_data,
                           GError **error)
{
  g_autoptr (GPtrArray) files = monocle_exchange_list_alike (source->path, "json", may_be_tasks);

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GBytes) bytes = monocle_file_map (files->pdata[i], error);
      g_autofree char *last = g_path_get_basename (files->pdata[i]);
      Reader self = { .source = source,
                      .path = files->pdata[i],
                      .take = take,
                      .user_data = user_data,
                      .split = monocle_sample_split_find (last) };
      const char *text;
      gsize size;

      if (!bytes)
        return FALSE;
      text = g_bytes_get_data (bytes, &size);
      if (!monocle_json_walk (text, size, self.path, take_piece, &self, error))
        return FALSE;
    }
  return files->len > 0 || monocle_file_set_error (error, source->path, "holds no list of tasks");
}
