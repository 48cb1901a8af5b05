/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models page's word on memory: what those that are here need of the device that answers now,
 * and how much of it may be used. Before there is one nothing is said of it: none is opened for
 * that.
 */
#include "config.h"

#include "ui/model-row.h"
#include "ui/models-page-private.h"

typedef struct
{
  MonocleModelsPage *page; /* there until the cancellable is cancelled */
  MonocleDevice *device;
  char *id;
} Order;

static void
order_free (Order *order)
{
  g_object_unref (order->device);
  g_free (order->id);
  g_free (order);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Order, order_free)

static void
show_need (MonocleModelsPage *self, const char *id)
{
  const MonocleMemoryNeed *need = g_hash_table_lookup (self->needs, id);
  MonocleModelRow *row = monocle_models_page_find_row (self, id);

  if (need && row)
    monocle_model_row_show_need (row, need, self->device);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Order) order = data;
  g_autoptr (GError) error = NULL;
  MonocleMemoryNeed need;
  gboolean is_known = monocle_memory_need_plan_finish (&need, result, &error);

  /* Of a model that cannot be read the row has nothing to say; loading it will. */
  if (!is_known || order->device != order->page->device)
    return;
  g_hash_table_insert (order->page->needs, g_strdup (order->id), g_memdup2 (&need, sizeof need));
  show_need (order->page, order->id);
}

static void
plan (MonocleModelsPage *self, const MonocleStoredModel *model)
{
  Order *order = g_new0 (Order, 1);

  order->page = self;
  order->device = g_object_ref (self->device);
  order->id = g_strdup (model->id);
  /* It is under way. */
  g_hash_table_insert (self->needs, g_strdup (model->id), NULL);
  monocle_memory_need_plan_async (model->directory, self->device, self->cancellable, on_planned,
                                  order);
}

static gboolean
is_gone (gpointer id, gpointer need, gpointer self)
{
  return !monocle_models_page_find_model (self, id);
}

void
monocle_models_page_show_memory (MonocleModelsPage *self)
{
  if (!self->device)
    return;

  /* Another one may come in its place. */
  g_hash_table_foreach_remove (self->needs, is_gone, self);
  for (guint i = 0; i < self->models->len; i++)
    {
      const MonocleStoredModel *model = self->models->pdata[i];

      if (g_hash_table_contains (self->needs, model->id))
        show_need (self, model->id);
      else
        plan (self, model);
    }
}

static void
on_model_changed (MonocleRunner *runner, GParamSpec *pspec, MonocleModelsPage *self)
{
  MonocleDevice *device = monocle_runner_get_device (runner);

  /* While another one is loaded that of before will do. */
  if (!device || !g_set_object (&self->device, device))
    return;
  g_hash_table_remove_all (self->needs);
  monocle_models_page_fill (self);
}

void
monocle_models_page_init_memory (MonocleModelsPage *self, MonocleRunner *runner)
{
  self->needs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_set_object (&self->device, monocle_runner_get_device (runner));
  g_signal_connect_object (runner, "notify::model", G_CALLBACK (on_model_changed), self, 0);
}
