/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pictures a batch is about, and what the file of each one's answers is called: the same
 * names whoever asks, however often, and whichever share of them.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleBatchPicture:
 * @path: by which it is opened
 * @name: relative, without `.` and `..`, no other's: where its answers lie below the output
 */
typedef struct
{
  char *path;
  char *name;
} MonocleBatchPicture;

/**
 * monocle_batch_read_list:
 * @file: a file, a pipe, or standard input by its name
 * @cancellable: (nullable)
 * @error: return location
 *
 * Reads no more than tells monocle_batch_list() that a list is too long: a device has no end.
 *
 * Returns: (transfer full) (nullable): the list
 */
GBytes *monocle_batch_read_list (GFile *file, GCancellable *cancellable, GError **error);

/**
 * monocle_batch_list:
 * @sources: (array zero-terminated=1): folders, pictures, and lists of names; a list has one a
 * line, or with a zero byte behind each where there is one in it
 * @list: (nullable): another list, from elsewhere
 * @unread: (out) (transfer full): folders below them that cannot be read
 * @cancellable: (nullable)
 * @error: return location
 *
 * Names in a list are relative to the current folder. What comes twice is there once.
 *
 * Errors: %G_IO_ERROR of a source; %MONOCLE_APP_ERROR_BAD_REQUEST of a list that is too long or is
 * none.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleBatchPicture): in the order of sources
 */
GPtrArray *monocle_batch_list (const char *const *sources,
                               GBytes *list,
                               GStrv *unread,
                               GCancellable *cancellable,
                               GError **error);

/**
 * monocle_batch_take_share:
 * @pictures: (element-type MonocleBatchPicture): those of other shares are taken out
 * @share: from 1
 * @n_shares: how many there are
 *
 * Each picture is in one share, which is decided by its name alone: pictures that come or go move
 * no other.
 */
void monocle_batch_take_share (GPtrArray *pictures, guint share, guint n_shares);

G_END_DECLS
