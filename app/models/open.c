/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/open.h"

#include "app/models/device-choice.h"
#include "app/models/store.h"

typedef struct
{
  char *name; /* (nullable) */
  char *device;
  MonoclePrecision precision;
  MonocleProgress progress;
  gpointer progress_data;
} Order;

typedef struct
{
  char *directory;
  MonocleDevice *device;
} Found;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->name);
  g_free (order->device);
  g_free (order);
}

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->directory);
  g_object_unref (found->device);
  g_free (found);
}

static void
find (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Order *order = g_task_get_task_data (data);
  g_autoptr (MonocleDevice) device = NULL;
  g_autofree char *directory = NULL;
  GError *error = NULL;
  Found *found;

  directory = monocle_model_store_find (order->name, &error);
  if (directory)
    device = monocle_device_choice_find (order->device, &error);
  if (!device)
    {
      g_task_return_error (task, error);
      return;
    }

  found = g_new0 (Found, 1);
  found->directory = g_steal_pointer (&directory);
  found->device = g_steal_pointer (&device);
  g_task_return_pointer (task, found, found_free);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  MonocleModel *model = monocle_model_load_finish (result, &error);

  if (model)
    g_task_return_pointer (task, model, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  Found *found = g_task_propagate_pointer (G_TASK (result), &error);

  if (!found)
    {
      g_task_return_error (task, error);
      return;
    }

  if (!g_task_return_error_if_cancelled (task))
    monocle_model_load_async (found->directory, found->device, order->precision,
                              g_task_get_cancellable (task), order->progress, order->progress_data,
                              on_loaded, g_object_ref (task));
  found_free (found);
}

void
monocle_open_model_async (const char *name,
                          const char *device,
                          MonoclePrecision precision,
                          GCancellable *cancellable,
                          MonocleProgress progress,
                          gpointer progress_data,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) finding = g_task_new (NULL, NULL, on_found, g_object_ref (task));
  Order *order = g_new0 (Order, 1);

  g_return_if_fail (device);

  order->name = g_strdup (name);
  order->device = g_strdup (device);
  order->precision = precision;
  order->progress = progress;
  order->progress_data = progress_data;
  g_task_set_source_tag (task, monocle_open_model_async);
  g_task_set_task_data (task, order, order_free);

  g_task_set_task_data (finding, g_object_ref (task), g_object_unref);
  g_task_run_in_thread (finding, find);
}

MonocleModel *
monocle_open_model_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GPtrArray *
monocle_open_list_tasks (const char *name)
{
  g_autofree char *directory = monocle_model_store_find (name, NULL);
  GPtrArray *tasks = directory ? monocle_model_peek_tasks (directory, NULL) : NULL;

  return tasks ? tasks : monocle_model_guess_tasks ();
}
