/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PyTorch checkpoints (torch.save since 1.6): a ZIP archive with a pickle that describes
 * the tensors and one raw entry a storage. Called by checkpoint.c.
 *
 * A pickle is a program. This one runs on a machine that knows ordered dictionaries, storages and
 * the two functions that rebuild a tensor; it can call nothing else, whatever the file says.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * monocle_torch_read:
 * @checkpoint: where to add the tensors; keeps a reference to @bytes
 * @bytes: the whole file
 * @path: the file, for errors
 * @error: return location
 *
 * Adds every tensor of the dictionary at the root; its other members are passed over. A tensor that
 * is no contiguous view is copied; all copies together are at most as large as the file.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE naming file and tensor; files of PyTorch before 1.6 are
 * told as such. MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 * Source: Python's pickletools.py; torch/_utils.py and torch/serialization.py.
 *
 * Returns: whether all was well; else @checkpoint is to be freed
 */
gboolean
monocle_torch_read (MonocleCheckpoint *checkpoint, GBytes *bytes, const char *path, GError **error);

/**
 * monocle_torch_read_run:
 * @checkpoint: as above
 * @bytes: as above
 * @path: as above
 * @error: return location
 *
 * The same of what a program that trains has saved of its run: the tensors are those of the
 * dictionary called "model" at the root. What is beside it, settings and states of optimisers, is
 * passed over, whatever classes it names: none of them is looked for, and nothing is called.
 *
 * Errors: as above.
 * Source: fairseq/checkpoint_utils.py.
 */
gboolean monocle_torch_read_run (MonocleCheckpoint *checkpoint,
                                 GBytes *bytes,
                                 const char *path,
                                 GError **error);

G_END_DECLS
