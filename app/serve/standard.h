/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked where a call leaves it to us.
 */
#pragma once

#include "app/serve/exchange.h"

G_BEGIN_DECLS

/**
 * monocle_serve_standard_add:
 * @exchange: a call
 * @asked: a question of it
 * @kinds: (array length=n_kinds): what the caller can use, the best first
 * @labels: (nullable) (array zero-terminated=1): names that the caller knows
 * @error: return location
 *
 * Adds the request that the server was started with; where it was with none, the model's first task
 * of the first kind that it has: for the labels where it takes words, for all there is otherwise.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where the model can do nothing of that.
 *
 * Returns: whether there is a request
 */
gboolean monocle_serve_standard_add (MonocleServeExchange *exchange,
                                     MonocleServeQuestion *asked,
                                     const MonocleTaskKind *kinds,
                                     guint n_kinds,
                                     const char *const *labels,
                                     GError **error);

G_END_DECLS
