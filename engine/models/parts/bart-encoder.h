/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's encoder: image vectors and the tokens of a prompt, together, to states that the decoder
 * attends to. Several prompts about one image are encoded as one batch.
 */
#pragma once

#include "engine/models/parts/bart.h"
#include "engine/nn/arena.h"

G_BEGIN_DECLS

/* Records the encoder. image [N, D]; ids U32 [n_prompts, stride]: each row a prompt and then any
 * ids, rows starting on the alignment of tensors; lengths U32 [n_prompts]: N + ids of each prompt;
 * n_rows: at least the largest length, at most N + stride and at most the positions there are.
 * Returns states [n_prompts, n_rows, D], allocated in the arena, of which the first lengths[i] rows
 * of each prompt count. */
MonocleTensor monocle_bart_encoder_record (MonocleBart *self,
                                           MonocleCommands *commands,
                                           MonocleArena *arena,
                                           const MonocleTensor *image,
                                           const MonocleTensor *ids,
                                           const MonocleTensor *lengths,
                                           guint n_rows);

G_END_DECLS
