/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * WordPiece: the longest token that fits, again and again.
 */
#pragma once

#include "engine/text/token-model.h"

G_BEGIN_DECLS

extern const MonocleTokenModel monocle_wordpiece;

G_END_DECLS
