/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/info.h"

#include "engine/engine.h"

GPtrArray *
monocle_model_info_read_tasks (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *names = NULL;
  GPtrArray *tasks;

  if (!monocle_file_exists (path))
    return NULL;
  root = monocle_json_load (path, &error);
  if (!root || !monocle_json_get_array (root, path, "tasks", MONOCLE_JSON_OPTIONAL, &names, &error))
    g_warning ("%s", error->message);
  if (!names)
    return NULL;

  tasks = g_ptr_array_new ();
  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      const MonocleTask *task = name ? monocle_task_find (name) : NULL;

      if (task)
        g_ptr_array_add (tasks, (gpointer) task);
    }
  return tasks;
}
