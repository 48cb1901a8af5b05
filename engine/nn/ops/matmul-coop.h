/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Into which tiles matmul_coop cuts a product.
 */
#pragma once

#include "engine/nn/ops/matmul.h"

G_BEGIN_DECLS

/**
 * MonocleMatmulCoopTile:
 * @rows: results of a workgroup
 * @columns: results of a workgroup
 * @sub_rows: of them, those of a subgroup
 * @sub_columns: of them, those of a subgroup
 * @depth: inputs of a slice
 * @slices: in shared memory: 1, or 2 for one barrier less each
 */
typedef struct
{
  guint rows, columns;
  guint sub_rows, sub_columns;
  guint depth;
  guint slices;
} MonocleMatmulCoopTile;

/**
 * monocle_matmul_coop_get_group:
 * @traits: of a device
 * @tile: a tile
 *
 * Returns: the invocations of a workgroup
 */
guint monocle_matmul_coop_get_group (const MonocleVkTraits *traits,
                                     const MonocleMatmulCoopTile *tile);

/**
 * monocle_matmul_coop_fits:
 * @traits: of a device
 * @tile: a tile
 *
 * Returns: whether the device can compute it
 */
gboolean monocle_matmul_coop_fits (const MonocleVkTraits *traits,
                                   const MonocleMatmulCoopTile *tile);

/**
 * monocle_matmul_coop_choose:
 * @traits: of a device
 * @m: rows of results
 * @n: columns of results
 *
 * Returns: (nullable): the tile that suits best; %NULL: the device should multiply otherwise
 */
const MonocleMatmulCoopTile *
monocle_matmul_coop_choose (const MonocleVkTraits *traits, guint m, guint n);

/* As monocle_op_matmul(); where it takes matmul_coop, in these tiles. For those who compare them.
 */
void monocle_op_matmul_in_tiles (MonocleCommands *commands,
                                 const MonocleMatmulCoopTile *tile,
                                 const MonocleTensor *x,
                                 const MonocleTensor *w,
                                 const MonocleTensor *bias,
                                 const MonocleTensor *residual,
                                 MonocleActivation activation,
                                 const MonocleTensor *y);

G_END_DECLS
