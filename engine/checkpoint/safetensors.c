/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of the safetensors container. See safetensors.h.
 */
#include "config.h"

#include "engine/checkpoint/safetensors.h"

#include <string.h>

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

/* The reference implementation's limit. */
#define MAX_HEADER_BYTES (100 * 1000 * 1000)

static const struct
{
  const char *name;
  MonocleDtype dtype;
  guint element_bytes;
} dtypes[] = {
  { "F32", MONOCLE_DTYPE_F32, 4 },           { "F16", MONOCLE_DTYPE_F16, 2 },
  { "BF16", MONOCLE_DTYPE_BF16, 2 },         { "F64", MONOCLE_DTYPE_F64, 8 },
  { "F8_E4M3", MONOCLE_DTYPE_F8_E4M3, 1 },   { "F8_E5M2", MONOCLE_DTYPE_F8_E5M2, 1 },
  { "I64", MONOCLE_DTYPE_I64, 8 },           { "I32", MONOCLE_DTYPE_I32, 4 },
  { "I16", MONOCLE_DTYPE_I16, 2 },           { "I8", MONOCLE_DTYPE_I8, 1 },
  { "U64", MONOCLE_DTYPE_U64, 8 },           { "U32", MONOCLE_DTYPE_U32, 4 },
  { "U16", MONOCLE_DTYPE_U16, 2 },           { "U8", MONOCLE_DTYPE_U8, 1 },
  { "BOOL", MONOCLE_DTYPE_BOOL, 1 },         { "C64", MONOCLE_DTYPE_OTHER, 8 },
  { "F8_E8M0", MONOCLE_DTYPE_OTHER, 1 },     { "F8_E4M3FNUZ", MONOCLE_DTYPE_OTHER, 1 },
  { "F8_E5M2FNUZ", MONOCLE_DTYPE_OTHER, 1 },
};

typedef struct
{
  gsize begin;
  gsize end;
  const char *name;
} Extent;

static int
compare_extents (const void *a, const void *b)
{
  const Extent *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static gboolean
bad_tensor (GError **error, const char *path, const char *name, const char *what)
{
  monocle_file_set_error (error, path, "tensor \"%s\": %s", name, what);
  return FALSE;
}

/* One member of the header to a tensor, its bytes within @data. */
static gboolean
read_tensor (JsonObject *entry,
             const char *path,
             const char *name,
             const guint8 *data,
             gsize data_bytes,
             MonocleCheckpointTensor *tensor,
             Extent *extent,
             GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: tensor \"%s\"", path, name);
  g_autoptr (GArray) shape = NULL;
  g_autoptr (GArray) offsets = NULL;
  const char *dtype = NULL;
  gsize size_bytes;
  guint i;

  if (!monocle_json_get_string (entry, where, "dtype", MONOCLE_JSON_REQUIRED, &dtype, error)
      || !monocle_json_get_ints (entry, where, "shape", MONOCLE_JSON_REQUIRED, 0, G_MAXINT64,
                                 &shape, error)
      || !monocle_json_get_ints (entry, where, "data_offsets", MONOCLE_JSON_REQUIRED, 0, G_MAXINT64,
                                 &offsets, error))
    return FALSE;

  for (i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, dtype) == 0)
      break;
  if (i == G_N_ELEMENTS (dtypes))
    {
      monocle_file_set_error (error, where, "type \"%s\" is not known", dtype);
      return FALSE;
    }
  if (shape->len > MONOCLE_CHECKPOINT_MAX_DIMS)
    return bad_tensor (error, path, name,
                       "more than " G_STRINGIFY (MONOCLE_CHECKPOINT_MAX_DIMS) " dimensions");
  if (offsets->len != 2)
    return bad_tensor (error, path, name, "data_offsets are no pair");

  *tensor
      = (MonocleCheckpointTensor){ .name = name, .dtype = dtypes[i].dtype, .n_dims = shape->len };
  for (guint d = 0; d < shape->len; d++)
    tensor->dims[d] = (guint64) g_array_index (shape, gint64, d);
  if (!monocle_checkpoint_size_of (tensor, dtypes[i].element_bytes, &size_bytes))
    return bad_tensor (error, path, name, "the shape is too large");

  if ((guint64) g_array_index (offsets, gint64, 1) > data_bytes
      || g_array_index (offsets, gint64, 0) > g_array_index (offsets, gint64, 1))
    return bad_tensor (error, path, name, "lies outside of the file; is the download complete?");
  extent->name = name;
  extent->begin = (gsize) g_array_index (offsets, gint64, 0);
  extent->end = (gsize) g_array_index (offsets, gint64, 1);
  if (extent->end - extent->begin != size_bytes)
    {
      monocle_file_set_error (
          error, where, "has %" G_GSIZE_FORMAT " bytes, its shape and type need %" G_GSIZE_FORMAT,
          extent->end - extent->begin, size_bytes);
      return FALSE;
    }
  tensor->data = data + extent->begin;
  tensor->size_bytes = size_bytes;
  return TRUE;
}

/* No byte belongs to two tensors or to none: what a lying header would need. */
static gboolean
check_extents (GArray *extents, const char *path, gsize data_bytes, GError **error)
{
  gsize at = 0;
  qsort (extents->data, extents->len, sizeof (Extent), compare_extents);
  for (guint i = 0; i < extents->len; i++)
    {
      const Extent *extent = &g_array_index (extents, Extent, i);
      if (extent->begin != at)
        return bad_tensor (error, path, extent->name,
                           extent->begin < at ? "overlaps another one" : "unused bytes before it");
      at = extent->end;
    }
  if (at == data_bytes)
    return TRUE;
  monocle_file_set_error (error, path, "%" G_GSIZE_FORMAT " bytes after the last tensor",
                          data_bytes - at);
  return FALSE;
}

gboolean
monocle_safetensors_read (MonocleCheckpoint *checkpoint,
                          GBytes *bytes,
                          const char *path,
                          GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (GList) names = NULL;
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (Extent));
  gsize size, data_bytes;
  const guint8 *file = g_bytes_get_data (bytes, &size);
  const guint8 *data;
  const char *what;
  guint64 header_bytes;

  /* The header begins behind its length. */
  what = size < 9 || file[8] != '{' ? monocle_file_recognise (file, size) : NULL;
  if (what != NULL || size < 8)
    {
      monocle_file_set_error (error, path, "%s%s", what != NULL ? "is " : "",
                              what != NULL ? what : "too short for a safetensors file");
      return FALSE;
    }
  memcpy (&header_bytes, file, 8);
  header_bytes = GUINT64_FROM_LE (header_bytes);
  if (header_bytes > MAX_HEADER_BYTES)
    {
      monocle_file_set_error (error, path,
                              "no safetensors file (a header of %" G_GUINT64_FORMAT " bytes)",
                              header_bytes);
      return FALSE;
    }
  if (header_bytes > size - 8)
    {
      monocle_file_set_error (error, path,
                              "cut off: the header has %" G_GUINT64_FORMAT
                              " bytes, the file %" G_GSIZE_FORMAT,
                              header_bytes, size);
      return FALSE;
    }
  header = monocle_json_parse ((const char *) file + 8, (gsize) header_bytes, path, error);
  if (header == NULL)
    return FALSE;
  data = file + 8 + header_bytes;
  data_bytes = size - 8 - (gsize) header_bytes;

  monocle_checkpoint_keep (checkpoint, bytes);
  names = json_object_get_members (header);
  for (GList *l = names; l != NULL; l = l->next)
    {
      MonocleCheckpointTensor tensor;
      JsonObject *entry = NULL;
      Extent extent;

      if (strcmp (l->data, "__metadata__") == 0)
        continue;
      if (!monocle_json_get_object (header, path, l->data, MONOCLE_JSON_REQUIRED, &entry, error)
          || !read_tensor (entry, path, l->data, data, data_bytes, &tensor, &extent, error)
          || !monocle_checkpoint_add (checkpoint, &tensor, path, error))
        return FALSE;
      g_array_append_val (extents, extent);
    }
  return check_extents (extents, path, data_bytes, error);
}
