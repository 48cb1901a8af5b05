/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two texts word by word: which words are in both, in the same order, and which in one alone.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleWordSpan:
 * @start, @length: in bytes of its text; words that follow one another with their blanks
 * @differs: it is not in the other text
 */
typedef struct
{
  gsize start, length;
  gboolean differs;
} MonocleWordSpan;

/* Of longer texts the words from here on are taken to differ where their places do. */
#define MONOCLE_WORD_DIFF_MAX_WORDS 1000

/**
 * monocle_word_diff:
 * @left, @right: UTF-8
 * @left_spans, @right_spans: (out) (transfer full) (element-type MonocleWordSpan): together all of
 *   their text, in order
 *
 * The longest common row of words; case and punctuation at the ends of words do not count.
 */
void
monocle_word_diff (const char *left, const char *right, GArray **left_spans, GArray **right_spans);

G_END_DECLS
