/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What kind of character something is, as the reference tokenizer's tables of Unicode 16 have it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of GUnicodeType: one bit each. */
#define MONOCLE_CHARACTERS_TYPE(type) (1u << (type))
#define MONOCLE_CHARACTERS_LETTERS                                                                 \
  (MONOCLE_CHARACTERS_TYPE (G_UNICODE_UPPERCASE_LETTER)                                            \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_LOWERCASE_LETTER)                                          \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_TITLECASE_LETTER)                                          \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_MODIFIER_LETTER)                                           \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_OTHER_LETTER))
#define MONOCLE_CHARACTERS_NUMBERS                                                                 \
  (MONOCLE_CHARACTERS_TYPE (G_UNICODE_DECIMAL_NUMBER)                                              \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_LETTER_NUMBER)                                             \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_OTHER_NUMBER))
#define MONOCLE_CHARACTERS_MARKS                                                                   \
  (MONOCLE_CHARACTERS_TYPE (G_UNICODE_NON_SPACING_MARK)                                            \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_SPACING_MARK)                                              \
   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_ENCLOSING_MARK))

/**
 * monocle_characters_has_type:
 * @c: a character
 * @types: a set of types
 *
 * Returns: whether the general category of @c is one of @types
 */
gboolean monocle_characters_has_type (gunichar c, guint32 types);

/**
 * monocle_characters_is_space:
 *
 * Returns: whether @c has the Unicode property White_Space
 */
gboolean monocle_characters_is_space (gunichar c);

/**
 * monocle_characters_is_word:
 *
 * Returns: whether `\w` of a regular expression matches @c
 */
gboolean monocle_characters_is_word (gunichar c);

G_END_DECLS
