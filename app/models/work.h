/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Long work on a thread that says how far it is: the fraction is looked at from the main loop, so
 * the work never waits for a window.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleWork:
 * @total: how much there is to do, in whatever it is counted
 *
 * Of one piece of work; its own thread writes @total, and counts by monocle_work_count().
 */
typedef struct
{
  gint64 total;
  GCancellable *cancellable; /* (nullable) */
  /*< private >*/
  GMutex mutex;
  gint64 done;
} MonocleWork;

/* (transfer full) (nullable): what the work gave */
typedef gpointer (*MonocleWorkFunc) (MonocleWork *work, gpointer data, GError **error);

/**
 * monocle_work_async:
 * @data: (transfer full): for @func
 * @free_result: of what @func gives
 * @progress: (nullable): called about four times a second
 */
void monocle_work_async (MonocleWorkFunc func,
                         gpointer data,
                         GDestroyNotify free_data,
                         GDestroyNotify free_result,
                         GCancellable *cancellable,
                         MonocleProgress progress,
                         gpointer progress_data,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
gpointer monocle_work_finish (GAsyncResult *result, GError **error);

void monocle_work_count (MonocleWork *self, gint64 n);

/**
 * monocle_work_digest:
 * @path: a file
 * @copy: (nullable): where to copy it to, which must not be there
 * @size: (out) (optional): of it
 *
 * Counts its bytes.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_APP_ERROR_WRITE, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): its SHA-256
 */
char *monocle_work_digest (
    MonocleWork *self, const char *path, const char *copy, guint64 *size, GError **error);

G_END_DECLS
