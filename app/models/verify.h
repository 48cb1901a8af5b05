/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a model is still what it was when it came: every file by size and hash, as far as its
 * record says, and whether all of it goes together.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleVerdict:
 * @faults: (element-type utf8): what is wrong, a line each, which begins with the file; none: it is
 *   well
 * @n_files: how many files were looked at
 * @n_hashed: of how many of them the hash is known, and was compared
 */
typedef struct
{
  GPtrArray *faults;
  guint n_files, n_hashed;
} MonocleVerdict;

void monocle_verdict_free (MonocleVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleVerdict, monocle_verdict_free)

/**
 * monocle_verify_async:
 * @directory: of a model
 * @progress: (nullable): see monocle_model_load_async()
 *
 * Reads all of it, in a thread; changes nothing.
 */
void monocle_verify_async (const char *directory,
                           GCancellable *cancellable,
                           MonocleProgress progress,
                           gpointer progress_data,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/**
 * monocle_verify_finish:
 *
 * Errors: %G_IO_ERROR_CANCELLED, %MONOCLE_ENGINE_ERROR_BAD_FILE for a record that is none. What is
 * wrong with the model is no error but the verdict.
 *
 * Returns: (transfer full) (nullable): the verdict
 */
MonocleVerdict *monocle_verify_finish (GAsyncResult *result, GError **error);

G_END_DECLS
