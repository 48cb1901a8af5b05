/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files by what they are, whatever they are called: relative names, links of both kinds and other
 * cases of letters, where the file system takes those for the same, are one file. For what must not
 * be written over, and for what is to be counted once. Reads nothing of them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleFileSet MonocleFileSet;

MonocleFileSet *monocle_file_set_new (void);
void monocle_file_set_free (MonocleFileSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleFileSet, monocle_file_set_free)

/**
 * monocle_file_set_add:
 * @self: a set
 * @path: a file name; what is not there is known by its folder and name
 *
 * Returns: %FALSE where that file is in the set already
 */
gboolean monocle_file_set_add (MonocleFileSet *self, const char *path);

/**
 * monocle_file_set_find:
 * @self: a set
 * @path: a file name
 *
 * Returns: (transfer none) (nullable): the name under which that file was added
 */
const char *monocle_file_set_find (const MonocleFileSet *self, const char *path);

G_END_DECLS
