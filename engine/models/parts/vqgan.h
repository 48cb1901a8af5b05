/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as codes, and back: Esser et al. 2020, arXiv 2012.09841; Rombach et al. 2021, arXiv
 * 2112.10752. A network of convolutions makes a vector of each square of a picture, of which the
 * nearest code is written down; another makes a picture of codes. All of it in 32 bits.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/nn/graph.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

#define MONOCLE_VQGAN_MAX_LEVELS 8

/**
 * MonocleVqganNames:
 * @MONOCLE_VQGAN_NAMES_DOTTED: `down.0.block.1`, `mid.block_1`, `up.0.block.0` of the finest level
 * @MONOCLE_VQGAN_NAMES_JOINED: `down_0_block_1`, `mid_block_1`, `up_0_block_0` of the coarsest
 *
 * What layers are called: as in the first implementation, or as in its ports.
 */
typedef enum
{
  MONOCLE_VQGAN_NAMES_DOTTED,
  MONOCLE_VQGAN_NAMES_JOINED,
} MonocleVqganNames;

/**
 * MonocleVqganConfig:
 * @names: of its layers
 * @is_flax: whether numbers are stored as flax has them: `kernel` and `scale`, what is made last
 * @codes: the name of the table of codes
 * @channels: of the finest level, before its multiple
 * @multiples: of that, from the finest level on
 * @attends: whether blocks of a level look at all of it
 * @n_levels: each half as large as the one before
 * @n_blocks: of a level; one more on the way back
 * @z_channels: between the networks and the codes
 * @n_codes, @code_width: the table of codes
 * @n_groups: of channels, that are normalised together; 0: 32, as published models have it
 *
 * Widths are multiples of 4, and channels of levels those of the groups.
 */
typedef struct
{
  MonocleVqganNames names;
  gboolean is_flax;
  const char *codes;
  guint channels;
  guint multiples[MONOCLE_VQGAN_MAX_LEVELS];
  gboolean attends[MONOCLE_VQGAN_MAX_LEVELS];
  guint n_levels, n_blocks, z_channels;
  guint n_codes, code_width;
  guint n_groups;
} MonocleVqganConfig;

/* Pixels of a side that a code stands for. */
guint monocle_vqgan_get_patch (const MonocleVqganConfig *config);

/* Codes U32 [rows * columns], row by row, to a picture [H, W, 3], about -1 to 1. */
MonocleValue monocle_vqgan_decode (MonocleGraph *graph,
                                   MonocleScope scope,
                                   const MonocleVqganConfig *config,
                                   MonocleValue codes,
                                   guint rows,
                                   guint columns);

/* A picture [H, W, 3], -1 to 1, to U32 [squares, 2]: the nearest code of each, row by row, beside a
 * number that means nothing. @sizes: F32 [n_codes] of monocle_vqgan_measure(); @zeros: U32
 * [squares, 2] */
MonocleValue monocle_vqgan_encode (MonocleGraph *graph,
                                   MonocleScope scope,
                                   const MonocleVqganConfig *config,
                                   MonocleValue pixels,
                                   MonocleValue sizes,
                                   MonocleValue zeros);

/**
 * monocle_vqgan_measure:
 * @config: what it is
 * @table: the table of codes
 * @sizes: (out caller-allocates) (array): [n_codes]
 *
 * What products with codes are lacking to say which is nearest: half of their squared length, less
 * than nothing.
 */
void monocle_vqgan_measure (const MonocleVqganConfig *config,
                            const MonocleCheckpointTensor *table,
                            float *sizes);

G_END_DECLS
