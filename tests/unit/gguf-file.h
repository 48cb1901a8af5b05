/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GGUF files, built byte by byte: the keys and the tensors' names in one string, their numbers in
 * another, put together in the end.
 */
#pragma once

#include "tests/unit/io-files.h"

/* Numbers of the format. */
enum
{
  GGUF_U32 = 4,
  GGUF_I32 = 5,
  GGUF_F32 = 6,
  GGUF_BOOL = 7,
  GGUF_TEXT = 8,
  GGUF_LIST = 9,
};
enum
{
  GGUF_TENSOR_F32 = 0,
  GGUF_TENSOR_F16 = 1,
  GGUF_TENSOR_Q4_0 = 2,
  GGUF_TENSOR_Q4_1 = 3,
  GGUF_TENSOR_Q8_0 = 8,
};

typedef struct
{
  GByteArray *keys, *tensors, *data;
  guint n_keys, n_tensors;
} GgufFile;

static inline void
gguf_file_init (GgufFile *file)
{
  *file = (GgufFile) { .keys = g_byte_array_new (),
                       .tensors = g_byte_array_new (),
                       .data = g_byte_array_new () };
}

static inline void
gguf_file_clear (GgufFile *file)
{
  g_byte_array_unref (file->keys);
  g_byte_array_unref (file->tensors);
  g_byte_array_unref (file->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GgufFile, gguf_file_clear)

static inline void
gguf_put_text (GByteArray *to, const char *text)
{
  put_number (to, strlen (text), 8);
  put_text (to, text);
}

/* The value follows. */
static inline void
gguf_add_key (GgufFile *file, const char *key, guint type)
{
  file->n_keys++;
  gguf_put_text (file->keys, key);
  put_number (file->keys, type, 4);
}

static inline void
gguf_add_u32 (GgufFile *file, const char *key, guint32 value)
{
  gguf_add_key (file, key, GGUF_U32);
  put_number (file->keys, value, 4);
}

static inline void
gguf_add_f32 (GgufFile *file, const char *key, float value)
{
  gguf_add_key (file, key, GGUF_F32);
  put (file->keys, &value, sizeof value);
}

static inline void
gguf_add_text (GgufFile *file, const char *key, const char *text)
{
  gguf_add_key (file, key, GGUF_TEXT);
  gguf_put_text (file->keys, text);
}

/* The elements follow. */
static inline void
gguf_add_list (GgufFile *file, const char *key, guint type, guint64 n)
{
  gguf_add_key (file, key, GGUF_LIST);
  put_number (file->keys, type, 4);
  put_number (file->keys, n, 8);
}

/* @dims: outermost first; @data: %NULL: it says that it has @size bytes, and has none */
static inline void
gguf_add_tensor (GgufFile *file,
                 const char *name,
                 guint type,
                 const guint64 *dims,
                 guint n_dims,
                 gconstpointer data,
                 gsize size)
{
  file->n_tensors++;
  gguf_put_text (file->tensors, name);
  put_number (file->tensors, n_dims, 4);
  for (guint i = 0; i < n_dims; i++)
    put_number (file->tensors, dims[n_dims - 1 - i], 8);
  put_number (file->tensors, type, 4);
  put_number (file->tensors, file->data->len, 8);
  if (data)
    put (file->data, data, size);
  put_number (file->data, 0, (32 - file->data->len % 32) % 32);
}

/* (transfer full): all of it */
static inline GByteArray *
gguf_file_end (const GgufFile *file)
{
  GByteArray *all = g_byte_array_new ();

  put_text (all, "GGUF");
  put_number (all, 3, 4);
  put_number (all, file->n_tensors, 8);
  put_number (all, file->n_keys, 8);
  put (all, file->keys->data, file->keys->len);
  put (all, file->tensors->data, file->tensors->len);
  put_number (all, 0, (32 - all->len % 32) % 32);
  put (all, file->data->data, file->data->len);
  return all;
}
