/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model directory says of itself before anything of it is on a device: its family, and
 * `model-info.json` beside its weights.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/run/calibration.h"

G_BEGIN_DECLS

/**
 * MonocleModelInfo:
 * @family: whose it is
 * @tasks: (element-type MonocleTask): what it can be asked
 * @calibration: what its scores are worth
 * @adapter: (nullable): the folder of what it has learnt since; not of the directory's saying
 */
typedef struct
{
  const MonocleFamily *family;
  GPtrArray *tasks;
  MonocleCalibration *calibration;
  char *adapter;
} MonocleModelInfo;

/**
 * monocle_model_info_load:
 * @self: (out caller-allocates): cleared on error
 * @directory: of a model
 * @error: return location
 *
 * Tasks are those of the family; where the file has `{"tasks": [id or tag, ...]}`, those of them
 * that it names. See monocle_calibration_read() for its scores. What is longer than a few pages is
 * not ours and not read.
 *
 * Errors: those of monocle_families_probe(), and %MONOCLE_ENGINE_ERROR_BAD_FILE where the file is
 * no JSON, or something in it is not what it has to be.
 */
gboolean monocle_model_info_load (MonocleModelInfo *self, const char *directory, GError **error);
void monocle_model_info_clear (MonocleModelInfo *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleModelInfo, monocle_model_info_clear)

G_END_DECLS
