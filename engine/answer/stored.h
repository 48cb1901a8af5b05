/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes and results as values that can be kept: put into a file, and read from one that anybody
 * may have written. What comes back says the same, number by number.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/answer/shape.h"

G_BEGIN_DECLS

/* Kind, x and y of all points in turn, of each ring its points and whether it is a hole, and of a
 * mask its width, height and run lengths. */
#define MONOCLE_STORED_SHAPE "(yada(ub)m(uuau))"
/* Parts, ids of tokens, what was written, score, whether it is well formed. */
#define MONOCLE_STORED_RESULT "(avaumsdb)"

/* (transfer floating): of type %MONOCLE_STORED_SHAPE */
GVariant *monocle_shape_store (const MonocleShape *self);

/**
 * monocle_shape_restore:
 * @stored: of type %MONOCLE_STORED_SHAPE
 *
 * Returns: (transfer full) (nullable): the shape; %NULL where @stored is none
 */
MonocleShape *monocle_shape_restore (GVariant *stored);

/* (transfer floating): of type %MONOCLE_STORED_RESULT. Pictures among its parts are left out. */
GVariant *monocle_result_store (const MonocleResult *self);

/**
 * monocle_result_restore:
 * @stored: of type %MONOCLE_STORED_RESULT
 *
 * Parts of a kind that is not known are left out.
 *
 * Returns: (transfer full) (nullable): the result; %NULL where a shape of it is none
 */
MonocleResult *monocle_result_restore (GVariant *stored);

G_END_DECLS
