/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads a tokenizer from the files of a model directory. What the files ask for and the encoder
 * cannot do is refused here, so that it never gives other ids than the reference without saying so.
 */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

#define MAX_MERGES_BYTES (64 * 1024 * 1024)

/* A merge as the file has it, before the vocabulary is known to hold its parts. */
typedef struct
{
  const char *left, *right;
  gsize left_bytes, right_bytes;
} MergeText;

static const char *
peek_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* The member as a string, or as an object with a "content" (older files write special tokens so).
 */
static const char *
peek_token (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "content");
  return peek_string (node);
}

static gboolean
peek_id (JsonNode *node, guint32 *id)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  gint64 value = json_node_get_int (node);
  *id = (guint32) value;
  return value >= 0 && value < MONOCLE_TOKENIZER_MAX_IDS;
}

static gboolean
read_vocabulary (MonocleTokenizer *self, JsonObject *vocabulary, const char *path, GError **error)
{
  JsonObjectIter iter;
  const char *token;
  JsonNode *node;

  json_object_iter_init (&iter, vocabulary);
  while (json_object_iter_next (&iter, &token, &node))
    {
      guint32 id = 0;

      if (!peek_id (node, &id))
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
  monocle_tokenizer_find_byte_ids (self);
  return TRUE;
}

static gboolean
add_merge (
    MonocleTokenizer *self, const MergeText *merge, guint index, const char *path, GError **error)
{
  g_autofree char *left = g_strndup (merge->left, merge->left_bytes);
  g_autofree char *right = g_strndup (merge->right, merge->right_bytes);
  g_autofree char *merged = g_strconcat (left, right, NULL);
  gint64 left_id = monocle_tokenizer_find (self, left),
         right_id = monocle_tokenizer_find (self, right);
  gint64 merged_id = monocle_tokenizer_find (self, merged);

  if (left_id < 0 || right_id < 0 || merged_id < 0)
    {
      monocle_file_set_error (error, path, "merge %u: “%s” is not in the vocabulary", index,
                              left_id < 0    ? left
                              : right_id < 0 ? right
                                             : merged);
      return FALSE;
    }
  monocle_merges_add (self->merges, (guint32) left_id, (guint32) right_id, (guint32) merged_id);
  return TRUE;
}

/* "a b": exactly one blank, as tokens spell theirs with another character. */
static gboolean
split_merge (const char *line, gsize n_bytes, MergeText *merge)
{
  const char *blank = memchr (line, ' ', n_bytes);

  if (blank == NULL)
    return FALSE;
  *merge = (MergeText){
    .left = line,
    .left_bytes = (gsize) (blank - line),
    .right = blank + 1,
    .right_bytes = n_bytes - (gsize) (blank - line) - 1,
  };
  return merge->left_bytes > 0 && merge->right_bytes > 0
         && memchr (merge->right, ' ', merge->right_bytes) == NULL;
}

/* Either "a b" or ["a", "b"]. */
static gboolean
peek_merge (JsonNode *node, MergeText *merge)
{
  const char *line = peek_string (node);

  if (line != NULL)
    return split_merge (line, strlen (line), merge);
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 2)
    return FALSE;

  merge->left = peek_string (json_array_get_element (json_node_get_array (node), 0));
  merge->right = peek_string (json_array_get_element (json_node_get_array (node), 1));
  if (merge->left == NULL || merge->right == NULL)
    return FALSE;
  merge->left_bytes = strlen (merge->left);
  merge->right_bytes = strlen (merge->right);
  return merge->left_bytes > 0 && merge->right_bytes > 0;
}

/* Each merge makes a token. */
static gboolean
check_n_merges (guint n, const char *path, GError **error)
{
  if (n < MONOCLE_TOKENIZER_MAX_IDS)
    return TRUE;
  monocle_file_set_error (error, path, "there are more than %u merges", MONOCLE_TOKENIZER_MAX_IDS);
  return FALSE;
}

static gboolean
read_merges (MonocleTokenizer *self, JsonArray *merges, const char *path, GError **error)
{
  guint n = json_array_get_length (merges);

  if (!check_n_merges (n, path, error))
    return FALSE;
  self->merges = monocle_merges_new (n);
  for (guint i = 0; i < n; i++)
    {
      MergeText merge;

      if (!peek_merge (json_array_get_element (merges, i), &merge))
        {
          monocle_file_set_error (error, path, "merge %u is not a pair of tokens", i);
          return FALSE;
        }
      if (!add_merge (self, &merge, i, path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_merges_text (MonocleTokenizer *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_MERGES_BYTES, error);
  gsize size = 0;
  guint n = 1, index = 0;

  if (bytes == NULL)
    return FALSE;

  const char *text = g_bytes_get_data (bytes, &size);
  const char *what = monocle_file_recognise (text, size);
  if (what != NULL)
    {
      monocle_file_set_error (error, path, "is %s", what);
      return FALSE;
    }
  for (gsize i = 0; i < size; i++)
    n += text[i] == '\n' ? 1 : 0;
  if (!check_n_merges (n, path, error))
    return FALSE;
  self->merges = monocle_merges_new (n);

  for (const char *line = text, *end = text + size; line < end;)
    {
      const char *stop = memchr (line, '\n', (gsize) (end - line));
      gsize length = (gsize) ((stop != NULL ? stop : end) - line);
      gsize step = length + 1;
      MergeText merge;

      if (length > 0 && line[length - 1] == '\r')
        length--;
      if (length > 0 && !g_str_has_prefix (line, "#version"))
        {
          if (!split_merge (line, length, &merge))
            {
              monocle_file_set_error (error, path, "merge %u is not a pair of tokens", index);
              return FALSE;
            }
          if (!add_merge (self, &merge, index++, path, error))
            return FALSE;
        }
      line += MIN (step, (gsize) (end - line));
    }
  return TRUE;
}

static gboolean
read_flag (JsonObject *object, const char *path, const char *key, gboolean *value, GError **error)
{
  return monocle_json_get_bool (object, path, key, MONOCLE_JSON_OPTIONAL, value, error);
}

static gboolean
check_added_length (const MonocleTokenizer *self,
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

static gboolean
read_added_token (
    MonocleTokenizer *self, JsonObject *object, guint32 id, const char *path, GError **error)
{
  MonocleAddedToken token = { .id = id };
  gboolean normalized = TRUE;
  const char *content = NULL;

  if (!monocle_json_get_string (object, path, "content", MONOCLE_JSON_REQUIRED, &content, error)
      || !read_flag (object, path, "special", &token.special, error)
      || !read_flag (object, path, "single_word", &token.single_word, error)
      || !read_flag (object, path, "lstrip", &token.strip_left, error)
      || !read_flag (object, path, "rstrip", &token.strip_right, error)
      || !read_flag (object, path, "normalized", &normalized, error))
    return FALSE;

  token.early = !normalized;
  if (content[0] == '\0')
    {
      monocle_file_set_error (error, path, "added_tokens: the token of id %u has no text", id);
      return FALSE;
    }
  if (!check_added_length (self, content, path, error))
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

      if (object == NULL || !peek_id (json_object_get_member (object, "id"), &id))
        {
          monocle_file_set_error (error, path, "added_tokens: entry %u has no id from 0 to %u", i,
                                  MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      if (!read_added_token (self, object, id, path, error))
        return FALSE;
    }
  return TRUE;
}

static void
append_token (const MonocleTokenizer *self, GArray *ids, const char *token)
{
  gint64 id = token != NULL ? monocle_tokenizer_find (self, token) : -1;
  guint32 value = (guint32) id;

  if (id >= 0)
    g_array_append_val (ids, value);
}

gboolean
monocle_tokenizer_read (MonocleTokenizer *self, JsonObject *root, const char *name, GError **error)
{
  JsonObject *model = NULL, *vocabulary = NULL;
  JsonArray *merges = NULL, *added = NULL;

  if (!monocle_json_get_object (root, name, "model", MONOCLE_JSON_REQUIRED, &model, error)
      || !monocle_tokenizer_read_parts (self, root, model, name, error)
      || !monocle_json_get_object (model, name, "vocab", MONOCLE_JSON_REQUIRED, &vocabulary, error)
      || !monocle_json_get_array (model, name, "merges", MONOCLE_JSON_REQUIRED, &merges, error)
      || !monocle_json_get_array (root, name, "added_tokens", MONOCLE_JSON_OPTIONAL, &added, error))
    return FALSE;

  return read_vocabulary (self, vocabulary, name, error) && read_merges (self, merges, name, error)
         && read_added_tokens (self, added, name, error)
         && monocle_tokenizer_check_parts (self, model, name, error);
}

static gboolean
load_one_file (MonocleTokenizer *self, const char *path, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  return root != NULL && monocle_tokenizer_read (self, root, path, error);
}

/* The special tokens of RoBERTa's tokenizer class, for directories whose files do not list them. */
static void
add_default_tokens (MonocleTokenizer *self)
{
  static const char *const defaults[] = { "<s>", "<pad>", "</s>", "<unk>", "<mask>" };

  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      gint64 id = monocle_tokenizer_find (self, defaults[i]);

      if (id < 0 || monocle_added_tokens_find (self->added, defaults[i]) != NULL)
        continue;
      MonocleAddedToken token = {
        .id = (guint32) id,
        .special = TRUE,
        .strip_left = g_str_equal (defaults[i], "<mask>"),
      };
      monocle_tokenizer_set_added (self, defaults[i], &token);
    }
}

/* added_tokens.json: token -> id. */
static gboolean
read_added_map (MonocleTokenizer *self, JsonObject *map, const char *path, GError **error)
{
  JsonObjectIter iter;
  const char *content;
  JsonNode *node;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &content, &node))
    {
      MonocleAddedToken token = { .special = TRUE, .early = TRUE };

      if (!peek_id (node, &token.id))
        {
          monocle_file_set_error (error, path, "“%s” has no id from 0 to %u", content,
                                  MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      if (!check_added_length (self, content, path, error))
        return FALSE;
      if (content[0] != '\0' && monocle_added_tokens_find (self->added, content) == NULL)
        monocle_tokenizer_set_added (self, content, &token);
    }
  return TRUE;
}

/* "added_tokens_decoder": id in decimal -> token with its flags. */
static gboolean
read_added_decoder (MonocleTokenizer *self, JsonObject *decoder, const char *path, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, decoder);
  while (json_object_iter_next (&iter, &key, &node))
    {
      guint64 id = 0;

      if (!g_ascii_string_to_unsigned (key, 10, 0, MONOCLE_TOKENIZER_MAX_IDS - 1, &id, NULL)
          || !JSON_NODE_HOLDS_OBJECT (node))
        {
          monocle_file_set_error (error, path, "added_tokens_decoder: “%s” is no id from 0 to %u",
                                  key, MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      if (!read_added_token (self, json_node_get_object (node), (guint32) id, path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_two_files (MonocleTokenizer *self, const char *directory, GError **error)
{
  g_autofree char *vocabulary_path = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *merges_path = g_build_filename (directory, "merges.txt", NULL);
  g_autofree char *added_path = g_build_filename (directory, "added_tokens.json", NULL);
  g_autofree char *config_path = g_build_filename (directory, "tokenizer_config.json", NULL);
  g_autoptr (JsonObject) vocabulary = monocle_json_load (vocabulary_path, error);
  g_autoptr (JsonObject) added = NULL;
  g_autoptr (JsonObject) config = NULL;
  JsonObject *decoder = NULL;

  if (vocabulary == NULL || !read_vocabulary (self, vocabulary, vocabulary_path, error)
      || !read_merges_text (self, merges_path, error))
    return FALSE;

  if (monocle_file_exists (config_path))
    {
      config = monocle_json_load (config_path, error);
      if (config == NULL
          || !read_flag (config, config_path, "add_prefix_space", &self->lead_with_space, error)
          || !monocle_json_get_object (config, config_path, "added_tokens_decoder",
                                       MONOCLE_JSON_OPTIONAL, &decoder, error)
          || (decoder != NULL && !read_added_decoder (self, decoder, config_path, error)))
        return FALSE;
    }
  if (monocle_file_exists (added_path))
    {
      added = monocle_json_load (added_path, error);
      if (added == NULL || !read_added_map (self, added, added_path, error))
        return FALSE;
    }
  add_default_tokens (self);

  const char *first = peek_token (config, "bos_token"), *last = peek_token (config, "eos_token");
  append_token (self, self->before, first != NULL ? first : "<s>");
  append_token (self, self->after, last != NULL ? last : "</s>");
  return TRUE;
}

MonocleTokenizer *
monocle_tokenizer_load (const char *directory, GError **error)
{
  g_autoptr (MonocleTokenizer) self = monocle_tokenizer_new ();
  g_autofree char *path = g_build_filename (directory, "tokenizer.json", NULL);
  g_autofree char *vocabulary_path = g_build_filename (directory, "vocab.json", NULL);
  gboolean loaded;

  g_return_val_if_fail (directory != NULL, NULL);

  if (monocle_file_exists (path))
    loaded = load_one_file (self, path, error);
  else if (monocle_file_exists (vocabulary_path))
    loaded = load_two_files (self, directory, error);
  else
    {
      monocle_file_set_error (error, directory, "neither tokenizer.json nor vocab.json is there");
      loaded = FALSE;
    }
  return loaded ? g_steal_pointer (&self) : NULL;
}
