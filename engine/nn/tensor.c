/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes, sizes and host copies of tensors.
 */
#include "config.h"

#include "engine/nn/tensor.h"

#include <string.h>

#include "engine/vk/staging.h"

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
  const guint64 n = monocle_tensor_get_n_elements (tensor);
  const guint rows = tensor->dims[0];

  return monocle_format_get_bytes (tensor->format,
                                   monocle_layout_count (tensor->layout, rows, n / rows));
}

guint
monocle_tensor_get_columns (const MonocleTensor *tensor)
{
  return tensor->dims[tensor->n_dims - 1];
}

guint
monocle_tensor_count_rows (const MonocleTensor *tensor)
{
  return (guint) (monocle_tensor_get_n_elements (tensor) / monocle_tensor_get_columns (tensor));
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
    .format = tensor->format,
  };
}

/* --- host copies -------------------------------------------------------------------------- */

/* Lines of the layout that are on their way at once: whole blocks of the format, as many as
 * staging holds. */
typedef struct
{
  const MonocleFormat *format;
  guint64 n, k; /* of the matrix */
  guint line;
  guint64 n_lines, at_once;
  float *numbers; /* of them; NULL where they lie in the matrix as they are stored */
} Passage;

static void
passage_init (Passage *passage, const MonocleTensor *tensor)
{
  const guint n = tensor->dims[0];
  const guint64 k = monocle_tensor_get_n_elements (tensor) / n;
  const guint line = monocle_layout_get_line (tensor->layout, (guint) k);

  *passage = (Passage){
    .format = &monocle_formats[tensor->format],
    .n = n,
    .k = k,
    .line = line,
    .n_lines = monocle_layout_count (tensor->layout, n, k) / line,
    .at_once = MONOCLE_VK_STAGING_BYTES / monocle_format_get_bytes (tensor->format, line),
  };
  passage->at_once = MAX (passage->at_once / passage->format->block, 1) * passage->format->block;
  passage->at_once = MIN (passage->at_once, passage->n_lines);
  if (tensor->layout != MONOCLE_LAYOUT_ROWS)
    passage->numbers = g_new (float, passage->at_once *line);
}

/* Blocks that are on their way at once. */
#define BLOCKS_AT_ONCE (MONOCLE_VK_STAGING_BYTES / 64)

gboolean
monocle_tensor_write_blocks (
    const MonocleTensor *tensor, guint64 first, guint64 n, const guint8 *blocks, GError **error)
{
  const MonocleFormat *format = &monocle_formats[tensor->format];
  const guint64 shared_offset
      = monocle_format_get_shared_offset (tensor->format, monocle_tensor_get_n_elements (tensor));
  const guint n_shared = format->shared_bytes, n_own = format->block_bytes - n_shared;
  const gsize most = MIN (n / format->block, BLOCKS_AT_ONCE);
  g_autofree guint8 *numbers = g_malloc (most * n_own);
  g_autofree guint8 *shared = g_malloc (most * n_shared);

  g_assert (n_shared > 0 && tensor->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (first % format->block == 0 && n % format->block == 0);
  for (guint64 done = 0; done < n / format->block; done += most)
    {
      const gsize run = MIN (most, n / format->block - done);
      const guint64 at = first / format->block + done;

      monocle_format_part (format, blocks + done * format->block_bytes, run, numbers, shared);
      if (!monocle_vk_upload (tensor->buffer, tensor->offset + at * n_own, numbers, run * n_own,
                              error)
          || !monocle_vk_upload (tensor->buffer, tensor->offset + shared_offset + at * n_shared,
                                 shared, run * n_shared, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_in_blocks (const MonocleTensor *tensor, const float *data, GError **error)
{
  const MonocleFormat *format = &monocle_formats[tensor->format];
  const guint64 n = monocle_tensor_get_n_elements (tensor);
  const guint64 most = MIN (n, (guint64) BLOCKS_AT_ONCE * format->block);
  g_autofree guint8 *blocks = g_malloc (monocle_format_count_bytes (format, most));

  for (guint64 first = 0; first < n; first += most)
    {
      const guint64 run = MIN (most, n - first);

      format->narrow (data + first, run, blocks);
      if (!monocle_tensor_write_blocks (tensor, first, run, blocks, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_in_blocks (const MonocleTensor *tensor, float *data, GError **error)
{
  const MonocleFormat *format = &monocle_formats[tensor->format];
  const guint64 n = monocle_tensor_get_n_elements (tensor), n_blocks = n / format->block;
  g_autofree guint8 *stored = g_malloc (monocle_tensor_get_size_bytes (tensor));
  g_autofree guint8 *blocks = g_malloc (monocle_tensor_get_size_bytes (tensor));

  if (!monocle_vk_download (tensor->buffer, tensor->offset, stored,
                            monocle_tensor_get_size_bytes (tensor), error))
    return FALSE;
  monocle_format_join (format, stored,
                       stored + monocle_format_get_shared_offset (tensor->format, n), n_blocks,
                       blocks);
  format->widen (blocks, n, data);
  return TRUE;
}

gboolean
monocle_tensor_write (const MonocleTensor *tensor, const float *data, GError **error)
{
  g_autofree float *packed = NULL;
  Passage passage;

  if (monocle_formats[tensor->format].shared_bytes > 0)
    return write_in_blocks (tensor, data, error);
  passage_init (&passage, tensor);
  packed = passage.numbers;
  for (guint64 first = 0; first < passage.n_lines; first += passage.at_once)
    {
      const guint64 n_lines = MIN (passage.at_once, passage.n_lines - first);
      const gsize n = n_lines * passage.line;
      const guint64 offset
          = tensor->offset + monocle_format_get_bytes (tensor->format, first * passage.line);
      const gsize size = monocle_format_get_bytes (tensor->format, n);
      gpointer to = monocle_vk_upload_begin (tensor->buffer, offset, size, error);

      if (!to)
        return FALSE;
      if (packed)
        monocle_layout_pack (tensor->layout, data, passage.n, passage.k, first, n_lines, packed);
      passage.format->narrow (packed ? packed : data + first, n, to);
      if (!monocle_vk_upload_end (tensor->buffer, offset, size, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_tensor_read (const MonocleTensor *tensor, float *data, GError **error)
{
  g_autofree float *packed = NULL;
  g_autofree guint8 *bytes = NULL;
  Passage passage;

  if (monocle_formats[tensor->format].shared_bytes > 0)
    return read_in_blocks (tensor, data, error);
  passage_init (&passage, tensor);
  packed = passage.numbers;
  bytes = g_malloc (monocle_format_get_bytes (tensor->format, passage.at_once * passage.line));
  for (guint64 first = 0; first < passage.n_lines; first += passage.at_once)
    {
      const guint64 n_lines = MIN (passage.at_once, passage.n_lines - first);
      const gsize n = n_lines * passage.line;
      const guint64 offset
          = tensor->offset + monocle_format_get_bytes (tensor->format, first * passage.line);

      if (!monocle_vk_download (tensor->buffer, offset, bytes,
                                monocle_format_get_bytes (tensor->format, n), error))
        return FALSE;
      passage.format->widen (bytes, n, packed ? packed : data + first);
      if (packed)
        monocle_layout_unpack (tensor->layout, packed, passage.n, passage.k, first, n_lines, data);
    }
  return TRUE;
}
