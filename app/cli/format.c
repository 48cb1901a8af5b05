/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/format.h"

#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/out.h"
#include "app/json/text.h"

gboolean
monocle_cli_format_read (const char *verb, const char *name, gboolean *json)
{
  *json = name && strcmp (name, "json") == 0;
  if (!name || *json || strcmp (name, "text") == 0)
    return TRUE;
  monocle_cli_refuse (verb, _ ("--format is text or json"));
  return FALSE;
}

void
monocle_cli_format_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = monocle_json_text (root);

  monocle_cli_out ("%s\n", line);
}

void
monocle_cli_format_add_counts (JsonBuilder *builder, const MonocleCliCount *counts, guint n_counts)
{
  json_builder_begin_object (builder);
  for (guint i = 0; i < n_counts; i++)
    {
      json_builder_set_member_name (builder, counts[i].key);
      json_builder_add_int_value (builder, counts[i].n);
    }
  json_builder_end_object (builder);
}
