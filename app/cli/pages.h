/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pages of documents are meant: `3`, `2-5`, `1,4-6`, `7-` up to the last, `all`.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleCliPages:
 * @ranges: (element-type guint) (nullable): first and last of each, from 0; %G_MAXUINT: the last
 *   that there is; %NULL: only the first page, and nothing was said
 *
 * Zeroed at first.
 */
typedef struct
{
  GArray *ranges;
} MonocleCliPages;

void monocle_cli_pages_clear (MonocleCliPages *self);

/* Whether @text says pages; what it says is taken. */
gboolean monocle_cli_pages_read (MonocleCliPages *self, const char *text);
/* Whether more than one can be meant. */
gboolean monocle_cli_pages_are_several (const MonocleCliPages *self);

/**
 * monocle_cli_pages_get:
 * @self: pages
 * @index: which of those that are meant, from 0
 * @n_pages: that the document has; 0: not known yet
 * @page: (out): from 0; it need not be there
 *
 * Ranges go no further than the document.
 *
 * Returns: whether so many are meant
 */
gboolean
monocle_cli_pages_get (const MonocleCliPages *self, guint index, guint n_pages, guint *page);

G_END_DECLS
