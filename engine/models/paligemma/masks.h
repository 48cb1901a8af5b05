/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks as sixteen codes: a small network, on the host, that makes a map of them, and the pixels
 * that it marks. Its weights are published beside the model: vae-oid.npz.
 *
 * Source: van den Oord et al. 2017, arXiv 1711.00937; Ning et al. 2023, arXiv 2301.02229.
 */
#pragma once

#include "engine/answer/mask-runs.h"

G_BEGIN_DECLS

#define MONOCLE_PALIGEMMA_MASKS_FILE "vae-oid.npz"
#define MONOCLE_PALIGEMMA_CODES      128 /* kinds of them */
#define MONOCLE_PALIGEMMA_MASK_CODES 16  /* of a mask */
#define MONOCLE_PALIGEMMA_MASK_SIDE  64

typedef struct _MonoclePaligemmaMasks MonoclePaligemmaMasks;

/**
 * monocle_paligemma_masks_load:
 * @path: of the archive
 * @error: return location
 *
 * Errors: BAD_FILE, naming the array.
 */
MonoclePaligemmaMasks *monocle_paligemma_masks_load (const char *path, GError **error);
void monocle_paligemma_masks_free (MonoclePaligemmaMasks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePaligemmaMasks, monocle_paligemma_masks_free)

/* (transfer full): [side, side], what is above 0 belongs to it. @codes: below
 * %MONOCLE_PALIGEMMA_CODES, row by row */
float *monocle_paligemma_masks_decode (const MonoclePaligemmaMasks *self,
                                       const guint codes[MONOCLE_PALIGEMMA_MASK_CODES]);

/**
 * monocle_paligemma_masks_cut:
 * @codes: of a mask
 * @edges: left, top, right and bottom of where it lies, in pixels
 * @width, @height: of the picture
 *
 * Returns: (transfer full) (nullable): the pixels that it marks; %NULL where there are none
 */
MonocleMaskRuns *monocle_paligemma_masks_cut (const MonoclePaligemmaMasks *self,
                                              const guint codes[MONOCLE_PALIGEMMA_MASK_CODES],
                                              const double edges[4],
                                              guint width,
                                              guint height);

G_END_DECLS
