/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/open.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/models/adapter-base.h"
#include "app/models/device-check.h"
#include "app/models/device-choice.h"
#include "app/models/device-memory.h"
#include "app/models/store.h"

/* A device and a precision with which the model may be run. */
typedef struct
{
  MonocleDevice *device;
  MonoclePrecision precision;
  MonocleModelRoom room;
} Way;

typedef struct
{
  char *name, *adapter; /* (nullable) */
  char *wanted;
  MonoclePrecision precision;
  gboolean is_wish;
  gboolean may_talk;
  gboolean is_trusted;
  MonocleOpenProgress progress;
  gpointer progress_data;

  char *directory;
  GArray *ways; /* Way, the best first */
  guint next;   /* of them */
  gboolean is_checking;
  GError *error; /* (nullable): why the first of those behind was no way; of those with as little
                    room as the last */
  guint failed;  /* which of them that was */
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->name);
  g_free (order->adapter);
  g_free (order->wanted);
  g_free (order->directory);
  g_array_unref (order->ways);
  g_clear_error (&order->error);
  g_free (order);
}

static void
way_clear (gpointer way)
{
  g_object_unref (((Way *) way)->device);
}

static void try_next (GTask *task);

/* --- the ways there are ------------------------------------------------------------------- */

static void
add_way (Order *order, MonocleDevice *device, MonoclePrecision precision, MonocleModelRoom room)
{
  const Way way = { g_object_ref (device), precision, room };

  g_array_append_val (order->ways, way);
}

/* Models that look have few words, or none. */
static MonoclePrecision
get_wanted (const Order *order)
{
  return order->is_wish && monocle_precision_get_word_bits (order->precision) > 0
                 && !monocle_model_peek_few_bits (order->directory)
             ? MONOCLE_PRECISION_F16
             : order->precision;
}

/* On a processor 16-bit weights save memory but no time. */
static void
add_ways_with (Order *order, MonocleDevice *device, MonocleModelRoom room)
{
  const gboolean is_software = monocle_device_get_kind (device) == MONOCLE_DEVICE_SOFTWARE;
  const gboolean has_f16 = monocle_device_get_has_f16 (device);
  MonoclePrecision packed = MONOCLE_PRECISION_AUTO;

  if (order->precision != MONOCLE_PRECISION_AUTO)
    {
      add_way (order, device, get_wanted (order), room);
      return;
    }
  if (has_f16)
    packed = monocle_model_peek_packed (order->directory);
  if (packed == MONOCLE_PRECISION_Q4)
    add_way (order, device, MONOCLE_PRECISION_Q4, room);
  if (packed != MONOCLE_PRECISION_AUTO)
    add_way (order, device, MONOCLE_PRECISION_Q8, room);
  if (has_f16 && !is_software)
    add_way (order, device, MONOCLE_PRECISION_F16, room);
  add_way (order, device, MONOCLE_PRECISION_F32, room);
  if (has_f16 && is_software)
    add_way (order, device, MONOCLE_PRECISION_F16, room);
  /* Only where there is no room for more. */
  if (!has_f16 || packed == MONOCLE_PRECISION_Q4 || !monocle_model_peek_few_bits (order->directory))
    return;
  if (packed != MONOCLE_PRECISION_Q8)
    add_way (order, device, MONOCLE_PRECISION_Q8, room);
  /* Which costs so much that a short conversation in more bits is better than a long one. */
  if (room == MONOCLE_MODEL_ROOM_ANSWER)
    add_way (order, device, MONOCLE_PRECISION_Q4, room);
}

/* Another precision is better than no room to talk, and that better than another device. */
static void
add_ways (Order *order, MonocleDevice *device)
{
  if (order->may_talk && monocle_model_peek_talks (order->directory))
    add_ways_with (order, device, MONOCLE_MODEL_ROOM_TALK);
  add_ways_with (order, device, MONOCLE_MODEL_ROOM_ANSWER);
}

/* The device that was chosen, or all of them. */
static gboolean
find_ways (Order *order, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (MonocleDevice) device = NULL;

  if (!g_str_equal (order->wanted, "auto"))
    {
      device = monocle_device_choice_find (order->wanted, error);
      if (device)
        add_ways (order, device);
      return device != NULL;
    }

  devices = monocle_device_list (error);
  for (guint i = 0; devices && i < devices->len; i++)
    add_ways (order, devices->pdata[i]);
  return devices != NULL;
}

static gboolean
find_adapter (Order *order, GError **error)
{
  g_autofree char *adapter = NULL;

  if (!monocle_adapter_base_split (&order->directory, &adapter, error))
    return FALSE;
  if (adapter && !order->adapter)
    order->adapter = g_steal_pointer (&adapter);
  return TRUE;
}

static void
find (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Order *order = g_task_get_task_data (data);
  GError *error = NULL;

  order->directory = monocle_model_store_find (order->name, &error);
  if (order->directory && find_adapter (order, &error) && find_ways (order, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- in words ----------------------------------------------------------------------------- */

/* (transfer full) (nullable): how much the first way lacked, where that was known */
static char *
describe_shortage (const Order *order)
{
  const Way *way = &g_array_index (order->ways, Way, order->failed);
  g_autofree char *needed = NULL, *left = NULL;
  guint64 needed_bytes, free_bytes;

  if (!monocle_engine_error_get_shortage (order->error, &needed_bytes, &free_bytes))
    return NULL;
  needed = g_format_size (needed_bytes);
  left = g_format_size (free_bytes);
  if (way->room == MONOCLE_MODEL_ROOM_TALK)
    /* Translators: amounts of memory; 4, 8, 16 or 32; the name of a device */
    return g_strdup_printf (_ ("For a conversation the model needs %s with %d-bit weights, %s are "
                               "free on %s."),
                            needed, (int) monocle_precision_get_bits (way->precision), left,
                            monocle_device_get_name (way->device));
  /* Translators: amounts of memory; 4, 8, 16 or 32; the name of a device */
  return g_strdup_printf (_ ("The model needs %s with %d-bit weights, %s are free on %s."), needed,
                          (int) monocle_precision_get_bits (way->precision), left,
                          monocle_device_get_name (way->device));
}

char *
monocle_open_model_dup_note (GAsyncResult *result)
{
  const Order *order = g_task_get_task_data (G_TASK (result));
  g_autofree char *shortage = NULL;
  const Way *way, *failed;

  if (!g_error_matches (order->error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    return NULL;
  shortage = describe_shortage (order);
  if (!shortage)
    shortage = g_strdup (_ ("There was too little memory for the model."));
  way = &g_array_index (order->ways, Way, order->next - 1);
  failed = &g_array_index (order->ways, Way, order->failed);
  if (way->room < failed->room)
    /* Translators: a sentence that says why */
    return g_strdup_printf (_ ("There is no room for a long conversation. %s"), shortage);
  if (way->device == failed->device)
    /* Translators: 4, 8, 16 or 32; a sentence that says why */
    return g_strdup_printf (_ ("%d-bit weights are used. %s"),
                            (int) monocle_precision_get_bits (way->precision), shortage);
  /* Translators: the name of a device; a sentence that says why */
  return g_strdup_printf (_ ("%s is used instead. %s"), monocle_device_get_name (way->device),
                          shortage);
}

/* All ways were tried. */
static GError *
take_last_error (Order *order)
{
  g_autofree char *shortage = describe_shortage (order);

  return shortage ? g_error_new (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_ROOM,
                                 _ ("%s Choose a smaller model or another device, or close other "
                                    "programs."),
                                 shortage)
                  : g_steal_pointer (&order->error);
}

/* --- one way after the other -------------------------------------------------------------- */

static void
on_progress (double fraction, gpointer user_data)
{
  const Order *order = user_data;

  if (order->progress)
    order->progress (order->is_checking ? g_array_index (order->ways, Way, order->next - 1).device
                                        : NULL,
                     fraction, order->progress_data);
}

/* Whether the way that was tried last was to take less room than the one that is remembered. */
static gboolean
has_less_room (const Order *order)
{
  return g_array_index (order->ways, Way, order->next - 1).room
         < g_array_index (order->ways, Way, order->failed).room;
}

/* @error: (transfer full): ends it, unless another way may be better. */
static void
take_error (GTask *task, GError *error)
{
  Order *order = g_task_get_task_data (task);

  if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS)
      && !g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_debug ("%s", error->message);
  if (order->error && !has_less_room (order))
    g_error_free (error);
  else
    {
      g_clear_error (&order->error);
      order->error = error;
      order->failed = order->next - 1;
    }
  try_next (task);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  MonocleModel *model = monocle_model_load_finish (result, &error);

  if (!model)
    {
      take_error (task, error);
      return;
    }
  g_task_return_pointer (task, model, g_object_unref);
  g_object_unref (task);
}

static void
load (GTask *task, const Way *way)
{
  Order *order = g_task_get_task_data (task);

  order->is_checking = FALSE;
  monocle_model_load_adapted_async (order->directory, order->adapter, way->device, way->precision,
                                    way->room, g_task_get_cancellable (task), on_progress, order,
                                    on_loaded, task);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Order *order = g_task_get_task_data (task);
  GError *error = NULL;

  if (monocle_device_check_finish (result, &error))
    load (task, &g_array_index (order->ways, Way, order->next - 1));
  else
    take_error (task, error);
}

static void
try_next (GTask *task)
{
  Order *order = g_task_get_task_data (task);
  g_autofree char *fault = NULL;
  const Way *way;

  if (order->next == order->ways->len)
    {
      g_task_return_error (task, take_last_error (order));
      g_object_unref (task);
      return;
    }

  way = &g_array_index (order->ways, Way, order->next++);
  switch (order->is_trusted ? MONOCLE_VERDICT_RIGHT
                            : monocle_device_memory_recall (way->device, way->precision, &fault))
    {
    case MONOCLE_VERDICT_RIGHT:
      load (task, way);
      break;
    case MONOCLE_VERDICT_WRONG:
      take_error (task, g_error_new_literal (MONOCLE_ENGINE_ERROR,
                                             MONOCLE_ENGINE_ERROR_WRONG_RESULTS, fault));
      break;
    case MONOCLE_VERDICT_UNKNOWN:
    default:
      order->is_checking = TRUE;
      on_progress (0, order);
      monocle_device_check_async (way->device, way->precision, g_task_get_cancellable (task),
                                  on_progress, order, on_checked, task);
      break;
    }
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (!g_task_return_error_if_cancelled (task))
    try_next (g_steal_pointer (&task));
}

void
monocle_open_model_async (const MonocleOpenRequest *request,
                          GCancellable *cancellable,
                          MonocleOpenProgress progress,
                          gpointer progress_data,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) finding = g_task_new (NULL, NULL, on_found, g_object_ref (task));
  Order *order = g_new0 (Order, 1);

  g_return_if_fail (request->device);

  order->name = g_strdup (request->name);
  order->adapter = g_strdup (request->adapter);
  order->wanted = g_strdup (request->device);
  order->precision = request->precision;
  order->is_wish = request->is_wish;
  order->may_talk = request->may_talk;
  order->is_trusted = request->is_trusted;
  order->progress = progress;
  order->progress_data = progress_data;
  order->ways = g_array_new (FALSE, FALSE, sizeof (Way));
  g_array_set_clear_func (order->ways, way_clear);
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
  g_autofree char *adapter = NULL;
  GPtrArray *tasks = NULL;

  if (directory && monocle_adapter_base_split (&directory, &adapter, NULL))
    tasks = monocle_model_peek_tasks (directory, NULL);
  return tasks ? tasks : monocle_model_guess_tasks ();
}
