/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gguf-model.h"

#include "engine/base/half.h"
#include "gguf-write.h"

/* In this order, each once. */
static const GgufChange text_changes[] = {
  { "model.text_model.norm", "output_norm" },
  { "model.text_model.", "" },
  { "embed_tokens", "token_embd" },
  { "lm_head", "output" },
  { "layers.", "blk." },
  { "input_layernorm", "attn_norm" },
  { "post_attention_layernorm", "ffn_norm" },
  { "self_attn.o_proj", "attn_output" },
  { "self_attn.q_proj", "attn_q" },
  { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" },
  { "mlp.gate_proj", "ffn_gate" },
  { "mlp.up_proj", "ffn_up" },
  { "mlp.down_proj", "ffn_down" },
};

static const GgufChange vision_changes[] = {
  { "model.vision_model.", "v." },
  { "model.connector.modality_projection.proj", "mm.model.fc" },
  { "embeddings.patch_embedding", "patch_embd" },
  { "embeddings.position_embedding", "position_embd" },
  { "post_layernorm", "post_ln" },
  { "encoder.layers.", "blk." },
  { "layer_norm", "ln" },
  { "self_attn.q_proj", "attn_q" },
  { "self_attn.k_proj", "attn_k" },
  { "self_attn.v_proj", "attn_v" },
  { "self_attn.out_proj", "attn_out" },
};

/* Of each head the halves become neighbours. */
static void
interleave (float *values, const MonocleCheckpointTensor *tensor, guint n_heads)
{
  const guint64 columns = tensor->dims[1], width = tensor->dims[0] / n_heads;
  g_autofree float *before = g_memdup2 (values, tensor->dims[0] * columns * sizeof *values);

  for (guint64 row = 0; row < tensor->dims[0]; row++)
    {
      const guint64 head = row / width, i = row % width;
      const guint64 from = head * width + i / 2 + i % 2 * (width / 2);

      memcpy (values + row * columns, before + from * columns, columns * sizeof *values);
    }
}

static guint
get_n_heads (const char *name, JsonObject *text)
{
  if (strstr (name, "attn_q."))
    return (guint) json_object_get_int_member (text, "num_attention_heads");
  if (strstr (name, "attn_k."))
    return (guint) json_object_get_int_member (text, "num_key_value_heads");
  return 0;
}

/* Around zero, which lies on the eighth of sixteen steps. */
static void
narrow_to_q4_0 (const float *values, guint64 n, guint8 *block)
{
  for (guint64 first = 0; first < n; first += 32, block += 18)
    {
      float most = 0, scale;
      guint16 half;

      for (guint i = 0; i < 32; i++)
        most = MAX (most, ABS (values[first + i]));
      scale = most / 7;
      monocle_half_narrow (&scale, 1, &half);
      memcpy (block, &half, sizeof half);
      memset (block + 2, 0, 16);
      for (guint i = 0; i < 32; i++)
        block[2 + i % 16] |= (guint8) CLAMP (values[first + i] / scale + 8.5f, 0, 15)
                             << (i < 16 ? 0 : 4);
    }
}

/* @bits: of matrices; 32: as they are */
static guint32
choose_type (const char *name, guint bits)
{
  static const char *const in_8_bits[] = { "token_embd", "output.weight", "attn_output" };

  for (guint i = 0; i < G_N_ELEMENTS (in_8_bits); i++)
    if (bits == 4 && strstr (name, in_8_bits[i]))
      return GGUF_TENSOR_Q8_0;
  if (bits == 4)
    return strstr (name, "attn") || strstr (name, "down") ? GGUF_TENSOR_Q4_1 : GGUF_TENSOR_Q4_0;
  return bits == 8 ? GGUF_TENSOR_Q8_0 : GGUF_TENSOR_F32;
}

static void
add_tensor (GgufFile *file,
            const MonocleCheckpointTensor *tensor,
            const char *name,
            guint n_heads,
            guint bits)
{
  const guint32 type = choose_type (name, bits);
  const gboolean fits = tensor->n_dims == 2 && tensor->dims[1] % 32 == 0;
  guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  g_autofree float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  if (n_heads > 0)
    interleave (values, tensor, n_heads);
  if (type == GGUF_TENSOR_Q4_0 && fits)
    {
      const gsize size = n / 32 * 18;
      g_autofree guint8 *blocks = g_malloc (size);

      narrow_to_q4_0 (values, n, blocks);
      gguf_add_tensor (file, name, type, tensor->dims, 2, blocks, size);
    }
  else
    gguf_add_values (file, name, fits ? type : GGUF_TENSOR_F32, tensor->dims, tensor->n_dims,
                     values);
}

static void
add_tensors (GgufFile *text,
             GgufFile *vision,
             const char *source,
             JsonObject *config,
             gboolean is_old,
             guint bits)
{
  static const GgufChange usual[] = { { "mlp.fc1", "ffn_up" }, { "mlp.fc2", "ffn_down" } };
  static const GgufChange old[] = { { "mlp.fc1", "ffn_down" }, { "mlp.fc2", "ffn_up" } };
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (source, NULL);

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      if (strstr (tensor->name, "text_model") || g_str_has_prefix (tensor->name, "lm_head"))
        {
          g_autofree char *name
              = gguf_change (tensor->name, text_changes, G_N_ELEMENTS (text_changes));

          add_tensor (text, tensor, name, get_n_heads (name, config), bits);
        }
      else
        {
          g_autofree char *half = gguf_change (tensor->name, is_old ? old : usual, 2);
          g_autofree char *name = gguf_change (half, vision_changes, G_N_ELEMENTS (vision_changes));

          add_tensor (vision, tensor, name, 0, 32);
        }
    }
}

/* --- keys --------------------------------------------------------------------------------- */

static void
add_text_keys (GgufFile *file, JsonObject *text)
{
  gguf_add_text (file, "general.architecture", "llama");
  gguf_add_member (file, "llama.embedding_length", text, "hidden_size");
  gguf_add_member (file, "llama.feed_forward_length", text, "intermediate_size");
  gguf_add_member (file, "llama.block_count", text, "num_hidden_layers");
  gguf_add_member (file, "llama.attention.head_count", text, "num_attention_heads");
  gguf_add_member (file, "llama.attention.head_count_kv", text, "num_key_value_heads");
  gguf_add_member (file, "llama.attention.key_length", text, "head_dim");
  gguf_add_member (file, "llama.context_length", text, "max_position_embeddings");
  gguf_add_f32 (file, "llama.rope.freq_base", (float) gguf_get_theta (text));
  gguf_add_f32 (file, "llama.attention.layer_norm_rms_epsilon",
                (float) json_object_get_double_member (text, "rms_norm_eps"));
}

static void
add_vision_keys (GgufFile *file, JsonObject *config, const char *source, gboolean is_old)
{
  JsonObject *vision = json_object_get_object_member (config, "vision_config");
  g_autoptr (JsonObject) pixels = gguf_load_json (source, "preprocessor_config.json");

  gguf_add_text (file, "general.architecture", "clip");
  gguf_add_text (file, "clip.projector_type", "idefics3");
  gguf_add_member (file, "clip.vision.projection_dim",
                   json_object_get_object_member (config, "text_config"), "hidden_size");
  gguf_add_member (file, "clip.vision.embedding_length", vision, "hidden_size");
  gguf_add_member (file, "clip.vision.feed_forward_length", vision, "intermediate_size");
  gguf_add_member (file, "clip.vision.block_count", vision, "num_hidden_layers");
  gguf_add_member (file, "clip.vision.attention.head_count", vision, "num_attention_heads");
  gguf_add_member (file, "clip.vision.image_size", vision, "image_size");
  gguf_add_member (file, "clip.vision.patch_size", vision, "patch_size");
  gguf_add_member (file, "clip.vision.projector.scale_factor", config, "scale_factor");
  gguf_add_f32 (file, "clip.vision.attention.layer_norm_epsilon",
                (float) json_object_get_double_member (vision, "layer_norm_eps"));
  gguf_add_colours (file, pixels);
  if (!is_old)
    gguf_add_member (file, "clip.vision.preproc_image_size",
                     json_object_get_object_member (pixels, "size"), "longest_edge");
}

static void
write_model (const char *source, const char *folder, gboolean is_old, guint bits)
{
  g_autoptr (JsonObject) config = gguf_load_json (source, "config.json");
  JsonObject *text_config = json_object_get_object_member (config, "text_config");
  g_auto (GgufFile) text = { 0 };
  g_auto (GgufFile) vision = { 0 };

  gguf_file_init (&text);
  gguf_file_init (&vision);
  add_text_keys (&text, text_config);
  gguf_add_tokenizer (&text, source, "smollm", 353);
  gguf_add_u32 (&text, "tokenizer.ggml.eos_token_id", 352);
  gguf_add_u32 (&text, "tokenizer.ggml.padding_token_id", 2);
  add_vision_keys (&vision, config, source, is_old);
  add_tensors (&text, &vision, source, text_config, is_old, bits);
  gguf_write (&text, folder, GGUF_MODEL_TEXT);
  gguf_write (&vision, folder, GGUF_MODEL_VISION);
}

void
gguf_model_write (const char *source, const char *folder, gboolean is_old)
{
  write_model (source, folder, is_old, 32);
}

void
gguf_model_write_q8 (const char *source, const char *folder)
{
  write_model (source, folder, FALSE, 8);
}

void
gguf_model_write_q4 (const char *source, const char *folder)
{
  write_model (source, folder, FALSE, 4);
}
