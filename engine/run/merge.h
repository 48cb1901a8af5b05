/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model and what it has learnt since, made one.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * monocle_model_merge:
 * @directory: of a model
 * @adapter: the folder of an adapter that belongs to it
 * @out: a new directory; it may not be there yet
 * @cancellable: (nullable): to stop
 * @error: return location
 *
 * Writes a model of its own: W + B A, rounded once to what the model is stored in, and the model's
 * other files. @out appears when it is whole and was checked as monocle_model_check() does. Blocks.
 *
 * Errors: as monocle_model_load_finish() has them; %G_IO_ERROR.
 *
 * Returns: whether it is there
 */
gboolean monocle_model_merge (const char *directory,
                              const char *adapter,
                              const char *out,
                              GCancellable *cancellable,
                              GError **error);

/**
 * monocle_adapter_describe:
 * @adapter: the folder of an adapter
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what there is to say of it, as JSON: `base` (what its maker
 *   called the model; may be null), `matrices`, `ranks` (a pair: the smallest, the largest),
 * `rows`, `tensors`, `labels` (names of those that were taught), `parameters`
 */
JsonNode *monocle_adapter_describe (const char *adapter, GError **error);

/* Whether @directory is an adapter's, and not a model's. */
gboolean monocle_adapter_is_one (const char *directory);

G_END_DECLS
