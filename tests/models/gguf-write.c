/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gguf-write.h"

#include <string.h>

#include "engine/base/half.h"
#include "engine/base/json.h"
#include "engine/base/format.h"
#include "engine/run/model.h"

JsonObject *
gguf_load_json (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  JsonObject *root = monocle_json_load (path, NULL);

  g_assert_nonnull (root);
  return root;
}

char *
gguf_change (const char *name, const GgufChange *changes, guint n)
{
  GString *changed = g_string_new (name);

  for (guint i = 0; i < n; i++)
    g_string_replace (changed, changes[i].from, changes[i].to, 1);
  return g_string_free (changed, FALSE);
}

void
gguf_add_values (GgufFile *file,
                 const char *name,
                 guint type,
                 const guint64 *dims,
                 guint n_dims,
                 const float *values)
{
  const MonocleFormatId id = type == GGUF_TENSOR_Q8_0   ? MONOCLE_FORMAT_Q8
                             : type == GGUF_TENSOR_Q4_1 ? MONOCLE_FORMAT_Q4
                                                        : MONOCLE_FORMAT_F16;
  const MonocleFormat *format = &monocle_formats[id];
  guint64 n = 1;

  for (guint i = 0; i < n_dims; i++)
    n *= dims[i];
  if (type == GGUF_TENSOR_F32 || n_dims < 2
      || (format->block > 1 && (n_dims > 2 || dims[1] % format->block != 0)))
    gguf_add_tensor (file, name, GGUF_TENSOR_F32, dims, n_dims, values, n * sizeof *values);
  else
    {
      gsize size = monocle_format_count_bytes (format, n);
      g_autofree guint8 *narrow = g_malloc (size);

      format->narrow (values, n, narrow);
      gguf_add_tensor (file, name, type, dims, n_dims, narrow, size);
    }
}

void
gguf_add_member (GgufFile *file, const char *key, JsonObject *from, const char *member)
{
  if (json_object_has_member (from, member))
    gguf_add_u32 (file, key, (guint32) json_object_get_int_member (from, member));
}

double
gguf_get_theta (JsonObject *text)
{
  return json_object_has_member (text, "rope_parameters")
             ? json_object_get_double_member (
                   json_object_get_object_member (text, "rope_parameters"), "rope_theta")
             : json_object_get_double_member (text, "rope_theta");
}

static void
add_numbers (GgufFile *file, const char *key, JsonArray *numbers)
{
  const guint n = json_array_get_length (numbers);

  gguf_add_list (file, key, GGUF_F32, n);
  for (guint i = 0; i < n; i++)
    {
      const float number = (float) json_array_get_double_element (numbers, i);

      put (file->keys, &number, sizeof number);
    }
}

void
gguf_add_colours (GgufFile *file, JsonObject *pixels)
{
  add_numbers (file, "clip.vision.image_mean", json_object_get_array_member (pixels, "image_mean"));
  add_numbers (file, "clip.vision.image_std", json_object_get_array_member (pixels, "image_std"));
}

/* Tokens by their ids, of which the added ones are marks, and merges as "a b". */
void
gguf_add_tokenizer (GgufFile *file, const char *source, const char *splitter, guint n)
{
  g_autoptr (JsonObject) root = gguf_load_json (source, "tokenizer.json");
  JsonObject *model = json_object_get_object_member (root, "model");
  JsonObject *vocabulary = json_object_get_object_member (model, "vocab");
  JsonArray *merges = json_object_get_array_member (model, "merges");
  JsonArray *added = json_object_get_array_member (root, "added_tokens");
  g_autoptr (GHashTable) marks = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  g_autoptr (GList) names = json_object_get_members (vocabulary);

  g_ptr_array_set_size (tokens, (int) n);
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
  gguf_add_text (file, "tokenizer.ggml.pre", splitter);
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
      JsonNode *node = json_array_get_element (merges, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      g_autofree char *text = pair ? g_strjoin (" ", json_array_get_string_element (pair, 0),
                                                json_array_get_string_element (pair, 1), NULL)
                                   : json_node_dup_string (node);

      gguf_put_text (file->keys, text);
    }
}

void
gguf_write (const GgufFile *file, const char *folder, const char *name)
{
  g_autoptr (GByteArray) bytes = gguf_file_end (file);
  g_autofree char *path = write_file (folder, name, bytes->data, bytes->len);
}

void
gguf_check_refused (const char *path, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (monocle_model_check (path, &error));
  g_assert_nonnull (error);
  if (!strstr (error->message, words))
    g_error ("expected “%s” in “%s”", words, error->message);
}
