/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cuts text into the pieces that byte-level BPE merges one by one: GPT-2's pre-tokenisation as a
 * scanner, since a backtracking regular expression is slow and deep on long input.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_pieces_next:
 * @text: valid UTF-8
 * @n_bytes: its length, at least 1
 *
 * Returns: length in bytes of the first piece of @text, at least 1
 *
 * Source: Radford et al. 2019, encoder.py: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
 * ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 */
gsize monocle_pieces_next (const char *text, gsize n_bytes);

G_END_DECLS
