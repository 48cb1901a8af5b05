/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/gguf-private.h"

#include <string.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/blocks.h"
#include "engine/checkpoint/checkpoint-private.h"

#define MAGIC "GGUF"
/* ggml's own limit is 64. */
#define MAX_NAME_BYTES    255
#define DEFAULT_ALIGNMENT 32
#define MAX_ALIGNMENT     (1 << 20)

/* The types of tensors, by their numbers. Those that are not read have a name for the message. */
static const struct
{
  const char *name;
  MonocleDtype dtype;
  guint bytes; /* of a number; 0: of blocks */
} tensor_types[] = {
  [0] = { "F32", MONOCLE_DTYPE_F32, 4 },        [1] = { "F16", MONOCLE_DTYPE_F16, 2 },
  [2] = { "Q4_0", MONOCLE_DTYPE_Q4_0, 0 },      [3] = { "Q4_1", MONOCLE_DTYPE_Q4_1, 0 },
  [6] = { "Q5_0", MONOCLE_DTYPE_Q5_0, 0 },      [7] = { "Q5_1", MONOCLE_DTYPE_Q5_1, 0 },
  [8] = { "Q8_0", MONOCLE_DTYPE_Q8_0, 0 },      [9] = { "Q8_1", MONOCLE_DTYPE_OTHER, 0 },
  [10] = { "Q2_K", MONOCLE_DTYPE_OTHER, 0 },    [11] = { "Q3_K", MONOCLE_DTYPE_OTHER, 0 },
  [12] = { "Q4_K", MONOCLE_DTYPE_Q4_K, 0 },     [13] = { "Q5_K", MONOCLE_DTYPE_Q5_K, 0 },
  [14] = { "Q6_K", MONOCLE_DTYPE_Q6_K, 0 },     [15] = { "Q8_K", MONOCLE_DTYPE_OTHER, 0 },
  [20] = { "IQ4_NL", MONOCLE_DTYPE_IQ4_NL, 0 }, [24] = { "I8", MONOCLE_DTYPE_I8, 1 },
  [25] = { "I16", MONOCLE_DTYPE_I16, 2 },       [26] = { "I32", MONOCLE_DTYPE_I32, 4 },
  [27] = { "I64", MONOCLE_DTYPE_I64, 8 },       [28] = { "F64", MONOCLE_DTYPE_F64, 8 },
  [30] = { "BF16", MONOCLE_DTYPE_BF16, 2 },
};

/* --- tensors ------------------------------------------------------------------------------ */

static gboolean
set_tensor_error (const MonocleGgufReader *reader,
                  const MonocleCheckpointTensor *tensor,
                  const char *what)
{
  return monocle_file_set_error (reader->error, reader->path, "tensor \"%s\": %s", tensor->name,
                                 what);
}

/* What of @tensor is known by its shape. */
static gboolean
measure (const MonocleGgufReader *reader, MonocleCheckpointTensor *tensor, guint32 type)
{
  const gboolean is_known = type < G_N_ELEMENTS (tensor_types) && tensor_types[type].name;
  const guint bytes = is_known ? tensor_types[type].bytes : 0;
  const MonocleFormat *format;
  gsize n;

  if (!is_known || tensor_types[type].dtype == MONOCLE_DTYPE_OTHER)
    return monocle_file_set_error (reader->error, reader->path,
                                   "tensor \"%s\" is of type %s (%u), which is not read: take a "
                                   "file of type F16, Q8_0, Q6_K, Q5_K_M or Q4_K_M",
                                   tensor->name, is_known ? tensor_types[type].name : "unknown",
                                   type);
  tensor->dtype = tensor_types[type].dtype;
  if (!monocle_checkpoint_size_of (tensor, MAX (bytes, 1), &n))
    return set_tensor_error (reader, tensor, "the shape is too large");
  tensor->size_bytes = n;
  if (bytes > 0)
    return TRUE;

  format = monocle_blocks_get_format (tensor->dtype);
  if (tensor->n_dims == 0 || tensor->dims[tensor->n_dims - 1] % format->block != 0)
    return set_tensor_error (reader, tensor, "its rows are no whole blocks");
  tensor->size_bytes = n / format->block * format->block_bytes;
  return TRUE;
}

/* @offset: (out): from where the numbers begin */
static gboolean
take_tensor (MonocleGgufReader *reader, MonocleCheckpointTensor *tensor, guint64 *offset)
{
  guint32 n_dims, type;

  if (!monocle_gguf_take_u32 (reader, &n_dims))
    return FALSE;
  if (n_dims > MONOCLE_CHECKPOINT_MAX_DIMS)
    return set_tensor_error (reader, tensor,
                             "more than " G_STRINGIFY (MONOCLE_CHECKPOINT_MAX_DIMS) " dimensions");
  tensor->n_dims = n_dims;
  /* The innermost comes first. */
  for (guint i = 0; i < n_dims; i++)
    if (!monocle_gguf_take_u64 (reader, &tensor->dims[n_dims - 1 - i]))
      return FALSE;
  return monocle_gguf_take_u32 (reader, &type) && monocle_gguf_take_u64 (reader, offset)
         && measure (reader, tensor, type);
}

static gboolean
place_tensors (MonocleGguf *self, MonocleGgufReader *reader, const GArray *offsets)
{
  const guint8 *file = g_bytes_get_data (self->bytes, NULL);
  gint64 alignment = DEFAULT_ALIGNMENT;
  const gsize header = (gsize) (reader->at - file);
  gsize padding;

  if (!monocle_json_get_int (self->settings, self->path, "general.alignment", MONOCLE_JSON_OPTIONAL,
                             1, MAX_ALIGNMENT, &alignment, reader->error))
    return FALSE;
  if ((alignment & (alignment - 1)) != 0)
    return monocle_file_set_error (reader->error, self->path,
                                   "key \"general.alignment\": expected a power of two");
  /* A file without numbers may end before them. */
  padding = ((gsize) alignment - header % (gsize) alignment) % (gsize) alignment;
  padding = MIN (padding, reader->left);
  reader->at += padding;
  reader->left -= padding;
  for (guint i = 0; i < self->tensors->len; i++)
    {
      MonocleCheckpointTensor *tensor = &g_array_index (self->tensors, MonocleCheckpointTensor, i);
      const guint64 offset = g_array_index (offsets, guint64, i);

      if (offset % (guint64) alignment != 0)
        return set_tensor_error (reader, tensor, "does not begin where it may");
      if (offset > reader->left || tensor->size_bytes > reader->left - offset)
        return set_tensor_error (reader, tensor,
                                 "lies outside of the file; is the download complete?");
      tensor->data = reader->at + offset;
    }
  return TRUE;
}

static gboolean
take_tensors (MonocleGguf *self, MonocleGgufReader *reader, guint64 n)
{
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint64 i = 0; i < n; i++)
    {
      MonocleCheckpointTensor tensor = { 0 };
      guint64 offset;

      tensor.name = monocle_gguf_take_name (reader, MAX_NAME_BYTES, "tensor");
      if (!tensor.name)
        return FALSE;
      g_array_append_val (self->tensors, tensor);
      if (!g_hash_table_add (names, (gpointer) tensor.name))
        return set_tensor_error (reader, &tensor, "it is there twice");
      if (!take_tensor (reader, &g_array_index (self->tensors, MonocleCheckpointTensor, i),
                        &offset))
        return FALSE;
      g_array_append_val (offsets, offset);
    }
  return place_tensors (self, reader, offsets);
}

/* --- a file ------------------------------------------------------------------------------- */

static gboolean
take_beginning (MonocleGgufReader *reader, guint64 *n_tensors, guint64 *n_values)
{
  const char *what = reader->left < 4 || memcmp (reader->at, MAGIC, 4) != 0
                         ? monocle_file_recognise (reader->at, reader->left)
                         : NULL;
  const guint8 *magic;
  guint32 version;

  if (what)
    return monocle_file_set_error (reader->error, reader->path, "is %s", what);
  magic = reader->left >= 4 ? monocle_gguf_take (reader, 4) : NULL;
  if (!magic || memcmp (magic, MAGIC, 4) != 0)
    return monocle_file_set_error (reader->error, reader->path, "is no GGUF file");
  if (!monocle_gguf_take_u32 (reader, &version))
    return FALSE;
  if (version != 2 && version != 3)
    return monocle_file_set_error (reader->error, reader->path,
                                   "is of version %u, expected 2 or 3, little-endian", version);
  return monocle_gguf_take_u64 (reader, n_tensors) && monocle_gguf_take_u64 (reader, n_values);
}

static void
tensor_clear (gpointer tensor)
{
  g_free ((char *) ((MonocleCheckpointTensor *) tensor)->name);
}

MonocleGguf *
monocle_gguf_parse (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (MonocleGguf) self = g_new0 (MonocleGguf, 1);
  MonocleGgufReader reader = { .path = path, .error = error };
  guint64 n_tensors = 0, n_values = 0;

  self->bytes = g_bytes_ref (bytes);
  self->path = g_strdup (path);
  self->settings = json_object_new ();
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tensors = g_array_new (FALSE, FALSE, sizeof (MonocleCheckpointTensor));
  g_array_set_clear_func (self->tensors, tensor_clear);
  reader.at = g_bytes_get_data (bytes, &reader.left);

  if (!take_beginning (&reader, &n_tensors, &n_values))
    return NULL;
  for (guint64 i = 0; i < n_values; i++)
    if (!monocle_gguf_take_value (self, &reader))
      return NULL;
  return take_tensors (self, &reader, n_tensors) ? g_steal_pointer (&self) : NULL;
}

MonocleGguf *
monocle_gguf_open (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);

  return bytes ? monocle_gguf_parse (bytes, path, error) : NULL;
}

void
monocle_gguf_free (MonocleGguf *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->settings, json_object_unref);
  g_clear_pointer (&self->lists, g_hash_table_unref);
  g_clear_pointer (&self->tensors, g_array_unref);
  g_free (self->path);
  g_free (self);
}

const char *
monocle_gguf_get_path (const MonocleGguf *self)
{
  return self->path;
}

JsonObject *
monocle_gguf_get_settings (const MonocleGguf *self)
{
  return self->settings;
}

gboolean
monocle_gguf_add_tensors (const MonocleGguf *self, MonocleCheckpoint *checkpoint, GError **error)
{
  monocle_checkpoint_keep (checkpoint, self->bytes);
  for (guint i = 0; i < self->tensors->len; i++)
    if (!monocle_checkpoint_add (checkpoint,
                                 &g_array_index (self->tensors, MonocleCheckpointTensor, i),
                                 self->path, error))
      return FALSE;
  return TRUE;
}
