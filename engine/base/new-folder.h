/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders that are there whole or not at all: files are written into one beside the place, which
 * takes its name at the end.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_new_folder_begin:
 * @path: where it is to be; nothing is there yet
 * @error: return location
 *
 * Errors: %G_IO_ERROR, %G_IO_ERROR_EXISTS among them.
 *
 * Returns: (transfer full) (nullable): an empty folder, for monocle_new_folder_end()
 */
char *monocle_new_folder_begin (const char *path, GError **error);

/**
 * monocle_new_folder_end:
 * @part: (transfer full): what monocle_new_folder_begin() gave; files and no folders are in it
 * @path: where it is to be
 * @whole: whether all was written; else it is removed, and @error stays as it is
 * @error: return location
 *
 * Returns: whether it is there
 */
gboolean monocle_new_folder_end (char *part, const char *path, gboolean whole, GError **error);

G_END_DECLS
