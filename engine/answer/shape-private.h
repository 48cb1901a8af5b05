/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the neighbours need of shapes besides their public calls.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/* How far (x, y) is from the line between two points. */
double monocle_shape_measure_distance (const double *a, const double *b, double x, double y);

G_END_DECLS
