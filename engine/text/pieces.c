/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/pieces.h"

#include <string.h>

typedef enum
{
  CLASS_SPACE,
  CLASS_LETTER,
  CLASS_NUMBER,
  CLASS_OTHER,
} Class;

typedef struct
{
  gunichar first, last;
  Class class;
} Range;

/* Letters and numbers of Unicode 15.1 and 16, which the reference tokenizer knows and an older GLib
 * does not. Looked up only for characters that GLib takes for unassigned. */
static const Range recent[] = {
  { 0x1c89, 0x1c8a, CLASS_LETTER },   { 0xa7cb, 0xa7cd, CLASS_LETTER },
  { 0xa7da, 0xa7dc, CLASS_LETTER },   { 0x105c0, 0x105f3, CLASS_LETTER },
  { 0x10d40, 0x10d49, CLASS_NUMBER }, { 0x10d4a, 0x10d65, CLASS_LETTER },
  { 0x10d6f, 0x10d85, CLASS_LETTER }, { 0x10ec2, 0x10ec4, CLASS_LETTER },
  { 0x11380, 0x11389, CLASS_LETTER }, { 0x1138b, 0x1138b, CLASS_LETTER },
  { 0x1138e, 0x1138e, CLASS_LETTER }, { 0x11390, 0x113b5, CLASS_LETTER },
  { 0x113b7, 0x113b7, CLASS_LETTER }, { 0x113d1, 0x113d1, CLASS_LETTER },
  { 0x113d3, 0x113d3, CLASS_LETTER }, { 0x116d0, 0x116e3, CLASS_NUMBER },
  { 0x11bc0, 0x11be0, CLASS_LETTER }, { 0x11bf0, 0x11bf9, CLASS_NUMBER },
  { 0x13460, 0x143fa, CLASS_LETTER }, { 0x16100, 0x1611d, CLASS_LETTER },
  { 0x16130, 0x16139, CLASS_NUMBER }, { 0x16d40, 0x16d6c, CLASS_LETTER },
  { 0x16d70, 0x16d79, CLASS_NUMBER }, { 0x18cff, 0x18cff, CLASS_LETTER },
  { 0x1ccf0, 0x1ccf9, CLASS_NUMBER }, { 0x1e5d0, 0x1e5ed, CLASS_LETTER },
  { 0x1e5f0, 0x1e5f0, CLASS_LETTER }, { 0x1e5f1, 0x1e5fa, CLASS_NUMBER },
  { 0x2ebf0, 0x2ee5d, CLASS_LETTER },
};

gboolean
monocle_pieces_is_space (gunichar c)
{
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680
         || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f
         || c == 0x3000;
}

static Class
classify_unassigned (gunichar c)
{
  for (gsize i = 0; i < G_N_ELEMENTS (recent); i++)
    if (c >= recent[i].first && c <= recent[i].last)
      return recent[i].class;
  return CLASS_OTHER;
}

static Class
classify (gunichar c)
{
  if (monocle_pieces_is_space (c))
    return CLASS_SPACE;

  GUnicodeType type = g_unichar_type (c);
  if (type == G_UNICODE_UPPERCASE_LETTER || type == G_UNICODE_LOWERCASE_LETTER
      || type == G_UNICODE_TITLECASE_LETTER || type == G_UNICODE_MODIFIER_LETTER
      || type == G_UNICODE_OTHER_LETTER)
    return CLASS_LETTER;
  if (type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER
      || type == G_UNICODE_OTHER_NUMBER)
    return CLASS_NUMBER;
  if (type == G_UNICODE_UNASSIGNED)
    return classify_unassigned (c);
  return CLASS_OTHER;
}

static gsize
measure_contraction (const char *text, gsize n_bytes)
{
  static const char *const endings[] = { "'s", "'t", "'re", "'ve", "'m", "'ll", "'d" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize length = strlen (endings[i]);

      if (length <= n_bytes && memcmp (text, endings[i], length) == 0)
        return length;
    }
  return 0;
}

/* Length of the run of characters of one class from @start on. @last is where its last character
 * begins. */
static gsize
measure_run (const char *text, gsize n_bytes, gsize start, Class class, gsize *last)
{
  gsize i = start;

  while (i < n_bytes && classify (g_utf8_get_char (text + i)) == class)
    {
      *last = i;
      i = (gsize) (g_utf8_next_char (text + i) - text);
    }
  return i - start;
}

gsize
monocle_pieces_next (const char *text, gsize n_bytes)
{
  gsize length = measure_contraction (text, n_bytes), last = 0;

  if (length > 0)
    return length;

  /* One blank may lead a run of anything but white space. */
  gsize lead = text[0] == ' ' && n_bytes > 1 ? 1 : 0;
  Class class = classify (g_utf8_get_char (text + lead));
  if (class != CLASS_SPACE)
    return lead + measure_run (text, n_bytes, lead, class, &last);

  /* White space: all of it at the end of the text, else all but the last character, which may lead
   * the next piece; a single one stands alone. */
  length = measure_run (text, n_bytes, 0, CLASS_SPACE, &last);
  return length == n_bytes || last == 0 ? length : last;
}
