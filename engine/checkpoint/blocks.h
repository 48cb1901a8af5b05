/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that files keep in few bits: blocks of small integers that share scales, as GGUF has
 * them. A row a kind; read alone. Q8_0, which devices read as well, is a row of base/format.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/* Numbers of the largest block. */
#define MONOCLE_BLOCKS_MAX 256

/**
 * monocle_blocks_get_format:
 * @dtype: a type
 *
 * Source: ggml's reference implementation, whose floats these are, to the last bit.
 *
 * Returns: (nullable): how it lies in blocks; %NULL: it does not
 */
const MonocleFormat *monocle_blocks_get_format (MonocleDtype dtype);

G_END_DECLS
