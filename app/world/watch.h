/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A person's own frames: read, looked at one after the other with the model that answers what is
 * asked about pictures, and what moves in them followed.
 */
#pragma once

#include "app/runner/runner.h"
#include "app/world/frames.h"

G_BEGIN_DECLS

/**
 * MonocleWorldWatched:
 * @tracks: what moves
 * @images: (element-type MonocleImage): the frames, as many as @tracks has or more
 */
typedef struct
{
  MonocleTracks *tracks;
  GPtrArray *images;
} MonocleWorldWatched;

void monocle_world_watched_free (MonocleWorldWatched *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWorldWatched, monocle_world_watched_free)

/**
 * MonocleWorldWatchProgress:
 * @frame: which one is looked at, from 1; 0: they are being read
 * @n_frames: of so many
 * @user_data: what was passed beside the function
 */
typedef void (*MonocleWorldWatchProgress) (guint frame, guint n_frames, gpointer user_data);

/**
 * monocle_world_watch_async:
 * @runner: whose model looks at them
 * @files: (element-type GFile): see monocle_world_frames_read()
 * @pick: what is wanted if it is a film
 * @cancellable: (nullable): cancelled on the thread of the main context
 * @progress: what is said meanwhile; not after a stop
 * @progress_data: for @progress
 * @callback: called at the end
 * @user_data: for @callback, whose source object is @runner
 */
void monocle_world_watch_async (MonocleRunner *runner,
                                GPtrArray *files,
                                const MonocleWorldPick *pick,
                                GCancellable *cancellable,
                                MonocleWorldWatchProgress progress,
                                gpointer progress_data,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * monocle_world_watch_finish:
 *
 * Errors: %MONOCLE_APP_ERROR_UNSUPPORTED_TASK where the model finds nothing in pictures; those of
 * monocle_world_frames_read() and monocle_world_follow(), of loading the model and asking it;
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleWorldWatched *monocle_world_watch_finish (GAsyncResult *result, GError **error);

/* In the callback, whether it went well or not: %FALSE if they are no film's. */
gboolean monocle_world_watch_get_film (GAsyncResult *result, MonocleVideoInfo *film);

G_END_DECLS
