/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows in memory of their own, so that nothing that is computed next changes them.
 */
#pragma once

#include "engine/nn/tensor.h"
#include "engine/vk/gpu.h"

G_BEGIN_DECLS

/* Puts @rows at the beginning of memory of their size. @buffer: (out) (transfer full): that */
gboolean monocle_rows_alloc (MonocleTensor *rows,
                             MonocleVkGpu *gpu,
                             const char *name,
                             MonocleVkBuffer **buffer,
                             GError **error);
/* Copies @rows to @to, behind so many bytes. */
gboolean monocle_rows_copy (const MonocleTensor *rows,
                            MonocleVkGpu *gpu,
                            const char *name,
                            MonocleVkBuffer *to,
                            guint64 behind,
                            GError **error);

G_END_DECLS
