/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How teaching is spoken of, the same in its page and in the bars of windows.
 */
#pragma once

#include "app/base/trouble.h"
#include "app/train/tutor.h"

G_BEGIN_DECLS

/* (transfer full): "Step 120 of 300, 2 min left"; how it ended, where it does not run */
char *monocle_train_words_dup_progress (MonocleTutor *tutor);
/* (transfer full): "About 2 min" */
char *monocle_train_words_dup_duration (double seconds);
/* (transfer full): "8 of 12 held-out answers are right" */
char *monocle_train_words_dup_held_out (MonocleTutor *tutor);
/* (transfer full): what failed, for people, while @attempt was made */
char *monocle_train_words_dup_error (MonocleAttempt attempt, const GError *error);

G_END_DECLS
