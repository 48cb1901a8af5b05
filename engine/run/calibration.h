/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the scores of a model are worth: `model-info.json` beside its weights says how often answers
 * of a score are right. A model without it keeps its scores as they are.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/base/json.h"

G_BEGIN_DECLS

/* What the file may say. */
#define MONOCLE_CALIBRATION_LEAST_TEMPERATURE 0.05
#define MONOCLE_CALIBRATION_MOST_TEMPERATURE  20.0
#define MONOCLE_CALIBRATION_MOST_SHIFT        50.0

typedef struct _MonocleCalibration MonocleCalibration;

/**
 * monocle_calibration_read:
 * @root: a model's `model-info.json`
 * @path: its name, for errors
 * @tasks: (element-type MonocleTask): what the model can be asked
 * @error: return location
 *
 * Reads `{"lowest_score": s, "calibration": {TASK: {"temperature": t, "shift": b}}}`; tasks by id
 * or tag, those that the model has not are left out.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE where a number is missing or out of bounds.
 *
 * Returns: (transfer full): what it says, maybe nothing
 */
MonocleCalibration *monocle_calibration_read (JsonObject *root,
                                              const char *path,
                                              const GPtrArray *tasks,
                                              GError **error);
void monocle_calibration_free (MonocleCalibration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCalibration, monocle_calibration_free)

/* 0 to 1: of what is worth showing; 0 where the file says nothing. */
double monocle_calibration_get_lowest_score (const MonocleCalibration *self);

/**
 * monocle_calibration_apply:
 * @self: of the model that answered
 * @task: what was asked
 * @result: (inout): nobody else has seen it yet, and it was not calibrated
 *
 * Replaces the scores of its objects, of a text its own: the odds of being right are those of the
 * score, to the power of 1 / temperature and times e ^ shift.
 */
void monocle_calibration_apply (const MonocleCalibration *self,
                                const MonocleTask *task,
                                MonocleResult *result);

G_END_DECLS
