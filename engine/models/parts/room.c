/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/room.h"

#include "engine/base/error.h"
#include "engine/vk/budget.h"

#define MIB (1 << 20)

gboolean
monocle_room_check (
    MonocleVkGpu *gpu, const char *directory, guint64 weights, guint64 activations, GError **error)
{
  guint64 available = monocle_vk_budget_get_available_bytes (gpu);

  if (weights + activations <= available)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "%s: the model takes %.1f MiB (weights %.1f, activations %.1f), but %s has only "
               "%.1f MiB left",
               directory, (double) (weights + activations) / MIB, (double) weights / MIB,
               (double) activations / MIB, gpu->info.name, (double) available / MIB);
  return FALSE;
}

gboolean
monocle_room_check_piece (MonocleVkGpu *gpu,
                          const char *directory,
                          guint width,
                          guint height,
                          guint64 largest,
                          GError **error)
{
  guint64 limit = gpu->traits.max_binding_bytes;

  if (largest <= limit)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "%s: images of %u x %u pixels need %.1f MiB in one piece, %s allows %.1f MiB",
               directory, width, height, (double) largest / MIB, gpu->info.name,
               (double) limit / MIB);
  return FALSE;
}
