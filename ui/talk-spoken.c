/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-spoken.h"

#include <string.h>

/* (nullable): behind the last sentence of @text */
static const char *
find_end (const char *text)
{
  const char *end = NULL;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);
      const char *next = g_utf8_next_char (at);

      if (c == '\n' || c == 0x3002 || ((c == '.' || c == '!' || c == '?') && *next == ' '))
        end = next;
    }
  return end;
}

char *
monocle_talk_spoken_take (MonocleSaid *said, gsize *n_spoken)
{
  const char *answer = monocle_said_get_answer (said);
  const char *from = answer + MIN (*n_spoken, strlen (answer));
  const char *end = monocle_said_get_state (said) == MONOCLE_SAID_WHOLE ? answer + strlen (answer)
                                                                        : find_end (from);

  if (!end || end <= from)
    return NULL;
  *n_spoken = (gsize) (end - answer);
  return g_strndup (from, (gsize) (end - from));
}
