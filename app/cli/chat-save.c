/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include <string.h>

#include "app/base/output.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/json/fields.h"
#include "app/json/said.h"
#include "app/json/text.h"

void
monocle_cli_chat_describe_turn (const MonocleCliChat *self, guint index, JsonBuilder *builder)
{
  g_autoptr (MonocleSaid) said = monocle_cli_chat_get_turn (self, index);

  json_builder_begin_object (builder);
  monocle_json_add_integer (builder, "turn", index + 1);
  monocle_said_json_add (builder, said);
  json_builder_end_object (builder);
}

/* --- a file ------------------------------------------------------------------------------- */

static char *
write_json (const MonocleCliChat *self, guint n_turns)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "turns");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_turns; i++)
    monocle_cli_chat_describe_turn (self, i, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = monocle_json_text (root);
  return g_strconcat (text, "\n", NULL);
}

static char *
write_text (const MonocleCliChat *self, guint n_turns)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_turns; i++)
    {
      g_autoptr (MonocleSaid) said = monocle_cli_chat_get_turn (self, i);
      const MonocleSaidQuestion *question = monocle_said_get_question (said);

      for (guint k = 0; k < question->n_shown; k++)
        {
          const MonocleSaidShown *shown = &question->shown[k];
          g_autofree char *name = g_filename_display_name (shown->path);

          g_string_append_printf (text, "[%s", name);
          if (shown->is_region)
            g_string_append_printf (text, " %.0f,%.0f,%.0f,%.0f", (double) shown->region.x1,
                                    (double) shown->region.y1, (double) shown->region.x2,
                                    (double) shown->region.y2);
          g_string_append (text, "]\n");
        }
      g_string_append_printf (text, "> %s\n%s\n\n", question->text, monocle_said_get_answer (said));
    }
  /* Whoever looks at it does so at a terminal. */
  return monocle_cli_out_clean (text->str);
}

MonocleCliStatus
monocle_cli_chat_save (MonocleCliChat *self, const char *path)
{
  guint n_turns = monocle_cli_chat_get_n_turns (self);
  g_autofree char *input = monocle_output_find_input (self->inputs, path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (input)
    return monocle_cli_chat_complain (self, _ ("%s is one of the files that are read"), path);
  text = g_str_has_suffix (path, ".json") ? write_json (self, n_turns) : write_text (self, n_turns);
  if (!monocle_output_write (path, text, strlen (text), &error))
    return monocle_cli_chat_complain (self, "%s: %s", path, error->message);
  return MONOCLE_CLI_DONE;
}
