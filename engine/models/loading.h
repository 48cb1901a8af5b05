/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model comes whose recordings all share one piece of memory: parameters are declared, what
 * it computes is planned and must find room, weights go to the device, and then it is recorded.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/family.h"

G_BEGIN_DECLS

/**
 * MonocleLoading:
 * @model: what the functions are given
 * @width, @height: of the images that it sees
 * @rename: (nullable): from declared to stored names
 * @declare: says what it wants of the weights, which must be there
 * @plan: raises what the recordings take in all, and the largest piece of it
 * @record: into @buffer, which is there by then
 * @n_parameters: (out): how many it has
 * @notes: (element-type utf8): what to say of it; ended with %NULL when all is there
 * @params: (out) (transfer full): its weights
 * @buffer: (out) (transfer full): its activations
 *
 * What is out is the model's, also where it fails in the middle.
 */
typedef struct
{
  gpointer model;
  guint width, height;
  MonocleWeightsRename rename;
  gboolean (*declare) (gpointer model, MonocleWeights *weights, GError **error);
  gboolean (*plan) (
      gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error);
  gboolean (*record) (gpointer model, GError **error);
  guint64 *n_parameters;
  GPtrArray *notes;
  MonocleParams **params;
  MonocleVkBuffer **buffer;
} MonocleLoading;

/**
 * monocle_loading_run:
 * @self: a model whose other files were read
 * @checkpoint: its weights
 * @load: what is asked
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY where the device has no room, and those of weights.
 */
gboolean monocle_loading_run (const MonocleLoading *self,
                              MonocleCheckpoint *checkpoint,
                              const MonocleFamilyLoad *load,
                              GError **error);

G_END_DECLS
