/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes back what was moved to the rubbish. Moving there is g_file_trash().
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * monocle_trash_restore_async:
 * @file: where it was
 *
 * Moves the file that was last thrown away from there back to its place, in a thread. Errors:
 * %G_IO_ERROR_NOT_FOUND where it is not in the rubbish any more, %G_IO_ERROR_EXISTS where there is
 * another one in its place by now, which stays as it is.
 */
void monocle_trash_restore_async (GFile *file,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean monocle_trash_restore_finish (GAsyncResult *result, GError **error);

G_END_DECLS
