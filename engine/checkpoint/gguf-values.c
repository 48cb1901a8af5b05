/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first half of a GGUF file: keys with values, of which those that JSON can say become members
 * of an object, and lists stay where they are.
 */
#include "config.h"

#include "engine/checkpoint/gguf-private.h"

#include <math.h>
#include <string.h>

#include "engine/base/file.h"

#define MAX_KEY_BYTES 65535

/* Longer lists are asked for by themselves. */
#define MAX_SHORT_LIST 64

typedef enum
{
  VALUE_U8,
  VALUE_I8,
  VALUE_U16,
  VALUE_I16,
  VALUE_U32,
  VALUE_I32,
  VALUE_F32,
  VALUE_BOOL,
  VALUE_TEXT,
  VALUE_LIST,
  VALUE_U64,
  VALUE_I64,
  VALUE_F64,
  N_VALUES,
} ValueType;

/* Of a number; 0: it has a length of its own. */
static const guint value_bytes[N_VALUES] = {
  [VALUE_U8] = 1,  [VALUE_I8] = 1,  [VALUE_U16] = 2, [VALUE_I16] = 2,
  [VALUE_U32] = 4, [VALUE_I32] = 4, [VALUE_F32] = 4, [VALUE_BOOL] = 1,
  [VALUE_U64] = 8, [VALUE_I64] = 8, [VALUE_F64] = 8,
};

/* A list of the file, whose length was checked. */
typedef struct
{
  ValueType type; /* of its elements */
  guint64 n;
  const guint8 *at;
} List;

/* --- bytes -------------------------------------------------------------------------------- */

const guint8 *
monocle_gguf_take (MonocleGgufReader *reader, guint64 n)
{
  const guint8 *at = reader->at;

  if (n > reader->left)
    {
      monocle_file_set_error (reader->error, reader->path, "ends in the middle of its header");
      return NULL;
    }
  reader->at += n;
  reader->left -= (gsize) n;
  return at;
}

gboolean
monocle_gguf_take_u32 (MonocleGgufReader *reader, guint32 *value)
{
  const guint8 *at = monocle_gguf_take (reader, sizeof *value);

  if (at)
    memcpy (value, at, sizeof *value);
  return at != NULL;
}

gboolean
monocle_gguf_take_u64 (MonocleGgufReader *reader, guint64 *value)
{
  const guint8 *at = monocle_gguf_take (reader, sizeof *value);

  if (at)
    memcpy (value, at, sizeof *value);
  return at != NULL;
}

/* (transfer full) (nullable): bytes that are a text */
static char *
dup_text (const guint8 *at, guint64 n)
{
  if (n > G_MAXSSIZE || !g_utf8_validate ((const char *) at, (gssize) n, NULL))
    return NULL;
  return g_strndup ((const char *) at, (gsize) n);
}

/* (transfer full) (nullable): a name, of which something is to be told */
char *
monocle_gguf_take_name (MonocleGgufReader *reader, guint most, const char *what)
{
  guint64 n;
  const guint8 *at;
  char *name;

  if (!monocle_gguf_take_u64 (reader, &n))
    return NULL;
  if (n == 0 || n > most)
    {
      monocle_file_set_error (reader->error, reader->path,
                              "the name of a %s has %" G_GUINT64_FORMAT " bytes, expected 1 to %u",
                              what, n, most);
      return NULL;
    }
  at = monocle_gguf_take (reader, n);
  name = at ? dup_text (at, n) : NULL;
  if (at && !name)
    monocle_file_set_error (reader->error, reader->path, "the name of a %s is no text", what);
  return name;
}

/* --- values ------------------------------------------------------------------------------- */

#define READ_AS(type, at)                                                                          \
  ({                                                                                               \
    type read_value;                                                                               \
    memcpy (&read_value, at, sizeof read_value);                                                   \
    read_value;                                                                                    \
  })

static gboolean
is_integer (ValueType type)
{
  return value_bytes[type] > 0 && type != VALUE_F32 && type != VALUE_F64 && type != VALUE_BOOL;
}

/* @value: (out): FALSE where it does not fit */
static gboolean
read_integer (ValueType type, const guint8 *at, gint64 *value)
{
  switch (type)
    {
    case VALUE_U8:
      *value = *at;
      return TRUE;
    case VALUE_I8:
      *value = (gint8) *at;
      return TRUE;
    case VALUE_U16:
      *value = READ_AS (guint16, at);
      return TRUE;
    case VALUE_I16:
      *value = READ_AS (gint16, at);
      return TRUE;
    case VALUE_U32:
      *value = READ_AS (guint32, at);
      return TRUE;
    case VALUE_I32:
      *value = READ_AS (gint32, at);
      return TRUE;
    case VALUE_U64:
    case VALUE_I64:
      *value = READ_AS (gint64, at);
      return type == VALUE_I64 || *value >= 0;
    case VALUE_F32:
    case VALUE_F64:
    case VALUE_BOOL:
    case VALUE_TEXT:
    case VALUE_LIST:
    case N_VALUES:
    default:
      return FALSE;
    }
}

/* (transfer full) (nullable): a number or a truth as JSON has it */
static JsonNode *
make_node (ValueType type, const guint8 *at)
{
  gint64 integer;
  double number;

  if (type == VALUE_BOOL)
    return json_node_init_boolean (json_node_alloc (), *at != 0);
  if (is_integer (type))
    return read_integer (type, at, &integer) ? json_node_init_int (json_node_alloc (), integer)
                                             : NULL;
  number = type == VALUE_F32 ? (double) READ_AS (float, at) : READ_AS (double, at);
  return isfinite (number) ? json_node_init_double (json_node_alloc (), number) : NULL;
}

/* Past a value of that type. */
static gboolean
pass (MonocleGgufReader *reader, ValueType type)
{
  guint64 n = value_bytes[type];

  return (type != VALUE_TEXT || monocle_gguf_take_u64 (reader, &n))
         && monocle_gguf_take (reader, n) != NULL;
}

static gboolean
take_list (MonocleGguf *self, MonocleGgufReader *reader, const char *key)
{
  List list = { 0 };
  guint32 type;

  if (!monocle_gguf_take_u32 (reader, &type) || !monocle_gguf_take_u64 (reader, &list.n))
    return FALSE;
  if (type >= N_VALUES || type == VALUE_LIST)
    return monocle_file_set_error (reader->error, reader->path,
                                   "key \"%s\": a list of values of type %u is not known", key,
                                   type);
  list.type = type;
  list.at = reader->at;
  if (type != VALUE_TEXT)
    {
      guint64 size;

      /* What is too long for a product is too long for the file. */
      if (!monocle_gguf_take (
              reader, g_uint64_checked_mul (&size, list.n, value_bytes[type]) ? size : G_MAXUINT64))
        return FALSE;
    }
  else
    for (guint64 i = 0; i < list.n; i++)
      if (!pass (reader, VALUE_TEXT))
        return FALSE;

  if (type != VALUE_TEXT && list.n <= MAX_SHORT_LIST)
    {
      JsonArray *array = json_array_sized_new ((guint) list.n);
      gboolean fits = TRUE;

      for (guint64 i = 0; fits && i < list.n; i++)
        {
          JsonNode *node = make_node (type, list.at + i * value_bytes[type]);

          fits = node != NULL;
          if (node)
            json_array_add_element (array, node);
        }
      if (fits)
        json_object_set_array_member (self->settings, key, array);
      else
        json_array_unref (array);
    }
  g_hash_table_insert (self->lists, g_strdup (key), g_memdup2 (&list, sizeof list));
  return TRUE;
}

gboolean
monocle_gguf_take_value (MonocleGguf *self, MonocleGgufReader *reader)
{
  g_autofree char *key = monocle_gguf_take_name (reader, MAX_KEY_BYTES, "key");
  const guint8 *at;
  JsonNode *node;
  guint32 type;
  guint64 n;

  if (!key)
    return FALSE;
  if (json_object_has_member (self->settings, key) || g_hash_table_contains (self->lists, key))
    return monocle_file_set_error (reader->error, reader->path, "key \"%s\" is there twice", key);
  if (!monocle_gguf_take_u32 (reader, &type))
    return FALSE;
  if (type >= N_VALUES)
    return monocle_file_set_error (reader->error, reader->path,
                                   "key \"%s\": a value of type %u is not known", key, type);
  if (type == VALUE_LIST)
    return take_list (self, reader, key);
  if (type == VALUE_TEXT)
    {
      g_autofree char *text = NULL;

      if (!monocle_gguf_take_u64 (reader, &n) || !(at = monocle_gguf_take (reader, n)))
        return FALSE;
      text = dup_text (at, n);
      if (text)
        json_object_set_string_member (self->settings, key, text);
      return TRUE;
    }
  if (!(at = monocle_gguf_take (reader, value_bytes[type])))
    return FALSE;
  node = make_node (type, at);
  if (node)
    json_object_set_member (self->settings, key, node);
  return TRUE;
}

/* --- lists ------------------------------------------------------------------------------- */

/* (transfer none) (nullable): the list of that key, if it is one of these */
static const List *
find_list (const MonocleGguf *self, const char *key, gboolean is_texts, guint most, GError **error)
{
  const List *list = g_hash_table_lookup (self->lists, key);

  if (!list || (is_texts ? list->type != VALUE_TEXT : !is_integer (list->type)))
    monocle_file_set_error (error, self->path, "key \"%s\": expected a list of %s", key,
                            is_texts ? "texts" : "integers");
  else if (list->n > most)
    monocle_file_set_error (error, self->path,
                            "key \"%s\": %" G_GUINT64_FORMAT " are more than the %u that may be",
                            key, list->n, most);
  else
    return list;
  return NULL;
}

GStrv
monocle_gguf_dup_texts (const MonocleGguf *self, const char *key, guint most, GError **error)
{
  const List *list = find_list (self, key, TRUE, most, error);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const guint8 *at = list ? list->at : NULL;

  if (!list)
    return NULL;
  for (guint64 i = 0; i < list->n; i++)
    {
      const guint64 n = READ_AS (guint64, at);
      char *text = dup_text (at + sizeof n, n);

      if (!text)
        {
          monocle_file_set_error (error, self->path,
                                  "key \"%s\": number %" G_GUINT64_FORMAT " is no text", key, i);
          return NULL;
        }
      g_ptr_array_add (texts, text);
      at += sizeof n + n;
    }
  g_ptr_array_add (texts, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}

GArray *
monocle_gguf_dup_integers (const MonocleGguf *self, const char *key, guint most, GError **error)
{
  const List *list = find_list (self, key, FALSE, most, error);
  g_autoptr (GArray) integers = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint64 i = 0; list && i < list->n; i++)
    {
      gint64 value = 0;

      if (!read_integer (list->type, list->at + i * value_bytes[list->type], &value))
        {
          monocle_file_set_error (error, self->path,
                                  "key \"%s\": number %" G_GUINT64_FORMAT " is too large", key, i);
          return NULL;
        }
      g_array_append_val (integers, value);
    }
  return list ? g_steal_pointer (&integers) : NULL;
}
