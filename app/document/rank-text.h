/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ranked names as lines of text: for copying, files and terminals.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* (transfer full): "24.6%" */
char *monocle_rank_text_format_score (const MonoclePart *part);

/**
 * monocle_rank_text_format:
 *
 * Returns: (transfer full) (nullable): a line for each rank, the likeliest first, without a line
 *   break at the end; %NULL where nothing was ranked
 */
char *monocle_rank_text_format (const MonocleResult *result);

G_END_DECLS
