/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's debug switches: the words of the environment variable MONOCLE_DEBUG, and the only
 * place that reads it. `engine/README.md` lists them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleDebugFlags:
 * @MONOCLE_DEBUG_VALIDATE: enable the Khronos validation layer
 * @MONOCLE_DEBUG_SYNC: and its synchronisation validation
 * @MONOCLE_DEBUG_TIMING: time every kernel with timestamp queries and log a table per submission
 * @MONOCLE_DEBUG_GPU_KERNELS: use the GPU-shaped kernels on a CPU device too (slow; for the tests)
 */
typedef enum
{
  MONOCLE_DEBUG_VALIDATE = 1 << 0,
  MONOCLE_DEBUG_SYNC = 1 << 1,
  MONOCLE_DEBUG_TIMING = 1 << 2,
  MONOCLE_DEBUG_GPU_KERNELS = 1 << 3,
} MonocleDebugFlags;

gboolean monocle_debug_has (MonocleDebugFlags flag);

G_END_DECLS
