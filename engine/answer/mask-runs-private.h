/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a shape needs of masks: mask-runs (the runs), raster (an outline becomes runs), mask-outline
 * (runs become outlines).
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/* @counts: (transfer full) (element-type guint32): add up, none but the first 0 */
MonocleMaskRuns *monocle_mask_runs_new_take (GArray *counts, guint width, guint height);

/* (transfer full): @a with @b added or taken away; of one size */
MonocleMaskRuns *
monocle_mask_runs_paint (const MonocleMaskRuns *a, const MonocleMaskRuns *b, MonocleRingRole role);

/**
 * monocle_mask_runs_trace:
 * @points: (element-type double): x and y of all corners are added
 * @rings: (element-type MonocleRing): outlines are added, whose points are still %NULL: one after
 *   the other in @points. Each comes before those inside of it.
 *
 * The edges between pixels.
 */
void monocle_mask_runs_trace (const MonocleMaskRuns *self, GArray *points, GArray *rings);

/**
 * monocle_raster_fill:
 * @points: (array length=n_points): x and y in turn, finite
 * @n_points: fewer than three cover nothing
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * Fills a ring by the even-odd rule.
 *
 * Source: the outline is walked on a grid five times finer; a column begins where the walk passes
 * the middle of its pixels, as COCO's tools do it (Lin et al. 2014, and their mask API).
 *
 * Returns: (transfer full): the mask
 */
MonocleMaskRuns *
monocle_raster_fill (const double *points, guint n_points, guint width, guint height);

G_END_DECLS
