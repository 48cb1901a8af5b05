/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name of the person's own things, on all pictures of a folder at once: how often it is there,
 * and another one in its place. What a model found keeps what the model calls it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleNameUse:
 * @n_things: of the person's own
 * @n_pictures: that these are on
 */
typedef struct
{
  guint n_things, n_pictures;
} MonocleNameUse;

/**
 * monocle_rename_count:
 * @pictures: (element-type MonocleFolderItem)
 *
 * By what is known of the work on them, without opening any; pictures with the same content count
 * once.
 *
 * Returns: (transfer full) (element-type utf8 MonocleNameUse): the names
 */
GHashTable *monocle_rename_count (GListModel *pictures);

/**
 * monocle_rename_async:
 * @pictures: (element-type MonocleFolderItem)
 * @from: the name
 * @to: the other one
 * @cancellable: (nullable): what was renamed by then stays so
 *
 * One picture after the other, of each all things in one step: pictures that are open have that as
 * a step that can be taken back; so have the others when they are opened. A journal has the step or
 * not, whatever happens meanwhile.
 */
void monocle_rename_async (GListModel *pictures,
                           const char *from,
                           const char *to,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);

/**
 * monocle_rename_finish:
 * @use: (out): what was renamed, also where @error is set
 * @error: return location
 *
 * Errors: of the first journal that could not be written; the others were gone on with.
 */
gboolean monocle_rename_finish (GAsyncResult *result, MonocleNameUse *use, GError **error);

G_END_DECLS
