/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of a person's own: the pictures of an animation (GIF), of a folder, or those that were
 * chosen, in natural order.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* As many are read, the first ones: more than the model follows are of no use. */
#define MONOCLE_WORLD_MOST_FRAMES 24

/**
 * monocle_world_frames_read:
 * @files: (element-type GFile): one animation, one folder, or pictures
 * @cancellable: (nullable)
 * @error: return location
 *
 * In the calling thread. Large pictures are made smaller.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST in words for the person; those of pictures.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleImage): at least 3, of one size
 */
GPtrArray *monocle_world_frames_read (GPtrArray *files, GCancellable *cancellable, GError **error);

G_END_DECLS
