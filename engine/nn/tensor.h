/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shaped view of a range of a device buffer: what ops read and write. A small value, passed by
 * pointer and copied freely; it owns nothing.
 */
#pragma once

#include "engine/base/format.h"
#include "engine/nn/layout.h"
#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleVkBuffer *buffer;
  guint64 offset; /* bytes; a multiple of MONOCLE_TENSOR_ALIGNMENT */
  guint dims[4];  /* slowest first */
  guint n_dims;
  MonocleFormatId format;
  MonocleLayout layout;
  const char *name; /* (nullable): for messages */
} MonocleTensor;

/* Largest value Vulkan allows for minStorageBufferOffsetAlignment. */
#define MONOCLE_TENSOR_ALIGNMENT 256

/* Up to where the next tensor may begin. */
static inline guint64
monocle_tensor_align (guint64 bytes)
{
  return (bytes + MONOCLE_TENSOR_ALIGNMENT - 1) / MONOCLE_TENSOR_ALIGNMENT
         * MONOCLE_TENSOR_ALIGNMENT;
}

guint64 monocle_tensor_get_n_elements (const MonocleTensor *tensor);
guint64 monocle_tensor_get_size_bytes (const MonocleTensor *tensor);

/* The last dimension, and the product of all others. */
guint monocle_tensor_get_columns (const MonocleTensor *tensor);
guint monocle_tensor_count_rows (const MonocleTensor *tensor);

/* For tensors one behind the other: gives @tensor the place at @offset, and returns where the next
 * may begin. Its buffer is whoever's made of all. */
static inline guint64
monocle_tensor_put_at (MonocleTensor *tensor, guint64 offset)
{
  tensor->offset = offset;
  return monocle_tensor_align (offset + monocle_tensor_get_size_bytes (tensor));
}

/* Rows [first, first + n) along the first dimension; the start must fall on the alignment. */
MonocleTensor monocle_tensor_get_rows (const MonocleTensor *tensor, guint first, guint n);

/* The same elements under other dimensions. */
MonocleTensor monocle_tensor_reshape (const MonocleTensor *tensor, guint n_dims, const guint *dims);

MonocleVkBinding monocle_tensor_get_binding (const MonocleTensor *tensor);

/* Host copies, converting to and from the format and the layout; @data has all elements, row-major.
 */
gboolean monocle_tensor_write (const MonocleTensor *tensor, const float *data, GError **error);
/* @n numbers from @first on, of a format whose blocks share something, in blocks as files have
 * them; both are of whole ones.
 */
gboolean monocle_tensor_write_blocks (
    const MonocleTensor *tensor, guint64 first, guint64 n, const guint8 *blocks, GError **error);
gboolean monocle_tensor_read (const MonocleTensor *tensor, float *data, GError **error);

G_END_DECLS
