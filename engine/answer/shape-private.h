/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stored.c needs of shapes besides their public calls.
 */
#pragma once

#include "engine/answer/shape.h"

G_BEGIN_DECLS

/* A box: left, top, right, bottom. */
MonocleShape *monocle_shape_new_edges (const double edges[4]);

G_END_DECLS
