/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The patterns of a tokenizer.json: a text, or a regular expression. Expressions are those of
 * tokenizers: alternatives, groups, classes, repetition, one character looked ahead. They are
 * matched by walking all alternatives at once, so that no expression of a stranger backtracks; the
 * first alternative wins, as in the reference, and classes are those of characters.h.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _MonoclePattern MonoclePattern;

/**
 * monocle_pattern_new:
 * @expression: a regular expression; UTF-8
 * @problem: (out) (transfer full): why it cannot be used, for an error message
 *
 * Returns: (transfer full) (nullable): the pattern, or %NULL with @problem set
 */
MonoclePattern *monocle_pattern_new (const char *expression, char **problem);

/**
 * monocle_pattern_new_text:
 * @text: what to look for, not empty
 *
 * Returns: (transfer full): a pattern that matches just @text
 */
MonoclePattern *monocle_pattern_new_text (const char *text);
void monocle_pattern_free (MonoclePattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePattern, monocle_pattern_free)

/**
 * monocle_pattern_read:
 * @part: a part of a tokenizer.json with a `"pattern"`: `{"String": …}` or `{"Regex": …}`
 * @path: the file in errors
 * @error: return location
 *
 * Errors: BAD_FILE for another shape; UNSUPPORTED_MODEL for an expression that cannot be used.
 *
 * Returns: (transfer full) (nullable): the pattern
 */
MonoclePattern *monocle_pattern_read (JsonObject *part, const char *path, GError **error);

/**
 * MonoclePatternVisit:
 * @text: a match, or what lies between two
 * @n_bytes: its length, at least 1
 * @is_match: which of the two
 */
typedef void (*MonoclePatternVisit) (const char *text,
                                     gsize n_bytes,
                                     gboolean is_match,
                                     gpointer user_data);

/**
 * monocle_pattern_split:
 * @self: a pattern
 * @text: valid UTF-8
 * @n_bytes: its length
 * @visit: (scope call): called for each part in order
 * @user_data: for @visit
 *
 * Finds all matches that do not overlap, the leftmost first. An expression that looks far ahead
 * again and again is given up after a number of steps that grows with @n_bytes; what is left then
 * is no match.
 */
void monocle_pattern_split (const MonoclePattern *self,
                            const char *text,
                            gsize n_bytes,
                            MonoclePatternVisit visit,
                            gpointer user_data);

/**
 * monocle_pattern_replace:
 * @self: a pattern
 * @text: valid UTF-8
 * @n_bytes: its length
 * @content: what comes in place of each match
 * @limit: bytes; what is longer grows no further, and loses its end
 *
 * Returns: (transfer full): @text with its matches replaced
 */
char *monocle_pattern_replace (
    const MonoclePattern *self, const char *text, gsize n_bytes, const char *content, gsize limit);

G_END_DECLS
