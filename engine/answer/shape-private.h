/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the neighbours need of shapes besides their public calls.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/* A box: left, top, right, bottom. */
MonocleShape *monocle_shape_new_edges (const double edges[4]);

/* How far (x, y) is from the line between two points. */
double monocle_shape_measure_distance (const double *a, const double *b, double x, double y);

G_END_DECLS
