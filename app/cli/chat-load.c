/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include "app/json/said.h"

/* (transfer full) (nullable): of a file that may be another program's */
static MonocleSaid *
read_turn (JsonNode *node, const char *path, GError **error)
{
  g_autoptr (MonocleSaid) said = NULL;
  const MonocleSaidQuestion *question;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                   "%s: a turn is an object", path);
      return NULL;
    }
  said = monocle_said_json_read (json_node_get_object (node), path, error);
  if (!said)
    return NULL;
  question = monocle_said_get_question (said);
  for (guint i = 0; i < question->n_shown; i++)
    if (!question->shown[i].path)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                     "%s: what is shown has no \"path\"", path);
        return NULL;
      }
  return g_steal_pointer (&said);
}

/* What was shown last is what regions are of, unless something is shown now. */
static void
note_last (MonocleCliChat *self, MonocleSaid *said)
{
  const MonocleSaidQuestion *question = monocle_said_get_question (said);
  gpointer path;

  if (question->n_shown > 0
      && g_hash_table_lookup_extended (self->pictures, question->shown[question->n_shown - 1].path,
                                       &path, NULL))
    self->last = path;
}

MonocleCliStatus
monocle_cli_chat_load (MonocleCliChat *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = monocle_json_load (path, &error);
  JsonArray *turns = NULL;
  const gboolean shows = self->last != NULL;

  if (root)
    monocle_json_get_array (root, path, "turns", MONOCLE_JSON_REQUIRED, &turns, &error);
  for (guint i = 0; turns && !error && i < json_array_get_length (turns); i++)
    {
      g_autoptr (MonocleSaid) said = read_turn (json_array_get_element (turns, i), path, &error);

      if (said)
        g_list_store_append (self->turns, said);
    }
  if (!error)
    {
      monocle_chat_catch_up (self->chat, self->loaded, G_LIST_MODEL (self->turns),
                             monocle_cli_chat_get_n_turns (self), &error);
      g_prefix_error (&error, "%s: ", path);
    }
  for (guint i = 0; !error && !shows && i < monocle_cli_chat_get_n_turns (self); i++)
    {
      g_autoptr (MonocleSaid) said = monocle_cli_chat_get_turn (self, i);

      note_last (self, said);
    }
  return error ? monocle_cli_report (path, error) : MONOCLE_CLI_DONE;
}
