/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What sessions need of a model.
 */
#pragma once

#include "engine/run/calibration.h"
#include "engine/run/model.h"
#include "engine/run/model-info.h"
#include "engine/run/worker.h"

G_BEGIN_DECLS

MonocleWorker *monocle_model_get_worker (MonocleModel *self);
const MonocleFamily *monocle_model_get_family (MonocleModel *self);
/* The family's data; only for use on the worker. */
gpointer monocle_model_get_data (MonocleModel *self);
/* Where an answer ends by the model's own settings, unless a request says otherwise; 0: nowhere. */
guint monocle_model_get_usual_tokens (MonocleModel *self);
/* (transfer none): what its scores are worth. */
const MonocleCalibration *monocle_model_get_calibration (MonocleModel *self);
/* On the worker: takes note of the device memory in use. */
void monocle_model_update_used (MonocleModel *self, MonocleVkGpu *gpu);

G_END_DECLS
