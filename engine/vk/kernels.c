/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/kernels.h"

#include "shaders-all.h"

#define KERNEL(name, n_storage, n_texel, fields) G_STATIC_ASSERT (sizeof (name##_params) <= 128);
#include "kernels.def"
#undef KERNEL

const MonocleKernel monocle_kernels[MONOCLE_N_KERNELS] = {
#define KERNEL(id, storage, texel, fields)                                                         \
  [MONOCLE_KERNEL_##id] = {                                                                        \
    .name = #id,                                                                                   \
    .n_storage = storage,                                                                          \
    .n_texel = texel,                                                                              \
    .push_size = sizeof (id##_params),                                                             \
    .spirv = { id##_f32, id##_mixed, id##_f16 },                                                   \
    .spirv_size = { sizeof id##_f32, sizeof id##_mixed, sizeof id##_f16 },                         \
  },
#include "kernels.def"
#undef KERNEL
};
