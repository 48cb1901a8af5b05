/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/charsmap.h"

#include <string.h>

#include "engine/text/characters.h"

/* Longer groups of characters are never looked up as a whole. */
#define MAX_GROUP_BYTES 5
/* The longest text in use has 33 bytes. */
#define MAX_TEXT_BYTES 512

struct _MonocleCharsmap
{
  guint32 *units; /* the double array */
  gsize n_units;
  char *texts; /* NUL after each */
  gsize n_bytes;
};

MonocleCharsmap *
monocle_charsmap_new (const char *base64)
{
  gsize size = 0;
  g_autofree guchar *bytes = g_base64_decode (base64, &size);
  g_autoptr (MonocleCharsmap) self = g_new0 (MonocleCharsmap, 1);
  guint32 n_trie = 0;

  if (size < sizeof n_trie)
    return NULL;
  memcpy (&n_trie, bytes, sizeof n_trie);
  n_trie = GUINT32_FROM_LE (n_trie);
  if (n_trie > size - sizeof n_trie || n_trie % sizeof *self->units != 0 || n_trie == 0)
    return NULL;

  self->n_units = n_trie / sizeof *self->units;
  self->units = g_new (guint32, self->n_units);
  memcpy (self->units, bytes + sizeof n_trie, n_trie);
  for (gsize i = 0; i < self->n_units; i++)
    self->units[i] = GUINT32_FROM_LE (self->units[i]);

  self->n_bytes = size - sizeof n_trie - n_trie;
  self->texts = g_new0 (char, self->n_bytes + 1);
  memcpy (self->texts, bytes + sizeof n_trie + n_trie, self->n_bytes);
  /* NULs are between them: not for g_utf8_validate(). */
  for (gsize i = 0; i <= self->n_bytes; i += strlen (self->texts + i) + 1)
    if (strlen (self->texts + i) > MAX_TEXT_BYTES || !g_utf8_validate (self->texts + i, -1, NULL))
      return NULL;
  return g_steal_pointer (&self);
}

void
monocle_charsmap_free (MonocleCharsmap *self)
{
  if (self == NULL)
    return;
  g_free (self->units);
  g_free (self->texts);
  g_free (self);
}

static gsize
get_offset (guint32 unit)
{
  return (gsize) (unit >> 10) << ((unit & (1u << 9)) >> 6);
}

/* Source: Yata 2012, darts-clone: the layout of a unit. */
static const char *
look_up (const MonocleCharsmap *self, const char *key, gsize n_bytes)
{
  gsize at = get_offset (self->units[0]);

  for (gsize i = 0; i < n_bytes; i++)
    {
      at ^= (guint8) key[i];
      if (at >= self->n_units || (self->units[at] & ((1u << 31) | 0xff)) != (guint8) key[i])
        return NULL;

      gboolean has_leaf = (self->units[at] >> 8 & 1) != 0;
      at ^= get_offset (self->units[at]);
      if (!has_leaf)
        continue;
      if (at >= self->n_units)
        return NULL;
      gsize text = self->units[at] & ~(1u << 31);
      /* Not into the middle of a character. */
      return text <= self->n_bytes && (self->texts[text] & 0xc0) != 0x80 ? self->texts + text
                                                                         : NULL;
    }
  return NULL;
}

/* Format characters that go before what they belong to. */
static gboolean
leads (gunichar c)
{
  return (c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x70f || c == 0x8e2 || c == 0xd4e
         || (c >= 0x890 && c <= 0x891) || c == 0x110bd || c == 0x110cd;
}

static gboolean
is_control (gunichar c)
{
  return c != 0x200c && c != 0x200d && !leads (c) && !(c >= 0xe0020 && c <= 0xe007f)
         && monocle_characters_has_type (
             c, MONOCLE_CHARACTERS_TYPE (G_UNICODE_CONTROL)
                    | MONOCLE_CHARACTERS_TYPE (G_UNICODE_FORMAT)
                    | MONOCLE_CHARACTERS_TYPE (G_UNICODE_LINE_SEPARATOR)
                    | MONOCLE_CHARACTERS_TYPE (G_UNICODE_PARAGRAPH_SEPARATOR));
}

static gboolean
extends (gunichar c)
{
  if (c == 0x200c || c == 0x200d || (c >= 0xff9e && c <= 0xff9f) || (c >= 0x1f3fb && c <= 0x1f3ff)
      || (c >= 0xe0020 && c <= 0xe007f) || c == 0xe33 || c == 0xeb3)
    return TRUE;
  /* Marks of Myanmar and its neighbours that stand for themselves. */
  if (c == 0x102b || c == 0x102c || c == 0x1038 || (c >= 0x1062 && c <= 0x1064)
      || (c >= 0x1067 && c <= 0x106d) || c == 0x1083 || (c >= 0x1087 && c <= 0x108c) || c == 0x108f
      || (c >= 0x109a && c <= 0x109c) || c == 0x1a61 || c == 0x1a63 || c == 0x1a64 || c == 0xaa7b
      || c == 0xaa7d)
    return FALSE;
  return monocle_characters_has_type (c, MONOCLE_CHARACTERS_MARKS);
}

/* Length of the grapheme cluster at @text, as far as those of a few bytes go: a character and its
 * marks, CR LF. Flags, families and syllables of jamo are longer than what is looked up. */
static gsize
measure_group (const char *text)
{
  const char *at = text;
  gunichar c = g_utf8_get_char (at);

  if (c == '\r')
    return text[1] == '\n' ? 2 : 1;
  for (at = g_utf8_next_char (at); leads (c) && *at != '\0'; at = g_utf8_next_char (at))
    {
      c = g_utf8_get_char (at);
      if (is_control (c))
        return (gsize) (at - text);
    }
  while (!is_control (c) && *at != '\0' && extends (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  return (gsize) (at - text);
}

char *
monocle_charsmap_apply (const MonocleCharsmap *self, const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  while (*text != '\0')
    {
      gsize n = measure_group (text);
      const char *found = n <= MAX_GROUP_BYTES ? look_up (self, text, n) : NULL;

      if (found != NULL)
        {
          g_string_append (out, found);
          text += n;
          continue;
        }
      for (const char *end = text + n; text < end; text = g_utf8_next_char (text))
        {
          gsize length = (gsize) (g_utf8_next_char (text) - text);
          const char *alone = look_up (self, text, length);

          g_string_append_len (out, alone != NULL ? alone : text,
                               alone != NULL ? -1 : (gssize) length);
        }
    }
  return g_string_free (out, FALSE);
}
