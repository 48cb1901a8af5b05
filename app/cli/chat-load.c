/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include <string.h>

#include "app/cli/picture.h"
#include "app/cli/region.h"

/* What a file says that may be another program's. */
typedef struct
{
  MonocleCliChat *chat;
  const char *path;
  gboolean same_model;
} Loading;

static gboolean
refuse (const Loading *self, GError **error, const char *what)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", self->path,
               what);
  return FALSE;
}

/* (nullable): of the member @key, which holds a list */
static JsonArray *
get_list (const Loading *self, JsonObject *object, const char *key, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
               "%s: “%s” is missing, or no list", self->path, key);
  return NULL;
}

/* (nullable): of a list */
static JsonObject *
get_object (JsonArray *list, guint index)
{
  JsonNode *node = json_array_get_element (list, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* (nullable): each file is opened once */
static MonocleImage *
open_image (Loading *self, const char *path, GError **error)
{
  GHashTableIter iter;
  gpointer image, known;

  g_hash_table_iter_init (&iter, self->chat->paths);
  while (g_hash_table_iter_next (&iter, &image, &known))
    if (strcmp (known, path) == 0)
      return image;
  image = monocle_cli_picture_open (path, error);
  if (image)
    monocle_cli_chat_note_image (self->chat, image, path);
  return image;
}

static gboolean
read_shown (Loading *self, JsonArray *list, GArray *shown, GError **error)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *object = get_object (list, i);
      const char *path = NULL;
      MonocleShown one = { NULL };

      if (!object)
        return refuse (self, error, "what is shown is an object");
      if (!monocle_json_get_string (object, self->path, "path", MONOCLE_JSON_REQUIRED, &path,
                                    error))
        return FALSE;
      one.is_region = monocle_json_has (object, "region");
      if (one.is_region
          && !monocle_cli_region_read_json (json_object_get_member (object, "region"), &one.region))
        return refuse (self, error, "a region is four numbers");
      one.image = open_image (self, path, error);
      if (!one.image)
        return FALSE;
      g_array_append_val (shown, one);
    }
  return TRUE;
}

/* Of another model they would be other words. */
static gboolean
read_ids (const Loading *self, JsonObject *turn, GArray *ids, GError **error)
{
  JsonArray *list;

  if (!self->same_model || !monocle_json_has (turn, "token_ids"))
    return TRUE;
  list = get_list (self, turn, "token_ids", error);
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      const gint64 id
          = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                ? json_node_get_int (node)
                : -1;
      const guint32 small = (guint32) id;

      if (id < 0 || id > G_MAXUINT32)
        return refuse (self, error, "“token_ids” are whole numbers");
      g_array_append_val (ids, small);
    }
  return list != NULL;
}

/* @drawn: (out): with a temperature of 0 where it was not */
static gboolean
read_drawn (const Loading *self, JsonObject *turn, MonocleSampling *drawn, GError **error)
{
  JsonObject *object = NULL;
  MonocleSampling read = MONOCLE_SAMPLING_PLAIN;
  gint64 top_k = 0, seed = 0;
  const char *problem;

  if (!monocle_json_get_object (turn, self->path, "sampling", MONOCLE_JSON_OPTIONAL, &object,
                                error))
    return FALSE;
  if (!object)
    return TRUE;
  if (!monocle_json_get_double (object, self->path, "temperature", MONOCLE_JSON_OPTIONAL,
                                &read.temperature, error)
      || !monocle_json_get_int (object, self->path, "top_k", MONOCLE_JSON_OPTIONAL, 0,
                                MONOCLE_SAMPLER_MAX_CANDIDATES, &top_k, error)
      || !monocle_json_get_double (object, self->path, "top_p", MONOCLE_JSON_OPTIONAL, &read.top_p,
                                   error)
      || !monocle_json_get_double (object, self->path, "min_p", MONOCLE_JSON_OPTIONAL, &read.min_p,
                                   error)
      || !monocle_json_get_int (object, self->path, "seed", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                                &seed, error))
    return FALSE;
  read.top_k = (guint) top_k;
  read.seed = (guint64) seed;
  problem = monocle_sampling_check (&read);
  *drawn = read;
  return !problem || refuse (self, error, problem);
}

static gboolean
load_turn (Loading *self, JsonObject *turn, GError **error)
{
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (MonocleShown));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  MonocleTurnQuestion question = { .text = NULL };
  const char *answer = NULL, *model = NULL;
  MonocleSampling drawn = { .temperature = 0 };
  JsonArray *list = get_list (self, turn, "shown", error);

  if (!list
      || !monocle_json_get_string (turn, self->path, "text", MONOCLE_JSON_REQUIRED, &question.text,
                                   error)
      || !monocle_json_get_string (turn, self->path, "answer", MONOCLE_JSON_REQUIRED, &answer,
                                   error)
      || !monocle_json_get_string (turn, self->path, "model", MONOCLE_JSON_OPTIONAL, &model, error)
      || !read_drawn (self, turn, &drawn, error))
    return FALSE;
  self->same_model = g_strcmp0 (model, monocle_model_get_name (monocle_conversation_get_model (
                                           self->chat->conversation)))
                     == 0;
  if (!read_shown (self, list, shown, error) || !read_ids (self, turn, ids, error))
    return FALSE;
  question.shown = (const MonocleShown *) (gpointer) shown->data;
  question.n_shown = shown->len;
  if (!monocle_conversation_add (self->chat->conversation, &question, answer,
                                 (const guint32 *) (gpointer) ids->data, ids->len, error))
    {
      g_prefix_error (error, "%s: ", self->path);
      return FALSE;
    }
  g_array_append_val (self->chat->drawn, drawn);
  return TRUE;
}

MonocleCliStatus
monocle_cli_chat_load (MonocleCliChat *self, const char *path)
{
  Loading loading = { .chat = self, .path = path };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = monocle_json_load (path, &error);
  JsonArray *turns = root ? get_list (&loading, root, "turns", &error) : NULL;
  MonocleImage *last = self->last;

  for (guint i = 0; turns && !error && i < json_array_get_length (turns); i++)
    {
      JsonObject *turn = get_object (turns, i);

      if (!turn)
        refuse (&loading, &error, "a turn is an object");
      else
        load_turn (&loading, turn, &error);
    }
  /* What is shown now is what regions are of. */
  self->last = last ? last : self->last;
  return error ? monocle_cli_report (path, error) : MONOCLE_CLI_DONE;
}
