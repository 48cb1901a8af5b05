/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tokenizer.json: its vocabulary and added tokens here, its other parts each in a file of their
 * own. What the file asks for and is not known is refused, so that a tokenizer never gives other
 * ids than the reference without saying so. Truncation and padding are passed over: the reference
 * library sets both anew for every call, and so do the callers here.
 */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/bpe.h"
#include "engine/text/parts.h"
#include "engine/text/unigram.h"
#include "engine/text/wordpiece.h"

static const MonocleTokenModel *const models[]
    = { &monocle_bpe, &monocle_unigram, &monocle_wordpiece };

const char *
monocle_tokenizer_peek_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

gboolean
monocle_tokenizer_peek_id (JsonNode *node, guint32 *id)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  gint64 value = json_node_get_int (node);
  *id = (guint32) value;
  return value >= 0 && value < MONOCLE_TOKENIZER_MAX_IDS;
}

gboolean
monocle_tokenizer_check_size (const MonocleTokenizer *self, const char *path, GError **error)
{
  if (self->bytes->len <= MONOCLE_JSON_MAX_BYTES)
    return TRUE;
  monocle_file_set_error (error, path, "the vocabulary is too large");
  return FALSE;
}

gboolean
monocle_tokenizer_read_tokens (MonocleTokenizer *self,
                               JsonObject *vocabulary,
                               const char *path,
                               GError **error)
{
  JsonObjectIter iter;
  const char *token;
  JsonNode *node;

  json_object_iter_init (&iter, vocabulary);
  while (json_object_iter_next (&iter, &token, &node))
    {
      guint32 id = 0;

      if (!monocle_tokenizer_peek_id (node, &id))
        {
          monocle_file_set_error (error, path, "vocabulary: “%s” has no id from 0 to %u", token,
                                  MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      monocle_tokenizer_set_token (self, token, id);
    }
  if (self->entries->len == 0)
    {
      monocle_file_set_error (error, path, "the vocabulary is empty");
      return FALSE;
    }
  return monocle_tokenizer_check_size (self, path, error);
}

gboolean
monocle_tokenizer_read_vocabulary (MonocleTokenizer *self,
                                   JsonObject *model,
                                   const char *path,
                                   GError **error)
{
  JsonObject *vocabulary = NULL;

  return monocle_json_get_object (model, path, "vocab", MONOCLE_JSON_REQUIRED, &vocabulary, error)
         && monocle_tokenizer_read_tokens (self, vocabulary, path, error);
}

gboolean
monocle_tokenizer_read_unknown (
    const MonocleTokenizer *self, const char *token, guint32 *id, const char *path, GError **error)
{
  gint64 found = monocle_tokenizer_find (self, token);

  if (found < 0)
    {
      monocle_file_set_error (error, path, "the unknown token “%s” is not in the vocabulary",
                              token);
      return FALSE;
    }
  *id = (guint32) found;
  return TRUE;
}

gboolean
monocle_tokenizer_check_added (const MonocleTokenizer *self,
                               const char *content,
                               const char *path,
                               GError **error)
{
  gsize length = strlen (content);

  if (length > MONOCLE_TOKENIZER_MAX_ADDED_BYTES)
    monocle_file_set_error (error, path, "added token “%.20s…” is longer than %d bytes", content,
                            MONOCLE_TOKENIZER_MAX_ADDED_BYTES);
  else if (self->added_bytes + length > MONOCLE_TOKENIZER_MAX_ADDED_BYTES_IN_ALL)
    monocle_file_set_error (error, path, "the added tokens are too many");
  else
    return TRUE;
  return FALSE;
}

gboolean
monocle_tokenizer_read_added (
    MonocleTokenizer *self, JsonObject *object, guint32 id, const char *path, GError **error)
{
  MonocleAddedToken token = { .id = id };
  gboolean normalized = TRUE;
  const char *content = NULL;

  if (!monocle_json_get_string (object, path, "content", MONOCLE_JSON_REQUIRED, &content, error)
      || !monocle_parts_get_flag (object, path, "special", &token.special, error)
      || !monocle_parts_get_flag (object, path, "single_word", &token.single_word, error)
      || !monocle_parts_get_flag (object, path, "lstrip", &token.strip_left, error)
      || !monocle_parts_get_flag (object, path, "rstrip", &token.strip_right, error)
      || !monocle_parts_get_flag (object, path, "normalized", &normalized, error))
    return FALSE;

  token.early = !normalized;
  if (content[0] == '\0')
    {
      monocle_file_set_error (error, path, "added_tokens: the token of id %u has no text", id);
      return FALSE;
    }
  if (!monocle_tokenizer_check_added (self, content, path, error))
    return FALSE;
  monocle_tokenizer_set_added (self, content, &token);
  return TRUE;
}

static gboolean
read_added_tokens (MonocleTokenizer *self, JsonArray *tokens, const char *path, GError **error)
{
  guint n = tokens != NULL ? json_array_get_length (tokens) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (tokens, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      guint32 id = 0;

      if (object == NULL || !monocle_tokenizer_peek_id (json_object_get_member (object, "id"), &id))
        {
          monocle_file_set_error (error, path, "added_tokens: entry %u has no id from 0 to %u", i,
                                  MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      if (!monocle_tokenizer_read_added (self, object, id, path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_ids (const MonocleTokenizer *self, const GArray *ids, const char *path, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      gsize length;
      guint32 id = g_array_index (ids, guint32, i);

      if (monocle_tokenizer_get_bytes (self, id, &length) == NULL)
        {
          monocle_file_set_error (error, path, "post_processor: id %u is no token", id);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_model (MonocleTokenizer *self, JsonObject *model, const char *path, GError **error)
{
  const char *type = "BPE";

  if (!monocle_json_get_string (model, path, "type", MONOCLE_JSON_OPTIONAL, &type, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_str_equal (models[i]->type, type))
      {
        self->model = models[i];
        self->state = self->model->read (self, model, path, error);
        return self->state != NULL;
      }
  return monocle_parts_unsupported (error, path, "key \"model\": the type “%s” is not known", type);
}

gboolean
monocle_tokenizer_read (MonocleTokenizer *self, JsonObject *root, const char *name, GError **error)
{
  JsonObject *model = NULL;
  JsonArray *added = NULL;

  /* How tokens are spelled and normalised is known before there are any. */
  return monocle_json_get_object (root, name, "model", MONOCLE_JSON_REQUIRED, &model, error)
         && monocle_normaliser_read (self->normaliser, root, name, error)
         && monocle_splitter_read (self->splitter, root, name, error)
         && monocle_token_decoder_read (self->decoder, root, name, error)
         && monocle_template_read (&self->around, root, name, error)
         && read_model (self, model, name, error)
         && monocle_json_get_array (root, name, "added_tokens", MONOCLE_JSON_OPTIONAL, &added,
                                    error)
         && read_added_tokens (self, added, name, error)
         && (self->model->finish == NULL || self->model->finish (self->state, self, name, error))
         && check_ids (self, self->around.before, name, error)
         && check_ids (self, self->around.after, name, error);
}
