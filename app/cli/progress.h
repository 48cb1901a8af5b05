/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line on stderr that says what is going on. Nothing when stderr is no terminal.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_cli_progress_show:
 * @fraction: 0 to 1, or below 0 when the end is not known
 * @format: what is going on
 *
 * Replaces the line, unless it was replaced a moment ago.
 */
void monocle_cli_progress_show (double fraction, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Takes the line away, before anything else is printed. */
void monocle_cli_progress_clear (void);

G_END_DECLS
