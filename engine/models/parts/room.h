/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a device can take the largest piece of a model; for all of it see run/memory-plan.
 */
#pragma once

#include "engine/vk/gpu.h"

G_BEGIN_DECLS

/**
 * monocle_room_check_piece:
 * @gpu: where it would lie
 * @directory: of the model
 * @width, @height: of the images that it sees
 * @largest: of the activations the largest piece, which a device must be able to bind at once
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, with the figures.
 */
gboolean monocle_room_check_piece (MonocleVkGpu *gpu,
                                   const char *directory,
                                   guint width,
                                   guint height,
                                   guint64 largest,
                                   GError **error);

G_END_DECLS
