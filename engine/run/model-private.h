/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What sessions need of a model.
 */
#pragma once

#include "engine/run/calibration.h"
#include "engine/run/detail.h"
#include "engine/run/loaded.h"
#include "engine/run/model.h"
#include "engine/run/model-info.h"
#include "engine/run/worker.h"

G_BEGIN_DECLS

/* (transfer none): for the next call. After its device was lost, another one, on which the model is
 * not there yet; the same, where it was lost again and again. */
MonocleWorker *monocle_model_get_worker (MonocleModel *self);
/* The next four on the worker only.
 *
 * (nullable): the family's data, loaded again where it was lost with its device. */
gpointer monocle_model_ensure_data (MonocleModel *self,
                                    MonocleWorker *worker,
                                    GCancellable *cancellable,
                                    GError **error);
/* (transfer none): what hangs on its data holds this. */
MonocleLoaded *monocle_model_get_loaded (MonocleModel *self);
/* How a call ended. @error: (nullable): %NULL: well */
void monocle_model_report (MonocleModel *self, MonocleWorker *worker, const GError *error);
/* Says whose results are no numbers. @error: (inout) (nullable) */
void monocle_model_name_results (MonocleModel *self, GError **error);
/* Takes note of the device memory in use. */
void monocle_model_update_used (MonocleModel *self, MonocleVkGpu *gpu);
const MonocleFamily *monocle_model_get_family (MonocleModel *self);
/* The family's data, where it is there; only for use on the worker. */
gpointer monocle_model_get_data (MonocleModel *self);
/* On the worker: how closely it looks at what is prepared from now on. @data: the family's */
void monocle_model_set_detail (MonocleModel *self, gpointer data, MonocleDetail detail);
/* Where an answer ends by the model's own settings, unless a request says otherwise; 0: nowhere. */
guint monocle_model_get_usual_tokens (MonocleModel *self);
/* (transfer none): what its scores are worth. */
const MonocleCalibration *monocle_model_get_calibration (MonocleModel *self);

G_END_DECLS
