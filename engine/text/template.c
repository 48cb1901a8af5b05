/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/template.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/parts.h"
#include "engine/text/tokenizer-private.h"

/* More than any template puts around a text. */
#define MAX_TOKENS 64

void
monocle_template_init (MonocleTemplate *self)
{
  self->before = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->after = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
monocle_template_clear (MonocleTemplate *self)
{
  g_array_unref (self->before);
  g_array_unref (self->after);
}

static gboolean
read_id (JsonNode *node, GArray *ids, const char *path, GError **error)
{
  guint32 id = 0;

  if (!monocle_tokenizer_peek_id (node, &id))
    return monocle_file_set_error (error, path, "post_processor: expected ids from 0 to %u",
                                   MONOCLE_TOKENIZER_MAX_IDS - 1);
  g_array_append_val (ids, id);
  return TRUE;
}

/* "cls" and "sep" are pairs of token and id. */
static gboolean
read_pair (JsonObject *part, const char *key, GArray *ids, const char *path, GError **error)
{
  JsonArray *pair = NULL;

  if (!monocle_json_get_array (part, path, key, MONOCLE_JSON_REQUIRED, &pair, error))
    return FALSE;
  if (json_array_get_length (pair) != 2)
    {
      monocle_file_set_error (error, path, "key \"%s\": expected a token and its id", key);
      return FALSE;
    }
  return read_id (json_array_get_element (pair, 1), ids, path, error);
}

/* The ids of a token of a template. */
static gboolean
read_template_token (
    JsonObject *tokens, const char *name, GArray *ids, const char *path, GError **error)
{
  JsonObject *token = NULL;
  JsonArray *array = NULL;

  if (!monocle_json_get_object (tokens, path, name, MONOCLE_JSON_REQUIRED, &token, error)
      || !monocle_json_get_array (token, path, "ids", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!read_id (json_array_get_element (array, i), ids, path, error))
      return FALSE;
  return TRUE;
}

/* A list of tokens, and the text at its place. */
static gboolean
read_template (JsonObject *part, GArray *before, GArray *after, const char *path, GError **error)
{
  JsonArray *single = NULL;
  JsonObject *tokens = NULL;
  guint n_texts = 0;

  if (!monocle_json_get_array (part, path, "single", MONOCLE_JSON_REQUIRED, &single, error)
      || !monocle_json_get_object (part, path, "special_tokens", MONOCLE_JSON_REQUIRED, &tokens,
                                   error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (single); i++)
    {
      JsonNode *node = json_array_get_element (single, i);
      JsonObject *piece = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *token = NULL;
      const char *name = NULL;

      if (piece == NULL)
        return monocle_file_set_error (error, path, "post_processor: “single” must hold objects");
      if (monocle_json_has (piece, "Sequence"))
        {
          n_texts++;
          continue;
        }
      if (!monocle_json_get_object (piece, path, "SpecialToken", MONOCLE_JSON_REQUIRED, &token,
                                    error)
          || !monocle_json_get_string (token, path, "id", MONOCLE_JSON_REQUIRED, &name, error)
          || !read_template_token (tokens, name, n_texts > 0 ? after : before, path, error))
        return FALSE;
    }
  return n_texts == 1
         || monocle_parts_unsupported (error, path, "a post_processor with the text %u times in it",
                                       n_texts);
}

/* Of several in a row each goes around what those before it made. */
static gboolean
put_around (MonocleTemplate *self, const MonocleTemplate *outer, const char *path, GError **error)
{
  if (self->before->len + outer->before->len + self->after->len + outer->after->len > MAX_TOKENS)
    return monocle_parts_unsupported (
        error, path, "key \"post_processor\": more than %d tokens around a text", MAX_TOKENS);
  g_array_prepend_vals (self->before, outer->before->data, outer->before->len);
  g_array_append_vals (self->after, outer->after->data, outer->after->len);
  return TRUE;
}

static gboolean
read_single (gpointer target, JsonObject *part, const char *path, GError **error)
{
  g_auto (MonocleTemplate) outer;

  monocle_template_init (&outer);
  return read_template (part, outer.before, outer.after, path, error)
         && put_around (target, &outer, path, error);
}

static gboolean
read_cls_sep (gpointer target, JsonObject *part, const char *path, GError **error)
{
  g_auto (MonocleTemplate) outer;

  monocle_template_init (&outer);
  return read_pair (part, "cls", outer.before, path, error)
         && read_pair (part, "sep", outer.after, path, error)
         && put_around (target, &outer, path, error);
}

/* ByteLevel is only about where tokens lie in the text. */
static gboolean
read_nothing (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return TRUE;
}

static const MonocleTokenizerPart rows[] = {
  { "TemplateProcessing", read_single },
  { "RobertaProcessing", read_cls_sep },
  { "BertProcessing", read_cls_sep },
  { "ByteLevel", read_nothing },
};

gboolean
monocle_template_read (MonocleTemplate *self, JsonObject *root, const char *path, GError **error)
{
  return monocle_parts_read (root, "post_processor", "processors", rows, G_N_ELEMENTS (rows), self,
                             path, error);
}
