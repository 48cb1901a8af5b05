/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/room.h"

#include "engine/base/error.h"

#define MIB (1 << 20)

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
