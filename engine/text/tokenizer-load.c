/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the files of a tokenizer in a model directory: tokenizer.json, or the vocabulary and merges
 * of a byte-level tokenizer in two files.
 */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/bpe.h"
#include "engine/text/parts.h"

/* The member as a string, or as an object with a "content" (older files write special tokens so).
 */
static const char *
peek_token (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "content");
  return monocle_tokenizer_peek_string (node);
}

static void
append_token (const MonocleTokenizer *self, GArray *ids, const char *token)
{
  gint64 id = token != NULL ? monocle_tokenizer_find (self, token) : -1;
  guint32 value = (guint32) id;

  if (id >= 0)
    g_array_append_val (ids, value);
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

      if (!monocle_tokenizer_peek_id (node, &token.id))
        {
          monocle_file_set_error (error, path, "“%s” has no id from 0 to %u", content,
                                  MONOCLE_TOKENIZER_MAX_IDS - 1);
          return FALSE;
        }
      if (!monocle_tokenizer_check_added (self, content, path, error))
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
      if (!monocle_tokenizer_read_added (self, json_node_get_object (node), (guint32) id, path,
                                         error))
        return FALSE;
    }
  return TRUE;
}

/* Whether tokenizer_config.json names a class of CLIP's, whose files look like those of others. */
static gboolean
is_clip (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "tokenizer_config.json", NULL);
  g_autoptr (JsonObject) root = monocle_file_exists (path) ? monocle_json_load (path, NULL) : NULL;
  const char *type = root ? peek_token (root, "tokenizer_class") : NULL;

  return type && g_str_has_prefix (type, "CLIPTokenizer");
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

  gboolean leads = FALSE;

  if (vocabulary == NULL
      || !monocle_tokenizer_read_tokens (self, vocabulary, vocabulary_path, error))
    return FALSE;
  self->model = &monocle_bpe;
  self->state = monocle_bpe_read_text (self, merges_path, error);
  if (self->state == NULL)
    return FALSE;

  if (monocle_file_exists (config_path))
    {
      config = monocle_json_load (config_path, error);
      if (config == NULL
          || !monocle_parts_get_flag (config, config_path, "add_prefix_space", &leads, error)
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
  monocle_splitter_add_byte_level (self->splitter, leads, TRUE);

  const char *first = peek_token (config, "bos_token"), *last = peek_token (config, "eos_token");
  append_token (self, self->around.before, first != NULL ? first : "<s>");
  append_token (self, self->around.after, last != NULL ? last : "</s>");
  return TRUE;
}

MonocleTokenizer *
monocle_tokenizer_parse (JsonObject *root, const char *name, GError **error)
{
  g_autoptr (MonocleTokenizer) self = monocle_tokenizer_new ();

  return monocle_tokenizer_read (self, root, name, error) ? g_steal_pointer (&self) : NULL;
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
  else if (monocle_file_exists (vocabulary_path) && is_clip (directory))
    loaded = monocle_tokenizer_read_clip (self, directory, error);
  else if (monocle_file_exists (vocabulary_path))
    loaded = load_two_files (self, directory, error);
  else
    {
      monocle_file_set_error (error, directory, "neither tokenizer.json nor vocab.json is there");
      loaded = FALSE;
    }
  return loaded ? g_steal_pointer (&self) : NULL;
}
