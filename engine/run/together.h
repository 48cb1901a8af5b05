/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many pictures that are asked about one after the other can be encoded side by side. Whether a
 * device is quicker so is found out on the device itself, with the pictures that are to be encoded
 * anyway: the first sets go one by one, the next ones side by side, and all others as was quicker,
 * unless who asks says otherwise.
 */
#pragma once

#include "engine/run/session.h"

G_BEGIN_DECLS

/**
 * MonocleTogetherWay:
 * @MONOCLE_TOGETHER_AS_QUICKER: whichever way the device was found quicker
 * @MONOCLE_TOGETHER_ALWAYS: sets side by side, and what is fewer one by one: features have the same
 * bits whenever the same sessions are looked at, whatever the clock said
 */
typedef enum
{
  MONOCLE_TOGETHER_AS_QUICKER,
  MONOCLE_TOGETHER_ALWAYS,
} MonocleTogetherWay;

/**
 * monocle_together_look_async:
 * @sessions: (array length=n): of one model, at least one
 * @n: as many as monocle_model_get_n_together() says, or fewer
 * @detail: as the requests that follow have it
 * @way: how
 * @cancellable: (nullable)
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Encodes their pictures ahead of their questions, whose answers are the same with and without.
 */
void monocle_together_look_async (MonocleSession *const *sessions,
                                  guint n,
                                  MonocleDetail detail,
                                  MonocleTogetherWay way,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * monocle_together_look_finish:
 *
 * Errors: %G_IO_ERROR_CANCELLED, those of loading a model, %MONOCLE_ENGINE_ERROR_DEVICE_LOST. A
 * picture that cannot be encoded is none: its question says why.
 *
 * Returns: whether all of them were tried
 */
gboolean monocle_together_look_finish (GAsyncResult *result, GError **error);

G_END_DECLS
