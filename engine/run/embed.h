/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vectors of pictures and texts, of models that put both into one space.
 */
#pragma once

#include "engine/answer/vector.h"
#include "engine/picture/image.h"
#include "engine/run/model.h"

G_BEGIN_DECLS

/**
 * MonocleVectors:
 * @n: how many
 * @n_dims: of each
 * @values: (array): [n, n_dims]: those of the texts, then those of the pictures
 */
typedef struct
{
  guint n, n_dims;
  float *values;
} MonocleVectors;

void monocle_vectors_free (MonocleVectors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleVectors, monocle_vectors_free)

/**
 * MonocleEmbedding:
 * @texts: (array length=n_texts) (nullable): UTF-8
 * @images: (array length=n_images) (nullable): several at once take less time than one by one
 * @raw: whether vectors are wanted as the model gives them; else their length is one
 */
typedef struct
{
  const char *const *texts;
  guint n_texts;
  MonocleImage *const *images;
  guint n_images;
  gboolean raw;
} MonocleEmbedding;

/**
 * monocle_model_embed_async:
 * @model: a loaded model
 * @embedding: copied
 * @cancellable: (nullable): to stop it
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 */
void monocle_model_embed_async (MonocleModel *model,
                                const MonocleEmbedding *embedding,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * monocle_model_embed_finish:
 *
 * Returns: (transfer full) (nullable): the vectors
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where the model makes none, or a text is not UTF-8;
 * _OUT_OF_MEMORY, _DEVICE_LOST; %G_IO_ERROR_CANCELLED.
 */
MonocleVectors *
monocle_model_embed_finish (MonocleModel *model, GAsyncResult *result, GError **error);

G_END_DECLS
