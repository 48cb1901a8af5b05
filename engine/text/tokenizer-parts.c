/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a tokenizer.json says beside its vocabulary: how a text is cut before tokens are merged,
 * what is put around them, and the options of the merging. Each is done or refused; none is passed
 * over. Truncation and padding are: the reference library sets both anew for every call.
 */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

static gboolean G_GNUC_PRINTF (3, 4)
    unsupported (GError **error, const char *path, const char *format, ...)
{
  g_autofree char *what = NULL;
  g_autoptr (GError) worded = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* Quotes the file: made printable as everywhere. */
  monocle_file_set_error (&worded, path, "%s: only byte-level BPE tokenizers can be read", what);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       worded->message);
  return FALSE;
}

static gboolean
read_flag (JsonObject *object, const char *path, const char *key, gboolean *value, GError **error)
{
  return monocle_json_get_bool (object, path, key, MONOCLE_JSON_OPTIONAL, value, error);
}

/* Calls @read for a part, and for each one of a "Sequence" of them. */
typedef gboolean (*ReadPart) (
    MonocleTokenizer *self, JsonObject *part, const char *type, const char *path, GError **error);

static gboolean
read_part (MonocleTokenizer *self,
           JsonNode *node,
           const char *list,
           ReadPart read,
           const char *path,
           GError **error)
{
  JsonObject *part;
  JsonArray *parts = NULL;
  const char *type = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      monocle_file_set_error (error, path, "a part of the tokenizer is no object");
      return FALSE;
    }
  part = json_node_get_object (node);
  if (!monocle_json_get_string (part, path, "type", MONOCLE_JSON_REQUIRED, &type, error))
    return FALSE;
  if (!g_str_equal (type, "Sequence"))
    return read (self, part, type, path, error);

  if (!monocle_json_get_array (part, path, list, MONOCLE_JSON_REQUIRED, &parts, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (parts); i++)
    if (!read_part (self, json_array_get_element (parts, i), list, read, path, error))
      return FALSE;
  return TRUE;
}

static gboolean
refuse_normalizer (
    MonocleTokenizer *self, JsonObject *part, const char *type, const char *path, GError **error)
{
  return unsupported (error, path, "it has a normalizer, “%s”", type);
}

static gboolean
read_splitter (
    MonocleTokenizer *self, JsonObject *part, const char *type, const char *path, GError **error)
{
  gboolean uses_regex = TRUE;

  if (!g_str_equal (type, "ByteLevel") || self->has_splitter)
    return unsupported (error, path, "the pre_tokenizer is not ByteLevel alone, it has “%s”", type);
  if (!read_flag (part, path, "use_regex", &uses_regex, error)
      || !read_flag (part, path, "add_prefix_space", &self->lead_with_space, error))
    return FALSE;

  self->has_splitter = TRUE;
  self->keeps_whole = !uses_regex;
  return TRUE;
}

static gboolean
check_decoder (
    MonocleTokenizer *self, JsonObject *part, const char *type, const char *path, GError **error)
{
  return g_str_equal (type, "ByteLevel")
         || unsupported (error, path, "the decoder is “%s”, not ByteLevel", type);
}

/* ---- what is put around a text */

static gboolean
read_id (JsonNode *node, GArray *ids, const char *path, GError **error)
{
  gint64 value = node != NULL && json_node_get_value_type (node) == G_TYPE_INT64
                     ? json_node_get_int (node)
                     : -1;
  guint32 id = (guint32) value;

  if (value < 0 || value >= MONOCLE_TOKENIZER_MAX_IDS)
    {
      monocle_file_set_error (error, path, "post_processor: expected ids from 0 to %u",
                              MONOCLE_TOKENIZER_MAX_IDS - 1);
      return FALSE;
    }
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

      if (piece != NULL && monocle_json_has (piece, "Sequence"))
        {
          n_texts++;
          continue;
        }
      if (piece == NULL
          || !monocle_json_get_object (piece, path, "SpecialToken", MONOCLE_JSON_REQUIRED, &token,
                                       error)
          || !monocle_json_get_string (token, path, "id", MONOCLE_JSON_REQUIRED, &name, error))
        {
          if (piece == NULL)
            monocle_file_set_error (error, path, "post_processor: “single” must hold objects");
          return FALSE;
        }
      if (!read_template_token (tokens, name, n_texts > 0 ? after : before, path, error))
        return FALSE;
    }
  return n_texts == 1
         || unsupported (error, path, "a post_processor with the text %u times in it", n_texts);
}

/* Of several in a row each goes around what those before it made. */
static gboolean
read_wrapping (
    MonocleTokenizer *self, JsonObject *part, const char *type, const char *path, GError **error)
{
  g_autoptr (GArray) before = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) after = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (g_str_equal (type, "ByteLevel"))
    return TRUE; /* only about where tokens lie in the text */
  if (g_str_equal (type, "RobertaProcessing") || g_str_equal (type, "BertProcessing"))
    {
      if (!read_pair (part, "cls", before, path, error)
          || !read_pair (part, "sep", after, path, error))
        return FALSE;
    }
  else if (g_str_equal (type, "TemplateProcessing"))
    {
      if (!read_template (part, before, after, path, error))
        return FALSE;
    }
  else
    return unsupported (error, path, "the post_processor “%s” is not known", type);

  if (self->before->len + before->len + self->after->len + after->len
      > MONOCLE_TOKENIZER_MAX_WRAPPING)
    return unsupported (error, path, "a post_processor that adds more than %d tokens",
                        MONOCLE_TOKENIZER_MAX_WRAPPING);
  g_array_prepend_vals (self->before, before->data, before->len);
  g_array_append_vals (self->after, after->data, after->len);
  return TRUE;
}

/* ---- merging */

static gboolean
is_null_or_empty (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return !monocle_json_has (object, key)
         || (json_node_get_value_type (node) == G_TYPE_STRING
             && json_node_get_string (node)[0] == '\0');
}

static gboolean
read_options (MonocleTokenizer *self, JsonObject *model, const char *path, GError **error)
{
  const char *type = "BPE";
  double dropout = 0;

  if (!monocle_json_get_string (model, path, "type", MONOCLE_JSON_OPTIONAL, &type, error)
      || !read_flag (model, path, "ignore_merges", &self->ignores_merges, error)
      || !read_flag (model, path, "fuse_unk", &self->fuses_unknown, error)
      || !monocle_json_get_double (model, path, "dropout", MONOCLE_JSON_OPTIONAL, &dropout, error))
    return FALSE;

  if (!g_str_equal (type, "BPE"))
    return unsupported (error, path, "the model is not BPE but “%s”", type);
  if (dropout > 0 || dropout < 0)
    return unsupported (error, path, "it leaves out merges by chance (“dropout”)");
  if (!is_null_or_empty (model, "continuing_subword_prefix"))
    return unsupported (error, path, "it has a “continuing_subword_prefix”");
  if (!is_null_or_empty (model, "end_of_word_suffix"))
    return unsupported (error, path, "it has an “end_of_word_suffix”");
  return TRUE;
}

gboolean
monocle_tokenizer_read_parts (
    MonocleTokenizer *self, JsonObject *root, JsonObject *model, const char *path, GError **error)
{
  if (!read_options (self, model, path, error))
    return FALSE;
  if (monocle_json_has (root, "normalizer")
      && !read_part (self, json_object_get_member (root, "normalizer"), "normalizers",
                     refuse_normalizer, path, error))
    return FALSE;
  if (monocle_json_has (root, "pre_tokenizer")
      && !read_part (self, json_object_get_member (root, "pre_tokenizer"), "pretokenizers",
                     read_splitter, path, error))
    return FALSE;
  if (!self->has_splitter)
    return unsupported (error, path, "there is no pre_tokenizer");
  if (json_object_has_member (root, "decoder") && !monocle_json_has (root, "decoder"))
    return unsupported (error, path, "there is no decoder");
  if (monocle_json_has (root, "decoder")
      && !read_part (self, json_object_get_member (root, "decoder"), "decoders", check_decoder,
                     path, error))
    return FALSE;
  return !monocle_json_has (root, "post_processor")
         || read_part (self, json_object_get_member (root, "post_processor"), "processors",
                       read_wrapping, path, error);
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

gboolean
monocle_tokenizer_check_parts (MonocleTokenizer *self,
                               JsonObject *model,
                               const char *path,
                               GError **error)
{
  const char *unknown = NULL;
  gboolean falls_back = FALSE;

  if (!monocle_json_get_string (model, path, "unk_token", MONOCLE_JSON_OPTIONAL, &unknown, error)
      || !read_flag (model, path, "byte_fallback", &falls_back, error)
      || !check_ids (self, self->before, path, error)
      || !check_ids (self, self->after, path, error))
    return FALSE;

  if (unknown != NULL)
    {
      gint64 id = monocle_tokenizer_find (self, unknown);

      if (id < 0)
        {
          monocle_file_set_error (error, path, "the unknown token “%s” is not in the vocabulary",
                                  unknown);
          return FALSE;
        }
      self->unknown = (guint32) id;
    }
  /* Where every byte has its token there is nothing to fall back from. */
  for (guint byte = 0; falls_back && byte < 256; byte++)
    if (self->byte_ids[byte] == MONOCLE_TOKENIZER_NO_ID)
      return unsupported (error, path, "it sets “byte_fallback” and lacks tokens for bytes");
  return TRUE;
}
