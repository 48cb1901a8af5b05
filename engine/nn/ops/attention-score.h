/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all kinds of softmax attention share.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Queries that one invocation of a block kernel takes at once. */
guint monocle_op_attention_get_block_queries (guint head_width);

/* @width^-1/2. */
float monocle_op_attention_get_scale (guint width);

/* Softmax over n scores, in place. */
void monocle_reference_softmax (double *scores, guint n);

G_END_DECLS
