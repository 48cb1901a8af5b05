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
#include "engine/models/parts/gguf-model.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/smolvlm/private.h"

#define VISION "clip.vision."

/* --- settings ----------------------------------------------------------------------------- */

static const MonocleGgufSetting vision_settings[] = {
  { "embedding_length", "hidden_size", FALSE },
  { "feed_forward_length", "intermediate_size", FALSE },
  { "block_count", "num_hidden_layers", FALSE },
  { "attention.head_count", "num_attention_heads", FALSE },
  { "attention.layer_norm_epsilon", "layer_norm_eps", FALSE },
  { "image_size", "image_size", FALSE },
  { "patch_size", "patch_size", FALSE },
};

static gboolean
read_config (MonocleSmolvlm *self,
             const MonocleGgufPair *pair,
             const MonocleCheckpoint *files,
             GError **error)
{
  static const MonocleGgufSetting theta[] = { { "rope.freq_base", "rope_theta", TRUE } };
  static const MonocleGgufSetting factor[] = { { "projector.scale_factor", "scale_factor", TRUE } };
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *text = json_object_new (), *vision = json_object_new ();

  json_object_set_object_member (root, "text_config", text);
  json_object_set_object_member (root, "vision_config", vision);
  if (!monocle_gguf_model_read_text (pair->text, files, "llama", "a language model of this kind",
                                     text, error)
      || !monocle_gguf_model_copy (pair->text, "llama.", theta, G_N_ELEMENTS (theta), text, error)
      || !monocle_gguf_model_copy (pair->vision, VISION, vision_settings,
                                   G_N_ELEMENTS (vision_settings), vision, error)
      || !monocle_gguf_model_copy (pair->vision, VISION, factor, G_N_ELEMENTS (factor), root,
                                   error))
    return FALSE;
  if (!monocle_smolvlm_config_read (&self->config, root, monocle_gguf_get_path (pair->text), error))
    return FALSE;
  /* The converter lays rows of queries and keys so. */
  self->config.text.turns_neighbours = TRUE;
  return TRUE;
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
  static const MonocleGgufSetting colours[] = {
    { "image_mean", "image_mean", FALSE },
    { "image_std", "image_std", FALSE },
  };
  JsonObject *settings = monocle_gguf_get_settings (pair->vision);
  g_autoptr (JsonObject) root = json_object_new ();
  const gint64 side = self->config.side;

  if (!monocle_gguf_model_copy (pair->vision, VISION, colours, G_N_ELEMENTS (colours), root, error))
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
      "\"model\": {\"type\": \"BPE\"}}";

static gboolean
read_tokenizer (MonocleSmolvlm *self, const MonocleGgufPair *pair, GError **error)
{
  self->tokenizer = monocle_gguf_model_read_tokenizer (pair->text, "smollm", pipeline, error);
  return self->tokenizer != NULL;
}

/* --- names -------------------------------------------------------------------------------- */

static const MonocleGgufName vision_parts[] = {
  { "layer_norm1", "ln1" },         { "layer_norm2", "ln2" },
  { "self_attn.q_proj", "attn_q" }, { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" }, { "self_attn.out_proj", "attn_out" },
  { "mlp.fc1", "ffn_up" },          { "mlp.fc2", "ffn_down" },
};

static const MonocleGgufName others[] = {
  { "lm_head", "output" },
  { "model.text_model.embed_tokens", "token_embd" },
  { "model.text_model.norm", "output_norm" },
  { "model.vision_model.embeddings.patch_embedding", "v.patch_embd" },
  { "model.vision_model.embeddings.position_embedding", "v.position_embd" },
  { "model.vision_model.post_layernorm", "v.post_ln" },
  { "model.connector.modality_projection.proj", "mm.model.fc" },
};

static const MonocleGgufNames names[] = {
  { "model.text_model.layers.", "blk.", monocle_gguf_text_parts, MONOCLE_GGUF_N_TEXT_PARTS },
  { "model.vision_model.encoder.layers.", "v.blk.", vision_parts, G_N_ELEMENTS (vision_parts) },
  { NULL, NULL, others, G_N_ELEMENTS (others) },
};

static char *
rename_tensor (const char *name)
{
  return monocle_gguf_model_rename (name, names, G_N_ELEMENTS (names));
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

  if (!files || !read_config (self, pair, files, error)
      || !monocle_gguf_model_read_ends (pair->text, self->config.text.n_words, &self->config.ends,
                                        error)
      || !read_pixels (self, pair, error) || !read_tokenizer (self, pair, error))
    return FALSE;
  self->rename = is_swapped (self, files) ? rename_swapped : rename_tensor;
  return TRUE;
}
