/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LLaMA's vocabulary with what the model has beside it. Its first three tokens are in another
 * order; spare tokens, of which most are places, count down behind the words; then come those that
 * say what is meant.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/text/sentencepiece.h"

#define N_EXTRA 1200

/* Pictures and sounds of before that a text can speak of. */
#define N_FRAMES 8

/* What rows of the table are a multiple of. */
#define ROWS_MULTIPLE 128

const MonocleExtraPlaces monocle_unifiedio2_places = { N_EXTRA, MONOCLE_UNIFIEDIO2_N_BINS };

static const char *const first_tokens[] = { "<s>", "</s>", "<unk>" };

/* What a tokenizer.json says of texts: blanks are marked, and each is followed by the end. Nothing
 * is put before a text, as one always begins with a token that is told by the family. */
static const char pipeline[]
    = "{\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": "
      "\"▁\"}, \"decoder\": {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Replace\", "
      "\"pattern\": {\"String\": \"▁\"}, \"content\": \" \"}, {\"type\": \"ByteFallback\"}, "
      "{\"type\": \"Fuse\"}]}, \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": "
      "[{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"</s>\", "
      "\"type_id\": 0}}], \"pair\": [], \"special_tokens\": {\"</s>\": {\"id\": \"</s>\", "
      "\"ids\": [1], \"tokens\": [\"</s>\"]}}}}";

/* (transfer full): all that @model is a part of */
static JsonObject *
put_around (JsonNode *model)
{
  JsonObject *root = monocle_json_parse (pipeline, sizeof pipeline - 1, "pipeline", NULL);

  json_object_set_member (root, "model", model);
  return root;
}

/* (transfer full) (nullable): from either file. @path: (out) (transfer full): which one */
static JsonObject *
read_file (const char *directory, char **path, GError **error)
{
  g_autofree char *pieces = g_build_filename (directory, "tokenizer.model", NULL);
  g_autofree char *json = g_build_filename (directory, "tokenizer.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  JsonObject *model = NULL;

  if (!monocle_file_exists (pieces) && !monocle_file_exists (json))
    {
      monocle_file_set_error (error, pieces,
                              "no such file; Unified-IO 2 reads texts by LLaMA's tokenizer, which "
                              "is not published with it: put the “tokenizer.model” of a LLaMA 1 or "
                              "2 there");
      return NULL;
    }
  *path = g_strdup (monocle_file_exists (pieces) ? pieces : json);
  if (monocle_file_exists (pieces))
    {
      model = monocle_sentencepiece_load (pieces, error);
      return model ? put_around (json_node_init_object (json_node_alloc (), model)) : NULL;
    }
  root = monocle_json_load (json, error);
  if (!root || !monocle_json_get_object (root, json, "model", MONOCLE_JSON_REQUIRED, &model, error))
    return NULL;
  return put_around (json_node_copy (json_object_get_member (root, "model")));
}

/* What is meant, behind the spare ones. */
static void
add_markers (MonocleTokenizer *tokenizer, guint32 first)
{
  static const char *const others[]
      = { "<image_input>", "<audio_input>", "[Text] [S]",  "[Text] [R]", "[Text] [X]",
          "[Image] [S]",   "[Image] [R]",   "[Audio] [S]", "[Audio] [R]" };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 1; i <= N_FRAMES; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("<image_history_%u>", i));
      g_ptr_array_add (names, g_strdup_printf ("<audio_history_%u>", i));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_ptr_array_add (names, g_strdup (others[i]));
  monocle_tokenizer_place_tokens (tokenizer, first, (const char *const *) names->pdata, names->len,
                                  FALSE);
}

/* Rows of the table are told of as many words. */
static gboolean
check_count (guint n, guint n_words, const char *path, GError **error)
{
  const guint n_all = n + N_EXTRA + 2 * N_FRAMES + 9;
  g_autofree char *what = NULL;

  if ((n_all + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE == n_words)
    return TRUE;
  what = g_strdup_printf ("the vocabulary has %u words, which is not that of LLaMA 1 or 2 that the "
                          "model with its %u rows was made with (that of LLaMA 3 is another one)",
                          n, n_words);
  return monocle_config_refuse (path, what, error);
}

MonocleTokenizer *
monocle_unifiedio2_vocabulary_load (const char *directory,
                                    guint n_words,
                                    MonocleUnifiedio2Tokens *tokens,
                                    GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) root = read_file (directory, &path, error);
  g_autoptr (MonocleTokenizer) tokenizer
      = root ? monocle_tokenizer_parse (root, path, error) : NULL;
  guint n;

  if (!tokenizer)
    return NULL;
  n = monocle_tokenizer_get_vocab_size (tokenizer);
  for (guint i = 0; i < G_N_ELEMENTS (first_tokens); i++)
    if (monocle_tokenizer_find (tokenizer, first_tokens[i]) < 0)
      {
        monocle_config_refuse (path, "it has no “<s>”, “</s>” and “<unk>”: it is not LLaMA's",
                               error);
        return NULL;
      }
  if (!check_count (n, n_words, path, error))
    return NULL;
  *tokens = (MonocleUnifiedio2Tokens){ .start = 0, .end = 1, .first_place = n };
  monocle_tokenizer_place_tokens (tokenizer, 0, first_tokens, G_N_ELEMENTS (first_tokens), FALSE);
  monocle_extra_places_add (&monocle_unifiedio2_places, tokenizer, n, FALSE);
  add_markers (tokenizer, n + N_EXTRA);
  return g_steal_pointer (&tokenizer);
}
