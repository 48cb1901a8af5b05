/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions over several frames of a film, which GGUF files have a frame at a time, as they know
 * no fifth dimension.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/* What the joined tensor is called in addition. */
#define MONOCLE_GGUF_FRAMES ".frames"

/**
 * monocle_gguf_frames_join:
 * @checkpoint: with the tensors of a pair
 * @name: of the first frame, [n, channels, height, width]; the second is NAME.1 and of that shape
 * @error: return location
 *
 * Adds NAME%MONOCLE_GGUF_FRAMES, [n, channels, 2, height, width].
 *
 * Errors: UNSUPPORTED_MODEL where they are not there, not of one shape or too large to be such.
 */
gboolean monocle_gguf_frames_join (MonocleCheckpoint *checkpoint, const char *name, GError **error);

G_END_DECLS
