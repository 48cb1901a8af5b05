/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/room.h"

#include "engine/base/error.h"
#include "engine/vk/memory.h"

gboolean
monocle_room_check (MonocleVkGpu *gpu,
                    const char *directory,
                    guint64 weights,
                    guint64 activations,
                    guint64 largest,
                    GError **error)
{
  const double mib = 1 << 20;
  guint64 available = monocle_vk_gpu_get_available_bytes (gpu);
  guint64 limit = gpu->traits.max_binding_bytes;

  if (largest > limit)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "%s: the model's pictures need %.1f MiB in one piece, %s allows %.1f MiB",
                 directory, (double) largest / mib, gpu->info.name, (double) limit / mib);
  else if (weights + activations > available)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "%s: the model takes %.1f MiB (weights %.1f, activations %.1f), but %s has only "
                 "%.1f MiB left",
                 directory, (double) (weights + activations) / mib, (double) weights / mib,
                 (double) activations / mib, gpu->info.name, (double) available / mib);
  else
    return TRUE;
  return FALSE;
}
