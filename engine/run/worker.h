/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's thread: one for each open device. It opens the device, owns everything under vk/,
 * nn/ and models/ that belongs to it, and runs jobs one after the other. Models and sessions hand
 * it their work; results go back through GTask.
 */
#pragma once

#include "engine/run/device.h"
#include "engine/vk/gpu.h"

G_BEGIN_DECLS

typedef struct _MonocleWorker MonocleWorker;

typedef void (*MonocleWorkerFunc) (MonocleWorker *worker, gpointer data);

/* The worker of a device, shared by all who use it; a new one where the device was lost. */
MonocleWorker *monocle_worker_get (MonocleDevice *device);
MonocleWorker *monocle_worker_ref (MonocleWorker *self);
void monocle_worker_unref (MonocleWorker *self);

/* Runs @func with @data on the worker, after the jobs before it; then @destroy. */
void monocle_worker_push (MonocleWorker *self,
                          MonocleWorkerFunc func,
                          gpointer data,
                          GDestroyNotify destroy);

/* On the worker only: the open device. */
MonocleVkGpu *monocle_worker_get_gpu (MonocleWorker *self, GError **error);

/* On the worker: what stops the job that runs, until the next one sets its own or @cancellable is
 * %NULL. */
void monocle_worker_set_stoppable (MonocleWorker *self, GCancellable *cancellable);

/* On the worker: whether another job waits. For what is in no hurry. */
gboolean monocle_worker_is_wanted (MonocleWorker *self);

/* Says that the device was lost: whoever asks for the device's worker next gets a new one. */
void monocle_worker_report (MonocleWorker *self, const GError *error);

/* Whether that was said: nothing is asked of it any more. On any thread. */
gboolean monocle_worker_is_lost (MonocleWorker *self);

/* Asserts that the caller runs on the worker. */
void monocle_worker_assert (MonocleWorker *self);

/* Stops the jobs of all workers, those that still come included, and keeps what is compiled. */
void monocle_worker_stop_all (void);
/* Waits for the threads of workers that are over to be gone, which takes no time to speak of. */
void monocle_worker_join_ended (void);
/* Workers that start from now on have a lower priority. */
void monocle_worker_give_way (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWorker, monocle_worker_unref)

G_END_DECLS
