/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gguf-qwen.h"

#include <string.h>

#include "gguf-write.h"

/* Of the tiny vocabulary, with the tokens that prompts are made of. */
#define N_TOKENS 277
#define END      272
#define PAD      270

#define VISION "clip.vision."

/* In this order, each once. */
static const GgufChange text_changes[] = {
  { "model.language_model.", "model." },
  { "model.norm", "output_norm" },
  { "model.embed_tokens", "token_embd" },
  { "model.layers.", "blk." },
  { "lm_head", "output" },
  { "input_layernorm", "attn_norm" },
  { "post_attention_layernorm", "ffn_norm" },
  { "self_attn.q_norm", "attn_q_norm" },
  { "self_attn.k_norm", "attn_k_norm" },
  { "self_attn.q_proj", "attn_q" },
  { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" },
  { "self_attn.o_proj", "attn_output" },
  { "mlp.gate_proj", "ffn_gate" },
  { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

static const GgufChange vision_changes[] = {
  { "model.visual.", "visual." },
  { "visual.merger.norm", "v.post_ln" },
  { "visual.merger.ln_q", "v.post_ln" },
  { "visual.merger.linear_fc1", "mm.0" },
  { "visual.merger.linear_fc2", "mm.2" },
  { "visual.merger.mlp", "mm" },
  { "visual.patch_embed.proj", "v.patch_embd" },
  { "visual.pos_embed", "v.position_embd" },
  { "visual.blocks.", "v.blk." },
  { "norm1", "ln1" },
  { "norm2", "ln2" },
  { "attn.qkv", "attn_qkv" },
  { "attn.proj", "attn_out" },
  { "mlp.linear_fc1", "ffn_up" },
  { "mlp.linear_fc2", "ffn_down" },
  { "mlp.gate_proj", "ffn_gate" },
  { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

typedef struct
{
  JsonObject *config, *text, *vision;
  gboolean is_older;
  GgufQwenHow how;
  GgufFile words, eyes;
} Writer;

/* --- tensors ------------------------------------------------------------------------------ */

static float *
read_values (const MonocleCheckpointTensor *tensor)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  return values;
}

/* What the tower stores in blocks is nothing, as its errors would be seen. */
static guint
get_vision_type (const Writer *self)
{
  return self->how.type == GGUF_TENSOR_F16 ? GGUF_TENSOR_F16 : GGUF_TENSOR_F32;
}

/* A convolution a frame at a time. */
static void
add_frames (Writer *self, const MonocleCheckpointTensor *tensor, const char *name)
{
  const guint64 *dims = tensor->dims, area = dims[3] * dims[4];
  const guint64 frame[] = { dims[0], dims[1], dims[3], dims[4] };
  g_autofree float *values = read_values (tensor);
  g_autofree float *one = g_new (float, dims[0] * dims[1] * area);
  g_autofree char *second = g_strconcat (name, ".1", NULL);

  g_assert_cmpuint (dims[2], ==, 2);
  for (guint f = 0; f < (self->how.has_one_frame ? 1 : 2); f++)
    {
      for (guint64 i = 0; i < dims[0] * dims[1]; i++)
        memcpy (one + i * area, values + (2 * i + f) * area, area * sizeof *one);
      gguf_add_values (&self->eyes, f == 0 ? name : second, get_vision_type (self), frame, 4, one);
    }
}

/* "…attn_qkv.weight": a third of the rows each. */
static void
add_thirds (Writer *self, const MonocleCheckpointTensor *tensor, const char *name)
{
  static const char *const parts[] = { "attn_q.", "attn_k.", "attn_v." };
  const guint64 columns = tensor->n_dims > 1 ? tensor->dims[1] : 1;
  const guint64 dims[] = { tensor->dims[0] / 3, columns };
  g_autofree float *values = read_values (tensor);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const GgufChange change = { "attn_qkv.", parts[i] };
      g_autofree char *part = gguf_change (name, &change, 1);

      gguf_add_values (&self->eyes, part, get_vision_type (self), dims, tensor->n_dims,
                       values + i * dims[0] * columns);
    }
}

/* (transfer full): those of the layers that the language model is given are named by these */
static char *
rename_vision (const Writer *self, const char *name)
{
  static const char prefix[] = "visual.deepstack_merger_list.";
  static const GgufChange changes[] = { { "linear_fc", "fc" } };
  const char *deep = strstr (name, prefix);
  g_autofree char *end = NULL;
  char *rest;
  guint i;

  if (!deep)
    return gguf_change (name, vision_changes, G_N_ELEMENTS (vision_changes));
  i = (guint) g_ascii_strtoull (deep + strlen (prefix), &rest, 10);
  end = gguf_change (rest, changes, 1);
  return g_strdup_printf (
      "v.deepstack.%d%s",
      (int) json_array_get_int_element (
          json_object_get_array_member (self->vision, "deepstack_visual_indexes"), i),
      end);
}

static void
add_vision_tensor (Writer *self, const MonocleCheckpointTensor *tensor)
{
  g_autofree char *name = rename_vision (self, tensor->name);
  g_autofree float *values = NULL;

  if (tensor->n_dims == 5)
    add_frames (self, tensor, name);
  else if (strstr (name, "attn_qkv") && self->how.splits)
    add_thirds (self, tensor, name);
  else
    {
      values = read_values (tensor);
      gguf_add_values (&self->eyes, name,
                       strstr (name, "position_embd") ? GGUF_TENSOR_F32 : get_vision_type (self),
                       tensor->dims, tensor->n_dims, values);
    }
}

static void
add_tensors (Writer *self, const char *source)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (source, NULL);

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      if (strstr (tensor->name, "visual."))
        add_vision_tensor (self, tensor);
      else
        {
          g_autofree char *name
              = gguf_change (tensor->name, text_changes, G_N_ELEMENTS (text_changes));
          g_autofree float *values = read_values (tensor);

          gguf_add_values (&self->words, name, self->how.type, tensor->dims, tensor->n_dims,
                           values);
        }
    }
}

/* --- keys --------------------------------------------------------------------------------- */

static void
add_text_keys (Writer *self)
{
  static const struct
  {
    const char *key, *member;
  } integers[] = {
    { "embedding_length", "hidden_size" },
    { "feed_forward_length", "intermediate_size" },
    { "block_count", "num_hidden_layers" },
    { "attention.head_count", "num_attention_heads" },
    { "attention.head_count_kv", "num_key_value_heads" },
    { "attention.key_length", "head_dim" },
    { "context_length", "max_position_embeddings" },
  };
  const char *architecture = self->how.architecture ? self->how.architecture
                             : self->is_older       ? "qwen2vl"
                                                    : "qwen3vl";
  JsonArray *sections = json_object_get_array_member (
      json_object_get_object_member (self->text, "rope_scaling"), "mrope_section");
  GgufFile *file = &self->words;

#define KEY(name) (g_snprintf (key, sizeof key, "%s.%s", architecture, name), key)
  char key[128];

  gguf_add_text (file, "general.architecture", architecture);
  for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
    gguf_add_member (file, KEY (integers[i].key), self->text, integers[i].member);
  gguf_add_f32 (file, KEY ("rope.freq_base"), (float) gguf_get_theta (self->text));
  gguf_add_f32 (file, KEY ("attention.layer_norm_rms_epsilon"),
                (float) json_object_get_double_member (self->text, "rms_norm_eps"));
  gguf_add_list (file, KEY ("rope.dimension_sections"), GGUF_I32, 4);
  for (guint i = 0; i < 4; i++)
    put_number (file->keys, i < 3 ? (guint64) json_array_get_int_element (sections, i) : 0, 4);
  if (!self->is_older)
    gguf_add_u32 (file, KEY ("n_deepstack_layers"),
                  json_array_get_length (
                      json_object_get_array_member (self->vision, "deepstack_visual_indexes"))
                      + self->how.n_more_deep);
#undef KEY
}

static void
add_deep (Writer *self)
{
  JsonArray *deep = json_object_get_array_member (self->vision, "deepstack_visual_indexes");
  const guint n = (guint) json_object_get_int_member (self->vision, "depth");
  g_autofree guint8 *are_deep = g_new0 (guint8, n);

  for (guint i = 0; i < json_array_get_length (deep); i++)
    are_deep[json_array_get_int_element (deep, i)] = 1;
  gguf_add_list (&self->eyes, VISION "is_deepstack_layers", GGUF_BOOL, n);
  put (self->eyes.keys, are_deep, n);
}

static void
add_vision_keys (Writer *self, const char *source)
{
  g_autoptr (JsonObject) pixels = gguf_load_json (source, "preprocessor_config.json");
  JsonObject *size = self->is_older ? pixels : json_object_get_object_member (pixels, "size");
  const char *projector = self->is_older ? "qwen2.5vl_merger" : "qwen3vl_merger";
  GgufFile *file = &self->eyes;

  gguf_add_text (file, "general.architecture", "clip");
  gguf_add_text (file, "clip.projector_type",
                 self->how.projector ? self->how.projector : projector);
  gguf_add_member (file, VISION "projection_dim", self->text, "hidden_size");
  gguf_add_member (file, VISION "embedding_length", self->vision, "hidden_size");
  gguf_add_member (file, VISION "feed_forward_length", self->vision, "intermediate_size");
  gguf_add_member (file, VISION "block_count", self->vision, "depth");
  gguf_add_member (file, VISION "attention.head_count", self->vision, "num_heads");
  gguf_add_member (file, VISION "patch_size", self->vision, "patch_size");
  gguf_add_u32 (file, VISION "image_size", 20);
  gguf_add_f32 (file, VISION "attention.layer_norm_epsilon", 1e-6f);
  gguf_add_member (file, VISION "image_min_pixels", size,
                   self->is_older ? "min_pixels" : "shortest_edge");
  gguf_add_member (file, VISION "image_max_pixels", size,
                   self->is_older ? "max_pixels" : "longest_edge");
  gguf_add_colours (file, pixels);
  if (self->is_older)
    {
      gguf_add_member (file, VISION "window_size", self->vision, "window_size");
      gguf_add_u32 (
          file, VISION "n_wa_pattern",
          1
              + (guint32) json_array_get_int_element (
                  json_object_get_array_member (self->vision, "fullatt_block_indexes"), 0));
      return;
    }
  gguf_add_member (file, VISION "spatial_merge_size", self->vision, "spatial_merge_size");
  add_deep (self);
}

void
gguf_qwen_write (const char *source, const char *folder, const GgufQwenHow *how)
{
  g_autoptr (JsonObject) config = gguf_load_json (source, "config.json");
  Writer self = { .config = config };

  self.vision = json_object_get_object_member (config, "vision_config");
  self.is_older = !json_object_has_member (config, "text_config");
  self.text = self.is_older ? config : json_object_get_object_member (config, "text_config");
  if (how)
    self.how = *how;
  self.how.splits = self.how.splits || self.is_older;
  gguf_file_init (&self.words);
  gguf_file_init (&self.eyes);
  add_text_keys (&self);
  gguf_add_tokenizer (&self.words, source, "qwen2", N_TOKENS);
  gguf_add_u32 (&self.words, "tokenizer.ggml.eos_token_id", END);
  gguf_add_u32 (&self.words, "tokenizer.ggml.padding_token_id", PAD);
  if (self.how.template)
    gguf_add_text (&self.words, "tokenizer.chat_template", self.how.template);
  add_vision_keys (&self, source);
  add_tensors (&self, source);
  gguf_write (&self.words, folder, GGUF_QWEN_TEXT);
  gguf_write (&self.eyes, folder, GGUF_QWEN_VISION);
  gguf_file_clear (&self.words);
  gguf_file_clear (&self.eyes);
}
