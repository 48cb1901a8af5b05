/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Byte-pair encoding: the characters of a piece, merged as long as there is a merge.
 */
#pragma once

#include "engine/text/token-model.h"

G_BEGIN_DECLS

typedef struct _MonocleBpe MonocleBpe;

extern const MonocleTokenModel monocle_bpe;

/* (transfer full) (nullable): what a merges.txt holds, unless it is too large or another kind of
 * file. Errors: BAD_FILE. */
GBytes *monocle_bpe_read_file (const char *path, GError **error);

/**
 * monocle_bpe_read_text:
 * @self: a tokenizer with its vocabulary
 * @path: a merges.txt
 * @error: return location
 *
 * Errors: BAD_FILE.
 *
 * Returns: (transfer full) (nullable): the model without options
 */
MonocleBpe *monocle_bpe_read_text (const MonocleTokenizer *self, const char *path, GError **error);

G_END_DECLS
