/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DaViT, the vision tower: stages of convolutional patch embedding and dual-attention blocks
 * (windows, then channels). Source: Ding et al. 2022, arXiv 2204.03645.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/florence2/configuration.h"
#include "engine/nn/arena.h"

G_BEGIN_DECLS

typedef struct _MonocleDavit MonocleDavit;

MonocleDavit *monocle_davit_new (const MonocleDavitConfig *config);
void monocle_davit_free (MonocleDavit *self);

/* Declares the tower's tensors under their original names, without the prefix @prefix. */
void monocle_davit_declare (MonocleDavit *self, MonocleWeights *weights);

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
