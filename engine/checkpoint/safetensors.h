/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader and writer of the safetensors container: eight bytes of length, a JSON header, then raw
 * tensors. Called by checkpoint.c. Tensors point into the bytes; nothing is copied.
 */
#pragma once

#include <gio/gio.h>

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * monocle_safetensors_read:
 * @checkpoint: where to add the tensors; keeps a reference to @bytes
 * @bytes: the whole file
 * @path: the file, for errors
 * @error: return location
 *
 * Accepts what the reference implementation accepts: the tensors fill the data without gap or
 * overlap.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE naming file and tensor.
 * Source: the format description in the safetensors project's README.
 *
 * Returns: whether all was well; else @checkpoint is to be freed
 */
gboolean monocle_safetensors_read (MonocleCheckpoint *checkpoint,
                                   GBytes *bytes,
                                   const char *path,
                                   GError **error);

/**
 * monocle_safetensors_write:
 * @checkpoint: tensors, in the order in which they are written
 * @path: a file that is not there yet
 * @cancellable: (nullable): to stop
 * @error: return location
 *
 * What is left of a file on error is for the caller to remove.
 *
 * Errors: %G_IO_ERROR; MONOCLE_ENGINE_ERROR_BAD_FILE for tensors of types that are not written.
 *
 * Returns: whether the file is whole
 */
gboolean monocle_safetensors_write (const MonocleCheckpoint *checkpoint,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
