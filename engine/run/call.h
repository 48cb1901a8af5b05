/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call of the public API that the worker carries out. Whoever cancels it hears from it soon: what
 * the worker gives by then, else that the call was cancelled. A driver cannot be interrupted, so
 * the worker may still be at it; what it gives is dropped then.
 */
#pragma once

#include "engine/run/worker.h"

G_BEGIN_DECLS

typedef struct _MonocleCall MonocleCall;

/* On the worker; ends with one of the two returns. */
typedef void (*MonocleCallFunc) (MonocleWorker *worker, MonocleCall *call);

/* @task: (transfer full) */
void monocle_call_start (GTask *task, MonocleWorker *worker, MonocleCallFunc func);

GTask *monocle_call_get_task (MonocleCall *self);
/* (transfer none): the task's, or one that only monocle_engine_shutdown() cancels */
GCancellable *monocle_call_get_cancellable (MonocleCall *self);

void monocle_call_return_pointer (MonocleCall *self, gpointer result, GDestroyNotify destroy);
/* @error: (transfer full) */
void monocle_call_return_error (MonocleCall *self, GError *error);

G_END_DECLS
