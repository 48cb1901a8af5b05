/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures by what the command line calls them: files, standard input as "-", and pipes, which end
 * some time and can be read once.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* What stands for standard input. */
#define MONOCLE_CLI_STDIN "-"

/**
 * monocle_cli_picture_is_stream:
 * @path: as it was named
 *
 * Returns: whether it is standard input or a pipe, and no file that could be read again
 */
gboolean monocle_cli_picture_is_stream (const char *path);

/**
 * monocle_cli_picture_open:
 * @path: as it was named
 * @error: return location
 *
 * What the window opens, see monocle_image_source_load_path(). Waits for streams to end; SIGINT
 * ends the waiting. Of a file that ends early or is damaged on the way a note on standard error
 * says that only some of it is there.
 *
 * Errors: as monocle_image_source_load_path(); %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the picture
 */
MonocleImage *monocle_cli_picture_open (const char *path, GError **error);

/**
 * monocle_cli_picture_open_page:
 * @path: as it was named
 * @page: of a PDF, from 0
 * @n_pages: (out): that it has; 1 of other pictures, which have no other page either
 * @error: return location
 *
 * The same for any page. A stream is read once, so that only one page of it can be had.
 */
MonocleImage *
monocle_cli_picture_open_page (const char *path, guint page, guint *n_pages, GError **error);

G_END_DECLS
