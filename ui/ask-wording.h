/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words that a task takes: what they are, and what is said of them.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

gboolean monocle_ask_wording_takes (const MonocleTask *task);
/* Whether they are a question in the person's own words. */
gboolean monocle_ask_wording_is_question_task (const MonocleTask *task);
/* Whether @text is one, in the scripts of those who ask. */
gboolean monocle_ask_wording_is_question (const char *text);

/* What a task that takes words wants to be told, translated: in the entry, below it, and when it is
 * asked without. */
const char *monocle_ask_wording_get_placeholder (const MonocleTask *task);
const char *monocle_ask_wording_get_empty (const MonocleTask *task);
const char *monocle_ask_wording_get_missing (const MonocleTask *task);

/* (transfer full): what it does with @words: "Looks for “red car” in the whole picture" */
char *monocle_ask_wording_describe (const MonocleTask *task, const char *words);

G_END_DECLS
