/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/kernels.h"

#include "engine/vk/push.h"
#include "shaders-all.h"

#define KERNEL(name, builds, needs, n_storage, n_texel, fields)                                    \
  G_STATIC_ASSERT (sizeof (name##_params) <= 128);
#include "kernels.def"
#undef KERNEL

/* The builds of a row are read by meson. */
const MonocleKernel monocle_kernels[MONOCLE_N_KERNELS] = {
#define KERNEL(id, formats, need, storage, texel, fields)                                          \
  [MONOCLE_KERNEL_##id] = {                                                                        \
    .name = #id,                                                                                   \
    .needs = MONOCLE_VK_NEEDS_##need,                                                              \
    .n_storage = storage,                                                                          \
    .n_texel = texel,                                                                              \
    .push_size = sizeof (id##_params),                                                             \
    .builds = id##_builds,                                                                         \
    .n_builds = G_N_ELEMENTS (id##_builds),                                                        \
  },
#include "kernels.def"
#undef KERNEL
};

char *
monocle_kernels_hash (const MonocleKernel *kernels, guint n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < kernels[i].n_builds; j++)
      g_checksum_update (checksum, (const guchar *) kernels[i].builds[j].spirv,
                         (gssize) kernels[i].builds[j].spirv_size);
  return g_strdup (g_checksum_get_string (checksum));
}

int
monocle_kernel_find_build (const MonocleKernel *kernel, MonocleVkFormats formats)
{
  for (guint i = 0; i < kernel->n_builds; i++)
    if (kernel->builds[i].formats.store == formats.store
        && kernel->builds[i].formats.weight == formats.weight)
      return (int) i;

  return -1;
}

gboolean
monocle_kernel_runs (const MonocleKernel *kernel,
                     MonocleVkFormats formats,
                     const MonocleVkTraits *traits)
{
  const gboolean is_narrow = formats.store == MONOCLE_FORMAT_F16
                             || formats.weight == MONOCLE_FORMAT_F16
                             || monocle_formats[formats.weight].shared_bytes > 0;

  return monocle_kernel_find_build (kernel, formats) >= 0 && (!is_narrow || traits->f16_storage)
         && (!(kernel->needs & MONOCLE_VK_NEEDS_TEXELS) || traits->texels)
         && (!(kernel->needs & MONOCLE_VK_NEEDS_SUMS) || traits->sums)
         && (!(kernel->needs & MONOCLE_VK_NEEDS_ADDRESSES) || traits->addresses)
         && (!(kernel->needs & MONOCLE_VK_NEEDS_COOPERATIVE_MATRIX) || traits->matrix.rows > 0);
}
