/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes, sizes and host copies of tensors.
 */
#include "config.h"

#include "engine/nn/tensor.h"

#include <string.h>

#include "engine/base/half.h"
#include "engine/nn/ops.h"
#include "engine/vk/staging.h"

gsize
monocle_element_get_size (MonocleElement element)
{
  return element == MONOCLE_ELEMENT_F16 ? 2 : 4;
}

guint64
monocle_tensor_get_n_elements (const MonocleTensor *tensor)
{
  guint64 n = 1;

  for (guint i = 0; i < tensor->n_dims; i++)
    n *= tensor->dims[i];
  return n;
}

guint64
monocle_tensor_get_size_bytes (const MonocleTensor *tensor)
{
  guint64 n = monocle_tensor_get_n_elements (tensor);

  if (tensor->layout == MONOCLE_LAYOUT_PACKED)
    n = n / tensor->dims[0] * monocle_op_matmul_padded_columns (tensor->dims[0]);
  return n * monocle_element_get_size (tensor->element);
}

MonocleTensor
monocle_tensor_get_rows (const MonocleTensor *tensor, guint first, guint n)
{
  MonocleTensor rows = *tensor;

  g_assert (tensor->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (tensor->n_dims > 0 && n > 0);
  g_assert (first <= tensor->dims[0] && n <= tensor->dims[0] - first);
  rows.offset += monocle_tensor_get_size_bytes (tensor) / tensor->dims[0] * first;
  rows.dims[0] = n;
  g_assert (rows.offset % MONOCLE_TENSOR_ALIGNMENT == 0);
  return rows;
}

MonocleTensor
monocle_tensor_reshape (const MonocleTensor *tensor, guint n_dims, const guint *dims)
{
  MonocleTensor shaped = *tensor;

  g_assert (tensor->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (n_dims >= 1 && n_dims <= G_N_ELEMENTS (shaped.dims));
  memset (shaped.dims, 0, sizeof shaped.dims);
  memcpy (shaped.dims, dims, n_dims * sizeof *dims);
  shaped.n_dims = n_dims;
  g_assert (monocle_tensor_get_n_elements (&shaped) == monocle_tensor_get_n_elements (tensor));
  return shaped;
}

MonocleVkBinding
monocle_tensor_get_binding (const MonocleTensor *tensor)
{
  return (MonocleVkBinding){
    .buffer = tensor->buffer,
    .offset = tensor->offset,
    .size = monocle_tensor_get_size_bytes (tensor),
    .f16 = tensor->element == MONOCLE_ELEMENT_F16,
  };
}

/* --- host copies -------------------------------------------------------------------------- */

static void
convert_from_floats (MonocleElement element, const float *from, gpointer to, gsize n)
{
  switch (element)
    {
    case MONOCLE_ELEMENT_F32:
      memcpy (to, from, n * sizeof (float));
      break;
    case MONOCLE_ELEMENT_F16:
      monocle_half_narrow (from, n, to);
      break;
    case MONOCLE_ELEMENT_U32:
      for (gsize i = 0; i < n; i++)
        ((guint32 *) to)[i] = (guint32) from[i];
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
convert_to_floats (MonocleElement element, gconstpointer from, float *to, gsize n)
{
  switch (element)
    {
    case MONOCLE_ELEMENT_F32:
      memcpy (to, from, n * sizeof (float));
      break;
    case MONOCLE_ELEMENT_F16:
      monocle_half_widen (from, n, to);
      break;
    case MONOCLE_ELEMENT_U32:
      for (gsize i = 0; i < n; i++)
        to[i] = (float) ((const guint32 *) from)[i];
      break;
    default:
      g_assert_not_reached ();
    }
}

/* A few rows of [K/4] at a time, each [N padded][4]; the padding is zeros. */
static gboolean
write_packed (const MonocleTensor *tensor, const float *data, GError **error)
{
  const guint n = tensor->dims[0];
  const guint k = (guint) (monocle_tensor_get_n_elements (tensor) / n);
  const guint padded = monocle_op_matmul_padded_columns (n);
  const gsize row_bytes = 4 * padded * monocle_element_get_size (tensor->element);
  const guint rows_at_once = (guint) MAX (MONOCLE_VK_STAGING_BYTES / row_bytes, 1);
  g_autofree float *row = g_new0 (float, 4 * padded);

  g_assert (k % 4 == 0);
  for (guint first = 0; first < k / 4; first += rows_at_once)
    {
      const guint n_rows = MIN (rows_at_once, k / 4 - first);
      const guint64 offset = tensor->offset + first * row_bytes;
      guint8 *to = monocle_vk_upload_begin (tensor->buffer, offset, n_rows * row_bytes, error);

      if (to == NULL)
        return FALSE;
      for (guint i = 0; i < n_rows; i++)
        {
          for (guint j = 0; j < n; j++)
            memcpy (row + 4 * j, data + (gsize) j * k + 4 * (first + i), 4 * sizeof (float));
          convert_from_floats (tensor->element, row, to + i * row_bytes, 4 * padded);
        }
      if (!monocle_vk_upload_end (tensor->buffer, offset, n_rows * row_bytes, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_tensor_write (const MonocleTensor *tensor, const float *data, GError **error)
{
  const gsize element_bytes = monocle_element_get_size (tensor->element);
  const guint64 n = monocle_tensor_get_n_elements (tensor);
  const guint64 n_at_once = MONOCLE_VK_STAGING_BYTES / element_bytes;

  if (tensor->layout == MONOCLE_LAYOUT_PACKED)
    return write_packed (tensor, data, error);

  for (guint64 first = 0; first < n; first += n_at_once)
    {
      const gsize n_now = (gsize) MIN (n_at_once, n - first);
      const guint64 offset = tensor->offset + first * element_bytes;
      gpointer to = monocle_vk_upload_begin (tensor->buffer, offset, n_now * element_bytes, error);

      if (to == NULL)
        return FALSE;
      convert_from_floats (tensor->element, data + first, to, n_now);
      if (!monocle_vk_upload_end (tensor->buffer, offset, n_now * element_bytes, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_tensor_read (const MonocleTensor *tensor, float *data, GError **error)
{
  const gsize element_bytes = monocle_element_get_size (tensor->element);
  const guint64 n = monocle_tensor_get_n_elements (tensor);
  const guint64 n_at_once = MONOCLE_VK_STAGING_BYTES / element_bytes;
  g_autofree guint8 *bytes = g_malloc (MIN (n, n_at_once) * element_bytes);

  g_assert (tensor->layout == MONOCLE_LAYOUT_ROWS);
  for (guint64 first = 0; first < n; first += n_at_once)
    {
      const gsize n_now = (gsize) MIN (n_at_once, n - first);

      if (!monocle_vk_download (tensor->buffer, tensor->offset + first * element_bytes, bytes,
                                n_now * element_bytes, error))
        return FALSE;
      convert_to_floats (tensor->element, bytes, data + first, n_now);
    }
  return TRUE;
}
