/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts to tokens.
 */
#include "config.h"

#include "engine/base/utf8.h"
#include "engine/models/clip/private.h"

static gboolean
is_letter_next (const char *p)
{
  return *p && g_unichar_isalpha (g_utf8_get_char (p));
}

/* As Python lowers it: a sigma at the end of a word is another one. */
static void
append_lower (GString *out, gunichar c, gboolean follows_letter, const char *next)
{
  if (c == 0x0130)
    g_string_append (out, "i\xcc\x87");
  else if (c == 0x03A3 && follows_letter && !is_letter_next (next))
    g_string_append_unichar (out, 0x03C2);
  else
    g_string_append_unichar (out, g_unichar_tolower (c));
}

/* What SigLIP was taught on: lower case, no punctuation, single blanks. The tokenizer's own files
 * do not say so. */
static char *
clean (const char *text, gboolean splits_underscores)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean follows_letter = FALSE;

  for (const char *p = text, *next; *p; p = next)
    {
      gunichar c = g_utf8_get_char (p);

      next = g_utf8_next_char (p);
      if (monocle_utf8_is_blank (c) || (c == '_' && splits_underscores))
        {
          if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c (out, ' ');
          follows_letter = FALSE;
        }
      else if (c >= 0x80 || !g_ascii_ispunct ((char) c))
        {
          append_lower (out, c, follows_letter, next);
          follows_letter = g_unichar_isalpha (c);
        }
    }
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static GArray *
tokenize_siglip (const MonocleClip *self, const char *text, guint *pick)
{
  guint n = self->config.text.n_positions;
  guint32 end = (guint32) self->end_id;
  g_autofree char *words = clean (text, self->pad_id != end);
  GArray *ids = monocle_tokenizer_encode (self->tokenizer, words, MONOCLE_SPECIALS_NONE);

  g_array_set_size (ids, MIN (ids->len, n - 1));
  g_array_append_val (ids, end);
  /* There is no mask: what a text is filled up with takes part, and the vector is taken there. */
  while (ids->len < n)
    g_array_append_val (ids, self->pad_id);
  *pick = n - 1;
  return ids;
}

GArray *
monocle_clip_tokenize (gconstpointer owner, const char *text, guint *pick)
{
  const MonocleClip *self = owner;

  if (self->config.is_siglip)
    return tokenize_siglip (self, text, pick);
  return monocle_clip_words_tokenize (self->tokenizer, text, self->config.text.n_positions,
                                      self->config.end_id, pick);
}
