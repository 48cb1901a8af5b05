/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/info.h"

#include "engine/engine.h"

GPtrArray *
monocle_model_info_read_tasks (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_auto (GStrv) names = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *tasks;

  if (!monocle_file_exists (path))
    return NULL;
  root = monocle_json_load (path, &error);
  if (!root
      || !monocle_json_get_strings (root, path, "tasks", MONOCLE_JSON_OPTIONAL, &names, &error))
    g_warning ("%s", error->message);
  if (!names)
    return NULL;

  tasks = g_ptr_array_new ();
  for (char **name = names; *name; name++)
    {
      const MonocleTask *task = monocle_task_find (*name);

      if (task)
        g_ptr_array_add (tasks, (gpointer) task);
    }
  return tasks;
}
