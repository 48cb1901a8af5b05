/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions side by side, where an encoder is recorded for their number and length: compiling for
 * as many at once as generation will come to, and the memory that its activations lie in.
 */
#pragma once

#include "engine/vk/compile.h"
#include "engine/vk/memory.h"

G_BEGIN_DECLS

/* For @n questions from @first on. Errors: OUT_OF_MEMORY where they are too many. */
typedef gboolean (*MonocleBatchesCompile) (
    gpointer asking, guint first, guint n, MonocleVkCompileProgress progress, GError **error);

/**
 * monocle_batches_compile:
 * @n_questions: in all
 * @compile: does one batch
 * @asking: what @compile is given
 * @progress: likewise
 * @error: return location
 *
 * Compiles what a device must know for all questions: for the first batch, and for the last one,
 * which may be smaller.
 */
gboolean monocle_batches_compile (guint n_questions,
                                  MonocleBatchesCompile compile,
                                  gpointer asking,
                                  MonocleVkCompileProgress progress,
                                  GError **error);

/**
 * monocle_batches_ensure_buffer:
 * @buffer: (inout): what there was
 * @gpu: where it lies
 * @size: bytes that are wanted
 * @error: return location
 *
 * What many questions took is not kept for few.
 */
gboolean monocle_batches_ensure_buffer (MonocleVkBuffer **buffer,
                                        MonocleVkGpu *gpu,
                                        guint64 size,
                                        GError **error);

G_END_DECLS
