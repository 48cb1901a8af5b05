/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/batches.h"

#include "engine/base/error.h"
#include "engine/text/generate.h"

/* Memory is at most so many times as large as what is computed in it. */
#define MAX_EXCESS 4

gboolean
monocle_batches_compile (guint n_questions,
                         MonocleBatchesCompile compile,
                         gpointer asking,
                         MonocleVkCompileProgress progress,
                         GError **error)
{
  guint n = MIN (MONOCLE_GENERATE_MAX_BATCH, n_questions), n_left;
  GError *local = NULL;

  /* As many at once as generation will come to. */
  while (!compile (asking, 0, n, progress, &local))
    {
      if (n == 1
          || !g_error_matches (local, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
        {
          g_propagate_error (error, local);
          return FALSE;
        }
      g_clear_error (&local);
      n /= 2;
    }

  /* The last ones are fewer. */
  n_left = n_questions % n;
  return n_left == 0 || compile (asking, n_questions - n_left, n_left, progress, error);
}

gboolean
monocle_batches_ensure_buffer (MonocleVkBuffer **buffer,
                               MonocleVkGpu *gpu,
                               guint64 size,
                               GError **error)
{
  if (*buffer && (*buffer)->size >= size && (*buffer)->size / MAX_EXCESS <= size)
    return TRUE;

  g_clear_pointer (buffer, monocle_vk_buffer_free);
  *buffer = monocle_vk_buffer_new (gpu, size, MONOCLE_VK_USE_DEVICE, "text activations", error);
  return *buffer != NULL;
}
