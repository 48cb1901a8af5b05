/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/byte-characters.h"

#include <string.h>

/* 256 plus the 68 bytes that have no printable character. */
#define N_CHARACTERS 324

typedef struct
{
  gunichar characters[256];
  gint16 bytes[N_CHARACTERS];
} Alphabet;

static gboolean
stands_for_itself (guint byte)
{
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

static const Alphabet *
get_alphabet (void)
{
  static gsize ready = 0;
  static Alphabet alphabet;

  if (g_once_init_enter (&ready))
    {
      gunichar next = 256;

      memset (alphabet.bytes, -1, sizeof alphabet.bytes);
      for (guint byte = 0; byte < 256; byte++)
        {
          alphabet.characters[byte] = stands_for_itself (byte) ? byte : next++;
          alphabet.bytes[alphabet.characters[byte]] = (gint16) byte;
        }
      g_once_init_leave (&ready, 1);
    }
  return &alphabet;
}

void
monocle_byte_characters_write (const guint8 *bytes, gsize n_bytes, GString *out)
{
  const Alphabet *alphabet = get_alphabet ();

  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_unichar (out, alphabet->characters[bytes[i]]);
}

void
monocle_byte_characters_read (const char *text, GByteArray *out)
{
  const Alphabet *alphabet = get_alphabet ();
  guint start = out->len;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      gint byte = c < N_CHARACTERS ? alphabet->bytes[c] : -1;
      guint8 value = (guint8) byte;

      if (byte < 0)
        {
          g_byte_array_set_size (out, start);
          g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
          return;
        }
      g_byte_array_append (out, &value, 1);
    }
}
