/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernels: one id, one push-constant struct and one row of embedded SPIR-V for each line of
 * kernels.def.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleStorage:
 * @MONOCLE_STORAGE_F32: weights and activations in 32-bit floats
 * @MONOCLE_STORAGE_MIXED: weights in 16-bit floats, activations in 32-bit floats
 * @MONOCLE_STORAGE_F16: weights and activations in 16-bit floats
 *
 * What a kernel reads and writes. Arithmetic is always in 32-bit floats; biases, normalisation
 * parameters and logits are always stored in 32-bit floats.
 */
typedef enum
{
  MONOCLE_STORAGE_F32,
  MONOCLE_STORAGE_MIXED,
  MONOCLE_STORAGE_F16,
  MONOCLE_N_STORAGES,
} MonocleStorage;

typedef guint32 uint;
#define KERNEL(name, n_storage, n_texel, fields)                                                   \
  typedef struct                                                                                   \
  {                                                                                                \
    fields                                                                                         \
  } name##_params;
#include "kernels.def"
#undef KERNEL

typedef enum
{
#define KERNEL(name, n_storage, n_texel, fields) MONOCLE_KERNEL_##name,
#include "kernels.def"
#undef KERNEL
  MONOCLE_N_KERNELS,
} MonocleKernelId;

typedef struct
{
  const char *name;
  guint n_storage;
  guint n_texel;
  guint push_size;
  const guint32 *spirv[MONOCLE_N_STORAGES];
  gsize spirv_size[MONOCLE_N_STORAGES];
} MonocleKernel;

extern const MonocleKernel monocle_kernels[MONOCLE_N_KERNELS];

G_END_DECLS
