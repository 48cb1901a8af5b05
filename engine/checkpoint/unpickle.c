/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restricted pickle machine: a stack, a memo, and the opcodes that torch.save emits in
 * protocols 2 to 5. Every value is owned by one pool, so values may share and even contain each
 * other without harm; nothing here walks into a value.
 */
#include "config.h"

#include "engine/checkpoint/unpickle.h"

#include <string.h>

#include "engine/base/file.h"

/* The largest published model needs 300 KB. Each byte can make one value of some 60 bytes. */
#define MAX_PICKLE_BYTES (16 * 1024 * 1024)

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

typedef MonoclePickleValue Value;

struct _MonoclePickle
{
  const guint8 *at, *end;
  const char *name;
  GPtrArray *pool;  /* Value, all that were made */
  GPtrArray *stack; /* Value, borrowed from the pool */
  GHashTable *memo; /* index + 1 -> Value, borrowed */
  Value *root;
  const char *fault; /* the first thing that is wrong; static */
  char *wanted;      /* a global that is not allowed */
};

static Value none = { .kind = MONOCLE_PICKLE_NONE };
static Value mark = { .kind = MONOCLE_PICKLE_MARK };
static Value opaque = { .kind = MONOCLE_PICKLE_OPAQUE };
static Value empty_tuple = { .kind = MONOCLE_PICKLE_TUPLE };
static Value booleans[2] = { { .kind = MONOCLE_PICKLE_INT, .integer = 0 },
                             { .kind = MONOCLE_PICKLE_INT, .integer = 1 } };

static void
free_value (gpointer data)
{
  Value *value = data;
  if (value->kind == MONOCLE_PICKLE_STRING)
    g_free (value->string);
  else if (value->kind == MONOCLE_PICKLE_TENSOR)
    g_free (value->tensor);
  else if (value->kind == MONOCLE_PICKLE_TUPLE || value->kind == MONOCLE_PICKLE_LIST
           || value->kind == MONOCLE_PICKLE_DICT)
    g_clear_pointer (&value->items, g_ptr_array_unref);
  g_free (value);
}

static void
fail (MonoclePickle *self, const char *fault)
{
  if (self->fault == NULL)
    self->fault = fault;
}

/* After a fault the stack hands out none; the loop ends at the next opcode. */
static Value *
pop (MonoclePickle *self)
{
  if (self->stack->len > 0)
    return g_ptr_array_steal_index (self->stack, self->stack->len - 1);
  fail (self, "takes from an empty stack");
  return &none;
}

static Value *
peek (MonoclePickle *self)
{
  if (self->stack->len > 0)
    return g_ptr_array_index (self->stack, self->stack->len - 1);
  fail (self, "looks at an empty stack");
  return &none;
}

static void
push (MonoclePickle *self, Value *value)
{
  g_ptr_array_add (self->stack, value);
}

static Value *
make (MonoclePickle *self, MonoclePickleKind kind)
{
  Value *value = g_new0 (Value, 1);
  value->kind = kind;
  g_ptr_array_add (self->pool, value);
  return value;
}

static const guint8 *
take (MonoclePickle *self, guint64 n)
{
  const guint8 *p = self->at;
  if (n > (guint64) (self->end - p))
    {
      fail (self, "ends within an instruction");
      return NULL;
    }
  self->at += n;
  return p;
}

/* A little-endian unsigned number of @n bytes. */
static guint64
take_number (MonoclePickle *self, guint n)
{
  const guint8 *p = take (self, n);
  guint64 value = 0;
  for (guint i = 0; p != NULL && i < n; i++)
    value |= (guint64) p[i] << 8 * i;
  return value;
}

static void
push_int (MonoclePickle *self, gint64 integer)
{
  Value *value = make (self, MONOCLE_PICKLE_INT);
  value->integer = integer;
  push (self, value);
}

/* LONG1: two's complement of any length; more than eight bytes is nothing that we could use. */
static void
push_long (MonoclePickle *self)
{
  guint n = (guint) take_number (self, 1);
  guint64 value;
  if (n > 8)
    {
      take (self, n);
      push (self, &opaque);
      return;
    }
  value = take_number (self, n);
  if (n > 0 && n < 8 && (value >> (8 * n - 1) & 1) != 0)
    value |= ~G_GUINT64_CONSTANT (0) << 8 * n;
  push_int (self, (gint64) value);
}

static void
push_string (MonoclePickle *self, guint64 n)
{
  const guint8 *p = take (self, n);
  Value *value;
  if (p == NULL)
    return;
  if (!g_utf8_validate_len ((const char *) p, n, NULL))
    {
      fail (self, "holds a string that is not UTF-8");
      return;
    }
  value = make (self, MONOCLE_PICKLE_STRING);
  value->string = g_strndup ((const char *) p, n);
  push (self, value);
}

/* The values above the last mark, which goes away; NULL when there are none. */
static GPtrArray *
pop_to_mark (MonoclePickle *self)
{
  GPtrArray *items = NULL;
  guint n = self->stack->len;
  while (n > 0 && g_ptr_array_index (self->stack, n - 1) != &mark)
    n--;
  if (n == 0)
    {
      fail (self, "has no mark where one is needed");
      return NULL;
    }
  if (n < self->stack->len)
    {
      items = g_ptr_array_sized_new (self->stack->len - n);
      for (guint i = n; i < self->stack->len; i++)
        g_ptr_array_add (items, g_ptr_array_index (self->stack, i));
    }
  g_ptr_array_set_size (self->stack, n - 1);
  return items;
}

static void
push_tuple (MonoclePickle *self, GPtrArray *items)
{
  Value *value;
  if (items == NULL)
    {
      push (self, &empty_tuple);
      return;
    }
  value = make (self, MONOCLE_PICKLE_TUPLE);
  value->items = items;
  push (self, value);
}

static void
push_small_tuple (MonoclePickle *self, guint n)
{
  GPtrArray *items = g_ptr_array_sized_new (n);
  g_ptr_array_set_size (items, (gint) n);
  for (guint i = n; i > 0; i--)
    items->pdata[i - 1] = pop (self);
  push_tuple (self, items);
}

/* Appends @items (taken) to the container below them on the stack. */
static void
extend (MonoclePickle *self, MonoclePickleKind kind, GPtrArray *items)
{
  Value *container = peek (self);
  if (container->kind != kind)
    fail (self, "fills a value that is no container");
  else if (kind == MONOCLE_PICKLE_DICT && items != NULL && items->len % 2 != 0)
    fail (self, "has a key without a value");
  else if (items != NULL && container->items == NULL)
    container->items = g_steal_pointer (&items);
  else if (items != NULL)
    {
      g_ptr_array_extend (container->items, items, NULL, NULL);
    }
  g_clear_pointer (&items, g_ptr_array_unref);
}

static void
extend_by (MonoclePickle *self, MonoclePickleKind kind, guint n)
{
  GPtrArray *items = g_ptr_array_sized_new (n);
  g_ptr_array_set_size (items, (gint) n);
  for (guint i = n; i > 0; i--)
    items->pdata[i - 1] = pop (self);
  extend (self, kind, items);
}

static void
push_global (MonoclePickle *self, const char *module, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (strcmp (globals[i].module, module) == 0 && strcmp (globals[i].name, name) == 0)
      {
        Value *value = make (self, MONOCLE_PICKLE_GLOBAL);
        value->global = i;
        push (self, value);
        return;
      }
  if (self->fault == NULL)
    self->wanted = g_strdup_printf ("%s.%s", module, name);
  fail (self, "asks for what is no tensor");
}

static char *
take_line (MonoclePickle *self)
{
  const guint8 *line = self->at;
  const guint8 *newline = memchr (line, '\n', (gsize) (self->end - line));
  if (newline == NULL)
    {
      fail (self, "ends within an instruction");
      return NULL;
    }
  self->at = newline + 1;
  return g_strndup ((const char *) line, (gsize) (newline - line));
}

/* GLOBAL: two lines, module and name. */
static void
push_global_lines (MonoclePickle *self)
{
  g_autofree char *module = take_line (self);
  g_autofree char *name = module != NULL ? take_line (self) : NULL;
  if (name != NULL)
    push_global (self, module, name);
}

static void
push_global_of_stack (MonoclePickle *self)
{
  const Value *name = pop (self);
  const Value *module = pop (self);
  if (name->kind == MONOCLE_PICKLE_STRING && module->kind == MONOCLE_PICKLE_STRING)
    push_global (self, module->string, name->string);
  else
    fail (self, "names a global by what is no string");
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
static void
push_storage (MonoclePickle *self)
{
  const Value *id = pop (self);
  const Value *word = item (id, 0, MONOCLE_PICKLE_STRING);
  const Value *type = item (id, 1, MONOCLE_PICKLE_GLOBAL);
  const Value *key = item (id, 2, MONOCLE_PICKLE_STRING);
  const Value *n = item (id, 4, MONOCLE_PICKLE_INT);
  Value *value;

  if (word == NULL || strcmp (word->string, "storage") != 0 || type == NULL
      || globals[type->global].global != GLOBAL_STORAGE || key == NULL || n == NULL
      || n->integer < 0)
    {
      fail (self, "refers to a storage in an unknown way");
      return;
    }
  value = make (self, MONOCLE_PICKLE_STORAGE);
  value->storage.dtype = globals[type->global].dtype;
  value->storage.element_bytes = globals[type->global].element_bytes;
  value->storage.n_elements = (guint64) n->integer;
  value->storage.key = key->string;
  push (self, value);
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
      fail (self, "describes a tensor in an unknown way");
      return;
    }
  tensor = g_new0 (MonoclePickleTensor, 1);
  tensor->storage = storage;
  tensor->offset = (guint64) offset->integer;
  tensor->n_dims = n_items (dims);
  if (!read_ints (dims, tensor->dims) || !read_ints (strides, tensor->strides))
    {
      fail (self, "describes a tensor with sizes that are no numbers");
      return;
    }
  value = make (self, MONOCLE_PICKLE_TENSOR);
  value->tensor = g_steal_pointer (&tensor);
  push (self, value);
}

/* REDUCE: the only call there is, of the three functions that we know. */
static void
call (MonoclePickle *self)
{
  const Value *args = pop (self);
  const Value *function = pop (self);
  guint global;

  if (function->kind != MONOCLE_PICKLE_GLOBAL || args->kind != MONOCLE_PICKLE_TUPLE)
    {
      fail (self, "calls what is no function");
      return;
    }
  global = globals[function->global].global;
  if (global == GLOBAL_ORDERED_DICT && n_items (args) == 0)
    push (self, make (self, MONOCLE_PICKLE_DICT));
  else if (global == GLOBAL_REBUILD_TENSOR)
    push_tensor (self, args);
  else if (global == GLOBAL_REBUILD_PARAMETER && item (args, 0, MONOCLE_PICKLE_TENSOR) != NULL)
    push (self, item (args, 0, MONOCLE_PICKLE_TENSOR));
  else
    fail (self, "calls a function with arguments that it does not take");
}

static void
remember (MonoclePickle *self, guint64 index)
{
  g_hash_table_insert (self->memo, GSIZE_TO_POINTER (index + 1), peek (self));
}

static void
recall (MonoclePickle *self, guint64 index)
{
  Value *value = g_hash_table_lookup (self->memo, GSIZE_TO_POINTER (index + 1));
  if (value == NULL || value == &mark)
    fail (self, "recalls what it never remembered");
  else
    push (self, value);
}

static void
finish (MonoclePickle *self)
{
  self->root = pop (self);
  if (self->root == &mark)
    fail (self, "ends in a mark");
}

static void
step (MonoclePickle *self, guint8 opcode)
{
  switch (opcode)
    {
    case 0x80: /* PROTO */
      if (take_number (self, 1) > 5)
        fail (self, "is of an unknown protocol");
      break;
    case 0x95: /* FRAME */
      take (self, 8);
      break;
    case '.': /* STOP */
      finish (self);
      break;
    case '(': /* MARK */
      push (self, &mark);
      break;
    case 'N': /* NONE */
      push (self, &none);
      break;
    case 0x88: /* NEWTRUE */
    case 0x89: /* NEWFALSE */
      push (self, &booleans[opcode == 0x88]);
      break;
    case 'K': /* BININT1 */
      push_int (self, (gint64) take_number (self, 1));
      break;
    case 'M': /* BININT2 */
      push_int (self, (gint64) take_number (self, 2));
      break;
    case 'J': /* BININT */
      push_int (self, (gint32) (guint32) take_number (self, 4));
      break;
    case 0x8a: /* LONG1 */
      push_long (self);
      break;
    case 'G': /* BINFLOAT */
      take (self, 8);
      push (self, &opaque);
      break;
    case 'U':  /* SHORT_BINSTRING */
    case 0x8c: /* SHORT_BINUNICODE */
      push_string (self, take_number (self, 1));
      break;
    case 'X': /* BINUNICODE */
      push_string (self, take_number (self, 4));
      break;
    case 0x8d: /* BINUNICODE8 */
      push_string (self, take_number (self, 8));
      break;
    case ')': /* EMPTY_TUPLE */
      push (self, &empty_tuple);
      break;
    case 't': /* TUPLE */
      push_tuple (self, pop_to_mark (self));
      break;
    case 0x85: /* TUPLE1 */
    case 0x86: /* TUPLE2 */
    case 0x87: /* TUPLE3 */
      push_small_tuple (self, opcode - 0x84u);
      break;
    case ']': /* EMPTY_LIST */
      push (self, make (self, MONOCLE_PICKLE_LIST));
      break;
    case 'a': /* APPEND */
      extend_by (self, MONOCLE_PICKLE_LIST, 1);
      break;
    case 'e': /* APPENDS */
      extend (self, MONOCLE_PICKLE_LIST, pop_to_mark (self));
      break;
    case '}': /* EMPTY_DICT */
      push (self, make (self, MONOCLE_PICKLE_DICT));
      break;
    case 's': /* SETITEM */
      extend_by (self, MONOCLE_PICKLE_DICT, 2);
      break;
    case 'u': /* SETITEMS */
      extend (self, MONOCLE_PICKLE_DICT, pop_to_mark (self));
      break;
    case 'q': /* BINPUT */
      remember (self, take_number (self, 1));
      break;
    case 'r': /* LONG_BINPUT */
      remember (self, take_number (self, 4));
      break;
    case 0x94: /* MEMOIZE */
      remember (self, g_hash_table_size (self->memo));
      break;
    case 'h': /* BINGET */
      recall (self, take_number (self, 1));
      break;
    case 'j': /* LONG_BINGET */
      recall (self, take_number (self, 4));
      break;
    case 'c': /* GLOBAL */
      push_global_lines (self);
      break;
    case 0x93: /* STACK_GLOBAL */
      push_global_of_stack (self);
      break;
    case 'Q': /* BINPERSID */
      push_storage (self);
      break;
    case 'R': /* REDUCE */
      call (self);
      break;
    case 'b': /* BUILD: attributes of the dictionary, such as _metadata; nobody asks for them. */
      pop (self);
      if (peek (self)->kind != MONOCLE_PICKLE_DICT)
        fail (self, "sets attributes of what is no dictionary");
      break;
    default:
      fail (self, "uses an instruction that no tensor needs");
    }
}

MonoclePickle *
monocle_pickle_load (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autoptr (MonoclePickle) self = NULL;

  if (size > MAX_PICKLE_BYTES)
    {
      monocle_file_set_error (error, name, "the pickle is larger than %d MiB",
                              MAX_PICKLE_BYTES >> 20);
      return NULL;
    }
  self = g_new0 (MonoclePickle, 1);
  self->at = data;
  self->end = data + size;
  self->pool = g_ptr_array_new_with_free_func (free_value);
  self->stack = g_ptr_array_new ();
  self->memo = g_hash_table_new (NULL, NULL);

  while (self->root == NULL && self->fault == NULL)
    {
      const guint8 *opcode = take (self, 1);
      if (opcode != NULL)
        step (self, *opcode);
    }
  if (self->fault != NULL)
    {
      if (self->wanted != NULL)
        monocle_file_set_error (error, name, "the pickle asks for %s; only tensors are read",
                                self->wanted);
      else
        monocle_file_set_error (error, name, "the pickle %s (before byte %" G_GSIZE_FORMAT ")",
                                self->fault, (gsize) (self->at - data));
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_pickle_free (MonoclePickle *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->stack);
  g_hash_table_unref (self->memo);
  g_ptr_array_unref (self->pool);
  g_free (self->wanted);
  g_free (self);
}

const MonoclePickleValue *
monocle_pickle_get_root (const MonoclePickle *self)
{
  return self->root;
}
