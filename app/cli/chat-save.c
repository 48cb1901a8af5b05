/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include <string.h>

#include "app/base/output.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/json/answer.h"
#include "app/json/text.h"

static void
add_int (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
add_ms (JsonBuilder *builder, const char *key, double ms)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_double_value (builder, ms);
}

static void
add_shown (const MonocleCliChat *self, const MonocleShown *shown, JsonBuilder *builder)
{
  const float sides[] = { shown->region.x1, shown->region.y1, shown->region.x2, shown->region.y2 };

  json_builder_begin_object (builder);
  monocle_cli_format_add_path (builder, g_hash_table_lookup (self->paths, shown->image));
  add_int (builder, "width", monocle_image_get_width (shown->image));
  add_int (builder, "height", monocle_image_get_height (shown->image));
  if (shown->is_region)
    {
      json_builder_set_member_name (builder, "region");
      json_builder_begin_array (builder);
      for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
        json_builder_add_double_value (builder, (double) sides[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
add_tokens (const MonocleCliChat *self, const MonocleReply *reply, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_object (builder);
  add_int (builder, "kept", reply->n_kept);
  add_int (builder, "read", reply->n_read);
  add_int (builder, "written", reply->n_written);
  add_int (builder, "used", reply->n_kept + reply->n_read + reply->n_written);
  add_int (builder, "context", monocle_conversation_get_n_places (self->conversation));
  json_builder_end_object (builder);
  add_int (builder, "forgotten_turns", reply->n_forgotten);
  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  add_ms (builder, "preprocess", reply->preprocess_ms);
  add_ms (builder, "encode", reply->encode_ms);
  add_ms (builder, "first_token", reply->first_ms);
  add_ms (builder, "decode", reply->decode_ms);
  json_builder_end_object (builder);
}

void
monocle_cli_chat_describe_turn (const MonocleCliChat *self, guint index, JsonBuilder *builder)
{
  MonocleModel *model = monocle_conversation_get_model (self->conversation);
  const MonocleTurn *turn = monocle_conversation_get_turn (self->conversation, index);
  const MonocleReply *reply = monocle_turn_get_reply (turn);
  const MonocleSampling *drawn = &g_array_index (self->drawn, MonocleSampling, index);
  guint n_shown;
  const MonocleShown *shown = monocle_turn_get_shown (turn, &n_shown);

  json_builder_begin_object (builder);
  add_int (builder, "turn", index + 1);
  add_text (builder, "model", monocle_model_get_name (model));
  add_text (builder, "device", monocle_device_get_name (monocle_model_get_device (model)));
  add_text (builder, "precision", monocle_model_get_precision_name (model));
  json_builder_set_member_name (builder, "shown");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_shown; i++)
    add_shown (self, &shown[i], builder);
  json_builder_end_array (builder);
  add_text (builder, "text", monocle_turn_get_text (turn));
  add_text (builder, "answer", monocle_result_get_text (reply->result));
  json_builder_set_member_name (builder, "token_ids");
  json_builder_begin_array (builder);
  for (guint i = 0; i < reply->n_ids; i++)
    json_builder_add_int_value (builder, reply->ids[i]);
  json_builder_end_array (builder);
  add_text (builder, "end", monocle_reply_end_get_name (reply->end));
  if (drawn->temperature > 0)
    monocle_answer_json_add_sampling (builder, drawn);
  add_tokens (self, reply, builder);
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
      const MonocleTurn *turn = monocle_conversation_get_turn (self->conversation, i);
      guint n_shown;
      const MonocleShown *shown = monocle_turn_get_shown (turn, &n_shown);

      for (guint k = 0; k < n_shown; k++)
        {
          g_autofree char *name
              = g_filename_display_name (g_hash_table_lookup (self->paths, shown[k].image));

          g_string_append_printf (text, "[%s", name);
          if (shown[k].is_region)
            g_string_append_printf (text, " %.0f,%.0f,%.0f,%.0f", (double) shown[k].region.x1,
                                    (double) shown[k].region.y1, (double) shown[k].region.x2,
                                    (double) shown[k].region.y2);
          g_string_append (text, "]\n");
        }
      g_string_append_printf (text, "> %s\n%s\n\n", monocle_turn_get_text (turn),
                              monocle_result_get_text (monocle_turn_get_reply (turn)->result));
    }
  /* Whoever looks at it does so at a terminal. */
  return monocle_cli_out_clean (text->str);
}

MonocleCliStatus
monocle_cli_chat_save (MonocleCliChat *self, const char *path)
{
  guint n_turns = monocle_conversation_get_n_turns (self->conversation);
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
