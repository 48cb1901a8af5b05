/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/info.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "app/eval/json.h"

/* Names of tasks need much less; and the parser goes down a level of its stack with every bracket.
 */
#define MAX_BYTES 8192

static gboolean
is_small_file (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= MAX_BYTES;
}

static JsonArray *
get_tasks (JsonParser *parser)
{
  JsonNode *root = json_parser_get_root (parser);
  JsonNode *tasks;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  tasks = json_object_get_member (json_node_get_object (root), "tasks");
  return tasks && JSON_NODE_HOLDS_ARRAY (tasks) ? json_node_get_array (tasks) : NULL;
}

GPtrArray *
monocle_model_info_read_tasks (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const char *fault;
  JsonArray *array;
  GPtrArray *tasks;
  gsize size = 0;

  if (!is_small_file (path))
    return NULL;
  text = monocle_eval_json_read (path, &size, &error);
  if (!text)
    {
      g_warning ("%s", error->message);
      return NULL;
    }
  fault = monocle_eval_json_find_fault (text, size);
  if (fault || !json_parser_load_from_data (parser, text, (gssize) size, &error))
    {
      g_warning ("%s: %s", path, fault ? fault : error->message);
      return NULL;
    }
  array = get_tasks (parser);
  if (!array)
    return NULL;

  tasks = g_ptr_array_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      const MonocleTask *task = name ? monocle_task_find (name) : NULL;

      if (task)
        g_ptr_array_add (tasks, (gpointer) task);
    }

  return tasks;
}
