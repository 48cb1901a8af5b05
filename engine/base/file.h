/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files from strangers: one place that opens them, refuses what is no regular file, bounds their
 * size, and words the errors. Every parser gets its bytes here and reports through
 * monocle_file_set_error(), so that each error is one line that begins with the file.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_file_read:
 * @path: a file name in the file system's encoding
 * @max_bytes: the largest size that is accepted
 * @error: return location
 *
 * Reads a whole file into memory. For small files, which may change while they are used.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE when it is missing, no regular file, empty or too large;
 * MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full): at least one byte
 */
GBytes *monocle_file_read (const char *path, guint64 max_bytes, GError **error);

/**
 * monocle_file_map:
 * @path: a file name in the file system's encoding
 * @error: return location
 *
 * Maps a whole file, read-only. For weights: the file must not shrink while the bytes are held.
 *
 * Errors: as monocle_file_read(), without a limit on the size.
 *
 * Returns: (transfer full): at least one byte
 */
GBytes *monocle_file_map (const char *path, GError **error);

/**
 * monocle_file_exists:
 * @path: a file name in the file system's encoding
 *
 * For files that need not be there. A link that leads nowhere is: whoever put it there meant a
 * file, and opening it says what is wrong.
 *
 * Returns: whether there is something of that name
 */
gboolean monocle_file_exists (const char *path);

/**
 * monocle_file_recognise:
 * @data: (array length=size): the beginning of a file, or all of it
 * @size: how many bytes
 *
 * For files that cannot be what they are called: what people have in their place. Ask only once a
 * reader's own mark is missing, as the bytes of a good file can look like anything.
 *
 * Returns: (transfer none) (nullable): what it is, to be put behind "is "
 */
const char *monocle_file_recognise (const void *data, gsize size);

/**
 * monocle_file_set_error:
 * @error: (out) (optional): return location
 * @name: the file, as a path or a name for the bytes
 * @format: what is wrong with it, printf style
 *
 * Sets MONOCLE_ENGINE_ERROR_BAD_FILE with "NAME: what". Text quoted from a file may be anything, so
 * the message is made one line of valid UTF-8 and cut when it is longer than a screen is wide.
 *
 * Returns: %FALSE, for those who hand it on
 */
gboolean monocle_file_set_error (GError **error, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
