/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How alike two texts are: character errors, words, equal answers. Knows nothing of images.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_EVAL_TEXT_MAX_BYTES:
 *
 * Longer texts are not compared; those that read annotations refuse them.
 */
#define MONOCLE_EVAL_TEXT_MAX_BYTES 20000

/**
 * monocle_eval_text_squeeze:
 * @text: UTF-8
 *
 * Returns: (transfer full): @text with composed characters (NFC) and one blank where there were
 *   blanks or line breaks, none at the ends
 */
char *monocle_eval_text_squeeze (const char *text);

/**
 * monocle_eval_text_get_distance:
 * @text: UTF-8
 * @truth: UTF-8
 *
 * Returns: the fewest characters (code points) to insert, delete or replace that make @truth of
 *   @text
 *
 * Source: Levenshtein 1966.
 */
guint monocle_eval_text_get_distance (const char *text, const char *truth);

/**
 * monocle_eval_text_fold:
 * @text: UTF-8
 *
 * Returns: (transfer full): the words of @text, one blank between them and none at the ends: folded
 *   to one case, punctuation as blanks unless it stands inside a word or a number
 */
char *monocle_eval_text_fold (const char *text);

/**
 * monocle_eval_text_is_answer:
 * @text: what was answered
 * @answers: (array zero-terminated=1): what is right
 *
 * Returns: whether @text is one of @answers, case, blanks and punctuation aside
 */
gboolean monocle_eval_text_is_answer (const char *text, const char *const *answers);

/**
 * monocle_eval_text_get_f1:
 * @text: what was written
 * @truth: what a person wrote
 *
 * Returns: harmonic mean of the share of words of @text that are in @truth, and the reverse
 */
double monocle_eval_text_get_f1 (const char *text, const char *truth);

/**
 * monocle_eval_text_contains:
 * @folded: from monocle_eval_text_fold()
 * @phrase: UTF-8
 *
 * Returns: whether the words of @phrase stand in @folded one after the other; where the script
 *   puts no blanks between words, whether its characters do
 */
gboolean monocle_eval_text_contains (const char *folded, const char *phrase);

G_END_DECLS
