/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is in a file, wherever it lies.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * monocle_search_read_content:
 * @digest: (out caller-allocates) (array fixed-size=16): of its content
 * @taken: (out): when its picture was taken, as its beginning says; left alone where it does not
 *
 * Reads all of it. Returns: whether that could be done
 */
gboolean monocle_search_read_content (const char *path,
                                      GCancellable *cancellable,
                                      guint8 *digest,
                                      gint64 *taken);

/**
 * monocle_search_take_digest:
 * @sum: a SHA-256
 * @digest: (out caller-allocates) (array fixed-size=16): its beginning, which names contents and
 *   models in files
 */
void monocle_search_take_digest (GChecksum *sum, guint8 *digest);

G_END_DECLS
