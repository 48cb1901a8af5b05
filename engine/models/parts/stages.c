/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/stages.h"

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
monocle_stage_write_ids (const char *directory, const guint32 *ids, guint n, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "input_ids.npy", NULL);
  g_autofree gint64 *wide = g_new (gint64, n);
  const guint64 dims[] = { 1, n };

  for (guint i = 0; i < n; i++)
    wide[i] = ids[i];
  return monocle_npy_write_i64 (path, dims, G_N_ELEMENTS (dims), wide, error);
}
