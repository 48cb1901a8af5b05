/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels that a person wrote: names to choose among, or to look for.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More in one question are refused. */
#define MONOCLE_MAX_LABELS 10000

/**
 * monocle_labels_parse:
 * @text: UTF-8: one label a line; where no line ends, labels between commas
 *
 * Blanks around labels go, and so do empty ones and those that were there before.
 *
 * Returns: (transfer full): the labels, in their order
 */
GStrv monocle_labels_parse (const char *text);

/**
 * monocle_labels_write_prompt:
 * @id: of the task, for errors
 * @text: UTF-8
 * @what: what they are called there: "labels"
 * @most: of them
 * @error: return location
 *
 * What a family's `write_prompt` does where a question is labels.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where there are none, or too many.
 *
 * Returns: (transfer full) (nullable): @text
 */
char *monocle_labels_write_prompt (
    const char *id, const char *text, const char *what, guint most, GError **error);

/**
 * monocle_labels_check_wording:
 * @wording: such as `a photo of a {}`
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where there is no place for a label in it.
 */
gboolean monocle_labels_check_wording (const char *wording, GError **error);

/* (transfer full): @wording with @label in all its places */
char *monocle_labels_put_into (const char *wording, const char *label);

G_END_DECLS
