/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of a file, of a film too, as a model hears it.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* A sound of fewer seconds is none. */
#define MONOCLE_SOUND_FILE_LEAST 0.1

/**
 * monocle_sound_file_read:
 * @file: on this computer
 * @from: where it begins, in seconds
 * @duration: (out) (optional): of all of it, in seconds; 0: nobody knows
 * @cancellable: (nullable)
 * @error: return location
 *
 * As much as a model hears of the first sound that there is, all channels as one. In the calling
 * thread, which is not the main one. A file that is damaged behind its beginning gives what came by
 * then.
 *
 * Errors: as monocle_video_read(); BAD_REQUEST where nothing begins at @from.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleSound *monocle_sound_file_read (
    GFile *file, double from, double *duration, GCancellable *cancellable, GError **error);

/* The same in a thread of its own. */
void monocle_sound_file_read_async (GFile *file,
                                    double from,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
MonocleSound *
monocle_sound_file_read_finish (GAsyncResult *result, double *duration, GError **error);

G_END_DECLS
