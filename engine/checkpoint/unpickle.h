/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restricted pickle machine of torch.c: bytes of data.pkl to the root value. Private to it.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * MonoclePickleKind:
 *
 * What a value is. OPAQUE stands for numbers, and for objects, that nobody asks for.
 */
typedef enum
{
  MONOCLE_PICKLE_NONE,
  MONOCLE_PICKLE_MARK,
  MONOCLE_PICKLE_OPAQUE,
  MONOCLE_PICKLE_INT,
  MONOCLE_PICKLE_STRING,
  MONOCLE_PICKLE_TUPLE,
  MONOCLE_PICKLE_LIST,
  MONOCLE_PICKLE_DICT,
  MONOCLE_PICKLE_GLOBAL,
  MONOCLE_PICKLE_STORAGE,
  MONOCLE_PICKLE_TENSOR,
} MonoclePickleKind;

typedef struct _MonoclePickleValue MonoclePickleValue;

/**
 * MonoclePickleTensor:
 * @storage: a value of kind STORAGE
 * @offset: first element
 * @n_dims: how many dimensions
 * @dims: outermost first
 * @strides: in elements, not negative
 *
 * A tensor as the file describes it; whether it fits its storage is not checked yet.
 */
typedef struct
{
  const MonoclePickleValue *storage;
  guint64 offset;
  guint n_dims;
  guint64 dims[MONOCLE_CHECKPOINT_MAX_DIMS];
  guint64 strides[MONOCLE_CHECKPOINT_MAX_DIMS];
} MonoclePickleTensor;

struct _MonoclePickleValue
{
  MonoclePickleKind kind;
  union
  {
    gint64 integer;
    char *string;
    GPtrArray *items; /* of a tuple, list or dict (key, value, key, ...); NULL when empty */
    guint global;
    MonoclePickleTensor *tensor;
    struct
    {
      MonocleDtype dtype;
      guint element_bytes;
      guint64 n_elements;
      const char *key; /* of the archive's entry */
    } storage;
  };
};

typedef struct _MonoclePickle MonoclePickle;

/**
 * MonoclePickleOthers:
 * @MONOCLE_PICKLE_REFUSE_OTHERS: what is no tensor is not even named
 * @MONOCLE_PICKLE_PASS_OVER_OTHERS: it may be there, and comes to nothing
 *
 * What becomes of objects that are no tensors. Nothing is ever called for them.
 */
typedef enum
{
  MONOCLE_PICKLE_REFUSE_OTHERS,
  MONOCLE_PICKLE_PASS_OVER_OTHERS,
} MonoclePickleOthers;

/**
 * monocle_pickle_load:
 * @data: (array length=size): the pickle
 * @size: its size in bytes
 * @others: what becomes of what is no tensor
 * @name: the file, for errors
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE when it is corrupt, or asks for anything but tensors where
 * that is refused.
 *
 * Returns: (transfer full): the values, owned
 */
MonoclePickle *monocle_pickle_load (
    const guint8 *data, gsize size, MonoclePickleOthers others, const char *name, GError **error);

/**
 * monocle_pickle_free:
 * @self: (nullable) (transfer full): values
 */
void monocle_pickle_free (MonoclePickle *self);

/**
 * monocle_pickle_get_root:
 * @self: values
 *
 * Returns: (transfer none): what the pickle evaluates to
 */
const MonoclePickleValue *monocle_pickle_get_root (const MonoclePickle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePickle, monocle_pickle_free)

G_END_DECLS
