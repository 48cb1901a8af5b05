/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders of models as a whole: how large they are, putting one in its place, taking one away.
 * Links in them are taken away themselves, never what they point at.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of the files in it, not of folders in it. */
guint64 monocle_folder_measure (const char *directory);

/**
 * monocle_folder_is_of_links:
 * @directory: a folder
 * @is_broken: (out): whether one of them leads nowhere
 *
 * Returns: whether it is a folder, no link to one, with nothing but links in it
 */
gboolean monocle_folder_is_of_links (const char *directory, gboolean *is_broken);

/**
 * monocle_folder_check_room:
 * @directory: one that is there
 * @bytes: that are to be written to it
 *
 * A little has to be left for everything else on the disk.
 *
 * Errors: %G_IO_ERROR_NO_SPACE, saying how much is needed and how much there is.
 */
gboolean monocle_folder_check_room (const char *directory, guint64 bytes, GError **error);

/**
 * monocle_folder_put:
 * @directory: a folder
 * @target: what it is to be called, on the same disk
 * @replace: what of that name was there before goes away; at every moment there is the one or the
 *   other, whole. Otherwise what is there stays, and that is an error.
 * @error: return location
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean
monocle_folder_put (const char *directory, const char *target, gboolean replace, GError **error);

/**
 * monocle_folder_remove:
 * @directory: a folder, with folders in it
 * @freed: (out) (optional): bytes of the files that were in it
 * @error: return location
 *
 * It is renamed first: half of a model is never under the name of one. Where nothing of it could be
 * taken away it has its name again.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_folder_remove (const char *directory, guint64 *freed, GError **error);

/* (transfer full): a name in a folder of models that is no model's: for what is on its way there or
 * out of it */
char *monocle_folder_make_aside (const char *parent);
/* Makes the folder @directory of that name somebody's who is at work for long, until what comes
 * back is closed, or the program ends; -1: that cannot be */
int monocle_folder_hold (const char *directory);
/* Takes away what lies under such names, where the program ended meanwhile. */
void monocle_folder_sweep (const char *parent);

/* All that is in it but the file @but. */
void monocle_folder_empty (const char *directory, const char *but);

G_END_DECLS
