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

G_END_DECLS
