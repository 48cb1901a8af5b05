/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer in words: selectable, scrolls when it is long; while it arrives the newest words fade
 * in.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_ANSWER_WORDS (monocle_answer_words_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAnswerWords, monocle_answer_words, MONOCLE, ANSWER_WORDS, AdwBin)

GtkWidget *monocle_answer_words_new (void);
/**
 * monocle_answer_words_set:
 * @text: the answer so far
 * @arrives: more may follow: what is new since the last call fades in
 */
void monocle_answer_words_set (MonocleAnswerWords *self, const char *text, gboolean arrives);

G_END_DECLS
