/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How something is said in Markdown: CommonMark, with tables as GitHub has them and formulas
 * between dollar signs. What a text says is escaped, so that it says the same and does nothing.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_markdown_append_text:
 * @markdown: gets it appended
 * @text: (array length=n): UTF-8
 * @n: in bytes
 *
 * Blanks and line ends become one blank each time.
 */
void monocle_markdown_append_text (GString *markdown, const char *text, gsize n);

/* Within a line. */
void monocle_markdown_append_code (GString *markdown, const char *code);
void monocle_markdown_append_formula (GString *markdown, const char *formula);

/* Escapes what would make @markdown, which begins a paragraph, something else: a heading, an item
 * of a list. */
void monocle_markdown_guard_start (GString *markdown);

/* (transfer full): a block. @language: (nullable) */
char *monocle_markdown_write_code (const char *code, const char *language);
char *monocle_markdown_write_formula (const char *formula);

/**
 * monocle_markdown_write_table:
 * @rows: (element-type GPtrArray): of words as Markdown; the first row is the head
 *
 * Returns: (transfer full): a table; empty where there are no cells
 */
char *monocle_markdown_write_table (const GPtrArray *rows);

G_END_DECLS
