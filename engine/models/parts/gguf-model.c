/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/gguf-model.h"

#include <string.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Rows of a table, and words of a tokenizer. */
#define MAX_ROWS (1u << 20)

/* What a token is, in "tokenizer.ggml.token_type". */
enum
{
  TOKEN_CONTROL = 3,
  TOKEN_OF_USER = 4,
  TOKEN_UNUSED = 5,
};

/* --- settings ----------------------------------------------------------------------------- */

gboolean
monocle_gguf_model_copy (const MonocleGguf *file,
                         const char *prefix,
                         const MonocleGgufSetting *settings,
                         guint n,
                         JsonObject *to,
                         GError **error)
{
  JsonObject *from = monocle_gguf_get_settings (file);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strconcat (prefix, settings[i].key, NULL);

      if (json_object_has_member (from, key))
        json_object_set_member (to, settings[i].member, json_object_dup_member (from, key));
      else if (!settings[i].is_optional)
        return monocle_file_set_error (error, monocle_gguf_get_path (file),
                                       "key \"%s\": it is missing", key);
    }
  return TRUE;
}

gboolean
monocle_gguf_model_count_rows (const MonocleCheckpoint *files,
                               const char *name,
                               gint64 *n_rows,
                               GError **error)
{
  const MonocleCheckpointTensor *table = monocle_checkpoint_find (files, name);
  g_autofree char *problem = NULL;

  if (table && table->n_dims == 2 && table->dims[0] <= MAX_ROWS)
    {
      *n_rows = (gint64) table->dims[0];
      return TRUE;
    }
  problem = g_strdup_printf ("tensor “%s” is missing, or no table", name);
  return monocle_config_refuse (monocle_checkpoint_get_path (files), problem, error);
}

/* What a network cannot be told. */
static gboolean
check_text (const MonocleGguf *text, const char *architecture, const char *kind, GError **error)
{
  JsonObject *settings = monocle_gguf_get_settings (text);
  const char *path = monocle_gguf_get_path (text);
  g_autofree char *key = g_strconcat (architecture, ".rope.scaling.type", NULL);
  const char *found = NULL, *scaling = "none";
  g_autofree char *problem = NULL;

  if (!monocle_json_get_string (settings, path, "general.architecture", MONOCLE_JSON_REQUIRED,
                                &found, error)
      || !monocle_json_get_string (settings, path, key, MONOCLE_JSON_OPTIONAL, &scaling, error))
    return FALSE;
  if (!g_str_equal (found, architecture))
    problem = g_strdup_printf ("%s must have “%s” as “general.architecture”", kind, architecture);
  else if (!g_str_equal (scaling, "none"))
    problem = g_strdup_printf ("“%s” must be “none”", key);
  return !problem || monocle_config_refuse (path, problem, error);
}

gboolean
monocle_gguf_model_read_text (const MonocleGguf *text,
                              const MonocleCheckpoint *files,
                              const char *architecture,
                              const char *kind,
                              JsonObject *to,
                              GError **error)
{
  static const MonocleGgufSetting settings[] = {
    { "embedding_length", "hidden_size", FALSE },
    { "feed_forward_length", "intermediate_size", FALSE },
    { "block_count", "num_hidden_layers", FALSE },
    { "attention.head_count", "num_attention_heads", FALSE },
    { "attention.head_count_kv", "num_key_value_heads", TRUE },
    { "attention.key_length", "head_dim", TRUE },
    { "attention.layer_norm_rms_epsilon", "rms_norm_eps", FALSE },
    { "context_length", "max_position_embeddings", FALSE },
  };
  g_autofree char *prefix = g_strconcat (architecture, ".", NULL);
  gint64 n_words = 0;

  if (!check_text (text, architecture, kind, error)
      || !monocle_gguf_model_copy (text, prefix, settings, G_N_ELEMENTS (settings), to, error)
      || !monocle_gguf_model_count_rows (files, "token_embd.weight", &n_words, error))
    return FALSE;
  json_object_set_int_member (to, "vocab_size", n_words);
  return TRUE;
}

gboolean
monocle_gguf_model_read_ends (const MonocleGguf *text,
                              guint n_words,
                              MonocleCausalEnds *ends,
                              GError **error)
{
  static const MonocleGgufSetting settings[] = {
    { "eos_token_id", "eos_token_id", TRUE },
    { "padding_token_id", "pad_token_id", TRUE },
  };
  g_autoptr (JsonObject) root = json_object_new ();

  return monocle_gguf_model_copy (text, "tokenizer.ggml.", settings, G_N_ELEMENTS (settings), root,
                                  error)
         && monocle_causal_ends_take (ends, n_words, root, monocle_gguf_get_path (text), error);
}

/* --- the tokenizer ------------------------------------------------------------------------ */

static gboolean
check_tokenizer (const MonocleGguf *text, const char *splitter, GError **error)
{
  JsonObject *settings = monocle_gguf_get_settings (text);
  const char *path = monocle_gguf_get_path (text);
  const char *model = NULL, *found = NULL;
  g_autofree char *problem = NULL;

  if (!monocle_json_get_string (settings, path, "tokenizer.ggml.model", MONOCLE_JSON_REQUIRED,
                                &model, error)
      || !monocle_json_get_string (settings, path, "tokenizer.ggml.pre", MONOCLE_JSON_REQUIRED,
                                   &found, error))
    return FALSE;
  if (g_str_equal (model, "gpt2") && g_str_equal (found, splitter))
    return TRUE;
  problem = g_strdup_printf (
      "“tokenizer.ggml.model” and “tokenizer.ggml.pre” must be “gpt2” and “%s”", splitter);
  return monocle_config_refuse (path, problem, error);
}

static void
add_token (JsonArray *added, const char *token, gint64 id, gboolean is_special)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", id);
  json_object_set_string_member (object, "content", token);
  json_object_set_boolean_member (object, "special", is_special);
  json_object_set_boolean_member (object, "normalized", FALSE);
  json_array_add_object_element (added, object);
}

/* (transfer full) (nullable) */
static JsonObject *
make_tokenizer (const MonocleGguf *text, const char *pipeline, GError **error)
{
  const char *path = monocle_gguf_get_path (text);
  g_auto (GStrv) tokens = monocle_gguf_dup_texts (text, "tokenizer.ggml.tokens", MAX_ROWS, error);
  g_auto (GStrv) merges
      = tokens ? monocle_gguf_dup_texts (text, "tokenizer.ggml.merges", MAX_ROWS, error) : NULL;
  g_autoptr (GArray) kinds
      = merges ? monocle_gguf_dup_integers (text, "tokenizer.ggml.token_type", MAX_ROWS, error)
               : NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *vocabulary = json_object_new ();
  JsonArray *list = json_array_new (), *added = json_array_new ();
  JsonObject *model;

  root = monocle_json_parse (pipeline, strlen (pipeline), path, NULL);
  model = json_object_get_object_member (root, "model");
  json_object_set_object_member (model, "vocab", vocabulary);
  json_object_set_array_member (model, "merges", list);
  json_object_set_array_member (root, "added_tokens", added);
  if (!kinds)
    return NULL;
  if (kinds->len != g_strv_length (tokens))
    {
      monocle_file_set_error (error, path, "there are %u tokens, and %u kinds of tokens",
                              g_strv_length (tokens), kinds->len);
      return NULL;
    }
  for (guint i = 0; i < kinds->len; i++)
    {
      const gint64 kind = g_array_index (kinds, gint64, i);

      if (kind == TOKEN_CONTROL || kind == TOKEN_OF_USER)
        add_token (added, tokens[i], i, kind == TOKEN_CONTROL);
      else if (kind != TOKEN_UNUSED)
        json_object_set_int_member (vocabulary, tokens[i], i);
    }
  for (guint i = 0; merges[i]; i++)
    json_array_add_string_element (list, merges[i]);
  return g_steal_pointer (&root);
}

MonocleTokenizer *
monocle_gguf_model_read_tokenizer (const MonocleGguf *text,
                                   const char *splitter,
                                   const char *pipeline,
                                   GError **error)
{
  g_autoptr (JsonObject) root
      = check_tokenizer (text, splitter, error) ? make_tokenizer (text, pipeline, error) : NULL;

  return root ? monocle_tokenizer_parse (root, monocle_gguf_get_path (text), error) : NULL;
}

/* --- names -------------------------------------------------------------------------------- */

const MonocleGgufName monocle_gguf_text_parts[MONOCLE_GGUF_N_TEXT_PARTS] = {
  { "input_layernorm", "attn_norm" },    { "post_attention_layernorm", "ffn_norm" },
  { "self_attn.q_proj", "attn_q" },      { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" },      { "self_attn.o_proj", "attn_output" },
  { "self_attn.q_norm", "attn_q_norm" }, { "self_attn.k_norm", "attn_k_norm" },
  { "mlp.gate_proj", "ffn_gate" },       { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

/* (transfer none) (nullable) */
static const char *
find_name (const MonocleGgufNames *names, const char *ours)
{
  for (guint i = 0; i < names->n; i++)
    if (g_str_equal (names->parts[i].ours, ours))
      return names->parts[i].theirs;
  return NULL;
}

/* (transfer full) (nullable): @name, of a layer or of none, where these say how it is called */
static char *
rename_stem (const char *name, const MonocleGgufNames *names)
{
  const char *number, *part;

  if (!names->ours)
    return g_strdup (find_name (names, name));
  if (!g_str_has_prefix (name, names->ours))
    return NULL;
  number = name + strlen (names->ours);
  part = strchr (number, '.');
  if (!part || !find_name (names, part + 1))
    return NULL;
  return g_strdup_printf ("%s%.*s.%s", names->theirs, (int) (part - number), number,
                          find_name (names, part + 1));
}

char *
monocle_gguf_model_rename (const char *name, const MonocleGgufNames *names, guint n_names)
{
  const char *end = strrchr (name, '.');
  g_autofree char *stem = g_strndup (name, end ? (gsize) (end - name) : strlen (name));
  g_autofree char *theirs = NULL;

  for (guint i = 0; i < n_names && !theirs; i++)
    theirs = rename_stem (stem, &names[i]);
  return theirs ? g_strconcat (theirs, end ? end : "", NULL) : g_strdup (name);
}
