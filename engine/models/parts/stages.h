/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stage computed, in a file beside those of the other stages, for comparing with the
 * reference.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* @name: of the file, with its extension. @values: [@dims] */
gboolean monocle_stage_write (const char *directory,
                              const char *name,
                              const guint64 *dims,
                              guint n_dims,
                              const float *values,
                              GError **error);

/* The first @n rows of a tensor, [1, @n, columns]. */
gboolean monocle_stage_write_rows (
    const char *directory, const char *name, const MonocleTensor *tensor, guint n, GError **error);

/* Whether ids that are to be fed are words. Errors: BAD_REQUEST. */
gboolean monocle_stage_check_ids (const guint32 *ids, guint n, guint n_words, GError **error);

/* What the tower of words reads: input_ids.npy, [1, @n] of 64 bits. */
gboolean
monocle_stage_write_ids (const char *directory, const guint32 *ids, guint n, GError **error);

G_END_DECLS
