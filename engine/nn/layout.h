/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The orders in which the numbers of a matrix may lie: how many are stored, and to and from
 * row-major. Which order a product wants of its weights is said by monocle_op_matmul_get_layout().
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleLayout:
 * @MONOCLE_LAYOUT_ROWS: row-major
 * @MONOCLE_LAYOUT_PACKED: a weight matrix [N, K] as [N padded / 4][K/4][4][4], for software
 *   devices: four numbers of each of four rows, then the next four
 */
typedef enum
{
  MONOCLE_LAYOUT_ROWS,
  MONOCLE_LAYOUT_PACKED,
} MonocleLayout;

/* The packed layout is padded to whole workgroups of the kernel that reads it: so many invocations,
 * each with so many of the N columns of the product. */
#define MONOCLE_LAYOUT_LANES 8
guint monocle_layout_get_lane_columns (guint n);
guint monocle_layout_get_padded_columns (guint n);

/**
 * monocle_layout_get_line:
 * @layout: a layout
 * @k: columns of the matrix
 *
 * Returns: numbers that are stored one after the other before the pattern repeats: what is packed
 *   and unpacked is whole lines
 */
guint monocle_layout_get_line (MonocleLayout layout, guint k);

/**
 * monocle_layout_count:
 * @layout: a layout
 * @n: rows of the matrix
 * @k: columns; a multiple of 4 where packed
 *
 * Returns: how many numbers are stored
 */
guint64 monocle_layout_count (MonocleLayout layout, guint64 n, guint64 k);

/**
 * monocle_layout_pack:
 * @layout: a layout
 * @matrix: [n, k], row-major
 * @first: of the lines
 * @n_lines: how many lines
 * @stored: (out caller-allocates): the lines; padding is zeros
 */
void monocle_layout_pack (MonocleLayout layout,
                          const float *matrix,
                          guint64 n,
                          guint64 k,
                          guint64 first,
                          guint64 n_lines,
                          float *stored);

/**
 * monocle_layout_unpack:
 * @layout: a layout
 * @stored: lines
 * @n: rows of the matrix
 * @k: its columns
 * @first: of the lines
 * @n_lines: how many lines
 * @matrix: (inout): [n, k], row-major, of which the numbers in these lines are written
 */
void monocle_layout_unpack (MonocleLayout layout,
                            const float *stored,
                            guint64 n,
                            guint64 k,
                            guint64 first,
                            guint64 n_lines,
                            float *matrix);

G_END_DECLS
