/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gguf-model.h"

#include "engine/base/half.h"
#include "engine/checkpoint/checkpoint.h"
#include "tests/unit/gguf-file.h"

typedef struct
{
  const char *from, *to;
} Change;

/* In this order, each once. */
static const Change text_changes[] = {
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

static const Change vision_changes[] = {
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

static JsonObject *
load_json (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  JsonObject *root = monocle_json_load (path, NULL);

  g_assert_nonnull (root);
  return root;
}

static char *
change (const char *name, const Change *changes, guint n)
{
  GString *changed = g_string_new (name);

  for (guint i = 0; i < n; i++)
    g_string_replace (changed, changes[i].from, changes[i].to, 1);
  return g_string_free (changed, FALSE);
}

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
  guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  g_autofree float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  if (n_heads > 0)
    interleave (values, tensor, n_heads);
  if (type != GGUF_TENSOR_F32 && tensor->n_dims == 2 && tensor->dims[1] % 32 == 0)
    {
      const MonocleFormatId id = type == GGUF_TENSOR_Q8_0 ? MONOCLE_FORMAT_Q8 : MONOCLE_FORMAT_Q4;
      gsize size = type == GGUF_TENSOR_Q4_0 ? n / 32 * 18 : monocle_format_get_bytes (id, n);
      g_autofree guint8 *blocks = g_malloc (size);

      if (type == GGUF_TENSOR_Q4_0)
        narrow_to_q4_0 (values, n, blocks);
      else
        monocle_formats[id].narrow (values, n, blocks);
      gguf_add_tensor (file, name, type, tensor->dims, 2, blocks, size);
      return;
    }
  gguf_add_tensor (file, name, GGUF_TENSOR_F32, tensor->dims, tensor->n_dims, values,
                   n * sizeof *values);
}

static void
add_tensors (GgufFile *text,
             GgufFile *vision,
             const char *source,
             JsonObject *config,
             gboolean is_old,
             guint bits)
{
  static const Change usual[] = { { "mlp.fc1", "ffn_up" }, { "mlp.fc2", "ffn_down" } };
  static const Change old[] = { { "mlp.fc1", "ffn_down" }, { "mlp.fc2", "ffn_up" } };
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (source, NULL);

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      if (strstr (tensor->name, "text_model") || g_str_has_prefix (tensor->name, "lm_head"))
        {
          g_autofree char *name = change (tensor->name, text_changes, G_N_ELEMENTS (text_changes));

          add_tensor (text, tensor, name, get_n_heads (name, config), bits);
        }
      else
        {
          g_autofree char *half = change (tensor->name, is_old ? old : usual, 2);
          g_autofree char *name = change (half, vision_changes, G_N_ELEMENTS (vision_changes));

          add_tensor (vision, tensor, name, 0, 32);
        }
    }
}

/* --- keys --------------------------------------------------------------------------------- */

static void
add_int (GgufFile *file, const char *key, JsonObject *from, const char *member)
{
  if (json_object_has_member (from, member))
    gguf_add_u32 (file, key, (guint32) json_object_get_int_member (from, member));
}

static double
get_theta (JsonObject *text)
{
  return json_object_has_member (text, "rope_parameters")
             ? json_object_get_double_member (
                   json_object_get_object_member (text, "rope_parameters"), "rope_theta")
             : json_object_get_double_member (text, "rope_theta");
}

static void
add_text_keys (GgufFile *file, JsonObject *text)
{
  gguf_add_text (file, "general.architecture", "llama");
  add_int (file, "llama.embedding_length", text, "hidden_size");
  add_int (file, "llama.feed_forward_length", text, "intermediate_size");
  add_int (file, "llama.block_count", text, "num_hidden_layers");
  add_int (file, "llama.attention.head_count", text, "num_attention_heads");
  add_int (file, "llama.attention.head_count_kv", text, "num_key_value_heads");
  add_int (file, "llama.attention.key_length", text, "head_dim");
  add_int (file, "llama.context_length", text, "max_position_embeddings");
  gguf_add_f32 (file, "llama.rope.freq_base", (float) get_theta (text));
  gguf_add_f32 (file, "llama.attention.layer_norm_rms_epsilon",
                (float) json_object_get_double_member (text, "rms_norm_eps"));
}

static void
add_halves (GgufFile *file, const char *key)
{
  const float half = 0.5f;

  gguf_add_list (file, key, GGUF_F32, 3);
  for (guint i = 0; i < 3; i++)
    put (file->keys, &half, sizeof half);
}

static void
add_vision_keys (GgufFile *file, JsonObject *config, const char *source, gboolean is_old)
{
  JsonObject *vision = json_object_get_object_member (config, "vision_config");
  g_autoptr (JsonObject) pixels = load_json (source, "preprocessor_config.json");

  gguf_add_text (file, "general.architecture", "clip");
  gguf_add_text (file, "clip.projector_type", "idefics3");
  add_int (file, "clip.vision.projection_dim",
           json_object_get_object_member (config, "text_config"), "hidden_size");
  add_int (file, "clip.vision.embedding_length", vision, "hidden_size");
  add_int (file, "clip.vision.feed_forward_length", vision, "intermediate_size");
  add_int (file, "clip.vision.block_count", vision, "num_hidden_layers");
  add_int (file, "clip.vision.attention.head_count", vision, "num_attention_heads");
  add_int (file, "clip.vision.image_size", vision, "image_size");
  add_int (file, "clip.vision.patch_size", vision, "patch_size");
  add_int (file, "clip.vision.projector.scale_factor", config, "scale_factor");
  gguf_add_f32 (file, "clip.vision.attention.layer_norm_epsilon",
                (float) json_object_get_double_member (vision, "layer_norm_eps"));
  add_halves (file, "clip.vision.image_mean");
  add_halves (file, "clip.vision.image_std");
  if (!is_old)
    add_int (file, "clip.vision.preproc_image_size", json_object_get_object_member (pixels, "size"),
             "longest_edge");
}

/* Tokens by their ids, of which the added ones are marks, and merges as "a b". */
static void
add_tokenizer (GgufFile *file, const char *source)
{
  g_autoptr (JsonObject) root = load_json (source, "tokenizer.json");
  JsonObject *model = json_object_get_object_member (root, "model");
  JsonObject *vocabulary = json_object_get_object_member (model, "vocab");
  JsonArray *merges = json_object_get_array_member (model, "merges");
  JsonArray *added = json_object_get_array_member (root, "added_tokens");
  g_autoptr (GHashTable) marks = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  g_autoptr (GList) names = json_object_get_members (vocabulary);

  g_ptr_array_set_size (tokens, 353);
  for (GList *l = names; l; l = l->next)
    tokens->pdata[json_object_get_int_member (vocabulary, l->data)] = l->data;
  for (guint i = 0; i < json_array_get_length (added); i++)
    {
      JsonObject *token = json_array_get_object_element (added, i);
      gint64 id = json_object_get_int_member (token, "id");

      tokens->pdata[id] = (gpointer) json_object_get_string_member (token, "content");
      g_hash_table_add (marks, GINT_TO_POINTER (id + 1));
    }
  gguf_add_text (file, "tokenizer.ggml.model", "gpt2");
  gguf_add_text (file, "tokenizer.ggml.pre", "smollm");
  gguf_add_u32 (file, "tokenizer.ggml.eos_token_id", 352);
  gguf_add_u32 (file, "tokenizer.ggml.padding_token_id", 2);
  gguf_add_list (file, "tokenizer.ggml.tokens", GGUF_TEXT, tokens->len);
  for (guint i = 0; i < tokens->len; i++)
    gguf_put_text (file->keys, tokens->pdata[i] ? tokens->pdata[i] : "[PAD]");
  gguf_add_list (file, "tokenizer.ggml.token_type", GGUF_I32, tokens->len);
  for (guint i = 0; i < tokens->len; i++)
    put_number (file->keys,
                !tokens->pdata[i]                                               ? 5
                : g_hash_table_contains (marks, GINT_TO_POINTER ((gint) i + 1)) ? 3
                                                                                : 1,
                4);
  gguf_add_list (file, "tokenizer.ggml.merges", GGUF_TEXT, json_array_get_length (merges));
  for (guint i = 0; i < json_array_get_length (merges); i++)
    {
      JsonArray *pair = json_array_get_array_element (merges, i);
      g_autofree char *text = g_strjoin (" ", json_array_get_string_element (pair, 0),
                                         json_array_get_string_element (pair, 1), NULL);

      gguf_put_text (file->keys, text);
    }
}

static void
write_gguf (const GgufFile *file, const char *folder, const char *name)
{
  g_autoptr (GByteArray) bytes = gguf_file_end (file);
  g_autofree char *path = write_file (folder, name, bytes->data, bytes->len);
}

static void
write_model (const char *source, const char *folder, gboolean is_old, guint bits)
{
  g_autoptr (JsonObject) config = load_json (source, "config.json");
  JsonObject *text_config = json_object_get_object_member (config, "text_config");
  g_auto (GgufFile) text = { 0 };
  g_auto (GgufFile) vision = { 0 };

  gguf_file_init (&text);
  gguf_file_init (&vision);
  add_text_keys (&text, text_config);
  add_tokenizer (&text, source);
  add_vision_keys (&vision, config, source, is_old);
  add_tensors (&text, &vision, source, text_config, is_old, bits);
  write_gguf (&text, folder, GGUF_MODEL_TEXT);
  write_gguf (&vision, folder, GGUF_MODEL_VISION);
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
