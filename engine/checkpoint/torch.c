/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of PyTorch checkpoints: archive, pickle, storages, to tensors. See torch.h.
 */
#include "config.h"

#include "engine/checkpoint/torch.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/base/file.h"
#include "engine/checkpoint/unpickle.h"
#include "engine/checkpoint/zip.h"

#define PICKLE_NAME "/data.pkl"

typedef struct
{
  MonocleCheckpoint *checkpoint;
  MonocleZip *zip;
  const char *path;
  char *prefix;         /* of the archive's entries, with its slash */
  guint64 copies_bytes; /* what may still be copied */
} Reader;

static gboolean
bad_tensor (GError **error, const char *path, const char *name, const char *what)
{
  monocle_file_set_error (error, path, "tensor \"%s\": %s", name, what);
  return FALSE;
}

static gboolean
is_contiguous (const MonoclePickleTensor *view)
{
  guint64 expected = 1;
  for (guint i = view->n_dims; i > 0; i--)
    {
      if (view->dims[i - 1] != 1 && view->strides[i - 1] != expected)
        return FALSE;
      expected *= view->dims[i - 1];
    }
  return TRUE;
}

/* One behind the last element of a view that is not empty. */
static gboolean
find_end (const MonoclePickleTensor *view, guint64 *end)
{
  guint64 last = view->offset;
  for (guint i = 0; i < view->n_dims; i++)
    {
      guint64 step;
      if (!g_uint64_checked_mul (&step, view->dims[i] - 1, view->strides[i])
          || !g_uint64_checked_add (&last, last, step))
        return FALSE;
    }
  return g_uint64_checked_add (end, last, 1);
}

/* Gathers a view of elements of @element_bytes into row-major order. */
static void
gather (const MonoclePickleTensor *view, const guint8 *from, guint element_bytes, guint8 *to)
{
  guint64 index[MONOCLE_CHECKPOINT_MAX_DIMS] = { 0 };
  guint64 at = view->offset;
  for (;;)
    {
      guint d = view->n_dims;
      memcpy (to, from + at * element_bytes, element_bytes);
      to += element_bytes;
      while (d > 0)
        {
          d--;
          at += view->strides[d];
          if (++index[d] < view->dims[d])
            break;
          at -= view->dims[d] * view->strides[d];
          index[d] = 0;
          if (d == 0)
            return;
        }
    }
}

static gboolean
copy_view (Reader *self,
           const MonoclePickleTensor *view,
           const guint8 *storage,
           guint element_bytes,
           MonocleCheckpointTensor *tensor,
           GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *copy;

  if (tensor->size_bytes > self->copies_bytes)
    return bad_tensor (error, self->path, tensor->name,
                       "views like this one are larger than the file");
  self->copies_bytes -= tensor->size_bytes;
  copy = g_try_malloc (tensor->size_bytes);
  if (copy == NULL)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "no memory for a tensor of %" G_GSIZE_FORMAT " bytes", tensor->size_bytes);
      return FALSE;
    }
  gather (view, storage, element_bytes, copy);
  bytes = g_bytes_new_take (copy, tensor->size_bytes);
  monocle_checkpoint_keep (self->checkpoint, bytes);
  tensor->data = copy;
  return TRUE;
}

static gboolean
add_tensor (Reader *self, const char *name, const MonoclePickleTensor *view, GError **error)
{
  const MonoclePickleValue *storage = view->storage;
  guint element_bytes = storage->storage.element_bytes;
  g_autofree char *entry = g_strconcat (self->prefix, "data/", storage->storage.key, NULL);
  MonocleCheckpointTensor tensor
      = { .name = name, .dtype = storage->storage.dtype, .n_dims = view->n_dims };
  const guint8 *data;
  gsize data_bytes;
  guint64 end;

  if (!monocle_zip_read (self->zip, entry, &data, &data_bytes, error))
    return FALSE;
  if (storage->storage.n_elements > data_bytes / element_bytes)
    return bad_tensor (error, self->path, name, "its storage is truncated");

  memcpy (tensor.dims, view->dims, sizeof tensor.dims);
  if (!monocle_checkpoint_size_of (&tensor, element_bytes, &tensor.size_bytes))
    return bad_tensor (error, self->path, name, "the shape is too large");
  tensor.data = data;
  if (tensor.size_bytes > 0)
    {
      if (!find_end (view, &end) || end > storage->storage.n_elements)
        return bad_tensor (error, self->path, name, "lies outside of its storage");
      if (is_contiguous (view))
        tensor.data = data + view->offset * element_bytes;
      else if (!copy_view (self, view, data, element_bytes, &tensor, error))
        return FALSE;
    }
  return monocle_checkpoint_add (self->checkpoint, &tensor, self->path, error);
}

static gboolean
add_tensors (Reader *self, const MonoclePickleValue *root, GError **error)
{
  guint n = 0;
  if (root->kind != MONOCLE_PICKLE_DICT)
    {
      monocle_file_set_error (error, self->path, "holds no dictionary of tensors");
      return FALSE;
    }
  for (guint i = 0; root->items != NULL && i + 1 < root->items->len; i += 2)
    {
      const MonoclePickleValue *key = g_ptr_array_index (root->items, i);
      const MonoclePickleValue *value = g_ptr_array_index (root->items, i + 1);
      if (key->kind != MONOCLE_PICKLE_STRING || value->kind != MONOCLE_PICKLE_TENSOR)
        continue;
      if (!add_tensor (self, key->string, value->tensor, error))
        return FALSE;
      n++;
    }
  if (n == 0)
    monocle_file_set_error (error, self->path, "the dictionary at its root holds no tensors");
  return n > 0;
}

/* Before 1.6 a checkpoint was a chain of pickles, and before 0.1.10 a tar archive. */
static gboolean
check_archive (const guint8 *data, gsize size, const char *path, GError **error)
{
  if (size >= 4 && memcmp (data, "PK\3\4", 4) == 0)
    return TRUE;
  if (size >= 2 && data[0] == 0x80 && data[1] <= 5)
    monocle_file_set_error (
        error, path, "is in PyTorch's format of before 1.6; save it again with a newer version");
  else
    {
      const char *what = monocle_file_recognise (data, size);

      monocle_file_set_error (error, path, "is %s",
                              what ? what : "no PyTorch checkpoint (a ZIP archive)");
    }
  return FALSE;
}

/* (nullable): the member of a dictionary */
static const MonoclePickleValue *
find_member (const MonoclePickleValue *dict, const char *name)
{
  const MonoclePickleValue *found = NULL;

  if (dict->kind != MONOCLE_PICKLE_DICT || dict->items == NULL)
    return NULL;
  for (guint i = 0; i + 1 < dict->items->len; i += 2)
    {
      const MonoclePickleValue *key = g_ptr_array_index (dict->items, i);

      if (key->kind == MONOCLE_PICKLE_STRING && strcmp (key->string, name) == 0)
        found = g_ptr_array_index (dict->items, i + 1);
    }
  return found;
}

/* @member: (nullable): of the root, where the tensors are not there themselves */
static gboolean
read_archive (MonocleCheckpoint *checkpoint,
              GBytes *bytes,
              MonoclePickleOthers others,
              const char *member,
              const char *path,
              GError **error)
{
  g_autoptr (MonocleZip) zip = NULL;
  g_autoptr (MonoclePickle) pickle = NULL;
  g_autofree char *prefix = NULL;
  g_autofree char *byte_order = NULL;
  const char *pickle_name;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const MonoclePickleValue *root;
  Reader reader;

  if (!check_archive (data, size, path, error))
    return FALSE;
  reader = (Reader){ .checkpoint = checkpoint, .path = path, .copies_bytes = size };
  zip = monocle_zip_open (bytes, path, error);
  if (zip == NULL)
    return FALSE;
  pickle_name = monocle_zip_find_suffix (zip, PICKLE_NAME);
  if (pickle_name == NULL)
    {
      monocle_file_set_error (error, path,
                              "is a ZIP archive but no PyTorch checkpoint (no data.pkl)");
      return FALSE;
    }
  prefix = g_strndup (pickle_name, strlen (pickle_name) - strlen (PICKLE_NAME) + 1);
  byte_order = g_strconcat (prefix, "byteorder", NULL);
  if (monocle_zip_has (zip, byte_order))
    {
      if (!monocle_zip_read (zip, byte_order, &data, &size, error))
        return FALSE;
      if (size != 6 || memcmp (data, "little", 6) != 0)
        {
          monocle_file_set_error (error, path, "was saved on a big-endian machine");
          return FALSE;
        }
    }
  if (!monocle_zip_read (zip, pickle_name, &data, &size, error))
    return FALSE;
  pickle = monocle_pickle_load (data, size, others, path, error);
  if (pickle == NULL)
    return FALSE;
  root = monocle_pickle_get_root (pickle);
  if (member != NULL)
    root = find_member (root, member);
  if (root == NULL)
    {
      monocle_file_set_error (error, path, "holds no dictionary “%s”", member);
      return FALSE;
    }
  monocle_checkpoint_keep (checkpoint, bytes);
  reader.zip = zip;
  reader.prefix = prefix;
  return add_tensors (&reader, root, error);
}

gboolean
monocle_torch_read (MonocleCheckpoint *checkpoint, GBytes *bytes, const char *path, GError **error)
{
  return read_archive (checkpoint, bytes, MONOCLE_PICKLE_REFUSE_OTHERS, NULL, path, error);
}

gboolean
monocle_torch_read_run (MonocleCheckpoint *checkpoint,
                        GBytes *bytes,
                        const char *path,
                        GError **error)
{
  return read_archive (checkpoint, bytes, MONOCLE_PICKLE_PASS_OVER_OTHERS, "model", path, error);
}
