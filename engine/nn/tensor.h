/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shaped view of a range of a device buffer: what ops read and write. A small value, passed by
 * pointer and copied freely; it owns nothing.
 */
#pragma once

#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_ELEMENT_F32,
  MONOCLE_ELEMENT_F16,
  MONOCLE_ELEMENT_U32,
} MonocleElement;

/**
 * MonocleLayout:
 * @MONOCLE_LAYOUT_ROWS: row-major
 * @MONOCLE_LAYOUT_PACKED: a weight matrix [N, K] as [K/4][N padded][4], for the block kernels
 */
typedef enum
{
  MONOCLE_LAYOUT_ROWS,
  MONOCLE_LAYOUT_PACKED,
} MonocleLayout;

typedef struct
{
  MonocleVkBuffer *buffer;
  guint64 offset; /* bytes; a multiple of MONOCLE_TENSOR_ALIGNMENT */
  guint dims[4];  /* slowest first */
  guint n_dims;
  MonocleElement element;
  MonocleLayout layout;
  const char *name; /* (nullable): for messages */
} MonocleTensor;

/* Largest value Vulkan allows for minStorageBufferOffsetAlignment. */
#define MONOCLE_TENSOR_ALIGNMENT 256

gsize monocle_element_get_size (MonocleElement element);
guint64 monocle_tensor_get_n_elements (const MonocleTensor *tensor);
guint64 monocle_tensor_get_size_bytes (const MonocleTensor *tensor);

/* Rows [first, first + n) along the first dimension; the start must fall on the alignment. */
MonocleTensor monocle_tensor_get_rows (const MonocleTensor *tensor, guint first, guint n);

/* The same elements under other dimensions. */
MonocleTensor monocle_tensor_reshape (const MonocleTensor *tensor, guint n_dims, const guint *dims);

MonocleVkBinding monocle_tensor_get_binding (const MonocleTensor *tensor);

/* Host copies, converting to and from the element type; @data has all elements. */
gboolean monocle_tensor_write (const MonocleTensor *tensor, const float *data, GError **error);
gboolean monocle_tensor_read (const MonocleTensor *tensor, float *data, GError **error);

G_END_DECLS
