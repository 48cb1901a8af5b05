/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a checkpoint's tensors to a model's parameters: formulas declare what they use, by name and
 * shape (nn/params); then everything is checked at once, packed into the layout the kernels want,
 * and uploaded. Which tensors there are is the model's knowledge, not ours.
 *
 * Buffers are cut into chunks, so that no driver's limit on one allocation or one binding matters.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/nn/params.h"

G_BEGIN_DECLS

typedef struct _MonocleWeights MonocleWeights;

/* The name in the checkpoint of a tensor whose name in the declarations is @name. */
typedef char *(*MonocleWeightsRename) (const char *name);

/**
 * monocle_weights_new:
 * @checkpoint: must outlive the weights until monocle_weights_upload() is done
 * @gpu: (nullable): an open device; without one all can be declared and checked, not uploaded
 * @f16: whether matrices are stored in 16-bit floats; vectors never are
 * @rename: (nullable): from declared to stored names
 */
MonocleWeights *monocle_weights_new (MonocleCheckpoint *checkpoint,
                                     MonocleVkGpu *gpu,
                                     gboolean f16,
                                     MonocleWeightsRename rename);
void monocle_weights_free (MonocleWeights *self);

/* (transfer none): the parameters, for formulas to declare. Whatever is wrong with one is kept and
 * reported by monocle_weights_check(). Gone after monocle_weights_upload(). */
MonocleParams *monocle_weights_get_params (MonocleWeights *self);

/* A stored tensor that is not used, but no error either, under its stored name. */
void monocle_weights_ignore (MonocleWeights *self, const char *stored_name);
/* The same of all whose stored names begin so. */
void monocle_weights_ignore_below (MonocleWeights *self, const char *prefix);
/**
 * monocle_weights_leave:
 * @self: weights
 * @stored_name: a stored tensor
 * @rows: its shape
 * @columns: its shape; 0: it is a list of @rows numbers
 * @error: return location
 *
 * Of what the host reads where it lies no copy goes to the device; it counts among the parameters.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, naming the tensor.
 *
 * Returns: (transfer none) (nullable): the tensor, as long as the checkpoint is open
 */
const MonocleCheckpointTensor *monocle_weights_leave (
    MonocleWeights *self, const char *stored_name, guint64 rows, guint64 columns, GError **error);
/* The tensor of a declared name, or NULL. */
const MonocleCheckpointTensor *monocle_weights_find (MonocleWeights *self, const char *name);

/**
 * monocle_weights_fold:
 * @self: weights
 * @name: a declared matrix or vector, or a part of one
 * @n: its rows
 * @scale: (array length=n) (nullable): what each row is multiplied with
 * @shift: (array length=n) (nullable): what is added to it then
 *
 * What is uploaded is not what is stored: constants of a model that stand beside a product become
 * part of it.
 */
void monocle_weights_fold (
    MonocleWeights *self, const char *name, guint n, const float *scale, const float *shift);

/**
 * monocle_weights_set_word_bits:
 * @self: weights
 * @bits: 8 or 4; 0: as all else
 *
 * In how many bits matrices and tables of language models are stored: those whose rows are whole
 * groups of 32, and which the device sees at once. All else is stored as it would be. Of 4 bits
 * tables have 8, and so has what a file that has matrices of 4 bits has in more: those are the ones
 * that need them.
 */
void monocle_weights_set_word_bits (MonocleWeights *self, guint bits);
/* @are_words: whether what is declared from now on is of a language model */
void monocle_weights_declare_words (MonocleWeights *self, gboolean are_words);

/* Bytes that upload will take from the device. */
guint64 monocle_weights_get_size_bytes (MonocleWeights *self);
guint64 monocle_weights_get_n_parameters (MonocleWeights *self);

/* Whether everything declared is there with its shape.
 * Errors: UNSUPPORTED_MODEL, naming the tensor. */
gboolean monocle_weights_check (MonocleWeights *self, GError **error);
/* Adds to @notes, of strings, what else is there, once all is declared. */
void monocle_weights_note_unused (MonocleWeights *self, GPtrArray *notes);

typedef void (*MonocleWeightsProgress) (double fraction, gpointer user_data);

/* Packs and uploads. Returns (transfer full): the parameters, and the memory that they lie in. */
MonocleParams *monocle_weights_upload (MonocleWeights *self,
                                       GCancellable *cancellable,
                                       MonocleWeightsProgress progress,
                                       gpointer user_data,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWeights, monocle_weights_free)

G_END_DECLS
