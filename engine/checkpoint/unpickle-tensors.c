/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pickle may name and call: dictionaries, and tensors as views of storages. Nothing else.
 */
#include "config.h"

#include "engine/checkpoint/unpickle-private.h"

#include <string.h>

typedef MonoclePickleValue Value;

enum
{
  GLOBAL_ORDERED_DICT,
  GLOBAL_REBUILD_TENSOR,
  GLOBAL_REBUILD_PARAMETER,
  GLOBAL_STORAGE,
};

/* All that a pickle may name. */
static const struct
{
  const char *module;
  const char *name;
  guint global;
  MonocleDtype dtype;
  guint element_bytes;
} globals[] = {
  { "collections", "OrderedDict", GLOBAL_ORDERED_DICT, 0, 0 },
  { "torch._utils", "_rebuild_tensor_v2", GLOBAL_REBUILD_TENSOR, 0, 0 },
  { "torch._utils", "_rebuild_parameter", GLOBAL_REBUILD_PARAMETER, 0, 0 },
  { "torch", "FloatStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_F32, 4 },
  { "torch", "HalfStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_F16, 2 },
  { "torch", "BFloat16Storage", GLOBAL_STORAGE, MONOCLE_DTYPE_BF16, 2 },
  { "torch", "DoubleStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_F64, 8 },
  { "torch", "LongStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_I64, 8 },
  { "torch", "IntStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_I32, 4 },
  { "torch", "ShortStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_I16, 2 },
  { "torch", "CharStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_I8, 1 },
  { "torch", "ByteStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_U8, 1 },
  { "torch", "BoolStorage", GLOBAL_STORAGE, MONOCLE_DTYPE_BOOL, 1 },
};

void
monocle_pickle_push_global (MonoclePickle *self, const char *module, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (strcmp (globals[i].module, module) == 0 && strcmp (globals[i].name, name) == 0)
      {
        Value *value = monocle_pickle_make (self, MONOCLE_PICKLE_GLOBAL);
        value->global = i;
        monocle_pickle_push (self, value);
        return;
      }
  if (self->others == MONOCLE_PICKLE_PASS_OVER_OTHERS)
    {
      monocle_pickle_push_opaque (self);
      return;
    }
  if (self->fault == NULL)
    self->wanted = g_strdup_printf ("%s.%s", module, name);
  monocle_pickle_fail (self, "asks for what is no tensor");
}

static guint
n_items (const Value *value)
{
  return value->items != NULL ? value->items->len : 0;
}

/* The item at @i of tuple @value if it has that kind, else NULL. */
static Value *
item (const Value *value, guint i, MonoclePickleKind kind)
{
  Value *found;
  if (value->kind != MONOCLE_PICKLE_TUPLE || i >= n_items (value))
    return NULL;
  found = g_ptr_array_index (value->items, i);
  return found->kind == kind ? found : NULL;
}

/* BINPERSID: ('storage', type, key, location, number of elements). */
void
monocle_pickle_push_storage (MonoclePickle *self, guint unused)
{
  const Value *id = monocle_pickle_pop (self);
  const Value *word = item (id, 0, MONOCLE_PICKLE_STRING);
  const Value *type = item (id, 1, MONOCLE_PICKLE_GLOBAL);
  const Value *key = item (id, 2, MONOCLE_PICKLE_STRING);
  const Value *n = item (id, 4, MONOCLE_PICKLE_INT);
  Value *value;

  if (word == NULL || strcmp (word->string, "storage") != 0 || type == NULL
      || globals[type->global].global != GLOBAL_STORAGE || key == NULL || n == NULL
      || n->integer < 0)
    {
      monocle_pickle_fail (self, "refers to a storage in an unknown way");
      return;
    }
  value = monocle_pickle_make (self, MONOCLE_PICKLE_STORAGE);
  value->storage.dtype = globals[type->global].dtype;
  value->storage.element_bytes = globals[type->global].element_bytes;
  value->storage.n_elements = (guint64) n->integer;
  value->storage.key = key->string;
  monocle_pickle_push (self, value);
}

static gboolean
read_ints (const Value *tuple, guint64 *values)
{
  for (guint i = 0; i < n_items (tuple); i++)
    {
      const Value *v = item (tuple, i, MONOCLE_PICKLE_INT);
      if (v == NULL || v->integer < 0)
        return FALSE;
      values[i] = (guint64) v->integer;
    }
  return TRUE;
}

/* (storage, offset, size, stride, requires_grad, hooks[, metadata]). */
static void
push_tensor (MonoclePickle *self, const Value *args)
{
  const Value *storage = item (args, 0, MONOCLE_PICKLE_STORAGE);
  const Value *offset = item (args, 1, MONOCLE_PICKLE_INT);
  const Value *dims = item (args, 2, MONOCLE_PICKLE_TUPLE);
  const Value *strides = item (args, 3, MONOCLE_PICKLE_TUPLE);
  g_autofree MonoclePickleTensor *tensor = NULL;
  Value *value;

  if (storage == NULL || offset == NULL || offset->integer < 0 || dims == NULL || strides == NULL
      || n_items (dims) != n_items (strides) || n_items (dims) > MONOCLE_CHECKPOINT_MAX_DIMS)
    {
      monocle_pickle_fail (self, "describes a tensor in an unknown way");
      return;
    }
  tensor = g_new0 (MonoclePickleTensor, 1);
  tensor->storage = storage;
  tensor->offset = (guint64) offset->integer;
  tensor->n_dims = n_items (dims);
  if (!read_ints (dims, tensor->dims) || !read_ints (strides, tensor->strides))
    {
      monocle_pickle_fail (self, "describes a tensor with sizes that are no numbers");
      return;
    }
  value = monocle_pickle_make (self, MONOCLE_PICKLE_TENSOR);
  value->tensor = g_steal_pointer (&tensor);
  monocle_pickle_push (self, value);
}

/* REDUCE and NEWOBJ: the only calls there are, of the three functions that we know. Those of others
 * come to nothing, where they are passed over. */
void
monocle_pickle_call (MonoclePickle *self, guint unused)
{
  const Value *args = monocle_pickle_pop (self);
  const Value *function = monocle_pickle_pop (self);
  guint global;

  if (function->kind == MONOCLE_PICKLE_OPAQUE && self->others == MONOCLE_PICKLE_PASS_OVER_OTHERS)
    {
      monocle_pickle_push_opaque (self);
      return;
    }
  if (function->kind != MONOCLE_PICKLE_GLOBAL || args->kind != MONOCLE_PICKLE_TUPLE)
    {
      monocle_pickle_fail (self, "calls what is no function");
      return;
    }
  global = globals[function->global].global;
  if (global == GLOBAL_ORDERED_DICT && n_items (args) == 0)
    monocle_pickle_push (self, monocle_pickle_make (self, MONOCLE_PICKLE_DICT));
  else if (global == GLOBAL_REBUILD_TENSOR)
    push_tensor (self, args);
  else if (global == GLOBAL_REBUILD_PARAMETER && item (args, 0, MONOCLE_PICKLE_TENSOR) != NULL)
    monocle_pickle_push (self, item (args, 0, MONOCLE_PICKLE_TENSOR));
  else
    monocle_pickle_fail (self, "calls a function with arguments that it does not take");
}
