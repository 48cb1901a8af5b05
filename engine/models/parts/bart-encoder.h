/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * BART's encoder: image vectors and the tokens of a prompt, together, to states that the decoder
 * attends to. Several prompts about one image are encoded as one batch.
 */
#pragma once

#include "engine/models/parts/bart.h"
#include "engine/nn/graph.h"

G_BEGIN_DECLS

/* What its first layer is given is called so. */
#define MONOCLE_BART_ENCODER_INPUT "encoder_input"

/* image [N, D]; ids U32 [n_prompts, stride]: each row a prompt and then any ids, rows starting on
 * the alignment of tensors; lengths U32 [n_prompts]: N + ids of each prompt; n_rows: at least the
 * largest length, at most N + stride and at most the positions there are. Returns states [n_prompts
 * * n_rows, D], of which the first lengths[i] rows of each prompt count. Can be stopped after every
 * layer. */
MonocleValue monocle_bart_encode (MonocleGraph *graph,
                                  const MonocleBart *self,
                                  MonocleValue image,
                                  MonocleValue ids,
                                  MonocleValue lengths,
                                  guint n_rows);

G_END_DECLS
