/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a device computes what it is told to: each operation on small awkward shapes, compared
 * with its plain C. A driver that compiles a kernel wrongly says nothing by itself.
 */
#pragma once

#include "engine/vk/compile.h"

G_BEGIN_DECLS

/**
 * monocle_check_run:
 * @gpu: an open device
 * @f16: whether weights are stored in 16 bits; activations are then stored as models do it there
 * @word_bits: 8 or 4: what can be is tried with weights of so few bits besides; 0: it is not
 * @cancellable: (nullable): looked at before each pipeline
 * @progress: (nullable): as monocle_vk_compile() calls it
 * @user_data: for @progress
 * @fault: (out) (transfer full) (nullable): what the device computes wrongly, in one line; %NULL:
 *   nothing
 * @error: return location for an error
 *
 * Returns: whether it could be tried
 */
gboolean monocle_check_run (MonocleVkGpu *gpu,
                            gboolean f16,
                            guint word_bits,
                            GCancellable *cancellable,
                            MonocleVkCompileProgress progress,
                            gpointer user_data,
                            char **fault,
                            GError **error);

G_END_DECLS
