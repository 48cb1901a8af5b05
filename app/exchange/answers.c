/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/answers.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/source.h"
#include "app/json/shape.h"

typedef struct
{
  const MonocleTask *task; /* NULL: not known */
  MonocleSample *sample;
  MonocleNotes *notes;
  const char *where;
} Reader;

static gboolean
read_score (JsonObject *object, const char *where, double *score, GError **error)
{
  JsonNode *node = json_object_get_member (object, "score");

  *score = NAN;
  return !node || JSON_NODE_HOLDS_NULL (node)
         || monocle_json_get_double (object, where, "score", MONOCLE_JSON_OPTIONAL, score, error);
}

/* Of quads nobody but readers of text makes use. */
static gboolean
is_written (const Reader *self, const MonocleShape *shape)
{
  return self->task ? self->task->gives == MONOCLE_GIVES_TEXTS
                    : monocle_shape_get_kind (shape) == MONOCLE_SHAPE_QUAD;
}

static gboolean
read_object (Reader *self, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (MonocleShape) shape = NULL;
  const char *label = "", *text = NULL;
  MonocleSampleObject *to;
  double score;

  if (!object)
    return monocle_file_set_error (error, self->where, "\"objects\": expected objects");
  if (!monocle_json_get_string (object, self->where, "label", MONOCLE_JSON_OPTIONAL, &label, error)
      || !monocle_json_get_string (object, self->where, "text", MONOCLE_JSON_OPTIONAL, &text, error)
      || !read_score (object, self->where, &score, error)
      || !(shape = monocle_shape_json_read (object, self->where, error)))
    return FALSE;
  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_BOX)
    {
      const MonocleRect box = monocle_shape_get_bounds (shape);

      to = monocle_sample_add_object (self->sample, label, &box, NULL);
    }
  else
    to = monocle_sample_add_shape (self->sample, label, monocle_shape_ref (shape));
  to->score = score;
  to->text = g_strdup (text);
  if (text || !is_written (self, shape))
    return TRUE;
  to->text = to->label;
  to->label = g_strdup ("");
  return TRUE;
}

/* The answer in words; of one that has objects it is in them. (nullable) */
static const char *
find_words (JsonObject *row)
{
  JsonNode *node = json_object_get_member (row, "result");
  JsonObject *result = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) values = result ? json_object_get_values (result) : NULL;
  JsonNode *value = values ? values->data : NULL;

  return value && JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING
             ? json_node_get_string (value)
             : NULL;
}

/* About the whole, or about a region. */
static gboolean
read_words (Reader *self, JsonObject *row, GError **error)
{
  const char *words = find_words (row);
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (double));
  JsonArray *regions = NULL;
  const double *edge;

  if (!monocle_json_get_array (row, self->where, "regions", MONOCLE_JSON_OPTIONAL, &regions, error))
    return FALSE;
  /* What a page says its objects say. */
  if (!words || !*words || (self->task && self->task->gives == MONOCLE_GIVES_PAGE))
    return TRUE;
  if (regions && json_array_get_length (regions) == 1)
    {
      if (!monocle_json_read_numbers (json_array_get_element (regions, 0), self->where, "regions",
                                      4, edges, error))
        return FALSE;
      edge = (const double *) (gpointer) edges->data;
      monocle_sample_add_edges (self->sample, NULL, edge[0], edge[1], edge[2], edge[3])->text
          = g_strdup (words);
    }
  else if (self->task && self->task->kind == MONOCLE_TASK_ANSWER)
    monocle_notes_add (self->notes, _ ("answers to questions in words are left out"));
  else
    g_ptr_array_add (self->sample->captions, g_strdup (words));
  return TRUE;
}

/* What the picture most likely is. */
static gboolean
read_ranks (Reader *self, JsonObject *row, GError **error)
{
  JsonArray *ranks = NULL;
  const char *label = NULL;
  JsonNode *first;

  if (!monocle_json_get_array (row, self->where, "ranks", MONOCLE_JSON_OPTIONAL, &ranks, error))
    return FALSE;
  if (!ranks || json_array_get_length (ranks) == 0)
    return TRUE;
  first = json_array_get_element (ranks, 0);
  if (!JSON_NODE_HOLDS_OBJECT (first))
    return monocle_file_set_error (error, self->where, "\"ranks\": expected objects");
  if (!monocle_json_get_string (json_node_get_object (first), self->where, "label",
                                MONOCLE_JSON_REQUIRED, &label, error))
    return FALSE;
  g_ptr_array_add (self->sample->tags, g_strdup (label));
  if (json_array_get_length (ranks) > 1)
    monocle_notes_add (self->notes, _ ("of names that were ranked the first is kept"));
  return TRUE;
}

static gboolean
read_line (Reader *self, JsonObject *row, const GPtrArray *tasks, GError **error)
{
  JsonArray *objects = NULL;
  const char *task = "";
  guint width, height;

  if (!monocle_exchange_read_size (row, self->where, "width", "height", &width, &height, error)
      || !monocle_json_get_string (row, self->where, "task", MONOCLE_JSON_OPTIONAL, &task, error)
      || !monocle_json_get_array (row, self->where, "objects", MONOCLE_JSON_OPTIONAL, &objects,
                                  error))
    return FALSE;
  if (width > 0)
    {
      self->sample->width = width;
      self->sample->height = height;
    }
  self->task = tasks ? monocle_tasks_find (tasks, task) : NULL;
  for (guint i = 0; objects && i < json_array_get_length (objects); i++)
    if (!read_object (self, json_array_get_element (objects, i), error))
      return FALSE;
  return read_words (self, row, error) && read_ranks (self, row, error);
}

gboolean
monocle_answers_read (const char *text,
                      gsize size,
                      const char *name,
                      const GPtrArray *tasks,
                      MonocleSample *sample,
                      MonocleNotes *notes,
                      GError **error)
{
  guint number = 1;

  for (gsize at = 0; at < size; number++)
    {
      const char *end = memchr (text + at, '\n', size - at);
      const gsize length = (end ? (gsize) (end - text) : size) - at;
      g_autofree char *where = g_strdup_printf ("%s: line %u", name, number);
      Reader reader = { NULL, sample, notes, where };
      g_autoptr (JsonObject) row = NULL;

      if (length > 0)
        {
          row = monocle_json_parse (text + at, length, where, error);
          if (!row || !read_line (&reader, row, tasks, error))
            return FALSE;
        }
      at += length + 1;
    }
  return TRUE;
}
