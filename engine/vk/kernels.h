/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernels: one id and one row for each line of kernels.def, with the SPIR-V of its builds.
 */
#pragma once

#include "engine/base/format.h"
#include "engine/vk/traits.h"

G_BEGIN_DECLS

/**
 * MonocleVkFormats:
 * @store: of activations
 * @weight: of weights; as @store where there are none
 *
 * What a kernel reads and writes. Sums are always in 32-bit floats; biases, normalisation
 * parameters and logits are always stored so.
 */
typedef struct
{
  MonocleFormatId store, weight;
} MonocleVkFormats;

typedef enum
{
#define KERNEL(name, builds, needs, n_storage, n_texel, fields) MONOCLE_KERNEL_##name,
#include "kernels.def"
#undef KERNEL
  MONOCLE_N_KERNELS,
} MonocleKernelId;

typedef struct
{
  MonocleVkFormats formats;
  const guint32 *spirv;
  gsize spirv_size;
} MonocleKernelBuild;

typedef struct
{
  const char *name;
  MonocleVkNeeds needs;
  guint n_storage;
  guint n_texel;
  guint push_size;
  const MonocleKernelBuild *builds;
  guint n_builds;
} MonocleKernel;

extern const MonocleKernel monocle_kernels[MONOCLE_N_KERNELS];

/**
 * monocle_kernels_hash:
 * @kernels: (array length=n): rows, monocle_kernels mostly
 * @n: how many
 *
 * Returns: (transfer full): what tells these shaders from all others
 */
char *monocle_kernels_hash (const MonocleKernel *kernels, guint n);

/**
 * monocle_kernel_find_build:
 * @kernel: a row
 * @formats: what is to be read and written
 *
 * Returns: which of its builds does that; -1: none
 */
int monocle_kernel_find_build (const MonocleKernel *kernel, MonocleVkFormats formats);

/**
 * monocle_kernel_runs:
 * @kernel: a row
 * @formats: what is to be read and written
 * @traits: of a device
 *
 * Returns: whether it is built for these formats, and the device has what that needs
 */
gboolean monocle_kernel_runs (const MonocleKernel *kernel,
                              MonocleVkFormats formats,
                              const MonocleVkTraits *traits);

G_END_DECLS
