/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes that tokens stand for, made into valid text; and the few character classes of the answer
 * grammars. Used by tokenizer and parse.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_utf8_repair:
 * @bytes: (array length=n_bytes): any bytes
 * @n_bytes: how many
 * @out: gets the text appended
 * @origins: (nullable) (element-type guint32): gets, for each byte appended to @out, the index in
 *   @bytes that it comes from
 *
 * Appends @bytes as UTF-8; each maximal part of an ill-formed sequence becomes one U+FFFD, a NUL
 * byte becomes U+FFFD too, since the text is a C string.
 *
 * Source: Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts".
 */
void monocle_utf8_repair (const guint8 *bytes, gsize n_bytes, GString *out, GArray *origins);

/**
 * monocle_utf8_incomplete_tail:
 *
 * Returns: how many bytes at the end of @bytes begin a character that more bytes could complete,
 * 0..3
 */
gsize monocle_utf8_incomplete_tail (const guint8 *bytes, gsize n_bytes);

/**
 * monocle_utf8_is_blank:
 *
 * Returns: whether Python's str.isspace() holds: White_Space, or a separator U+001C..U+001F
 */
gboolean monocle_utf8_is_blank (gunichar c);

/**
 * monocle_utf8_trim:
 * @text: valid UTF-8
 * @start: (inout): first byte of a range of @text
 * @end: (inout): byte after the range
 *
 * Moves both ends inwards past blanks.
 */
void monocle_utf8_trim (const char *text, gsize *start, gsize *end);

/* (transfer full): the first @n bytes of @text, which is valid, without blanks around it */
char *monocle_utf8_dup_trimmed (const char *text, gsize n);

/**
 * monocle_utf8_dup_written:
 * @bytes: (array length=n): what was written of a text
 * @n: how many
 * @is_whole: whether no more come; else a character that has only begun is left out
 *
 * Returns: (transfer full): valid UTF-8, repaired as monocle_utf8_repair() does, without blanks
 *   around it
 */
char *monocle_utf8_dup_written (const guint8 *bytes, gsize n, gboolean is_whole);

G_END_DECLS
