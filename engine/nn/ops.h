/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All operations, a family a file: each checks its shapes and records one kernel, or a few. Shapes
 * are asserted, since the loader has checked every file against the model's table. Letters: M rows,
 * K inputs, N outputs of a matrix product; T tokens, C channels, H heads, D head width, V
 * vocabulary, W window side, B beams, R requests. Images are [rows, columns, channels].
 *
 * Tensors may have more dimensions than said here, as long as the last ones agree.
 *
 * Formats: activations ("store") are all F32 or all F16 in one model; weights F32 or F16;
 * biases, normalisation parameters and logits F32; ids and tables U32. All channel counts and head
 * widths are multiples of 4.
 */
#pragma once

#include "engine/nn/ops/adamw.h"
#include "engine/nn/ops/attention-back.h"
#include "engine/nn/ops/attention.h"
#include "engine/nn/ops/channel-attention.h"
#include "engine/nn/ops/conv.h"
#include "engine/nn/ops/embed.h"
#include "engine/nn/ops/gate.h"
#include "engine/nn/ops/group-norm.h"
#include "engine/nn/ops/loss.h"
#include "engine/nn/ops/matmul.h"
#include "engine/nn/ops/norm.h"
#include "engine/nn/ops/pool.h"
#include "engine/nn/ops/product-back.h"
#include "engine/nn/ops/rotary.h"
#include "engine/nn/ops/row-back.h"
#include "engine/nn/ops/score-bias.h"
#include "engine/nn/ops/topk.h"
#include "engine/nn/ops/window-attention.h"
