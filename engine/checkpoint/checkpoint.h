/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A checkpoint: the named tensors of a model directory, whichever of the published containers it
 * uses. Who reads weights asks here and never looks at a container. Names and shapes are what the
 * file says; whether they fit a model is checked by the caller. Nothing here writes.
 */
#pragma once

#include <glib.h>

#include "engine/base/format.h"
#include "engine/checkpoint/delta.h"

G_BEGIN_DECLS

/**
 * MonocleDtype:
 * @MONOCLE_DTYPE_F32: IEEE single
 * @MONOCLE_DTYPE_F16: IEEE half
 * @MONOCLE_DTYPE_BF16: the upper half of a single
 * @MONOCLE_DTYPE_F64: IEEE double
 * @MONOCLE_DTYPE_F8_E4M3: four bits of exponent; no infinities
 * @MONOCLE_DTYPE_F8_E5M2: the upper half of a half
 * @MONOCLE_DTYPE_I64: integers, signed and not; %MONOCLE_DTYPE_BOOL is a byte, 0 or 1
 * @MONOCLE_DTYPE_Q8_0: from here on blocks of small integers that share scales, as GGUF has them
 * @MONOCLE_DTYPE_OTHER: the rest: listed, not converted
 */
typedef enum
{
  MONOCLE_DTYPE_F32,
  MONOCLE_DTYPE_F16,
  MONOCLE_DTYPE_BF16,
  MONOCLE_DTYPE_F64,
  MONOCLE_DTYPE_F8_E4M3,
  MONOCLE_DTYPE_F8_E5M2,
  MONOCLE_DTYPE_I64,
  MONOCLE_DTYPE_I32,
  MONOCLE_DTYPE_I16,
  MONOCLE_DTYPE_I8,
  MONOCLE_DTYPE_U64,
  MONOCLE_DTYPE_U32,
  MONOCLE_DTYPE_U16,
  MONOCLE_DTYPE_U8,
  MONOCLE_DTYPE_BOOL,
  MONOCLE_DTYPE_Q8_0,
  MONOCLE_DTYPE_Q4_0,
  MONOCLE_DTYPE_Q4_1,
  MONOCLE_DTYPE_Q5_0,
  MONOCLE_DTYPE_Q5_1,
  MONOCLE_DTYPE_IQ4_NL,
  MONOCLE_DTYPE_Q4_K,
  MONOCLE_DTYPE_Q5_K,
  MONOCLE_DTYPE_Q6_K,
  MONOCLE_DTYPE_OTHER,
} MonocleDtype;

#define MONOCLE_CHECKPOINT_MAX_DIMS 8

/**
 * MonocleCheckpointTensor:
 * @name: as stored
 * @dtype: as stored
 * @n_dims: 0 for a scalar
 * @dims: outermost first
 * @data: (array length=size_bytes): row-major, little-endian, any alignment; memory-mapped where
 *   the file holds it so, hence the file must not shrink while the checkpoint is open
 * @size_bytes: exactly the product of @dims times the size of an element, or of the blocks of
 *   rows, which are whole
 * @delta: (nullable): what is made of the numbers when they are read: who looks at @data sees none
 *   of it
 *
 * Owned by the checkpoint, as everything that it points to.
 */
typedef struct
{
  const char *name;
  MonocleDtype dtype;
  guint n_dims;
  guint64 dims[MONOCLE_CHECKPOINT_MAX_DIMS];
  const guint8 *data;
  gsize size_bytes;
  const MonocleDelta *delta;
} MonocleCheckpointTensor;

typedef struct _MonocleCheckpoint MonocleCheckpoint;

/**
 * monocle_checkpoint_open:
 * @directory: a model directory, or the GGUF file of a language model
 * @error: return location
 *
 * Opens the pair of GGUF files that it is (gguf-pair); else the first of model.safetensors,
 * model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json that exists; where
 * none does, the only model.VARIANT.safetensors, else the only .pt, as a program that trains saves
 * its run, else the only .msgpack. A file that exists but is bad is an error; the next one is not
 * tried then.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full): the checkpoint
 */
MonocleCheckpoint *monocle_checkpoint_open (const char *directory, GError **error);

/**
 * monocle_checkpoint_free:
 * @self: (nullable) (transfer full): a checkpoint
 */
void monocle_checkpoint_free (MonocleCheckpoint *self);

/**
 * monocle_checkpoint_get_n_tensors:
 * @self: a checkpoint
 *
 * Returns: how many tensors all of its files hold
 */
guint monocle_checkpoint_get_n_tensors (const MonocleCheckpoint *self);

/**
 * monocle_checkpoint_get_tensor:
 * @self: a checkpoint
 * @i: below monocle_checkpoint_get_n_tensors()
 *
 * Returns: (transfer none): the tensor, in the order of the files
 */
const MonocleCheckpointTensor *monocle_checkpoint_get_tensor (const MonocleCheckpoint *self,
                                                              guint i);

/**
 * monocle_checkpoint_find:
 * @self: a checkpoint
 * @name: a tensor's name
 *
 * Returns: (transfer none) (nullable): the tensor of that name
 */
const MonocleCheckpointTensor *monocle_checkpoint_find (const MonocleCheckpoint *self,
                                                        const char *name);

/**
 * monocle_checkpoint_get_path:
 * @self: a checkpoint
 *
 * Returns: (transfer none): the file that was opened, or the index when it is sharded; for errors
 */
const char *monocle_checkpoint_get_path (const MonocleCheckpoint *self);

/**
 * monocle_checkpoint_tensor_get_n_elements:
 * @tensor: a tensor
 *
 * Returns: the product of its dimensions
 */
guint64 monocle_checkpoint_tensor_get_n_elements (const MonocleCheckpointTensor *tensor);

/**
 * monocle_checkpoint_tensor_get_format:
 * @tensor: a tensor
 *
 * Returns: (nullable): the format that its bytes are in; %NULL for types that only files have, and
 *   where the bytes are not the numbers, for a delta
 */
const MonocleFormat *monocle_checkpoint_tensor_get_format (const MonocleCheckpointTensor *tensor);

/**
 * monocle_checkpoint_tensor_read_f32:
 * @tensor: a tensor of any type but %MONOCLE_DTYPE_OTHER
 * @first: first element, row-major
 * @n: how many
 * @out: (out caller-allocates) (array length=n): the values; exact, but that doubles and large
 *   integers are rounded to the nearest
 */
void monocle_checkpoint_tensor_read_f32 (const MonocleCheckpointTensor *tensor,
                                         guint64 first,
                                         guint64 n,
                                         float *out);

/**
 * monocle_checkpoint_tensor_read_f16:
 * @tensor: a tensor of any type but %MONOCLE_DTYPE_OTHER
 * @first: first element, row-major
 * @n: how many
 * @out: (out caller-allocates) (array length=n): binary16 bits; F16 is copied, the others are
 *   rounded to nearest even, with 65520 and more becoming infinity
 */
void monocle_checkpoint_tensor_read_f16 (const MonocleCheckpointTensor *tensor,
                                         guint64 first,
                                         guint64 n,
                                         guint16 *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCheckpoint, monocle_checkpoint_free)

G_END_DECLS
