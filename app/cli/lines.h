/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard input line by line, as it comes: a person's at a terminal, or another program's.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The longest line, in bytes. */
#define MONOCLE_CLI_LINES_MAX_BYTES (1024 * 1024)

/**
 * MonocleCliLines:
 * @bytes: what came and is no line yet; made by the first call
 * @is_over: nothing more will come
 *
 * Zeroed at first.
 */
typedef struct
{
  GString *bytes;
  gboolean is_over;
} MonocleCliLines;

void monocle_cli_lines_clear (MonocleCliLines *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliLines, monocle_cli_lines_clear)

/**
 * monocle_cli_lines_read:
 * @self: standard input
 * @cancellable: (nullable): ends the waiting
 * @error: return location
 *
 * Errors: %G_IO_ERROR_CANCELLED; what is wrong with standard input, or with a line that is too
 * long, after which nothing more is read.
 *
 * Returns: (transfer full) (nullable): the next line without its end; %NULL at the end of the
 * input, too
 */
char *monocle_cli_lines_read (MonocleCliLines *self, GCancellable *cancellable, GError **error);

G_END_DECLS
