/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a device reaches at best with these kernels, to compare others with.
 */
#pragma once

#include "engine/vk/gpu.h"

G_BEGIN_DECLS

/**
 * MonocleCeilings:
 * @flops: multiplications and additions a second, of a large matrix product
 * @bytes: bytes a second, of sums of long vectors: what is read and what is written
 */
typedef struct
{
  double flops, bytes;
} MonocleCeilings;

/**
 * monocle_ceilings_measure:
 * @gpu: an open device that has a profile, which is empty before and after
 * @f16: whether weights are stored in 16 bits; activations are then stored as models do it there
 * @cancellable: (nullable): to stop it
 * @ceilings: (out caller-allocates): what was reached
 * @error: return location for an error
 *
 * Returns: whether it could be measured
 */
gboolean monocle_ceilings_measure (MonocleVkGpu *gpu,
                                   gboolean f16,
                                   GCancellable *cancellable,
                                   MonocleCeilings *ceilings,
                                   GError **error);

G_END_DECLS
