/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages as DocTags: markup that says what the pieces of a page are, where they lie and what is
 * written there, in the order in which they are read:
 * `<doctag><title>A title</title>...</doctag>`, with four tokens of its place before the words of
 * each; tables as rows of cells (OTSL). Written by models, so any of it may be missing, left open
 * or out of place: whatever can be read is read.
 *
 * Source: Nassar et al. 2025, arXiv 2503.11576; of tables Lysak et al. 2023, arXiv 2305.03393.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Places are parts of so many of a side, 0 to all of them. */
#define MONOCLE_DOCTAGS_PLACES 500

/**
 * MonocleDoctagsPiece:
 * @label: what it is: `title`, `section header`, `text`, `list item`, `table`, ...; static
 * @has_place: whether it says where it is
 * @edges: left, top, right, bottom, each 0 to %MONOCLE_DOCTAGS_PLACES
 * @markdown: what is written there
 * @start, @end: where in the text it was read from, in bytes
 * @is_item: whether it goes close to the one before, if that is one as well
 * @depth: so many lists are around that of an item
 * @is_margin: whether it belongs to the paper and not to what is written on it
 */
typedef struct
{
  const char *label;
  gboolean has_place;
  guint edges[4];
  char *markdown;
  gsize start, end;
  gboolean is_item;
  guint depth;
  gboolean is_margin;
} MonocleDoctagsPiece;

/**
 * monocle_doctags_read:
 * @text: UTF-8, with the tags in it
 * @is_whole: whether no more comes; else a tag that is cut off at its end is left out
 * @is_well_formed: (out) (optional): whether all that is open is closed, and nothing else
 *
 * Returns: (transfer full) (element-type MonocleDoctagsPiece): in reading order; the caption of a
 *   table or picture comes before it
 */
GPtrArray *monocle_doctags_read (const char *text, gboolean is_whole, gboolean *is_well_formed);

/**
 * monocle_doctags_join:
 * @pieces: (element-type MonocleDoctagsPiece): of monocle_doctags_read()
 *
 * Returns: (transfer full): the page as Markdown, without the head and foot of its paper
 */
char *monocle_doctags_join (const GPtrArray *pieces);

G_END_DECLS
