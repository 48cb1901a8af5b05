/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of the flax container. See msgpack.h.
 */
#include "config.h"

#include "engine/checkpoint/msgpack.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/checkpoint-private.h"

/* Maps in maps, and bytes of a name; published models have 6 and 80. */
#define MAX_DEPTH      32
#define MAX_NAME_BYTES 1024

/* Types of extensions. */
#define EXTENSION_ARRAY 1

/* The key by which a map says that it is an array in chunks. */
#define CHUNKED "__msgpack_chunked_array__"

/* As numpy names them. */
static const struct
{
  const char *name;
  MonocleDtype dtype;
  guint element_bytes;
} dtypes[] = {
  { "float32", MONOCLE_DTYPE_F32, 4 },
  { "float16", MONOCLE_DTYPE_F16, 2 },
  { "bfloat16", MONOCLE_DTYPE_BF16, 2 },
  { "float64", MONOCLE_DTYPE_F64, 8 },
  { "float8_e4m3fn", MONOCLE_DTYPE_F8_E4M3, 1 },
  { "float8_e5m2", MONOCLE_DTYPE_F8_E5M2, 1 },
  { "int64", MONOCLE_DTYPE_I64, 8 },
  { "int32", MONOCLE_DTYPE_I32, 4 },
  { "int16", MONOCLE_DTYPE_I16, 2 },
  { "int8", MONOCLE_DTYPE_I8, 1 },
  { "uint64", MONOCLE_DTYPE_U64, 8 },
  { "uint32", MONOCLE_DTYPE_U32, 4 },
  { "uint16", MONOCLE_DTYPE_U16, 2 },
  { "uint8", MONOCLE_DTYPE_U8, 1 },
  { "bool", MONOCLE_DTYPE_BOOL, 1 },
};

typedef enum
{
  ITEM_OTHER, /* a number, or nothing */
  ITEM_INTEGER,
  ITEM_TEXT,
  ITEM_BYTES,
  ITEM_ARRAY,
  ITEM_MAP,
  ITEM_EXTENSION,
} Kind;

typedef struct
{
  Kind kind;
  guint64 number;     /* an integer; items of an array, pairs of a map; bytes of the rest */
  const guint8 *data; /* of texts, bytes and extensions */
  gint8 type;         /* of an extension */
} Item;

/* What is read: all of the file, or one array in it. */
typedef struct
{
  const guint8 *at, *end;
} Cursor;

typedef struct
{
  MonocleCheckpoint *checkpoint;
  const char *path;
  GString *name;       /* keys so far */
  guint64 copies_left; /* bytes that may still be copied */
  guint n_tensors;
  GError **error;
} Reader;

static gboolean
fail (Reader *self, const char *what)
{
  if (self->name->len > 0)
    monocle_file_set_error (self->error, self->path, "“%s”: %s", self->name->str, what);
  else
    monocle_file_set_error (self->error, self->path, "%s", what);
  return FALSE;
}

/* --- items -------------------------------------------------------------------------------- */

/* A big-endian number of @n bytes. */
static gboolean
take_number (Cursor *cursor, guint n, guint64 *value)
{
  if ((gsize) (cursor->end - cursor->at) < n)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < n; i++)
    *value = *value << 8 | *cursor->at++;
  return TRUE;
}

static gboolean
take_data (Cursor *cursor, Item *item)
{
  if (item->number > (guint64) (cursor->end - cursor->at))
    return FALSE;
  item->data = cursor->at;
  cursor->at += item->number;
  return TRUE;
}

static gboolean
take_extension (Cursor *cursor, Item *item)
{
  guint64 type;

  item->kind = ITEM_EXTENSION;
  if (!take_number (cursor, 1, &type))
    return FALSE;
  item->type = (gint8) type;
  return take_data (cursor, item);
}

/* Those whose first byte says all. */
static gboolean
take_short (Cursor *cursor, guint8 first, Item *item)
{
  if (first < 0x80)
    *item = (Item){ .kind = ITEM_INTEGER, .number = first };
  else if (first < 0x90)
    *item = (Item){ .kind = ITEM_MAP, .number = first & 0xf };
  else if (first < 0xa0)
    *item = (Item){ .kind = ITEM_ARRAY, .number = first & 0xf };
  else if (first < 0xc0)
    {
      *item = (Item){ .kind = ITEM_TEXT, .number = first & 0x1f };
      return take_data (cursor, item);
    }
  else
    *item = (Item){ .kind = ITEM_OTHER };
  return TRUE;
}

static gboolean
take_item (Cursor *cursor, Item *item)
{
  /* From 0xc4 on: what it is, and in how many bytes its number is written; 0: 1, 2, 4, 8 or 16
   * bytes follow, as fixed extensions have them. */
  static const struct
  {
    Kind kind;
    guint8 n;
  } kinds[] = {
    { ITEM_BYTES, 1 },     { ITEM_BYTES, 2 },     { ITEM_BYTES, 4 },     /* bin */
    { ITEM_EXTENSION, 1 }, { ITEM_EXTENSION, 2 }, { ITEM_EXTENSION, 4 }, /* ext */
    { ITEM_OTHER, 4 },     { ITEM_OTHER, 8 },                            /* float */
    { ITEM_INTEGER, 1 },   { ITEM_INTEGER, 2 },   { ITEM_INTEGER, 4 },
    { ITEM_INTEGER, 8 }, /* uint */
    { ITEM_OTHER, 1 },     { ITEM_OTHER, 2 },     { ITEM_OTHER, 4 },
    { ITEM_OTHER, 8 }, /* int */
    { ITEM_EXTENSION, 0 }, { ITEM_EXTENSION, 0 }, { ITEM_EXTENSION, 0 },
    { ITEM_EXTENSION, 0 }, { ITEM_EXTENSION, 0 },                   /* fixext */
    { ITEM_TEXT, 1 },      { ITEM_TEXT, 2 },      { ITEM_TEXT, 4 }, /* str */
    { ITEM_ARRAY, 2 },     { ITEM_ARRAY, 4 },                       /* array */
    { ITEM_MAP, 2 },       { ITEM_MAP, 4 },                         /* map */
  };
  guint64 first;

  if (!take_number (cursor, 1, &first))
    return FALSE;
  if (first < 0xc4 || first - 0xc4 >= G_N_ELEMENTS (kinds))
    return take_short (cursor, (guint8) first, item);

  *item = (Item){ .kind = kinds[first - 0xc4].kind };
  if (kinds[first - 0xc4].n > 0)
    {
      if (!take_number (cursor, kinds[first - 0xc4].n, &item->number))
        return FALSE;
    }
  else
    item->number = G_GUINT64_CONSTANT (1) << (first - 0xd4);
  if (item->kind == ITEM_EXTENSION)
    return take_extension (cursor, item);
  return (item->kind != ITEM_TEXT && item->kind != ITEM_BYTES) || take_data (cursor, item);
}

static gboolean
is_text (const Item *item, const char *text)
{
  return item->kind == ITEM_TEXT && item->number == strlen (text)
         && memcmp (item->data, text, item->number) == 0;
}

/* --- arrays ------------------------------------------------------------------------------- */

/* An extension holds an array of its own: the shape, the type, the bytes. */
static gboolean
read_array (Reader *self, const Item *extension, MonocleCheckpointTensor *tensor, guint *bytes)
{
  Cursor cursor = { extension->data, extension->data + extension->number };
  Item item, type, data;
  gsize size;

  if (!take_item (&cursor, &item) || item.kind != ITEM_ARRAY || item.number != 3
      || !take_item (&cursor, &item) || item.kind != ITEM_ARRAY)
    return fail (self, "is no array of a shape, a type and bytes");
  if (item.number > MONOCLE_CHECKPOINT_MAX_DIMS)
    return fail (self, "has too many dimensions");
  tensor->n_dims = (guint) item.number;
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      if (!take_item (&cursor, &item) || item.kind != ITEM_INTEGER)
        return fail (self, "has a shape that is no numbers");
      tensor->dims[i] = item.number;
    }
  if (!take_item (&cursor, &type) || type.kind != ITEM_TEXT || !take_item (&cursor, &data)
      || data.kind != ITEM_BYTES || cursor.at != cursor.end)
    return fail (self, "is no array of a shape, a type and bytes");
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (is_text (&type, dtypes[i].name))
      {
        tensor->dtype = dtypes[i].dtype;
        *bytes = dtypes[i].element_bytes;
        tensor->data = data.data;
        tensor->size_bytes = data.number;
        if (!monocle_checkpoint_size_of (tensor, *bytes, &size) || size != data.number)
          return fail (self, "has more or fewer bytes than its shape says");
        return TRUE;
      }
  return fail (self, "is of a type that is not known");
}

static gboolean
add_tensor (Reader *self, MonocleCheckpointTensor *tensor)
{
  tensor->name = self->name->str;
  self->n_tensors++;
  return monocle_checkpoint_add (self->checkpoint, tensor, self->path, self->error);
}

/* --- arrays in chunks --------------------------------------------------------------------- */

/* A map of "0", "1" and so on to as many numbers. */
static gboolean
read_shape (Reader *self, Cursor *cursor, MonocleCheckpointTensor *tensor)
{
  Item map, key, value;

  if (!take_item (cursor, &map) || map.kind != ITEM_MAP || map.number > MONOCLE_CHECKPOINT_MAX_DIMS)
    return fail (self, "has a shape that is no numbers");
  tensor->n_dims = (guint) map.number;
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      const char digit[] = { (char) ('0' + i), '\0' };

      if (!take_item (cursor, &key) || !is_text (&key, digit) || !take_item (cursor, &value)
          || value.kind != ITEM_INTEGER)
        return fail (self, "has a shape that is no numbers");
      tensor->dims[i] = value.number;
    }
  return TRUE;
}

/* The bytes of all chunks, one behind the other. */
static gboolean
join_chunks (Reader *self, Cursor *cursor, MonocleCheckpointTensor *tensor)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes) kept = NULL;
  Item map, key, value;
  guint element_bytes = 0;
  gsize size;

  if (!take_item (cursor, &map) || map.kind != ITEM_MAP)
    return fail (self, "has chunks that are no arrays");
  for (guint64 i = 0; i < map.number; i++)
    {
      MonocleCheckpointTensor chunk = { .name = NULL };
      guint bytes;

      if (!take_item (cursor, &key) || !take_item (cursor, &value) || value.kind != ITEM_EXTENSION
          || value.type != EXTENSION_ARRAY)
        return fail (self, "has chunks that are no arrays");
      if (!read_array (self, &value, &chunk, &bytes))
        return FALSE;
      if (element_bytes > 0 && chunk.dtype != tensor->dtype)
        return fail (self, "has chunks of several types");
      if (chunk.size_bytes > self->copies_left || all->len + chunk.size_bytes > G_MAXUINT32)
        return fail (self, "has chunks that are too large");
      self->copies_left -= chunk.size_bytes;
      element_bytes = bytes;
      tensor->dtype = chunk.dtype;
      g_byte_array_append (all, chunk.data, (guint) chunk.size_bytes);
    }
  if (element_bytes == 0 || !monocle_checkpoint_size_of (tensor, element_bytes, &size)
      || size != all->len)
    return fail (self, "has more or fewer bytes than its shape says");
  tensor->size_bytes = size;
  kept = g_byte_array_free_to_bytes (g_steal_pointer (&all));
  tensor->data = g_bytes_get_data (kept, NULL);
  monocle_checkpoint_keep (self->checkpoint, kept);
  return TRUE;
}

/* Behind the key that says so, of a map of @n pairs. */
static gboolean
read_chunked (Reader *self, Cursor *cursor, guint64 n)
{
  MonocleCheckpointTensor tensor = { .name = NULL };
  Item item;

  if (n != 3 || !take_item (cursor, &item) || !take_item (cursor, &item)
      || !is_text (&item, "shape"))
    return fail (self, "is no array in chunks as flax writes them");
  if (!read_shape (self, cursor, &tensor))
    return FALSE;
  if (!take_item (cursor, &item) || !is_text (&item, "chunks"))
    return fail (self, "is no array in chunks as flax writes them");
  return join_chunks (self, cursor, &tensor) && add_tensor (self, &tensor);
}

/* --- maps --------------------------------------------------------------------------------- */

static gboolean read_value (Reader *self, Cursor *cursor, guint depth);

static gboolean
read_pair (Reader *self, Cursor *cursor, const Item *key, guint depth)
{
  const gsize length = self->name->len;
  gboolean done;

  if (key->kind != ITEM_TEXT || key->number == 0
      || !g_utf8_validate_len ((const char *) key->data, key->number, NULL))
    return fail (self, "has a key that is no text");
  if (length + 1 + key->number > MAX_NAME_BYTES)
    return fail (self, "has a key that is too long");
  if (length > 0)
    g_string_append_c (self->name, '.');
  g_string_append_len (self->name, (const char *) key->data, (gssize) key->number);
  done = read_value (self, cursor, depth + 1);
  g_string_truncate (self->name, done ? length : self->name->len);
  return done;
}

static gboolean
read_map (Reader *self, Cursor *cursor, guint64 n, guint depth)
{
  for (guint64 i = 0; i < n; i++)
    {
      Item key;

      if (!take_item (cursor, &key))
        return fail (self, "the file ends in the middle");
      if (i == 0 && is_text (&key, CHUNKED))
        return read_chunked (self, cursor, n);
      if (!read_pair (self, cursor, &key, depth))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_value (Reader *self, Cursor *cursor, guint depth)
{
  MonocleCheckpointTensor tensor = { .name = NULL };
  Item item;
  guint bytes;

  if (depth > MAX_DEPTH)
    return fail (self, "maps lie too deep in each other");
  if (!take_item (cursor, &item))
    return fail (self, "the file ends in the middle");
  if (item.kind == ITEM_MAP)
    return read_map (self, cursor, item.number, depth);
  if (item.kind == ITEM_EXTENSION && item.type == EXTENSION_ARRAY)
    return read_array (self, &item, &tensor, &bytes) && add_tensor (self, &tensor);
  for (guint64 i = 0; item.kind == ITEM_ARRAY && i < item.number; i++)
    if (!read_value (self, cursor, depth + 1))
      return FALSE;
  return TRUE;
}

gboolean
monocle_msgpack_is_one (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Cursor cursor = { data, data + size };
  Item map, key;

  return take_item (&cursor, &map) && map.kind == ITEM_MAP && map.number > 0
         && take_item (&cursor, &key) && key.kind == ITEM_TEXT;
}

gboolean
monocle_msgpack_read (MonocleCheckpoint *checkpoint,
                      GBytes *bytes,
                      const char *path,
                      GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Cursor cursor = { data, data + size };
  Reader reader = {
    .checkpoint = checkpoint,
    .path = path,
    .name = name,
    .copies_left = size,
    .error = error,
  };

  monocle_checkpoint_keep (checkpoint, bytes);
  if (!read_value (&reader, &cursor, 0))
    return FALSE;
  if (cursor.at != cursor.end)
    return fail (&reader, "holds more than one map of arrays");
  return reader.n_tensors > 0 || fail (&reader, "holds no arrays");
}
