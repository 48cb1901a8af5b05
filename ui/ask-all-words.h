/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a question about many pictures is said: what is asked, how far it is, how it ended.
 */
#pragma once

#include "app/batch/ask-all.h"

G_BEGIN_DECLS

/* (transfer full): "Find by Name: red car" */
char *monocle_ask_all_dup_question (const MonocleAskPlan *plan);
/* (transfer full): in one line: "12 of 200, 3.2 a second, 2 min left", "12 of 200, paused", "198
 * answered, 2 failed" */
char *monocle_ask_all_dup_progress (MonocleAskAll *self);
/* 0 to 1. */
double monocle_ask_all_get_fraction (MonocleAskAll *self);

G_END_DECLS
