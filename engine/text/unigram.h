/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unigram language model: of all ways to cut a piece into tokens the most probable one.
 */
#pragma once

#include "engine/text/token-model.h"

G_BEGIN_DECLS

extern const MonocleTokenModel monocle_unigram;

G_END_DECLS
