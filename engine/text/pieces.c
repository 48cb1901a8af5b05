/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/pieces.h"

#include <string.h>

#include "engine/text/characters.h"

typedef enum
{
  CLASS_SPACE,
  CLASS_LETTER,
  CLASS_NUMBER,
  CLASS_OTHER,
} Class;

static Class
classify (gunichar c)
{
  if (monocle_characters_is_space (c))
    return CLASS_SPACE;
  if (monocle_characters_has_type (c, MONOCLE_CHARACTERS_LETTERS))
    return CLASS_LETTER;
  return monocle_characters_has_type (c, MONOCLE_CHARACTERS_NUMBERS) ? CLASS_NUMBER : CLASS_OTHER;
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
