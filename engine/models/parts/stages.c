/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/stages.h"

#include "engine/base/error.h"
#include "engine/checkpoint/npy.h"

gboolean
monocle_stage_write (const char *directory,
                     const char *name,
                     const guint64 *dims,
                     guint n_dims,
                     const float *values,
                     GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return monocle_npy_write_f32 (path, dims, n_dims, values, error);
}

gboolean
monocle_stage_write_rows (
    const char *directory, const char *name, const MonocleTensor *tensor, guint n, GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  const guint64 dims[] = { 1, n, monocle_tensor_get_columns (tensor) };

  return monocle_tensor_read (tensor, values, error)
         && monocle_stage_write (directory, name, dims, G_N_ELEMENTS (dims), values, error);
}

gboolean
monocle_stage_check_ids (const guint32 *ids, guint n, guint n_words, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (ids[i] >= n_words)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", ids[i], n_words);
        return FALSE;
      }
  return TRUE;
}

gboolean
monocle_stage_write_ids (const char *directory, const guint32 *ids, guint n, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "input_ids.npy", NULL);
  g_autofree gint64 *wide = g_new (gint64, n);
  const guint64 dims[] = { 1, n };

  for (guint i = 0; i < n; i++)
    wide[i] = ids[i];
  return monocle_npy_write_i64 (path, dims, G_N_ELEMENTS (dims), wide, error);
}
