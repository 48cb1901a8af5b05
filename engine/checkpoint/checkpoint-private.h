/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a container reader needs to fill a checkpoint: safetensors.c, torch.c, and their tests.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * monocle_checkpoint_new:
 *
 * Returns: (transfer full): a checkpoint without tensors
 */
MonocleCheckpoint *monocle_checkpoint_new (void);

/**
 * monocle_checkpoint_keep:
 * @self: a checkpoint
 * @bytes: (transfer none): bytes that tensors point into; a reference is taken
 */
void monocle_checkpoint_keep (MonocleCheckpoint *self, GBytes *bytes);

/**
 * monocle_checkpoint_add:
 * @self: a checkpoint
 * @tensor: its bytes are kept by @self already; its name is copied
 * @path: the file, for errors
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE when the name is taken.
 *
 * Returns: whether it was added
 */
gboolean monocle_checkpoint_add (MonocleCheckpoint *self,
                                 const MonocleCheckpointTensor *tensor,
                                 const char *path,
                                 GError **error);

/**
 * monocle_checkpoint_keep_all:
 * @self: a checkpoint
 * @from: one whose bytes tensors of @self are to point into; references are taken
 */
void monocle_checkpoint_keep_all (MonocleCheckpoint *self, const MonocleCheckpoint *from);

/**
 * monocle_checkpoint_change:
 * @self: a checkpoint
 * @name: one of its tensors
 * @delta: (transfer full): of its shape
 *
 * The tensor is read so from now on.
 */
void monocle_checkpoint_change (MonocleCheckpoint *self, const char *name, MonocleDelta *delta);

/**
 * monocle_checkpoint_replace:
 * @self: a checkpoint
 * @by: of the name and shape of one of its tensors; its bytes are kept by @self already
 *
 * The tensor has other numbers from now on.
 */
void monocle_checkpoint_replace (MonocleCheckpoint *self, const MonocleCheckpointTensor *by);

/**
 * monocle_checkpoint_size_of:
 * @tensor: with dimensions set
 * @element_bytes: size of an element
 * @size_bytes: (out): the product
 *
 * Returns: FALSE when the size does not fit the address space
 */
gboolean monocle_checkpoint_size_of (const MonocleCheckpointTensor *tensor,
                                     guint element_bytes,
                                     gsize *size_bytes);

G_END_DECLS
