/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model says about itself beside its weights: `model-info.json` in its directory.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_model_info_read_tasks:
 * @directory: of a model
 *
 * Returns: (transfer full) (nullable) (element-type MonocleTask): what it can be asked, from
 *   `{"tasks": [id or tag, ...]}`; %NULL where it says nothing about that
 */
GPtrArray *monocle_model_info_read_tasks (const char *directory);

G_END_DECLS
