/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/debug.h"

static const GDebugKey debug_keys[] = {
  { "validate", MONOCLE_DEBUG_VALIDATE },
  { "sync", MONOCLE_DEBUG_SYNC },
  { "timing", MONOCLE_DEBUG_TIMING },
  { "gpu-kernels", MONOCLE_DEBUG_GPU_KERNELS },
};

gboolean
monocle_debug_has (MonocleDebugFlags flag)
{
  static gsize initialised;
  static guint flags;

  if (g_once_init_enter (&initialised))
    {
      flags = g_parse_debug_string (g_getenv ("MONOCLE_DEBUG"), debug_keys,
                                    G_N_ELEMENTS (debug_keys));
      g_once_init_leave (&initialised, 1);
    }

  return (flags & flag) != 0;
}
