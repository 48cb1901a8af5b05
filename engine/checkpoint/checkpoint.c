/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A checkpoint: the named tensors of a model directory. This file picks the container, follows the
 * index of a sharded one, and converts elements; safetensors.c and torch.c read the containers.
 */
#include "config.h"

#include "engine/checkpoint/checkpoint.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/checkpoint/blocks.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/base/file.h"
#include "engine/base/half.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf-pair.h"
#include "engine/checkpoint/msgpack.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/torch.h"

/* The largest published model of this kind has two; a hostile index could name very many. */
#define MAX_SHARDS 1000

/* The readers give out the file's bytes as they are. */
G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

struct _MonocleCheckpoint
{
  char *path;
  GPtrArray *kept;     /* GBytes */
  GPtrArray *tensors;  /* MonocleCheckpointTensor */
  GPtrArray *deltas;   /* MonocleDelta */
  GHashTable *by_name; /* the tensor's own name -> the tensor */
};

typedef gboolean (*ReadContainer) (MonocleCheckpoint *, GBytes *, const char *, GError **);

static const struct
{
  const char *single;
  const char *index;
  ReadContainer read;
} containers[] = {
  { "model.safetensors", "model.safetensors.index.json", monocle_safetensors_read },
  { "pytorch_model.bin", "pytorch_model.bin.index.json", monocle_torch_read },
};

/* Where none of these is there, the only file that begins and ends so: a model in another
 * precision, "model.fp16.safetensors"; what a run of training left, "ofa_base.pt"; what flax wrote,
 * also as "small_1000k.bin", where there is much else that is called so.
 */
static const struct
{
  const char *prefix, *suffix;
  ReadContainer read;
  gboolean (*is_one) (GBytes *); /* (nullable) */
} others[] = {
  { "model.", ".safetensors", monocle_safetensors_read, NULL },
  { "", ".pt", monocle_torch_read_run, NULL },
  { "", ".msgpack", monocle_msgpack_read, NULL },
  { "", ".bin", monocle_msgpack_read, monocle_msgpack_is_one },
};

static void
free_tensor (gpointer data)
{
  MonocleCheckpointTensor *tensor = data;
  g_free ((char *) tensor->name);
  g_free (tensor);
}

static gboolean
read_file (MonocleCheckpoint *self, const char *path, ReadContainer read_container, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);
  return bytes != NULL && read_container (self, bytes, path, error);
}

/* A shard lies beside its index: no folders, no way out. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && *name != '.' && strchr (name, '/') == NULL && strchr (name, '\\') == NULL;
}

static gboolean
read_index (MonocleCheckpoint *self,
            const char *directory,
            const char *path,
            ReadContainer read_container,
            GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  g_autoptr (GHashTable) shards = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) names = NULL;
  JsonObject *map = NULL;

  if (root == NULL
      || !monocle_json_get_object (root, path, "weight_map", MONOCLE_JSON_REQUIRED, &map, error))
    return FALSE;
  names = json_object_get_members (map);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *shard_path = NULL;
      const char *shard = NULL;

      if (!monocle_json_get_string (map, path, l->data, MONOCLE_JSON_REQUIRED, &shard, error))
        return FALSE;
      if (!is_plain_name (shard))
        {
          monocle_file_set_error (error, path, "\"%s\" is no name of a file beside it", shard);
          return FALSE;
        }
      if (!g_hash_table_add (shards, (gpointer) shard))
        continue;
      if (g_hash_table_size (shards) > MAX_SHARDS)
        {
          monocle_file_set_error (error, path, "names more than %d files", MAX_SHARDS);
          return FALSE;
        }
      shard_path = g_build_filename (directory, shard, NULL);
      if (!read_file (self, shard_path, read_container, error))
        return FALSE;
    }
  for (GList *l = names; l != NULL; l = l->next)
    if (monocle_checkpoint_find (self, l->data) == NULL)
      {
        monocle_file_set_error (error, path, "tensor \"%s\" is in none of the files named",
                                (const char *) l->data);
        return FALSE;
      }
  if (names == NULL)
    {
      monocle_file_set_error (error, path, "names no tensors");
      return FALSE;
    }
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): files of @directory that hold weights of some kind, or part of them, sorted */
static GPtrArray *
list_other_weights (const char *directory)
{
  static const char *const suffixes[]
      = { ".safetensors", ".bin",     ".pt",         ".pth",  ".ckpt",       ".gguf", ".onnx",
          ".h5",          ".msgpack", ".incomplete", ".part", ".crdownload", ".aria2" };
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
      if (g_str_has_suffix (name, suffixes[i]))
        {
          g_ptr_array_add (names, g_strdup (name));
          break;
        }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* The only one that begins and ends so. */
static const char *
find_only (const GPtrArray *names, const char *prefix, const char *suffix)
{
  const char *found = NULL;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];

      if (!g_str_has_prefix (name, prefix) || !g_str_has_suffix (name, suffix))
        continue;
      if (found != NULL)
        return NULL;
      found = name;
    }
  return found;
}

static MonocleCheckpoint *
open_pair (const char *path, GError **error)
{
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open (path, error);
  g_autoptr (MonocleCheckpoint) self = NULL;

  if (pair == NULL)
    return NULL;
  self = monocle_checkpoint_new ();
  self->path = g_strdup (monocle_gguf_get_path (pair->text));
  return monocle_gguf_add_tensors (pair->text, self, error)
                 && monocle_gguf_add_tensors (pair->vision, self, error)
             ? g_steal_pointer (&self)
             : NULL;
}

/* Whether the file looks like what is said of it. */
static gboolean
is_one (const char *directory, const char *name, gboolean (*looks_like) (GBytes *))
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GBytes) bytes = looks_like ? monocle_file_map (path, NULL) : NULL;

  return !looks_like || (bytes && looks_like (bytes));
}

MonocleCheckpoint *
monocle_checkpoint_open (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) self = NULL;
  g_autoptr (GString) tried = g_string_new (NULL);
  g_autoptr (GPtrArray) names = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  if (monocle_gguf_pair_is_one (directory))
    return open_pair (directory, error);
  if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
    {
      monocle_file_set_error (error, directory, "%s",
                              g_file_test (directory, G_FILE_TEST_EXISTS)
                                  ? "is no directory, expected a model's directory"
                                  : "no such directory");
      return NULL;
    }
  self = monocle_checkpoint_new ();
  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    {
      g_autofree char *single = g_build_filename (directory, containers[i].single, NULL);
      g_autofree char *index = g_build_filename (directory, containers[i].index, NULL);

      if (monocle_file_exists (single))
        {
          self->path = g_steal_pointer (&single);
          if (!read_file (self, self->path, containers[i].read, error))
            return NULL;
          return g_steal_pointer (&self);
        }
      if (monocle_file_exists (index))
        {
          self->path = g_steal_pointer (&index);
          if (!read_index (self, directory, self->path, containers[i].read, error))
            return NULL;
          return g_steal_pointer (&self);
        }
      g_string_append_printf (tried, "%s%s, %s", i > 0 ? ", " : "", containers[i].single,
                              containers[i].index);
    }
  names = list_other_weights (directory);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const char *name = find_only (names, others[i].prefix, others[i].suffix);

      if (name == NULL || !is_one (directory, name, others[i].is_one))
        continue;
      self->path = g_build_filename (directory, name, NULL);
      return read_file (self, self->path, others[i].read, error) ? g_steal_pointer (&self) : NULL;
    }
  for (guint i = 0; i < MIN (names->len, 3); i++)
    g_string_append_printf (tried, "%s“%s”", i > 0 ? ", " : "; there is ",
                            (const char *) names->pdata[i]);
  monocle_file_set_error (error, directory, "no weights here; looked for %s", tried->str);
  return NULL;
}

void
monocle_checkpoint_free (MonocleCheckpoint *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->deltas);
  g_ptr_array_unref (self->kept);
  g_free (self->path);
  g_free (self);
}

guint
monocle_checkpoint_get_n_tensors (const MonocleCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->tensors->len;
}

const MonocleCheckpointTensor *
monocle_checkpoint_get_tensor (const MonocleCheckpoint *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->tensors->len, NULL);
  return g_ptr_array_index (self->tensors, i);
}

const MonocleCheckpointTensor *
monocle_checkpoint_find (const MonocleCheckpoint *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);
  return g_hash_table_lookup (self->by_name, name);
}

const char *
monocle_checkpoint_get_path (const MonocleCheckpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->path;
}

guint64
monocle_checkpoint_tensor_get_n_elements (const MonocleCheckpointTensor *tensor)
{
  guint64 n = 1;
  g_return_val_if_fail (tensor != NULL, 0);
  for (guint i = 0; i < tensor->n_dims; i++)
    n *= tensor->dims[i];
  return n;
}

/* One element of a type that is rare among weights. */
#define READ_AS(type)                                                                              \
  {                                                                                                \
    type value;                                                                                    \
    memcpy (&value, data + i * sizeof value, sizeof value);                                        \
    return (float) value;                                                                          \
  }

static float
read_rare (MonocleDtype dtype, const guint8 *data, guint64 i)
{
  switch (dtype)
    {
    case MONOCLE_DTYPE_F64:
      READ_AS (double)
    case MONOCLE_DTYPE_F8_E4M3:
      return monocle_f8_e4m3_widen (data[i]);
    case MONOCLE_DTYPE_F8_E5M2:
      return monocle_f8_e5m2_widen (data[i]);
    case MONOCLE_DTYPE_I64:
      READ_AS (gint64)
    case MONOCLE_DTYPE_I32:
      READ_AS (gint32)
    case MONOCLE_DTYPE_I16:
      READ_AS (gint16)
    case MONOCLE_DTYPE_I8:
      READ_AS (gint8)
    case MONOCLE_DTYPE_U64:
      READ_AS (guint64)
    case MONOCLE_DTYPE_U32:
      READ_AS (guint32)
    case MONOCLE_DTYPE_U16:
      READ_AS (guint16)
    case MONOCLE_DTYPE_U8:
      READ_AS (guint8)
    case MONOCLE_DTYPE_BOOL:
      return data[i] != 0;
    case MONOCLE_DTYPE_F32:
    case MONOCLE_DTYPE_F16:
    case MONOCLE_DTYPE_BF16:
    case MONOCLE_DTYPE_Q8_0:
    case MONOCLE_DTYPE_Q4_0:
    case MONOCLE_DTYPE_Q4_1:
    case MONOCLE_DTYPE_Q5_0:
    case MONOCLE_DTYPE_Q5_1:
    case MONOCLE_DTYPE_IQ4_NL:
    case MONOCLE_DTYPE_Q4_K:
    case MONOCLE_DTYPE_Q5_K:
    case MONOCLE_DTYPE_Q6_K:
    case MONOCLE_DTYPE_OTHER:
    default:
      g_return_val_if_reached (0);
    }
}

#undef READ_AS

static const MonocleFormat *
get_stored_format (const MonocleCheckpointTensor *tensor)
{
  static const MonocleFormat *const formats[MONOCLE_DTYPE_OTHER + 1] = {
    [MONOCLE_DTYPE_F32] = &monocle_formats[MONOCLE_FORMAT_F32],
    [MONOCLE_DTYPE_F16] = &monocle_formats[MONOCLE_FORMAT_F16],
    [MONOCLE_DTYPE_BF16] = &monocle_formats[MONOCLE_FORMAT_BF16],
  };

  return formats[tensor->dtype] ? formats[tensor->dtype]
                                : monocle_blocks_get_format (tensor->dtype);
}

/* Any numbers of those that lie in @data, also the middle of blocks. */
static void
widen_from (const MonocleFormat *format, const guint8 *data, guint64 first, guint64 n, float *out)
{
  while (n > 0)
    {
      const guint skipped = (guint) (first % format->block);
      const guint8 *from = data + monocle_format_count_bytes (format, first - skipped);
      float block[MONOCLE_BLOCKS_MAX];
      guint64 run;

      if (skipped == 0 && n >= format->block)
        {
          run = n / format->block * format->block;
          format->widen (from, run, out);
        }
      else
        {
          run = MIN (n, format->block - skipped);
          format->widen (from, format->block, block);
          memcpy (out, block + skipped, run * sizeof *out);
        }
      first += run;
      n -= run;
      out += run;
    }
}

const MonocleFormat *
monocle_checkpoint_tensor_get_format (const MonocleCheckpointTensor *tensor)
{
  return tensor->delta ? NULL : get_stored_format (tensor);
}

void
monocle_checkpoint_tensor_read_f32 (const MonocleCheckpointTensor *tensor,
                                    guint64 first,
                                    guint64 n,
                                    float *out)
{
  guint64 n_elements = monocle_checkpoint_tensor_get_n_elements (tensor);
  const MonocleFormat *format = get_stored_format (tensor);

  g_return_if_fail (tensor->dtype != MONOCLE_DTYPE_OTHER);
  g_return_if_fail (first <= n_elements && n <= n_elements - first);
  if (n == 0)
    return;
  if (format)
    widen_from (format, tensor->data, first, n, out);
  else
    for (guint64 i = 0; i < n; i++)
      out[i] = read_rare (tensor->dtype, tensor->data, first + i);
  if (tensor->delta)
    monocle_delta_apply (tensor->delta, first, n, out);
}

void
monocle_checkpoint_tensor_read_f16 (const MonocleCheckpointTensor *tensor,
                                    guint64 first,
                                    guint64 n,
                                    guint16 *out)
{
  guint64 n_elements = monocle_checkpoint_tensor_get_n_elements (tensor);

  g_return_if_fail (tensor->dtype != MONOCLE_DTYPE_OTHER);
  g_return_if_fail (first <= n_elements && n <= n_elements - first);
  if (n == 0)
    return;
  if (tensor->dtype == MONOCLE_DTYPE_F16 && !tensor->delta)
    memcpy (out, tensor->data + 2 * first, 2 * n);
  else if (tensor->dtype == MONOCLE_DTYPE_F32 && !tensor->delta)
    monocle_half_narrow (tensor->data + 4 * first, n, out);
  else
    {
      float wide[1024];
      for (guint64 i = 0; i < n; i += G_N_ELEMENTS (wide))
        {
          gsize run = MIN (n - i, G_N_ELEMENTS (wide));
          monocle_checkpoint_tensor_read_f32 (tensor, first + i, run, wide);
          monocle_half_narrow (wide, run, out + i);
        }
    }
}

MonocleCheckpoint *
monocle_checkpoint_new (void)
{
  MonocleCheckpoint *self = g_new0 (MonocleCheckpoint, 1);
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->tensors = g_ptr_array_new_with_free_func (free_tensor);
  self->deltas = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_delta_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
monocle_checkpoint_keep (MonocleCheckpoint *self, GBytes *bytes)
{
  g_ptr_array_add (self->kept, g_bytes_ref (bytes));
}

void
monocle_checkpoint_keep_all (MonocleCheckpoint *self, const MonocleCheckpoint *from)
{
  for (guint i = 0; i < from->kept->len; i++)
    monocle_checkpoint_keep (self, from->kept->pdata[i]);
}

gboolean
monocle_checkpoint_add (MonocleCheckpoint *self,
                        const MonocleCheckpointTensor *tensor,
                        const char *path,
                        GError **error)
{
  MonocleCheckpointTensor *added;

  if (g_hash_table_contains (self->by_name, tensor->name))
    {
      monocle_file_set_error (error, path, "tensor \"%s\" is there twice", tensor->name);
      return FALSE;
    }
  added = g_new (MonocleCheckpointTensor, 1);
  *added = *tensor;
  added->name = g_strdup (tensor->name);
  g_ptr_array_add (self->tensors, added);
  g_hash_table_insert (self->by_name, (gpointer) added->name, added);
  return TRUE;
}

void
monocle_checkpoint_change (MonocleCheckpoint *self, const char *name, MonocleDelta *delta)
{
  MonocleCheckpointTensor *tensor = g_hash_table_lookup (self->by_name, name);

  g_ptr_array_add (self->deltas, delta);
  tensor->delta = delta;
}

void
monocle_checkpoint_replace (MonocleCheckpoint *self, const MonocleCheckpointTensor *by)
{
  MonocleCheckpointTensor *tensor = g_hash_table_lookup (self->by_name, by->name);

  tensor->dtype = by->dtype;
  tensor->data = by->data;
  tensor->size_bytes = by->size_bytes;
}

gboolean
monocle_checkpoint_size_of (const MonocleCheckpointTensor *tensor,
                            guint element_bytes,
                            gsize *size_bytes)
{
  gsize size = element_bytes;
  gboolean is_void = FALSE;

  /* The product without its zeros must fit as well: strides and offsets are computed from it. */
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      is_void = is_void || tensor->dims[i] == 0;
      if (!g_size_checked_mul (&size, size, MAX (tensor->dims[i], 1)))
        return FALSE;
    }
  *size_bytes = is_void ? 0 : size;
  return size <= G_MAXSSIZE;
}
