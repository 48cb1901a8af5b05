/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks as somebody paints them: what a round brush covers on its way is added, or taken away.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/**
 * MONOCLE_BRUSH_MAX_SIZE:
 *
 * The largest brush, in pixels.
 */
#define MONOCLE_BRUSH_MAX_SIZE 1000

/**
 * monocle_brush_center:
 * @size: across, in pixels, at least 1
 * @x: (inout): pixels
 * @y: (inout): pixels
 *
 * The middle of the brush of whoever points there: the middle of a pixel where the brush is an odd
 * number of pixels wide, else a corner, so that it has the same form everywhere.
 */
void monocle_brush_center (guint size, double *x, double *y);

/**
 * monocle_brush_paint:
 * @mask: what there was
 * @from: (array fixed-size=2): x and y where the brush is put down
 * @to: (array fixed-size=2): x and y where it goes, in a straight line
 * @size: across, in pixels, from 1 to %MONOCLE_BRUSH_MAX_SIZE
 * @role: %MONOCLE_RING_OUTER adds what is covered, %MONOCLE_RING_HOLE takes it away
 *
 * Returns: (transfer full): what there is then, of the same size
 */
MonocleMaskRuns *monocle_brush_paint (const MonocleMaskRuns *mask,
                                      const double from[2],
                                      const double to[2],
                                      guint size,
                                      MonocleRingRole role);

G_END_DECLS
