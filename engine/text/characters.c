/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/characters.h"

#define LETTER G_UNICODE_OTHER_LETTER
#define NUMBER G_UNICODE_DECIMAL_NUMBER

typedef struct
{
  gunichar first, last;
  GUnicodeType type;
} Range;

/* Letters and numbers of Unicode 15.1 and 16, which the reference tokenizer knows and an older GLib
 * does not. Looked up only for characters that GLib takes for unassigned. */
static const Range recent[] = {
  { 0x1c89, 0x1c8a, LETTER },   { 0xa7cb, 0xa7cd, LETTER },   { 0xa7da, 0xa7dc, LETTER },
  { 0x105c0, 0x105f3, LETTER }, { 0x10d40, 0x10d49, NUMBER }, { 0x10d4a, 0x10d65, LETTER },
  { 0x10d6f, 0x10d85, LETTER }, { 0x10ec2, 0x10ec4, LETTER }, { 0x11380, 0x11389, LETTER },
  { 0x1138b, 0x1138b, LETTER }, { 0x1138e, 0x1138e, LETTER }, { 0x11390, 0x113b5, LETTER },
  { 0x113b7, 0x113b7, LETTER }, { 0x113d1, 0x113d1, LETTER }, { 0x113d3, 0x113d3, LETTER },
  { 0x116d0, 0x116e3, NUMBER }, { 0x11bc0, 0x11be0, LETTER }, { 0x11bf0, 0x11bf9, NUMBER },
  { 0x13460, 0x143fa, LETTER }, { 0x16100, 0x1611d, LETTER }, { 0x16130, 0x16139, NUMBER },
  { 0x16d40, 0x16d6c, LETTER }, { 0x16d70, 0x16d79, NUMBER }, { 0x18cff, 0x18cff, LETTER },
  { 0x1ccf0, 0x1ccf9, NUMBER }, { 0x1e5d0, 0x1e5ed, LETTER }, { 0x1e5f0, 0x1e5f0, LETTER },
  { 0x1e5f1, 0x1e5fa, NUMBER }, { 0x2ebf0, 0x2ee5d, LETTER },
};

static GUnicodeType
get_type (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (type != G_UNICODE_UNASSIGNED)
    return type;
  for (gsize i = 0; i < G_N_ELEMENTS (recent); i++)
    if (c >= recent[i].first && c <= recent[i].last)
      return recent[i].type;
  return type;
}

gboolean
monocle_characters_has_type (gunichar c, guint32 types)
{
  return (MONOCLE_CHARACTERS_TYPE (get_type (c)) & types) != 0;
}

gboolean
monocle_characters_is_space (gunichar c)
{
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680
         || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f
         || c == 0x3000;
}

gboolean
monocle_characters_is_word (gunichar c)
{
  /* The letters of circles and squares are alphabetic without being letters. */
  if ((c >= 0x24b6 && c <= 0x24e9) || (c >= 0x1f130 && c <= 0x1f149)
      || (c >= 0x1f150 && c <= 0x1f169) || (c >= 0x1f170 && c <= 0x1f189))
    return TRUE;
  return monocle_characters_has_type (
      c, MONOCLE_CHARACTERS_LETTERS | MONOCLE_CHARACTERS_MARKS
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_DECIMAL_NUMBER)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_LETTER_NUMBER)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_CONNECT_PUNCTUATION));
}
