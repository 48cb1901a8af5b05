/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CLIP's tokenizer where a directory has only its vocabulary and merges: the tokenizer.json that
 * newer directories have beside them, written down here, is read around these.
 */
#include "config.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/bpe.h"
#include "engine/text/tokenizer-private.h"

#define FIRST "<|startoftext|>"
#define LAST  "<|endoftext|>"

/* With the ids of the two tokens. */
static const char pipeline[]
    = "{\"added_tokens\": ["
      "{\"id\": %1$u, \"content\": \"" FIRST "\", \"normalized\": true, \"special\": true},"
      "{\"id\": %2$u, \"content\": \"" LAST "\", \"normalized\": false, \"special\": true}],"
      "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"},"
      "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\\\\s+\"}, \"content\": \" \"},"
      "{\"type\": \"Lowercase\"}]},"
      "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\","
      "\"pattern\": {\"Regex\": "
      "\"<\\\\|startoftext\\\\|>|<\\\\|endoftext\\\\|>|'s|'t|'re|'ve|'m|'ll"
      "|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+\"},"
      "\"behavior\": \"Removed\", \"invert\": true},"
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}]},"
      "\"post_processor\": {\"type\": \"RobertaProcessing\", \"sep\": [\"" LAST "\", %2$u],"
      "\"cls\": [\"" FIRST "\", %1$u], \"trim_offsets\": false, \"add_prefix_space\": false},"
      "\"decoder\": {\"type\": \"ByteLevel\"},"
      "\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\"}}";

static gboolean
find_id (JsonObject *vocabulary, const char *path, const char *token, guint *id, GError **error)
{
  gint64 value = 0;

  if (!monocle_json_get_int (vocabulary, path, token, MONOCLE_JSON_REQUIRED, 0,
                             MONOCLE_TOKENIZER_MAX_IDS - 1, &value, error))
    return FALSE;
  *id = (guint) value;
  return TRUE;
}

/* (transfer full): a text for each line but the first, which says a version */
static JsonArray *
read_merges (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_bpe_read_file (path, error);
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;
  JsonArray *merges;

  if (!bytes)
    return NULL;
  contents = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!g_utf8_validate (contents, -1, NULL))
    {
      monocle_file_set_error (error, path, "it is not UTF-8");
      return NULL;
    }
  lines = g_strsplit (contents, "\n", -1);
  merges = json_array_new ();
  for (guint i = 0; lines[i]; i++)
    {
      g_strchomp (lines[i]);
      if (*lines[i] && !(i == 0 && g_str_has_prefix (lines[i], "#version")))
        json_array_add_string_element (merges, lines[i]);
    }
  return merges;
}

gboolean
monocle_tokenizer_read_clip (MonocleTokenizer *self, const char *directory, GError **error)
{
  g_autofree char *vocabulary_path = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *merges_path = g_build_filename (directory, "merges.txt", NULL);
  g_autoptr (JsonObject) vocabulary = monocle_json_load (vocabulary_path, error);
  g_autoptr (JsonObject) root = NULL;
  g_autofree char *text = NULL;
  JsonArray *merges;
  JsonObject *model;
  guint first, last;

  if (!vocabulary || !find_id (vocabulary, vocabulary_path, FIRST, &first, error)
      || !find_id (vocabulary, vocabulary_path, LAST, &last, error))
    return FALSE;
  merges = read_merges (merges_path, error);
  if (!merges)
    return FALSE;
  text = g_strdup_printf (pipeline, first, last);
  root = monocle_json_parse (text, strlen (text), directory, NULL);
  model = json_object_get_object_member (root, "model");
  json_object_set_object_member (model, "vocab", json_object_ref (vocabulary));
  json_object_set_array_member (model, "merges", merges);
  return monocle_tokenizer_read (self, root, merges_path, error);
}
