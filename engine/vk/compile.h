/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiling what recordings need before they run: the first time on a device that takes as long as
 * everything else together, and cannot be interrupted within one pipeline.
 */
#pragma once

#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef void (*MonocleVkCompileProgress) (guint n_done, guint n, gpointer user_data);

gboolean monocle_vk_compile (MonocleCommands *const *recordings,
                             guint n_recordings,
                             GCancellable *cancellable,
                             MonocleVkCompileProgress progress,
                             gpointer user_data,
                             GError **error);

G_END_DECLS
