/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DaViT, the vision tower: stages of convolutional patch embedding and dual-attention blocks
 * (windows, then channels). Source: Ding et al. 2022, arXiv 2204.03645.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/nn/arena.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

#define MONOCLE_DAVIT_MAX_STAGES 8

/* Its dimensions, all of them the family's to say. */
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

typedef struct _MonocleDavit MonocleDavit;

MonocleDavit *monocle_davit_new (const MonocleDavitConfig *config);
void monocle_davit_free (MonocleDavit *self);

/* Declares the tower's tensors, under @scope. */
void monocle_davit_declare (MonocleDavit *self, MonocleWeights *weights, MonocleScope scope);

/* Rows and columns of the last stage's grid for an image of this size; FALSE when a stage would be
 * empty. */
gboolean
monocle_davit_get_grid (MonocleDavit *self, guint height, guint width, guint *rows, guint *columns);

/* Records the tower: pixels [H, W, 3] to tokens [rows, columns, C], allocated in the arena. Ends a
 * segment of the recording after every block. */
MonocleTensor monocle_davit_record (MonocleDavit *self,
                                    MonocleCommands *commands,
                                    MonocleArena *arena,
                                    MonocleVkGpu *gpu,
                                    const MonocleTensor *pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleDavit, monocle_davit_free)

G_END_DECLS
