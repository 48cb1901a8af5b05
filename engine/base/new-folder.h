/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders that are there whole or not at all: files are written into one beside the place, which
 * takes its name at the end. What a program that was killed left of one goes away when the next one
 * of that place begins, or is swept.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleNewFolder MonocleNewFolder;

/**
 * monocle_new_folder_begin:
 * @path: where it is to be; nothing is there yet
 * @error: return location
 *
 * Errors: %G_IO_ERROR, %G_IO_ERROR_EXISTS among them.
 *
 * Returns: (transfer full) (nullable): an empty folder, for monocle_new_folder_end()
 */
MonocleNewFolder *monocle_new_folder_begin (const char *path, GError **error);

/* Where its files are to be written until then: files, and no folders. */
const char *monocle_new_folder_get_path (const MonocleNewFolder *self);

/**
 * monocle_new_folder_end:
 * @self: (transfer full): what monocle_new_folder_begin() gave
 * @whole: whether all was written; else it is removed, and @error stays as it is
 * @error: return location
 *
 * Returns: whether it is there
 */
gboolean monocle_new_folder_end (MonocleNewFolder *self, gboolean whole, GError **error);

/* Removes what was begun for @path and neither ended nor is at work, in this program or another. */
void monocle_new_folder_sweep (const char *path);

G_END_DECLS
