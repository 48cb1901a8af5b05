/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DaViT, the vision tower: stages of convolutional patch embedding and dual-attention blocks
 * (windows, then channels). Source: Ding et al. 2022, arXiv 2204.03645.
 */
#pragma once

#include "engine/nn/graph.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

#define MONOCLE_DAVIT_MAX_STAGES 8

typedef struct
{
  guint n_stages;
  guint dims[MONOCLE_DAVIT_MAX_STAGES];
  guint depths[MONOCLE_DAVIT_MAX_STAGES];
  guint heads[MONOCLE_DAVIT_MAX_STAGES];
  guint groups[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_size[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_stride[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_padding[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_prenorm[MONOCLE_DAVIT_MAX_STAGES]; /* LayerNorm before the convolution, else after */
  guint hidden[MONOCLE_DAVIT_MAX_STAGES];        /* width inside the perceptron */
  guint in_channels;
  guint window;
} MonocleDavitConfig;

/* Rows and columns of the last stage's grid for an image of this size; FALSE when a stage would be
 * empty. */
gboolean monocle_davit_get_grid (
    const MonocleDavitConfig *config, guint height, guint width, guint *rows, guint *columns);

/* At most so many images side by side. */
#define MONOCLE_DAVIT_MAX_IMAGES 8

/* Pixels [n * H, W, 3] of @n images, one below the other, to tokens [n * rows, columns, C], with
 * parameters of the original names. Can be stopped after every block. */
MonocleValue monocle_davit (MonocleGraph *graph,
                            MonocleScope scope,
                            const MonocleDavitConfig *config,
                            MonocleValue pixels,
                            guint n);

G_END_DECLS
