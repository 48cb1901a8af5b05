/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/embed.h"

void
monocle_reference_embed (const guint32 *ids,
                         const float *table,
                         guint first_id,
                         guint n_ids,
                         float scale,
                         const float *positions,
                         guint first_position,
                         gboolean position_per_row,
                         const guint32 *place,
                         guint tokens,
                         guint columns,
                         float *y)
{
  for (guint t = 0; t < tokens; t++)
    {
      const guint position
          = first_position + (place != NULL ? place[t] : 0) + (position_per_row ? t : 0);

      if (ids[t] < first_id || ids[t] - first_id >= n_ids)
        continue;
      for (guint c = 0; c < columns; c++)
        y[(gsize) t * columns + c]
            = scale * table[(gsize) (ids[t] - first_id) * columns + c]
              + (positions != NULL ? positions[(gsize) position * columns + c] : 0);
    }
}

void
monocle_reference_add_positions (const float *x,
                                 gboolean shared,
                                 const float *positions,
                                 guint first_position,
                                 guint n_batches,
                                 guint tokens,
                                 guint columns,
                                 guint y_first,
                                 guint y_batch_rows,
                                 float *y)
{
  for (guint b = 0; b < n_batches; b++)
    for (guint t = 0; t < tokens; t++)
      for (guint c = 0; c < columns; c++)
        y[((gsize) b * y_batch_rows + y_first + t) * columns + c]
            = x[((gsize) (shared ? 0 : b) * tokens + t) * columns + c]
              + positions[(gsize) (first_position + t) * columns + c];
}

void
monocle_reference_image_positions (const float *x,
                                   const float *columns,
                                   const float *rows,
                                   const float *temporal,
                                   guint height,
                                   guint width,
                                   guint channels,
                                   guint column_channels,
                                   float *y)
{
  for (guint r = 0; r < height; r++)
    for (guint s = 0; s < width; s++)
      for (guint c = 0; c < channels; c++)
        {
          const gsize at = ((gsize) r * width + s) * channels + c;
          const float position = c < column_channels
                                     ? columns[s * column_channels + c]
                                     : rows[r * (channels - column_channels) + c - column_channels];

          y[at] = x[at] + position + temporal[c];
        }
}
