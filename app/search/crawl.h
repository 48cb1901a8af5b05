/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pictures there are below some folders.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;
  guint64 size;
  gint64 mtime; /* microseconds */
} MonocleCrawlFile;

/**
 * monocle_crawl:
 * @directories: (array zero-terminated=1): folders
 * @unread: (out) (array zero-terminated=1): folders below them that could not be read, or not whole
 * @cancellable: (nullable): to stop it
 *
 * Files that could be pictures by their names, in the order of their paths. Hidden ones and links
 * to folders are left out.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleCrawlFile): each once
 */
GPtrArray *monocle_crawl (const char *const *directories,
                          GStrv *unread,
                          GCancellable *cancellable,
                          GError **error);

/**
 * monocle_crawl_folders:
 * @directories: (array zero-terminated=1): folders
 * @most: after so many it is enough
 * @cancellable: (nullable): to stop it
 *
 * Returns: (transfer full) (element-type filename): the folders that monocle_crawl() looks into
 * below them, as far as they can be read
 */
GPtrArray *
monocle_crawl_folders (const char *const *directories, guint most, GCancellable *cancellable);

/* Whether @path lies below one of these, which are absolute and without a slash at the end. */
gboolean monocle_crawl_contains (const char *const *directories, const char *path);

G_END_DECLS
