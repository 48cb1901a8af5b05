/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model a vector is from: vectors of another one mean something else, also where it has the
 * same name.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_search_find_index:
 * @model: whose vectors
 *
 * Returns: (transfer full) (nullable): the file in which the vectors of this very model are kept
 *
 * Errors: %MONOCLE_APP_ERROR_UNSUPPORTED_TASK where it makes none.
 */
char *monocle_search_find_index (MonocleModel *model, GError **error);

G_END_DECLS
