/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers while words are typed, from models that give them in no time: what was found for "ca"
 * gives way to what is found for "cat". What is there when the person presses Return, or works
 * with it, stays like any other answer.
 */
#pragma once

#include "ui/ask-panel.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_LIVE_ASK (monocle_live_ask_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLiveAsk, monocle_live_ask, MONOCLE, LIVE_ASK, GObject)

/**
 * monocle_live_ask_new:
 * @panel: where words are typed
 * @presentation: what they are about
 *
 * Owns neither; whoever owns all three lets go of this first.
 */
MonocleLiveAsk *monocle_live_ask_new (MonocleAskPanel *panel, MonoclePresentation *presentation);
void monocle_live_ask_set_runner (MonocleLiveAsk *self, MonocleRunner *runner); /* (nullable) */

/**
 * monocle_live_ask_settle:
 * @query: what the person asks now
 *
 * Returns: whether the answer to that is there already, and stays
 */
gboolean monocle_live_ask_settle (MonocleLiveAsk *self, MonocleQuery *query);

G_END_DECLS
