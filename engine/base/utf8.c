/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/utf8.h"

/* Length of the well-formed sequence at the start of @bytes, or 0 with the length of the maximal
 * ill-formed part in @n_bad; @n_bad is 0 where the bytes end too early to tell. Unicode 15, table
 * 3-7. */
static gsize
measure_sequence (const guint8 *bytes, gsize n_bytes, gsize *n_bad)
{
  guint8 lead = bytes[0], low = 0x80, high = 0xbf;
  gsize n;

  *n_bad = 1;
  if (lead < 0x80)
    return 1;
  else if (lead >= 0xc2 && lead <= 0xdf)
    n = 2;
  else if (lead >= 0xe0 && lead <= 0xef)
    n = 3;
  else if (lead >= 0xf0 && lead <= 0xf4)
    n = 4;
  else
    return 0;

  if (lead == 0xe0)
    low = 0xa0;
  else if (lead == 0xed)
    high = 0x9f;
  else if (lead == 0xf0)
    low = 0x90;
  else if (lead == 0xf4)
    high = 0x8f;

  for (gsize i = 1; i < n; i++)
    {
      if (i == n_bytes)
        {
          *n_bad = 0;
          return 0;
        }
      if (bytes[i] < low || bytes[i] > high)
        {
          *n_bad = i;
          return 0;
        }
      low = 0x80;
      high = 0xbf;
    }
  return n;
}

void
monocle_utf8_repair (const guint8 *bytes, gsize n_bytes, GString *out, GArray *origins)
{
  for (gsize i = 0; i < n_bytes;)
    {
      gsize n_bad = 0, n = measure_sequence (bytes + i, n_bytes - i, &n_bad);
      gsize before = out->len;
      gboolean is_valid = n > 0 && bytes[i] != 0;

      if (is_valid)
        {
          g_string_append_len (out, (const char *) bytes + i, (gssize) n);
        }
      else
        {
          g_string_append (out, "\xef\xbf\xbd");
          n = n > 0 ? n : n_bad > 0 ? n_bad : n_bytes - i;
        }
      for (gsize k = before; origins != NULL && k < out->len; k++)
        {
          guint32 origin = (guint32) (i + (is_valid ? k - before : 0));

          g_array_append_val (origins, origin);
        }
      i += n;
    }
}

gsize
monocle_utf8_incomplete_tail (const guint8 *bytes, gsize n_bytes)
{
  for (gsize n = 1; n <= MIN (n_bytes, 3); n++)
    {
      gsize n_bad = 0;

      if ((bytes[n_bytes - n] & 0xc0) == 0x80)
        continue;
      if (measure_sequence (bytes + n_bytes - n, n, &n_bad) == 0 && n_bad == 0)
        return n;
      break;
    }
  return 0;
}

gboolean
monocle_utf8_is_blank (gunichar c)
{
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0
         || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f
         || c == 0x205f || c == 0x3000;
}

void
monocle_utf8_trim (const char *text, gsize *start, gsize *end)
{
  while (*start < *end && monocle_utf8_is_blank (g_utf8_get_char (text + *start)))
    *start = (gsize) (g_utf8_next_char (text + *start) - text);
  while (*start < *end)
    {
      const char *last = g_utf8_prev_char (text + *end);

      if (!monocle_utf8_is_blank (g_utf8_get_char (last)))
        break;
      *end = (gsize) (last - text);
    }
}

char *
monocle_utf8_dup_trimmed (const char *text, gsize n)
{
  gsize start = 0, end = n;

  monocle_utf8_trim (text, &start, &end);
  return g_strndup (text + start, end - start);
}

char *
monocle_utf8_dup_written (const guint8 *bytes, gsize n, gboolean is_whole)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!is_whole)
    n -= monocle_utf8_incomplete_tail (bytes, n);
  monocle_utf8_repair (bytes, n, text, NULL);
  return monocle_utf8_dup_trimmed (text->str, text->len);
}
