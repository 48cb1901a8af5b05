/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells a person what happened and what to do, with the details folded away, to be copied.
 */
#pragma once

#include <adwaita.h>

#include "app/base/trouble.h"

G_BEGIN_DECLS

/**
 * monocle_error_dialog_show:
 * @parent: (nullable): stays below
 * @title: (nullable): what happened, as a title: "Could Not Export"; %NULL for what @error says
 * @attempt: what was tried, for what to do about it
 * @error: the details
 */
void monocle_error_dialog_show (GtkWindow *parent,
                                const char *title,
                                MonocleAttempt attempt,
                                const GError *error);

/**
 * monocle_error_dup_details:
 * @title: what happened, or to what
 * @error: why
 *
 * Returns: (transfer full): for a report, so in no language but that of the message
 */
char *monocle_error_dup_details (const char *title, const GError *error);

/**
 * monocle_error_new_details:
 * @details: what only helps those who know the program
 * @max_width_chars: the width that is asked for
 *
 * Returns: (transfer floating): they are folded away, and can be copied
 */
GtkWidget *monocle_error_new_details (const char *details, int max_width_chars);

G_END_DECLS
