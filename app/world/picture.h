/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was seen and what may follow as one picture: drawn from places, not by a model.
 */
#pragma once

#include "app/world/film.h"

G_BEGIN_DECLS

/**
 * monocle_world_draw:
 * @tracks: what was seen: the path up to the last frame, and the things there
 * @futures: a thin line each, from there on; the likeliest a thick one, with the things at its end
 * @film: (nullable): what happened: dashed
 * @side: in pixels
 *
 * Returns: (transfer full): a PNG file
 */
GBytes *monocle_world_draw (const MonocleTracks *tracks,
                            const MonocleFutures *futures,
                            const MonocleWorldFilm *film,
                            guint side);

G_END_DECLS
