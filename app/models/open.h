/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a model by what settings call it: finds its directory and its device in a thread, as asking
 * for devices starts their drivers, checks a device that was never used so, then loads it.
 *
 * Where the device or the precision is left open, there are several ways. The first whose
 * self-check came out right is taken, and where memory is too short for the model the next.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleOpenRequest:
 * @name: (nullable): see monocle_model_store_find(); of an adapter, with the model that it belongs
 *   to
 * @adapter: (nullable): the folder of an adapter of it
 * @device: see monocle_device_choice_find()
 * @precision: how to store weights
 * @is_wish: whether a model whose weights are not stored so comes as near to that as it can
 * @may_talk: whether there should be room for a conversation, of a model that talks; where there is
 *   for no more than an answer, it is opened all the same
 * @is_trusted: the device is used even if its self-check fails, or failed: that is not looked at
 */
typedef struct
{
  const char *name;
  const char *adapter;
  const char *device;
  MonoclePrecision precision;
  gboolean is_wish;
  gboolean may_talk;
  gboolean is_trusted;
} MonocleOpenRequest;

/**
 * MonocleOpenProgress:
 * @checking: (nullable): the device that is being checked; %NULL: the model is being loaded
 * @fraction: part done, 0 to 1
 * @user_data: what was passed beside the function
 */
typedef void (*MonocleOpenProgress) (MonocleDevice *checking, double fraction, gpointer user_data);

/* The rest is as monocle_model_load_async() has it. */
void monocle_open_model_async (const MonocleOpenRequest *request,
                               GCancellable *cancellable,
                               MonocleOpenProgress progress,
                               gpointer progress_data,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * monocle_open_model_finish:
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL, %MONOCLE_APP_ERROR_NO_ROOM where it was known before that
 * there is too little memory, %MONOCLE_ENGINE_ERROR_NO_DEVICE,
 * %MONOCLE_ENGINE_ERROR_WRONG_RESULTS where no way is left, those of monocle_model_load_finish().
 *
 * Returns: (transfer full) (nullable): the model
 */
MonocleModel *monocle_open_model_finish (GAsyncResult *result, GError **error);

/**
 * monocle_open_model_dup_note:
 * @result: with which a model was opened
 *
 * Returns: (transfer full) (nullable): what is used instead of what would have been taken first,
 *   for which there was too little memory; a sentence for the person
 */
char *monocle_open_model_dup_note (GAsyncResult *result);

/**
 * monocle_open_list_tasks:
 * @name: (nullable): see monocle_model_store_find()
 *
 * Returns: (transfer full) (element-type MonocleTask): what the model of that name can be asked;
 * what most can, where there is none: loading it will say what is wrong
 */
GPtrArray *monocle_open_list_tasks (const char *name);

G_END_DECLS
