/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output: what goes there, and whether it got there. A terminal may be behind it, so
 * nothing that it would obey is let through, whoever made up the name or the answer.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_cli_out:
 * @format: as printf()
 *
 * Prints without control characters; line breaks stay.
 */
void monocle_cli_out (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Prints what a program reads: as it is. */
void monocle_cli_out_bytes (const void *bytes, gsize n);

/* Hands what was printed to whom it is for: an answer is seen when it is there. */
void monocle_cli_out_flush (void);

/**
 * monocle_cli_out_finish:
 *
 * To be called at the end, once.
 *
 * Returns: 0, or the errno of what first kept something from being written
 */
int monocle_cli_out_finish (void);

/**
 * monocle_cli_out_clean:
 * @text: from a model, a file or its name
 *
 * Returns: (transfer full): @text as UTF-8, with blanks in place of control characters and of those
 * that turn the direction of writing; line breaks stay
 */
char *monocle_cli_out_clean (const char *text);

/* (transfer full): the same as one line. */
char *monocle_cli_out_clean_line (const char *text);

G_END_DECLS
