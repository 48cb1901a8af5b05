/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Qwen3-VL and Qwen2.5-VL as llama.cpp's converter writes them: what the keys of the two files say,
 * put as the JSON files say it that they were made from, and the other names of tensors. Rows of
 * queries and keys stay as they are, which is not so of all language models there.
 */
#include "config.h"

#include "engine/base/json.h"
#include "engine/checkpoint/gguf-frames.h"
#include "engine/checkpoint/gguf-pair.h"
#include "engine/models/parts/gguf-model.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/qwen3vl/private.h"

#define VISION  "clip.vision."
#define PATCHES "v.patch_embd.weight"

/* What both editions are converted from has two frames a patch. */
#define N_FRAMES 2

/* Pixels of a picture that Qwen2.5-VL was published with; files seldom say. */
#define OLDER_LEAST 3136
#define OLDER_MOST  12845056

/* --- settings ----------------------------------------------------------------------------- */

static const MonocleGgufSetting vision_settings[] = {
  { "embedding_length", "hidden_size", FALSE },
  { "feed_forward_length", "intermediate_size", FALSE },
  { "block_count", "depth", FALSE },
  { "attention.head_count", "num_heads", FALSE },
  { "patch_size", "patch_size", FALSE },
  { "spatial_merge_size", "spatial_merge_size", TRUE },
  { "window_size", "window_size", TRUE },
};

static gboolean
is_older (const MonocleGgufPair *pair)
{
  return g_str_equal (monocle_gguf_pair_get_projector (pair), MONOCLE_QWEN3VL_OLDER_GGUF);
}

static const char *
get_architecture (const MonocleGgufPair *pair)
{
  return is_older (pair) ? "qwen2vl" : "qwen3vl";
}

/* How many pairs of each head turn by which of the three numbers of a place; a fourth is none. */
static gboolean
read_axes (const MonocleGgufPair *pair, JsonObject *text, GError **error)
{
  const char *path = monocle_gguf_get_path (pair->text);
  g_autofree char *key = g_strconcat (get_architecture (pair), ".rope.dimension_sections", NULL);
  g_autoptr (GArray) sections = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonObject *turns = json_object_new ();
  JsonArray *parts = json_array_new ();

  json_object_set_object_member (text, "rope_scaling", turns);
  json_object_set_array_member (turns, "mrope_section", parts);
  json_object_set_boolean_member (turns, "mrope_interleaved", !is_older (pair));
  if (!monocle_json_get_ints (monocle_gguf_get_settings (pair->text), path, key,
                              MONOCLE_JSON_REQUIRED, 0, G_MAXINT16, &sections, error))
    return FALSE;
  for (guint i = 0; i < sections->len; i++)
    if (i != MONOCLE_ROTARY_AXES || g_array_index (sections, gint64, i) > 0)
      json_array_add_int_element (parts, g_array_index (sections, gint64, i));
  return TRUE;
}

static gboolean
read_text (const MonocleGgufPair *pair,
           const MonocleCheckpoint *files,
           JsonObject *text,
           GError **error)
{
  static const MonocleGgufSetting theta[] = { { "rope.freq_base", "rope_theta", FALSE } };
  const char *architecture = get_architecture (pair);
  g_autofree char *prefix = g_strconcat (architecture, ".", NULL);

  return monocle_gguf_model_read_text (pair->text, files, architecture,
                                       "a language model with eyes of this kind", text, error)
         && monocle_gguf_model_copy (pair->text, prefix, theta, G_N_ELEMENTS (theta), text, error)
         && read_axes (pair, text, error);
}

/* Of every so many layers the last one sees all. */
static gboolean
read_windows (const MonocleGgufPair *pair, JsonObject *vision, GError **error)
{
  const char *path = monocle_gguf_get_path (pair->vision);
  JsonArray *layers = json_array_new ();
  gint64 n_layers = 0, pattern = 0;

  json_object_set_array_member (vision, "fullatt_block_indexes", layers);
  if (!monocle_json_get_int (vision, path, "depth", MONOCLE_JSON_REQUIRED, 1,
                             MONOCLE_QWEN3VL_MAX_LAYERS, &n_layers, error)
      || !monocle_json_get_int (monocle_gguf_get_settings (pair->vision), path,
                                VISION "n_wa_pattern", MONOCLE_JSON_REQUIRED, 1,
                                MONOCLE_QWEN3VL_MAX_LAYERS, &pattern, error))
    return FALSE;
  for (gint64 i = pattern - 1; i < n_layers; i += pattern)
    json_array_add_int_element (layers, i);
  return TRUE;
}

/* Which layers the language model is given more of; it says how many. */
static gboolean
read_deep (const MonocleGgufPair *pair, JsonObject *vision, GError **error)
{
  static const char list[] = VISION "is_deepstack_layers", count[] = "qwen3vl.n_deepstack_layers";
  JsonNode *node = json_object_get_member (monocle_gguf_get_settings (pair->vision), list);
  JsonArray *are_deep = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonArray *deep = json_array_new ();
  gint64 wanted = 0;

  json_object_set_array_member (vision, "deepstack_visual_indexes", deep);
  for (guint i = 0; are_deep && i < json_array_get_length (are_deep); i++)
    if (json_array_get_boolean_element (are_deep, i))
      json_array_add_int_element (deep, i);
  wanted = json_array_get_length (deep);
  if (!monocle_json_get_int (monocle_gguf_get_settings (pair->text),
                             monocle_gguf_get_path (pair->text), count, MONOCLE_JSON_OPTIONAL, 0,
                             MONOCLE_QWEN3VL_MAX_LAYERS, &wanted, error))
    return FALSE;
  return wanted == json_array_get_length (deep)
         || monocle_config_refuse (monocle_gguf_get_path (pair->vision),
                                   "it is of another model: the language model is given rows of "
                                   "another number of layers than “" VISION
                                   "is_deepstack_layers” says",
                                   error);
}

static gboolean
read_vision (const MonocleGgufPair *pair,
             const MonocleCheckpoint *files,
             JsonObject *vision,
             GError **error)
{
  gint64 n_positions = 0;

  json_object_set_int_member (vision, "temporal_patch_size", N_FRAMES);
  if (!monocle_gguf_model_copy (pair->vision, VISION, vision_settings,
                                G_N_ELEMENTS (vision_settings), vision, error))
    return FALSE;
  if (is_older (pair))
    return read_windows (pair, vision, error);
  if (!read_deep (pair, vision, error)
      || !monocle_gguf_model_count_rows (files, "v.position_embd.weight", &n_positions, error))
    return FALSE;
  json_object_set_int_member (vision, "num_position_embeddings", n_positions);
  return TRUE;
}

/* Where queries, keys and values are three matrices and not one. */
static const MonocleLayerNames apart = {
  .norm_attention = "norm1",
  .attention = "attn",
  .parts = { "q", "k", "v" },
  .attention_end = "attn.proj",
  .norm_perceptron = "norm2",
  .perceptron = "mlp.linear_fc1",
  .perceptron_end = "mlp.linear_fc2",
};

static const MonocleLayerNames older_apart = {
  .norm_attention = "norm1",
  .attention = "attn",
  .parts = { "q", "k", "v" },
  .attention_end = "attn.proj",
  .norm_perceptron = "norm2",
  .perceptron = "mlp",
  .gates = { "gate_proj", "up_proj" },
  .perceptron_end = "mlp.down_proj",
};

static gboolean
read_config (MonocleQwen3vl *self,
             const MonocleGgufPair *pair,
             const MonocleCheckpoint *files,
             GError **error)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *text = json_object_new (), *vision = json_object_new ();

  json_object_set_string_member (root, "model_type", is_older (pair) ? "qwen2_5_vl" : "qwen3_vl");
  json_object_set_object_member (root, "text_config", text);
  json_object_set_object_member (root, "vision_config", vision);
  if (!read_text (pair, files, text, error) || !read_vision (pair, files, vision, error)
      || !monocle_qwen3vl_config_read (&self->config, root, monocle_gguf_get_path (pair->text),
                                       error))
    return FALSE;
  self->config.has_deep_by_layer = TRUE;
  if (!monocle_checkpoint_find (files, "v.blk.0.attn_qkv.weight"))
    self->config.layers.names = is_older (pair) ? &older_apart : &apart;
  return TRUE;
}

static gboolean
read_pixels (MonocleQwen3vl *self, const MonocleGgufPair *pair, GError **error)
{
  static const MonocleGgufSetting settings[] = {
    { "image_mean", "image_mean", FALSE },
    { "image_std", "image_std", FALSE },
    { "image_min_pixels", "min_pixels", TRUE },
    { "image_max_pixels", "max_pixels", TRUE },
  };
  g_autoptr (JsonObject) root = json_object_new ();

  if (is_older (pair))
    {
      json_object_set_int_member (root, "min_pixels", OLDER_LEAST);
      json_object_set_int_member (root, "max_pixels", OLDER_MOST);
    }
  return monocle_gguf_model_copy (pair->vision, VISION, settings, G_N_ELEMENTS (settings), root,
                                  error)
         && monocle_qwen3vl_read_pixels (self, root, monocle_gguf_get_path (pair->vision), error);
}

/* --- words -------------------------------------------------------------------------------- */

/* What its tokenizer.json says around vocabulary and merges. */
static const char pipeline[]
    = "{\"normalizer\": {\"type\": \"NFC\"},"
      "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": ["
      "{\"type\": \"Split\", \"behavior\": \"Isolated\", \"invert\": false, \"pattern\": "
      "{\"Regex\":"
      " \"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}"
      "| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"}},"
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]},"
      "\"decoder\": {\"type\": \"ByteLevel\"},"
      "\"model\": {\"type\": \"BPE\"}}";

/* Files name one end of an answer; generation_config.json has the end of a text as well. */
static gboolean
read_ends (MonocleQwen3vl *self, const MonocleGgufPair *pair, GError **error)
{
  const guint n_words = self->config.text.n_words;
  const gint64 end = monocle_tokenizer_find (self->tokenizer, "<|endoftext|>");
  const guint32 id = (guint32) MAX (end, 0);

  if (!monocle_gguf_model_read_ends (pair->text, n_words, &self->config.ends, error))
    return FALSE;
  if (end >= 0 && end < n_words)
    g_array_append_val (self->config.ends.ids, id);
  return TRUE;
}

static gboolean
read_tokenizer (MonocleQwen3vl *self, const MonocleGgufPair *pair, GError **error)
{
  self->tokenizer = monocle_gguf_model_read_tokenizer (pair->text, "qwen2", pipeline, error);
  return self->tokenizer != NULL;
}

static void
read_template (MonocleQwen3vl *self, const MonocleGguf *text)
{
  const char *template = NULL;

  monocle_json_get_string (monocle_gguf_get_settings (text), monocle_gguf_get_path (text),
                           "tokenizer.chat_template", MONOCLE_JSON_OPTIONAL, &template, NULL);
  if (template)
    monocle_qwen3vl_read_template (self, template);
}

/* --- names -------------------------------------------------------------------------------- */

static const MonocleGgufName vision_parts[] = {
  { "norm1", "ln1" },
  { "norm2", "ln2" },
  { "attn.qkv", "attn_qkv" },
  { "attn.q", "attn_q" },
  { "attn.k", "attn_k" },
  { "attn.v", "attn_v" },
  { "attn.proj", "attn_out" },
  { "mlp.linear_fc1", "ffn_up" },
  { "mlp.linear_fc2", "ffn_down" },
  { "mlp.gate_proj", "ffn_gate" },
  { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

static const MonocleGgufName deep_parts[] = {
  { "norm", "norm" },
  { "linear_fc1", "fc1" },
  { "linear_fc2", "fc2" },
};

static const MonocleGgufName others[] = {
  { "lm_head", "output" },
  { "model.language_model.embed_tokens", "token_embd" },
  { "model.language_model.norm", "output_norm" },
  { "model.visual.patch_embed.proj", "v.patch_embd" },
  { "model.visual.pos_embed", "v.position_embd" },
  { "model.visual.merger.norm", "v.post_ln" },
  { "model.visual.merger.ln_q", "v.post_ln" },
  { "model.visual.merger.linear_fc1", "mm.0" },
  { "model.visual.merger.linear_fc2", "mm.2" },
  { "model.visual.merger.mlp.0", "mm.0" },
  { "model.visual.merger.mlp.2", "mm.2" },
};

static const MonocleGgufNames names[] = {
  { "model.language_model.layers.", "blk.", monocle_gguf_text_parts, MONOCLE_GGUF_N_TEXT_PARTS },
  { "model.visual.blocks.", "v.blk.", vision_parts, G_N_ELEMENTS (vision_parts) },
  { "model.visual.deepstack_merger_list.", "v.deepstack.", deep_parts, G_N_ELEMENTS (deep_parts) },
  { NULL, NULL, others, G_N_ELEMENTS (others) },
};

static char *
rename_tensor (const char *name)
{
  g_autofree char *theirs = monocle_gguf_model_rename (name, names, G_N_ELEMENTS (names));

  return g_str_equal (theirs, PATCHES) ? g_strdup (PATCHES MONOCLE_GGUF_FRAMES)
                                       : g_steal_pointer (&theirs);
}

/* --- all of it ---------------------------------------------------------------------------- */

MonocleCheckpoint *
monocle_qwen3vl_open_checkpoint (const char *path, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (path, error);

  if (checkpoint && monocle_gguf_pair_is_one (path)
      && !monocle_gguf_frames_join (checkpoint, PATCHES, error))
    return NULL;
  return g_steal_pointer (&checkpoint);
}

void
monocle_qwen3vl_ignore_frames (MonocleWeights *weights)
{
  monocle_weights_ignore (weights, PATCHES);
  monocle_weights_ignore (weights, PATCHES ".1");
}

gboolean
monocle_qwen3vl_read_gguf (MonocleQwen3vl *self,
                           const char *path,
                           const MonocleCheckpoint *files,
                           GError **error)
{
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open (path, error);

  if (!pair || !read_config (self, pair, files, error) || !read_pixels (self, pair, error)
      || !read_tokenizer (self, pair, error) || !read_ends (self, pair, error))
    return FALSE;
  read_template (self, pair->text);
  self->rename = rename_tensor;
  return TRUE;
}
