/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli-format.h"

#include <stdio.h>
#include <string.h>

#include "app/json-text.h"

gboolean
monocle_cli_format_find (const char *name, gboolean *json)
{
  *json = name && strcmp (name, "json") == 0;
  return !name || *json || strcmp (name, "text") == 0;
}

void
monocle_cli_format_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = monocle_json_text (root);

  puts (line);
}

char *
monocle_cli_format_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (clean, c != '\n' && g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_string_free (clean, FALSE);
}
