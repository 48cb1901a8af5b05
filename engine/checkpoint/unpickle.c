/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restricted pickle machine: a stack, a memo, and the opcodes that torch.save emits in
 * protocols 2 to 5. Every value is owned by one pool, so values may share and even contain each
 * other without harm; nothing here walks into a value.
 */
#include "config.h"

#include "engine/checkpoint/unpickle-private.h"

#include <string.h>

#include "engine/base/file.h"

/* The largest published model needs 300 KB. Each byte can make one value of some 60 bytes. */
#define MAX_PICKLE_BYTES (16 * 1024 * 1024)

typedef MonoclePickleValue Value;

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

void
monocle_pickle_fail (MonoclePickle *self, const char *fault)
{
  if (self->fault == NULL)
    self->fault = fault;
}

Value *
monocle_pickle_pop (MonoclePickle *self)
{
  if (self->stack->len > 0)
    return g_ptr_array_steal_index (self->stack, self->stack->len - 1);
  monocle_pickle_fail (self, "takes from an empty stack");
  return &none;
}

static Value *
peek (MonoclePickle *self)
{
  if (self->stack->len > 0)
    return g_ptr_array_index (self->stack, self->stack->len - 1);
  monocle_pickle_fail (self, "looks at an empty stack");
  return &none;
}

void
monocle_pickle_push (MonoclePickle *self, Value *value)
{
  g_ptr_array_add (self->stack, value);
}

void
monocle_pickle_push_opaque (MonoclePickle *self)
{
  monocle_pickle_push (self, &opaque);
}

Value *
monocle_pickle_make (MonoclePickle *self, MonoclePickleKind kind)
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
      monocle_pickle_fail (self, "ends within an instruction");
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
  Value *value = monocle_pickle_make (self, MONOCLE_PICKLE_INT);
  value->integer = integer;
  monocle_pickle_push (self, value);
}

/* Two's complement of any length; more than eight bytes is nothing that we could use. */
static void
push_long (MonoclePickle *self, guint n_bytes)
{
  guint n = (guint) take_number (self, n_bytes);
  guint64 value;
  if (n > 8)
    {
      take (self, n);
      monocle_pickle_push (self, &opaque);
      return;
    }
  value = take_number (self, n);
  if (n > 0 && n < 8 && (value >> (8 * n - 1) & 1) != 0)
    value |= ~G_GUINT64_CONSTANT (0) << 8 * n;
  push_int (self, (gint64) value);
}

static void
push_string (MonoclePickle *self, guint n_bytes)
{
  guint64 n = take_number (self, n_bytes);
  const guint8 *p = take (self, n);
  Value *value;
  if (p == NULL)
    return;
  if (!g_utf8_validate_len ((const char *) p, n, NULL))
    {
      if (self->others == MONOCLE_PICKLE_PASS_OVER_OTHERS)
        {
          monocle_pickle_push (self, &opaque);
          return;
        }
      monocle_pickle_fail (self, "holds a string that is not UTF-8");
      return;
    }
  value = monocle_pickle_make (self, MONOCLE_PICKLE_STRING);
  value->string = g_strndup ((const char *) p, n);
  monocle_pickle_push (self, value);
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
      monocle_pickle_fail (self, "has no mark where one is needed");
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
      monocle_pickle_push (self, &empty_tuple);
      return;
    }
  value = monocle_pickle_make (self, MONOCLE_PICKLE_TUPLE);
  value->items = items;
  monocle_pickle_push (self, value);
}

/* The last @n values, in the order in which they were put there. */
static GPtrArray *
pop_several (MonoclePickle *self, guint n)
{
  GPtrArray *items = g_ptr_array_sized_new (n);
  g_ptr_array_set_size (items, (gint) n);
  for (guint i = n; i > 0; i--)
    items->pdata[i - 1] = monocle_pickle_pop (self);
  return items;
}

/* An object of another class takes what it gets, and keeps nothing. */
static gboolean
is_passed_over (const MonoclePickle *self, const Value *value)
{
  return value == &opaque && self->others == MONOCLE_PICKLE_PASS_OVER_OTHERS;
}

/* Appends @items (taken) to the container below them on the stack. */
static void
extend (MonoclePickle *self, MonoclePickleKind kind, GPtrArray *items)
{
  Value *container = peek (self);
  const gboolean passes = is_passed_over (self, container);

  if (container->kind != kind && !passes)
    monocle_pickle_fail (self, "fills a value that is no container");
  else if (kind == MONOCLE_PICKLE_DICT && items != NULL && items->len % 2 != 0)
    monocle_pickle_fail (self, "has a key without a value");
  else if (items != NULL && !passes && container->items == NULL)
    container->items = g_steal_pointer (&items);
  else if (items != NULL && !passes)
    g_ptr_array_extend (container->items, items, NULL, NULL);
  g_clear_pointer (&items, g_ptr_array_unref);
}

static char *
take_line (MonoclePickle *self)
{
  const guint8 *line = self->at;
  const guint8 *newline = memchr (line, '\n', (gsize) (self->end - line));
  if (newline == NULL)
    {
      monocle_pickle_fail (self, "ends within an instruction");
      return NULL;
    }
  self->at = newline + 1;
  return g_strndup ((const char *) line, (gsize) (newline - line));
}

/* Two lines, module and name. */
static void
push_global_lines (MonoclePickle *self, guint unused)
{
  g_autofree char *module = take_line (self);
  g_autofree char *name = module != NULL ? take_line (self) : NULL;
  if (name != NULL)
    monocle_pickle_push_global (self, module, name);
}

static void
push_global_of_stack (MonoclePickle *self, guint unused)
{
  const Value *name = monocle_pickle_pop (self);
  const Value *module = monocle_pickle_pop (self);
  if (name->kind == MONOCLE_PICKLE_STRING && module->kind == MONOCLE_PICKLE_STRING)
    monocle_pickle_push_global (self, module->string, name->string);
  else
    monocle_pickle_fail (self, "names a global by what is no string");
}

/* --- Instructions --- */

/* @n, of the row: bytes of the operand, or what tells it from its likes. */
typedef void (*Instruction) (MonoclePickle *self, guint n);

static void
check_protocol (MonoclePickle *self, guint n)
{
  if (take_number (self, n) > 5)
    monocle_pickle_fail (self, "is of an unknown protocol");
}

static void
skip (MonoclePickle *self, guint n)
{
  take (self, n);
}

static void
finish (MonoclePickle *self, guint unused)
{
  self->root = monocle_pickle_pop (self);
  if (self->root == &mark)
    monocle_pickle_fail (self, "ends in a mark");
}

static void
push_mark (MonoclePickle *self, guint unused)
{
  monocle_pickle_push (self, &mark);
}

static void
push_none (MonoclePickle *self, guint unused)
{
  monocle_pickle_push (self, &none);
}

static void
push_boolean (MonoclePickle *self, guint value)
{
  monocle_pickle_push (self, &booleans[value]);
}

static void
push_unsigned (MonoclePickle *self, guint n)
{
  push_int (self, (gint64) take_number (self, n));
}

static void
push_signed (MonoclePickle *self, guint n)
{
  push_int (self, (gint32) (guint32) take_number (self, n));
}

static void
push_float (MonoclePickle *self, guint n)
{
  take (self, n);
  monocle_pickle_push (self, &opaque);
}

static void
push_bytes (MonoclePickle *self, guint n_bytes)
{
  take (self, take_number (self, n_bytes));
  monocle_pickle_push (self, &opaque);
}

static void
push_empty_tuple (MonoclePickle *self, guint unused)
{
  push_tuple (self, NULL);
}

static void
push_marked_tuple (MonoclePickle *self, guint unused)
{
  push_tuple (self, pop_to_mark (self));
}

static void
push_small_tuple (MonoclePickle *self, guint n)
{
  push_tuple (self, pop_several (self, n));
}

static void
push_container (MonoclePickle *self, guint kind)
{
  monocle_pickle_push (self, monocle_pickle_make (self, kind));
}

static void
append_items (MonoclePickle *self, guint n)
{
  extend (self, MONOCLE_PICKLE_LIST, pop_several (self, n));
}

static void
set_items (MonoclePickle *self, guint n)
{
  extend (self, MONOCLE_PICKLE_DICT, pop_several (self, n));
}

static void
extend_marked (MonoclePickle *self, guint kind)
{
  extend (self, kind, pop_to_mark (self));
}

static void
remember_at (MonoclePickle *self, guint64 index)
{
  g_hash_table_insert (self->memo, GSIZE_TO_POINTER (index + 1), peek (self));
}

static void
remember (MonoclePickle *self, guint n)
{
  remember_at (self, take_number (self, n));
}

static void
remember_next (MonoclePickle *self, guint unused)
{
  remember_at (self, g_hash_table_size (self->memo));
}

static void
recall (MonoclePickle *self, guint n)
{
  Value *value = g_hash_table_lookup (self->memo, GSIZE_TO_POINTER (take_number (self, n) + 1));
  if (value == NULL || value == &mark)
    monocle_pickle_fail (self, "recalls what it never remembered");
  else
    monocle_pickle_push (self, value);
}

/* Attributes of the dictionary, such as _metadata, or of what is passed over; nobody asks for them.
 */
static void
build (MonoclePickle *self, guint unused)
{
  const Value *object;

  monocle_pickle_pop (self);
  object = peek (self);
  if (object->kind != MONOCLE_PICKLE_DICT && !is_passed_over (self, object))
    monocle_pickle_fail (self, "sets attributes of what is no dictionary");
}

/* Those that have no row are what no tensor needs. */
static const struct
{
  Instruction run;
  guint n;
} instructions[256] = {
  [0x80] = { check_protocol, 1 },                  /* PROTO */
  [0x95] = { skip, 8 },                            /* FRAME */
  ['.'] = { finish, 0 },                           /* STOP */
  ['('] = { push_mark, 0 },                        /* MARK */
  ['N'] = { push_none, 0 },                        /* NONE */
  [0x88] = { push_boolean, TRUE },                 /* NEWTRUE */
  [0x89] = { push_boolean, FALSE },                /* NEWFALSE */
  ['K'] = { push_unsigned, 1 },                    /* BININT1 */
  ['M'] = { push_unsigned, 2 },                    /* BININT2 */
  ['J'] = { push_signed, 4 },                      /* BININT */
  [0x8a] = { push_long, 1 },                       /* LONG1 */
  ['G'] = { push_float, 8 },                       /* BINFLOAT */
  ['C'] = { push_bytes, 1 },                       /* SHORT_BINBYTES */
  ['B'] = { push_bytes, 4 },                       /* BINBYTES */
  ['U'] = { push_string, 1 },                      /* SHORT_BINSTRING */
  [0x8c] = { push_string, 1 },                     /* SHORT_BINUNICODE */
  ['X'] = { push_string, 4 },                      /* BINUNICODE */
  [0x8d] = { push_string, 8 },                     /* BINUNICODE8 */
  [')'] = { push_empty_tuple, 0 },                 /* EMPTY_TUPLE */
  ['t'] = { push_marked_tuple, 0 },                /* TUPLE */
  [0x85] = { push_small_tuple, 1 },                /* TUPLE1 */
  [0x86] = { push_small_tuple, 2 },                /* TUPLE2 */
  [0x87] = { push_small_tuple, 3 },                /* TUPLE3 */
  [']'] = { push_container, MONOCLE_PICKLE_LIST }, /* EMPTY_LIST */
  ['a'] = { append_items, 1 },                     /* APPEND */
  ['e'] = { extend_marked, MONOCLE_PICKLE_LIST },  /* APPENDS */
  ['}'] = { push_container, MONOCLE_PICKLE_DICT }, /* EMPTY_DICT */
  ['s'] = { set_items, 2 },                        /* SETITEM */
  ['u'] = { extend_marked, MONOCLE_PICKLE_DICT },  /* SETITEMS */
  ['q'] = { remember, 1 },                         /* BINPUT */
  ['r'] = { remember, 4 },                         /* LONG_BINPUT */
  [0x94] = { remember_next, 0 },                   /* MEMOIZE */
  ['h'] = { recall, 1 },                           /* BINGET */
  ['j'] = { recall, 4 },                           /* LONG_BINGET */
  ['c'] = { push_global_lines, 0 },                /* GLOBAL */
  [0x93] = { push_global_of_stack, 0 },            /* STACK_GLOBAL */
  ['Q'] = { monocle_pickle_push_storage, 0 },      /* BINPERSID */
  ['R'] = { monocle_pickle_call, 0 },              /* REDUCE */
  [0x81] = { monocle_pickle_call, 0 },             /* NEWOBJ */
  ['b'] = { build, 0 },                            /* BUILD */
};

static void
step (MonoclePickle *self, guint8 opcode)
{
  if (instructions[opcode].run != NULL)
    instructions[opcode].run (self, instructions[opcode].n);
  else
    monocle_pickle_fail (self, "uses an instruction that no tensor needs");
}

MonoclePickle *
monocle_pickle_load (
    const guint8 *data, gsize size, MonoclePickleOthers others, const char *name, GError **error)
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
  self->others = others;
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
