/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy files, version 1.0: written for `inspect`, read by tests. Little-endian, C order, no
 * pickled objects.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MONOCLE_NPY_MAX_DIMS 8

/**
 * MonocleNpyType:
 * @MONOCLE_NPY_F32: '<f4'
 * @MONOCLE_NPY_I64: '<i8'
 * @MONOCLE_NPY_I32: '<i4'
 */
typedef enum
{
  MONOCLE_NPY_F32,
  MONOCLE_NPY_I64,
  MONOCLE_NPY_I32,
} MonocleNpyType;

/**
 * MonocleNpy:
 * @type: of an element
 * @n_dims: 0 for a scalar
 * @dims: outermost first
 * @n_elements: their product
 * @f32: the elements if @type is F32, else NULL
 * @i64: the elements if @type is I64, else NULL
 * @i32: the elements if @type is I32, else NULL
 */
typedef struct
{
  MonocleNpyType type;
  guint n_dims;
  guint64 dims[MONOCLE_NPY_MAX_DIMS];
  gsize n_elements;
  float *f32;
  gint64 *i64;
  gint32 *i32;
} MonocleNpy;

/**
 * monocle_npy_encode_f32:
 * @dims: (array length=n_dims): outermost first
 * @n_dims: at most MONOCLE_NPY_MAX_DIMS
 * @data: row-major
 *
 * What monocle_npy_write_f32() writes, for those who write it themselves.
 *
 * Returns: (transfer full) (nullable): the file's content; %NULL where there is no memory for it
 */
GBytes *monocle_npy_encode_f32 (const guint64 *dims, guint n_dims, const float *data);

/**
 * monocle_npy_encode_text:
 * @texts: (array length=n): UTF-8
 * @n: how many; 0 is an empty array
 *
 * An array of strings, '<U' and the length of the longest one, as numpy.array() makes it of a list.
 *
 * Returns: (transfer full) (nullable): the file's content; %NULL where there is no memory for it
 */
GBytes *monocle_npy_encode_text (const char *const *texts, guint n);

/**
 * monocle_npy_write_f32:
 * @path: the file; replaced at once when the new one is whole
 * @dims: (array length=n_dims): outermost first
 * @n_dims: at most MONOCLE_NPY_MAX_DIMS
 * @data: row-major
 * @error: return location
 *
 * Errors: G_FILE_ERROR; MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 * Source: numpy.lib.format, version 1.0.
 *
 * Returns: whether it was written
 */
gboolean monocle_npy_write_f32 (
    const char *path, const guint64 *dims, guint n_dims, const float *data, GError **error);

/**
 * monocle_npy_write_i64:
 * @path: the file; replaced at once when the new one is whole
 * @dims: (array length=n_dims): outermost first
 * @n_dims: at most MONOCLE_NPY_MAX_DIMS
 * @data: row-major
 * @error: return location
 *
 * See monocle_npy_write_f32().
 *
 * Returns: whether it was written
 */
gboolean monocle_npy_write_i64 (
    const char *path, const guint64 *dims, guint n_dims, const gint64 *data, GError **error);

/**
 * monocle_npy_read:
 * @path: a file
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, also for element types and orders not named above.
 *
 * Returns: (transfer full): the array
 */
MonocleNpy *monocle_npy_read (const char *path, GError **error);

/**
 * monocle_npy_parse:
 * @data: (array length=size): the content of a file
 * @size: how many bytes
 * @path: what to call them in errors
 * @error: return location
 *
 * See monocle_npy_read().
 *
 * Returns: (transfer full): the array
 */
MonocleNpy *monocle_npy_parse (const guint8 *data, gsize size, const char *path, GError **error);

/**
 * monocle_npy_free:
 * @self: (nullable) (transfer full): an array
 */
void monocle_npy_free (MonocleNpy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleNpy, monocle_npy_free)

G_END_DECLS
