/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/able.h"

#include "app/models/catalogue.h"
#include "app/models/store.h"

GPtrArray *
monocle_able_list_stored (const char *task, MonocleTaskTakes takes)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) models = monocle_model_store_list ();

  for (guint i = 0; i < models->len; i++)
    {
      const MonocleStoredModel *model = models->pdata[i];
      g_autoptr (GPtrArray) tasks = monocle_model_peek_tasks (model->directory, NULL);

      if (tasks && monocle_tasks_find_named (tasks, task, takes))
        g_ptr_array_add (ids, g_strdup (model->id));
    }
  return ids;
}

GPtrArray *
monocle_able_list_known (const char *task, MonocleTaskTakes takes)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MonocleCatalogue) catalogue = monocle_catalogue_load (NULL);

  for (guint i = 0; catalogue && i < monocle_catalogue_get_n (catalogue); i++)
    {
      const MonocleCatalogueModel *model = monocle_catalogue_get (catalogue, i);
      g_autoptr (GPtrArray) tasks = monocle_model_list_family_tasks (model->family);

      if (tasks && monocle_tasks_find_named (tasks, task, takes))
        g_ptr_array_add (ids, g_strdup (model->manifest->id));
    }
  return ids;
}
