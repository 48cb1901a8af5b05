/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of the container of models that were trained with flax: MessagePack, maps of maps whose
 * leaves are arrays.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * monocle_msgpack_is_one:
 * @bytes: a file
 *
 * Returns: whether it begins like a map of named things, as others that are called alike do not
 */
gboolean monocle_msgpack_is_one (GBytes *bytes);

/**
 * monocle_msgpack_read:
 * @checkpoint: where to add the tensors; keeps a reference to @bytes
 * @bytes: the whole file
 * @path: the file, for errors
 * @error: return location
 *
 * Adds every array, under the keys that lead to it, joined by dots; other leaves are passed over.
 * Arrays that are stored in chunks are copied; all copies together are at most as large as the
 * file.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE naming file and tensor; MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 * Source: the MessagePack specification; flax/serialization.py.
 *
 * Returns: whether all was well; else @checkpoint is to be freed
 */
gboolean monocle_msgpack_read (MonocleCheckpoint *checkpoint,
                               GBytes *bytes,
                               const char *path,
                               GError **error);

G_END_DECLS
