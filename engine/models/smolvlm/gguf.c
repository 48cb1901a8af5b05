/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SmolVLM as llama.cpp's converter writes it: what the keys of its two files say, put as the JSON
 * files that they were made from say it, so that one reader checks both; and the other names of its
 * tensors.
 */
#include "config.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf-pair.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/smolvlm/private.h"

#define MAX_WORDS (1u << 20)

/* What a token is, in "tokenizer.ggml.token_type". */
enum
{
  TOKEN_CONTROL = 3,
  TOKEN_OF_USER = 4,
  TOKEN_UNUSED = 5,
};

/* --- settings ----------------------------------------------------------------------------- */

typedef struct
{
  const char *key, *member;
  gboolean is_optional;
} Setting;

static const Setting text_settings[] = {
  { "llama.embedding_length", "hidden_size", FALSE },
  { "llama.feed_forward_length", "intermediate_size", FALSE },
  { "llama.block_count", "num_hidden_layers", FALSE },
  { "llama.attention.head_count", "num_attention_heads", FALSE },
  { "llama.attention.head_count_kv", "num_key_value_heads", TRUE },
  { "llama.attention.key_length", "head_dim", TRUE },
  { "llama.attention.layer_norm_rms_epsilon", "rms_norm_eps", FALSE },
  { "llama.rope.freq_base", "rope_theta", TRUE },
  { "llama.context_length", "max_position_embeddings", FALSE },
};

static const Setting vision_settings[] = {
  { "clip.vision.embedding_length", "hidden_size", FALSE },
  { "clip.vision.feed_forward_length", "intermediate_size", FALSE },
  { "clip.vision.block_count", "num_hidden_layers", FALSE },
  { "clip.vision.attention.head_count", "num_attention_heads", FALSE },
  { "clip.vision.attention.layer_norm_epsilon", "layer_norm_eps", FALSE },
  { "clip.vision.image_size", "image_size", FALSE },
  { "clip.vision.patch_size", "patch_size", FALSE },
};

static gboolean
copy_settings (
    const MonocleGguf *file, const Setting *settings, guint n, JsonObject *to, GError **error)
{
  JsonObject *from = monocle_gguf_get_settings (file);

  for (guint i = 0; i < n; i++)
    if (json_object_has_member (from, settings[i].key))
      json_object_set_member (to, settings[i].member,
                              json_object_dup_member (from, settings[i].key));
    else if (!settings[i].is_optional)
      return monocle_file_set_error (error, monocle_gguf_get_path (file),
                                     "key \"%s\": it is missing", settings[i].key);
  return TRUE;
}

/* Rows of the table of tokens: how many words there are is said nowhere else for sure. */
static gboolean
count_words (const MonocleCheckpoint *files, gint64 *n_words, GError **error)
{
  const MonocleCheckpointTensor *table = monocle_checkpoint_find (files, "token_embd.weight");

  if (!table || table->n_dims != 2 || table->dims[0] > MAX_WORDS)
    return monocle_config_refuse (monocle_checkpoint_get_path (files),
                                  "tensor “token_embd.weight” is missing, or no table of tokens",
                                  error);
  *n_words = (gint64) table->dims[0];
  return TRUE;
}

/* What the network cannot be told. */
static gboolean
check_kind (const MonocleGguf *text, GError **error)
{
  JsonObject *settings = monocle_gguf_get_settings (text);
  const char *path = monocle_gguf_get_path (text);
  const char *architecture = NULL, *scaling = "none";

  if (!monocle_json_get_string (settings, path, "general.architecture", MONOCLE_JSON_REQUIRED,
                                &architecture, error)
      || !monocle_json_get_string (settings, path, "llama.rope.scaling.type", MONOCLE_JSON_OPTIONAL,
                                   &scaling, error))
    return FALSE;
  if (!g_str_equal (architecture, "llama"))
    return monocle_config_refuse (
        path, "a language model of this kind must have “llama” as “general.architecture”", error);
  if (!g_str_equal (scaling, "none"))
    return monocle_config_refuse (path, "“llama.rope.scaling.type” must be “none”", error);
  return TRUE;
}

static gboolean
read_config (MonocleSmolvlm *self,
             const MonocleGgufPair *pair,
             const MonocleCheckpoint *files,
             GError **error)
{
  static const Setting factor[]
      = { { "clip.vision.projector.scale_factor", "scale_factor", TRUE } };
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *text = json_object_new (), *vision = json_object_new ();
  gint64 n_words = 0;

  json_object_set_object_member (root, "text_config", text);
  json_object_set_object_member (root, "vision_config", vision);
  if (!check_kind (pair->text, error)
      || !copy_settings (pair->text, text_settings, G_N_ELEMENTS (text_settings), text, error)
      || !copy_settings (pair->vision, vision_settings, G_N_ELEMENTS (vision_settings), vision,
                         error)
      || !copy_settings (pair->vision, factor, G_N_ELEMENTS (factor), root, error)
      || !count_words (files, &n_words, error))
    return FALSE;
  json_object_set_int_member (text, "vocab_size", n_words);
  if (!monocle_smolvlm_config_read (&self->config, root, monocle_gguf_get_path (pair->text), error))
    return FALSE;
  /* The converter lays rows of queries and keys so. */
  self->config.text.turns_neighbours = TRUE;
  return TRUE;
}

static gboolean
read_ends (MonocleSmolvlm *self, const MonocleGgufPair *pair, GError **error)
{
  static const Setting settings[] = {
    { "tokenizer.ggml.eos_token_id", "eos_token_id", TRUE },
    { "tokenizer.ggml.padding_token_id", "pad_token_id", TRUE },
  };
  g_autoptr (JsonObject) root = json_object_new ();

  return copy_settings (pair->text, settings, G_N_ELEMENTS (settings), root, error)
         && monocle_causal_ends_take (&self->config.ends, self->config.text.n_words, root,
                                      monocle_gguf_get_path (pair->text), error);
}

/* { "longest_edge": @edge } */
static void
set_edge (JsonObject *root, const char *member, JsonNode *edge)
{
  JsonObject *size = json_object_new ();

  json_object_set_member (size, "longest_edge", edge);
  json_object_set_object_member (root, member, size);
}

/* Files from before pictures were cut do not say to what they are brought: four views a side are
 * what the models were published with. */
#define USUAL_VIEWS 4

static gboolean
read_pixels (MonocleSmolvlm *self, const MonocleGgufPair *pair, GError **error)
{
  static const char key[] = "clip.vision.preproc_image_size";
  static const Setting colours[] = {
    { "clip.vision.image_mean", "image_mean", FALSE },
    { "clip.vision.image_std", "image_std", FALSE },
  };
  JsonObject *settings = monocle_gguf_get_settings (pair->vision);
  g_autoptr (JsonObject) root = json_object_new ();
  const gint64 side = self->config.side;

  if (!copy_settings (pair->vision, colours, G_N_ELEMENTS (colours), root, error))
    return FALSE;
  set_edge (root, "size",
            json_object_has_member (settings, key)
                ? json_object_dup_member (settings, key)
                : json_node_init_int (json_node_alloc (), USUAL_VIEWS * side));
  set_edge (root, "max_image_size", json_node_init_int (json_node_alloc (), side));
  return monocle_smolvlm_read_pixels (self, root, monocle_gguf_get_path (pair->vision), error);
}

/* --- the tokenizer ------------------------------------------------------------------------ */

/* What its tokenizer.json says around vocabulary and merges. */
static const char pipeline[]
    = "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": ["
      "{\"type\": \"Digits\", \"individual_digits\": true},"
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}]},"
      "\"decoder\": {\"type\": \"ByteLevel\"},"
      "\"added_tokens\": [],"
      "\"model\": {\"type\": \"BPE\"}}";

static gboolean
check_tokenizer (const MonocleGguf *text, GError **error)
{
  JsonObject *settings = monocle_gguf_get_settings (text);
  const char *path = monocle_gguf_get_path (text);
  const char *model = NULL, *splitter = NULL;

  if (!monocle_json_get_string (settings, path, "tokenizer.ggml.model", MONOCLE_JSON_REQUIRED,
                                &model, error)
      || !monocle_json_get_string (settings, path, "tokenizer.ggml.pre", MONOCLE_JSON_REQUIRED,
                                   &splitter, error))
    return FALSE;
  if (!g_str_equal (model, "gpt2") || !g_str_equal (splitter, "smollm"))
    return monocle_config_refuse (
        path, "“tokenizer.ggml.model” and “tokenizer.ggml.pre” must be “gpt2” and “smollm”", error);
  return TRUE;
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
make_tokenizer (const MonocleGguf *text, GError **error)
{
  const char *path = monocle_gguf_get_path (text);
  g_auto (GStrv) tokens = monocle_gguf_dup_texts (text, "tokenizer.ggml.tokens", MAX_WORDS, error);
  g_auto (GStrv) merges
      = tokens ? monocle_gguf_dup_texts (text, "tokenizer.ggml.merges", MAX_WORDS, error) : NULL;
  g_autoptr (GArray) kinds
      = merges ? monocle_gguf_dup_integers (text, "tokenizer.ggml.token_type", MAX_WORDS, error)
               : NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *vocabulary = json_object_new ();
  JsonArray *list = json_array_new ();
  JsonObject *model;

  root = monocle_json_parse (pipeline, strlen (pipeline), path, NULL);
  model = json_object_get_object_member (root, "model");
  json_object_set_object_member (model, "vocab", vocabulary);
  json_object_set_array_member (model, "merges", list);
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
        add_token (json_object_get_array_member (root, "added_tokens"), tokens[i], i,
                   kind == TOKEN_CONTROL);
      else if (kind != TOKEN_UNUSED)
        json_object_set_int_member (vocabulary, tokens[i], i);
    }
  for (guint i = 0; merges[i]; i++)
    json_array_add_string_element (list, merges[i]);
  return g_steal_pointer (&root);
}

static gboolean
read_tokenizer (MonocleSmolvlm *self, const MonocleGgufPair *pair, GError **error)
{
  g_autoptr (JsonObject) root
      = check_tokenizer (pair->text, error) ? make_tokenizer (pair->text, error) : NULL;

  if (root)
    self->tokenizer = monocle_tokenizer_parse (root, monocle_gguf_get_path (pair->text), error);
  return self->tokenizer != NULL;
}

/* --- names -------------------------------------------------------------------------------- */

typedef struct
{
  const char *ours, *theirs;
} Name;

/* What stands behind a layer's number, or alone; an empty text ends in the rest of it. */
static const Name text_parts[] = {
  { "input_layernorm", "attn_norm" }, { "post_attention_layernorm", "ffn_norm" },
  { "self_attn.q_proj", "attn_q" },   { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" },   { "self_attn.o_proj", "attn_output" },
  { "mlp.gate_proj", "ffn_gate" },    { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

static const Name vision_parts[] = {
  { "layer_norm1", "ln1" },         { "layer_norm2", "ln2" },
  { "self_attn.q_proj", "attn_q" }, { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" }, { "self_attn.out_proj", "attn_out" },
  { "mlp.fc1", "ffn_up" },          { "mlp.fc2", "ffn_down" },
};

static const Name others[] = {
  { "lm_head", "output" },
  { "model.text_model.embed_tokens", "token_embd" },
  { "model.text_model.norm", "output_norm" },
  { "model.vision_model.embeddings.patch_embedding", "v.patch_embd" },
  { "model.vision_model.embeddings.position_embedding", "v.position_embd" },
  { "model.vision_model.post_layernorm", "v.post_ln" },
  { "model.connector.modality_projection.proj", "mm.model.fc" },
};

static const char *
find_name (const Name *names, guint n, const char *ours)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (names[i].ours, ours))
      return names[i].theirs;
  return ours;
}

/* (transfer full) (nullable): @name without @prefix, of a layer */
static char *
rename_layer (const char *name, const char *prefix, const char *theirs, const Name *parts, guint n)
{
  const char *number, *part;

  if (!g_str_has_prefix (name, prefix))
    return NULL;
  number = name + strlen (prefix);
  part = strchr (number, '.');
  if (!part)
    return NULL;
  return g_strdup_printf ("%s.%.*s.%s", theirs, (int) (part - number), number,
                          find_name (parts, n, part + 1));
}

static char *
rename_tensor (const char *name)
{
  const char *end = strrchr (name, '.');
  g_autofree char *stem = g_strndup (name, end ? (gsize) (end - name) : strlen (name));
  g_autofree char *layer = rename_layer (stem, "model.text_model.layers.", "blk", text_parts,
                                         G_N_ELEMENTS (text_parts));

  if (!layer)
    layer = rename_layer (stem, "model.vision_model.encoder.layers.", "v.blk", vision_parts,
                          G_N_ELEMENTS (vision_parts));
  return g_strconcat (layer ? layer : find_name (others, G_N_ELEMENTS (others), stem),
                      end ? end : "", NULL);
}

/* Older converters called the way up of the tower's perceptrons down, and the other way round. */
static char *
rename_swapped (const char *name)
{
  g_autofree char *theirs = rename_tensor (name);
  GString *swapped = g_string_new (theirs);

  if (g_str_has_prefix (theirs, "v.blk."))
    {
      if (g_string_replace (swapped, ".ffn_up.", ".ffn_down.", 1) == 0)
        g_string_replace (swapped, ".ffn_down.", ".ffn_up.", 1);
    }
  return g_string_free (swapped, FALSE);
}

static gboolean
is_swapped (const MonocleSmolvlm *self, const MonocleCheckpoint *files)
{
  const MonocleCheckpointTensor *down = monocle_checkpoint_find (files, "v.blk.0.ffn_down.weight");

  return down && down->n_dims == 2 && down->dims[1] == self->config.vision.channels
         && down->dims[0] == self->config.vision.layers.hidden && down->dims[0] != down->dims[1];
}

gboolean
monocle_smolvlm_read_gguf (MonocleSmolvlm *self, const char *path, GError **error)
{
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open (path, error);
  g_autoptr (MonocleCheckpoint) files = pair ? monocle_checkpoint_open (path, error) : NULL;

  if (!files || !read_config (self, pair, files, error) || !read_ends (self, pair, error)
      || !read_pixels (self, pair, error) || !read_tokenizer (self, pair, error))
    return FALSE;
  self->rename = is_swapped (self, files) ? rename_swapped : rename_tensor;
  return TRUE;
}
