/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Things that somebody saw, frame by frame: lines of `monocle-cli run`, of which each is a frame.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_world_read_seen:
 * @lines: (array length=size): a JSON object a line, in the order of the frames, each with `width`,
 *   `height` and `objects` of which each has a `box`: what `run` prints. Other members are passed
 *   over
 * @size: in bytes
 * @name: what to call them in errors
 * @most_things: as many may be in a frame
 * @error: return location
 *
 * A thing is what is nearest to it in the next frame. All frames must show equally many, and be
 * square: a thing flies the same way in both directions.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, with the line.
 *
 * Returns: (transfer full) (nullable): where they were
 */
MonocleTracks *monocle_world_read_seen (
    const char *lines, gsize size, const char *name, guint most_things, GError **error);

G_END_DECLS
