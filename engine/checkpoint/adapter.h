/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adapters: what a model learnt after it was published, as a small folder beside it, in the form
 * that the PEFT library writes (adapter_config.json, adapter_model.safetensors or .bin). LoRA and
 * DoRA, of matrices, convolutions and tables of tokens; whole tensors and biases; single rows of a
 * table.
 *
 * An adapter is applied to an open checkpoint: from then on its tensors are read as they are meant,
 * and loading, checking and writing the model are as ever.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

typedef struct _MonocleAdapter MonocleAdapter;

/**
 * MonocleAdapterNames:
 * @rename: (nullable): from the name of a tensor in one layout of the family to that in its other:
 *   an adapter may have been made with either
 * @head: (nullable): the table of the output, in the layout that @rename takes. Where it is not
 *   stored, being one with the input's, an adapter of it changes it alone
 * @tables: (nullable) (array zero-terminated=1): the tables that it may be one with, the first that
 *   is stored
 *
 * What a family knows of the names of its tensors.
 */
typedef struct
{
  char *(*rename) (const char *name);
  const char *head;
  const char *const *tables;
} MonocleAdapterNames;

/**
 * MonocleAdapterFacts:
 * @base: (nullable): what its maker called the model that it belongs to: a path, or a repository
 * @n_matrices: how many are changed by a product
 * @min_rank: of those products
 * @max_rank: of those products
 * @n_rows: single rows that are others
 * @n_tensors: tensors that are others altogether
 * @n_parameters: numbers in all of it
 */
typedef struct
{
  const char *base;
  guint n_matrices;
  guint min_rank, max_rank;
  guint n_rows;
  guint n_tensors;
  guint64 n_parameters;
} MonocleAdapterFacts;

/**
 * monocle_adapter_open:
 * @directory: an adapter's
 * @error: return location
 *
 * Reads all of it; what cannot be followed to the letter is refused.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, naming file and
 * tensor.
 *
 * Returns: (transfer full): the adapter
 */
MonocleAdapter *monocle_adapter_open (const char *directory, GError **error);
void monocle_adapter_free (MonocleAdapter *self);

/* Valid as long as the adapter is. */
void monocle_adapter_get_facts (const MonocleAdapter *self, MonocleAdapterFacts *facts);

/**
 * monocle_adapter_apply:
 * @self: an adapter
 * @checkpoint: the model that it belongs to; may outlive the adapter
 * @names: of its family
 * @error: return location
 *
 * On error the checkpoint is to be freed.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL where a tensor is not there or of another shape.
 *
 * Returns: whether all of it was applied
 */
gboolean monocle_adapter_apply (const MonocleAdapter *self,
                                MonocleCheckpoint *checkpoint,
                                const MonocleAdapterNames *names,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleAdapter, monocle_adapter_free)

G_END_DECLS
