/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/out.h"

#include <errno.h>
#include <stdio.h>

/* Of the first write that failed: the stream knows only that one did. */
static int fault;

static void
note (gboolean written)
{
  if (!written && fault == 0)
    fault = errno;
}

void
monocle_cli_out (const char *format, ...)
{
  g_autofree char *text = NULL, *clean = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  clean = monocle_cli_out_clean (text);
  note (fputs (clean, stdout) != EOF);
}

void
monocle_cli_out_bytes (const void *bytes, gsize n)
{
  note (fwrite (bytes, 1, n, stdout) == n);
}

void
monocle_cli_out_flush (void)
{
  note (fflush (stdout) == 0);
}

int
monocle_cli_out_finish (void)
{
  /* Some file systems say only now that there is no room. */
  note (fflush (stdout) == 0);
  note (fclose (stdout) == 0);
  return fault;
}

/* Controls, line ends that are no line feed, and what turns the text that follows around. */
static gboolean
is_obeyed (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
monocle_cli_out_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (clean, c != '\n' && is_obeyed (c) ? ' ' : c);
    }
  return g_string_free (clean, FALSE);
}

char *
monocle_cli_out_clean_line (const char *text)
{
  return g_strdelimit (monocle_cli_out_clean (text), "\n", ' ');
}
