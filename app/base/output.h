/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written: over nothing that is read, and whole or not at all. All that writes what
 * a person named goes through here.
 */
#pragma once

#include "app/base/file-set.h"

G_BEGIN_DECLS

/**
 * monocle_output_find_input:
 * @inputs: what is read
 * @path: what would be written
 *
 * Files of a model count as read, also of one that is not in use: nobody means to lose them.
 *
 * Returns: (transfer full) (nullable): the name of the input that would be lost
 */
char *monocle_output_find_input (const MonocleFileSet *inputs, const char *path);

/**
 * monocle_output_find_obstacle:
 * @path: what would be written
 *
 * To be asked before long work: what can be known now of why monocle_output_write() would fail.
 *
 * Returns: (nullable): the reason alone, as of errno; %NULL where there is none
 */
const char *monocle_output_find_obstacle (const char *path);

/**
 * monocle_output_write:
 * @path: a file, which is replaced; what a link points at is, where it is one. Into devices and
 *   pipes it is written as it comes
 * @data: its content
 * @size: of it in bytes
 * @error: return location
 *
 * Writes beside the file first and renames, so that there is a whole file or what was there before.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE, with the reason alone: the caller says which file.
 *
 * Returns: whether it is written
 */
gboolean monocle_output_write (const char *path, const void *data, gsize size, GError **error);

/* Into a file that is open, however often that is interrupted. Where it fails, errno says why. */
gboolean monocle_output_write_all (int fd, const void *data, gsize size);

/**
 * monocle_output_append:
 * @fd: of a file that grows
 * @end: (inout): where it ends, whatever lies behind; behind what was written afterwards
 * @data: what comes there
 * @size: of it in bytes
 *
 * Returns: whether all of it is there; else nothing is, and errno says why
 */
gboolean monocle_output_append (int fd, guint64 *end, const void *data, gsize size);

G_END_DECLS
