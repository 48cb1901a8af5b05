/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that files keep in few bits: blocks of small integers that share scales, as GGUF has
 * them. A row a kind; read alone. Q8_0 and Q4_1, which devices read as well, are rows of
 * base/format.
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

/* Whether its numbers are steps of four bits on a line, as those of the format Q4 are. */
gboolean monocle_blocks_has_q4 (MonocleDtype dtype);

/**
 * monocle_blocks_to_q4:
 * @dtype: one that has Q4
 * @blocks: whole blocks of it
 * @n: numbers in them
 * @to: (out caller-allocates): blocks of the format Q4
 *
 * The same steps on the same lines; those of Q4_K are products, which are rounded to halves: a
 * scale or a least number is off by 2^-11 of itself at most.
 */
void monocle_blocks_to_q4 (MonocleDtype dtype, const guint8 *blocks, guint64 n, guint8 *to);

G_END_DECLS
