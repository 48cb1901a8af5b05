/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/topk.h"

#include <math.h>

void
monocle_reference_top_k (const float *logits,
                         const float *bias,
                         const guint32 *banned,
                         const guint32 *n_banned,
                         guint max_banned,
                         guint rows,
                         guint n,
                         guint k,
                         guint32 *ids,
                         float *log_probabilities)
{
  g_autofree float *values = g_new (float, n);
  g_autofree gboolean *taken = g_new (gboolean, n);

  for (guint r = 0; r < rows; r++)
    {
      double largest = -G_MAXDOUBLE, total = 0;

      for (guint i = 0; i < n; i++)
        {
          /* In float, as the op adds: equal sums must tie here too. */
          values[i] = bias ? logits[(gsize) r * n + i] + bias[i] : logits[(gsize) r * n + i];
          largest = MAX (largest, (double) values[i]);
          taken[i] = FALSE;
        }
      for (guint i = 0; i < n; i++)
        total += exp ((double) values[i] - largest);
      for (guint i = 0; i < n_banned[r]; i++)
        {
          const guint32 *range = banned + 2 * ((gsize) r * max_banned + i);

          for (guint id = range[0]; id < n && id <= range[1]; id++)
            taken[id] = TRUE;
        }

      for (guint j = 0; j < k; j++)
        {
          guint best = G_MAXUINT32;

          for (guint i = 0; i < n; i++)
            if (!taken[i] && (best == G_MAXUINT32 || values[i] > values[best]))
              best = i;
          ids[(gsize) r * k + j] = best;
          log_probabilities[(gsize) r * k + j] = -INFINITY;
          if (best != G_MAXUINT32)
            {
              taken[best] = TRUE;
              log_probabilities[(gsize) r * k + j]
                  = (float) ((double) values[best] - largest - log (total));
            }
        }
    }
}
