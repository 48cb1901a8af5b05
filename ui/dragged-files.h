/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written because something is dragged out: they lie in a folder of ours until the
 * application ends. Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): one of that name that is not there yet, in a folder of its own. */
GFile *monocle_dragged_files_new (const char *name, GError **error);

/* (transfer full) (nullable): such a one with these bytes. */
GFile *monocle_dragged_files_write (const char *name, GBytes *bytes, GError **error);

/* (transfer full): what "text/uri-list" says of it. */
GBytes *monocle_dragged_files_list (GFile *file);

/* Ends @task once all of @bytes is in @stream, or with the error. @task, @bytes: (transfer full).
 */
void monocle_dragged_files_send (GTask *task, GOutputStream *stream, GBytes *bytes);

G_END_DECLS
