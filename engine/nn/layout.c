/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/layout.h"

#include <string.h>

/* Columns of one lane of matmul_block: more take the driver longer to compile than they save. */
#define MAX_COLUMNS 16

/* Packed numbers go by fours: what a texel holds. */
#define TEXEL 4

#define CEIL_DIV(a, b) (((a) + (b) - 1) / (b))

/* Such that the fewest lanes idle. */
guint
monocle_layout_get_lane_columns (guint n)
{
  const guint groups = CEIL_DIV (n, MONOCLE_LAYOUT_LANES * MAX_COLUMNS);

  return CEIL_DIV (CEIL_DIV (n, groups * MONOCLE_LAYOUT_LANES), TEXEL) * TEXEL;
}

guint
monocle_layout_get_padded_columns (guint n)
{
  const guint group = MONOCLE_LAYOUT_LANES * monocle_layout_get_lane_columns (n);

  return CEIL_DIV (n, group) * group;
}

guint
monocle_layout_get_line (MonocleLayout layout, guint n)
{
  return layout == MONOCLE_LAYOUT_PACKED ? TEXEL * monocle_layout_get_padded_columns (n) : 1;
}

guint64
monocle_layout_count (MonocleLayout layout, guint64 n, guint64 k)
{
  if (layout == MONOCLE_LAYOUT_PACKED)
    {
      g_assert (k % TEXEL == 0);
      n = monocle_layout_get_padded_columns (n);
    }
  return n * k;
}

void
monocle_layout_pack (MonocleLayout layout,
                     const float *matrix,
                     guint64 n,
                     guint64 k,
                     guint64 first,
                     guint64 n_lines,
                     float *stored)
{
  const guint line = monocle_layout_get_line (layout, n);

  if (layout == MONOCLE_LAYOUT_ROWS)
    {
      memcpy (stored, matrix + first, n_lines * sizeof *stored);
      return;
    }

  for (guint64 i = 0; i < n_lines; i++, stored += line)
    {
      const float *column = matrix + TEXEL * (first + i);

      for (guint64 j = 0; j < n; j++)
        memcpy (stored + TEXEL * j, column + j * k, TEXEL * sizeof *stored);
      memset (stored + TEXEL * n, 0, (line - TEXEL * n) * sizeof *stored);
    }
}

void
monocle_layout_unpack (MonocleLayout layout,
                       const float *stored,
                       guint64 n,
                       guint64 k,
                       guint64 first,
                       guint64 n_lines,
                       float *matrix)
{
  const guint line = monocle_layout_get_line (layout, n);

  if (layout == MONOCLE_LAYOUT_ROWS)
    {
      memcpy (matrix + first, stored, n_lines * sizeof *matrix);
      return;
    }

  for (guint64 i = 0; i < n_lines; i++, stored += line)
    for (guint64 j = 0; j < n; j++)
      memcpy (matrix + j * k + TEXEL * (first + i), stored + TEXEL * j, TEXEL * sizeof *matrix);
}
