/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/layout.h"

#include <string.h>

/* Columns of one lane of matmul_block: more take the driver longer to compile than they save. */
#define MAX_COLUMNS 16

/* Packed numbers go by fours: what a texel holds, of so many rows. */
#define TEXEL 4
#define PANEL 4

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
monocle_layout_get_line (MonocleLayout layout, guint k)
{
  return layout == MONOCLE_LAYOUT_PACKED ? PANEL * k : 1;
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
  if (layout == MONOCLE_LAYOUT_ROWS)
    {
      memcpy (stored, matrix + first, n_lines * sizeof *stored);
      return;
    }

  for (guint64 i = PANEL * first; i < PANEL * (first + n_lines); i += PANEL)
    for (guint64 at = 0; at < k; at += TEXEL)
      for (guint64 row = i; row < i + PANEL; row++, stored += TEXEL)
        if (row < n)
          memcpy (stored, matrix + row * k + at, TEXEL * sizeof *stored);
        else
          memset (stored, 0, TEXEL * sizeof *stored);
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
  if (layout == MONOCLE_LAYOUT_ROWS)
    {
      memcpy (matrix + first, stored, n_lines * sizeof *matrix);
      return;
    }

  for (guint64 i = PANEL * first; i < PANEL * (first + n_lines); i += PANEL)
    for (guint64 at = 0; at < k; at += TEXEL)
      for (guint64 row = i; row < i + PANEL; row++, stored += TEXEL)
        if (row < n)
          memcpy (matrix + row * k + at, stored, TEXEL * sizeof *matrix);
}
