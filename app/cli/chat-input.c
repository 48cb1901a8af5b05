/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/region.h"

MonocleCliStatus
monocle_cli_chat_fail (const MonocleCliChat *self, const char *path, const GError *error)
{
  MonocleCliStatus status = monocle_cli_report (path, error);

  if (self->json && status != MONOCLE_CLI_INTERRUPTED)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char *message = g_utf8_make_valid (error->message, -1);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "error");
      json_builder_add_string_value (builder, message);
      json_builder_end_object (builder);
      monocle_cli_format_print (builder);
      monocle_cli_out_flush ();
    }
  return status;
}

MonocleCliStatus
monocle_cli_chat_complain (const MonocleCliChat *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  error = g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, message);
  return monocle_cli_chat_fail (self, NULL, error);
}

const char *
monocle_cli_chat_get_commands (void)
{
  return _ ("/image FILE          show another image with the next question\n"
            "/region X1,Y1,X2,Y2  show a region of the image that was named last with it\n"
            "/undo [N]            take back the last question, or the last N\n"
            "/again [SEED]        ask the last question again, and draw another answer\n"
            "/save FILE           write the conversation: FILE.json, or text\n"
            "/help                say this\n"
            "/quit                end\n"
            "//                   a question that begins with a slash\n");
}

/* --- commands ----------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  gboolean needs_argument;
  MonocleCliStatus (*call) (MonocleCliChat *self, const char *argument);
} Command;

static MonocleCliStatus
show_image (MonocleCliChat *self, const char *argument)
{
  return monocle_cli_chat_open (self, argument);
}

static MonocleCliStatus
show_region (MonocleCliChat *self, const char *argument)
{
  MonocleBox region;

  return monocle_cli_region_read (argument, &region)
             ? monocle_cli_chat_add_region (self, &region)
             : monocle_cli_chat_complain (self, _ ("a region is X1,Y1,X2,Y2, not '%s'"), argument);
}

static MonocleCliStatus
undo (MonocleCliChat *self, const char *argument)
{
  guint64 n = 1;

  if (*argument && !g_ascii_string_to_unsigned (argument, 10, 1, G_MAXINT, &n, NULL))
    return monocle_cli_chat_complain (self, _ ("'%s' is no number of questions"), argument);
  return monocle_cli_chat_undo (self, (guint) n);
}

static MonocleCliStatus
ask_again (MonocleCliChat *self, const char *argument)
{
  guint64 seed;

  if (!*argument)
    return monocle_cli_chat_ask_again (self, NULL);
  if (!g_ascii_string_to_unsigned (argument, 10, 0, G_MAXUINT32, &seed, NULL))
    return monocle_cli_chat_complain (self, _ ("'%s' is no seed"), argument);
  return monocle_cli_chat_ask_again (self, &seed);
}

static MonocleCliStatus
save (MonocleCliChat *self, const char *argument)
{
  return monocle_cli_chat_save (self, argument);
}

static MonocleCliStatus
help (MonocleCliChat *self, const char *argument)
{
  /* Where programs read, only answers are printed. */
  if (self->json)
    g_printerr ("%s", monocle_cli_chat_get_commands ());
  else
    monocle_cli_out ("%s", monocle_cli_chat_get_commands ());
  return MONOCLE_CLI_DONE;
}

static const Command commands[] = {
  { "image", TRUE, show_image }, { "region", TRUE, show_region }, { "undo", FALSE, undo },
  { "again", FALSE, ask_again }, { "save", TRUE, save },          { "help", FALSE, help },
};

/* @text: behind the slash */
static MonocleCliStatus
take_command (MonocleCliChat *self, const char *text, gboolean *ends)
{
  gsize n = strcspn (text, " \t");
  g_autofree char *name = g_strndup (text, n);
  g_autofree char *argument = g_strstrip (g_strdup (text + n));

  if (strcmp (name, "quit") == 0)
    {
      *ends = TRUE;
      return MONOCLE_CLI_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (name, commands[i].name) == 0)
      return commands[i].needs_argument && !*argument
                 ? monocle_cli_chat_complain (self, _ ("/%s says nothing of what"), name)
                 : commands[i].call (self, argument);
  return monocle_cli_chat_complain (self, _ ("there is no /%s (/help says what there is)"), name);
}

/* --- JSON --------------------------------------------------------------------------------- */

#define NAME "input"

/* (nullable): an array, or nothing where it is not there */
static gboolean
get_array (JsonObject *object, const char *key, JsonArray **array, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (!node || *array)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: “%s” is no list",
               NAME, key);
  return FALSE;
}

static MonocleCliStatus
show_images (MonocleCliChat *self, JsonArray *images)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; images && status == MONOCLE_CLI_DONE && i < json_array_get_length (images); i++)
    {
      JsonNode *node = json_array_get_element (images, i);

      status = JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node)
                   ? monocle_cli_chat_open (self, json_node_get_string (node))
                   : monocle_cli_chat_complain (self, _ ("an image is a name"));
    }
  return status;
}

static MonocleCliStatus
show_regions (MonocleCliChat *self, JsonArray *regions)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; regions && status == MONOCLE_CLI_DONE && i < json_array_get_length (regions);
       i++)
    {
      MonocleBox region;

      status = monocle_cli_region_read_json (json_array_get_element (regions, i), &region)
                   ? monocle_cli_chat_add_region (self, &region)
                   : monocle_cli_chat_complain (self, _ ("a region is four numbers"));
    }
  return status;
}

/* Misspelled ones would be missed in silence. */
static gboolean
check_members (JsonObject *object, GError **error)
{
  static const char *const known[]
      = { "text", "images", "regions", "undo", "seed", "max_tokens", NULL };
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l; l = l->next)
    if (!g_strv_contains (known, l->data))
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                     "%s: nothing is called “%.60s” here", NAME, (const char *) l->data);
        return FALSE;
      }
  return TRUE;
}

static MonocleCliStatus
follow_object (MonocleCliChat *self, JsonObject *object)
{
  JsonArray *images, *regions;
  const char *text = NULL;
  gint64 n_undone = 0, seed = -1, max_tokens = self->max_tokens;
  MonocleSampling sampling = self->sampling.settings;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status;

  if (!check_members (object, &error) || !get_array (object, "images", &images, &error)
      || !get_array (object, "regions", &regions, &error)
      || !monocle_json_get_string (object, NAME, "text", MONOCLE_JSON_OPTIONAL, &text, &error)
      || !monocle_json_get_int (object, NAME, "undo", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT, &n_undone,
                                &error)
      || !monocle_json_get_int (object, NAME, "seed", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32, &seed,
                                &error)
      || !monocle_json_get_int (object, NAME, "max_tokens", MONOCLE_JSON_OPTIONAL, 1, G_MAXINT,
                                &max_tokens, &error))
    return monocle_cli_chat_fail (self, NULL, error);
  status = monocle_cli_chat_undo (self, (guint) n_undone);
  if (status == MONOCLE_CLI_DONE)
    status = show_images (self, images);
  if (status == MONOCLE_CLI_DONE)
    status = show_regions (self, regions);
  if (status != MONOCLE_CLI_DONE || !text)
    return status;
  if (seed >= 0)
    sampling.seed = (guint64) seed;
  return monocle_cli_chat_ask (self, text, (guint) max_tokens,
                               self->sampling.is_on || seed >= 0 ? &sampling : NULL);
}

/* Who is told that it failed sends it again, put right. */
static MonocleCliStatus
take_object (MonocleCliChat *self, JsonObject *object)
{
  g_auto (MonocleCliChatMoment) moment = { NULL };
  MonocleCliStatus status;

  monocle_cli_chat_moment_init (&moment, self);
  status = follow_object (self, object);
  if (status != MONOCLE_CLI_DONE && status != MONOCLE_CLI_INTERRUPTED)
    monocle_cli_chat_go_back (self, &moment);
  return status;
}

MonocleCliStatus
monocle_cli_chat_take_line (MonocleCliChat *self, const char *line, gboolean *ends)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;

  *ends = FALSE;
  if (!*line)
    return MONOCLE_CLI_DONE;
  if (self->json && *line == '{')
    {
      object = monocle_json_parse (line, strlen (line), NAME, &error);
      return object ? take_object (self, object) : monocle_cli_chat_fail (self, NULL, error);
    }
  if (*line == '/' && line[1] != '/')
    return take_command (self, line + 1, ends);
  text = monocle_cli_dup_text (*line == '/' ? line + 1 : line);
  if (!text)
    return monocle_cli_chat_complain (self, _ ("the line is not valid UTF-8"));
  return monocle_cli_chat_ask (self, text, self->max_tokens,
                               self->sampling.is_on ? &self->sampling.settings : NULL);
}
