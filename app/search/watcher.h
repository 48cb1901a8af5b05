/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hears of changes in folders and all that is below them, and says when it is time to look again:
 * when nothing has changed for a while, or something always does.
 *
 * Signals:
 *   due: something changed since monocle_watcher_begin(), which is to be called before looking
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_WATCHER (monocle_watcher_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWatcher, monocle_watcher, MONOCLE, WATCHER, GObject)

/* @directories: (array zero-terminated=1): absolute; they need not be there yet */
MonocleWatcher *monocle_watcher_new (const char *const *directories);

/**
 * monocle_watcher_begin:
 * @cancellable: (nullable): stops looking for folders
 *
 * Watches the folders that are there now. What changes from here on makes it due, what changed
 * before does not.
 *
 * Returns: how many folders there are, as far as one looked, that are not watched: they are too
 * many, or cannot be
 */
guint monocle_watcher_begin (MonocleWatcher *self, GCancellable *cancellable);

/* It is due after a while even if nothing changes. */
void monocle_watcher_try_again (MonocleWatcher *self);

G_END_DECLS
