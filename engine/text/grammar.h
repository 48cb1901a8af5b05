/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grammar of answers as a rule for the next token: names before places, and places in full, so
 * that what a model writes can be read. For models whose generation_config.json asks for it with
 * `"constrained_grammar": true`; published models are searched without, as the reference does.
 */
#pragma once

#include <glib.h>

#include "engine/answer/result.h"
#include "engine/text/search.h"

G_BEGIN_DECLS

/**
 * MonocleGrammar:
 * @locations: the ids of the location tokens
 * @poly, @poly_end: around an outline, where boxes or outlines may come
 * @eos: ends an answer
 * @prologue: tokens at the start that are no part of the answer: start id and begin of text
 */
typedef struct
{
  MonocleIdRange locations;
  guint32 poly, poly_end;
  guint32 eos;
  guint prologue;
} MonocleGrammar;

/* At most so many ranges are banned at a time. */
#define MONOCLE_GRAMMAR_MAX_RANGES 2

/**
 * monocle_grammar_find_banned:
 * @answer: what is written
 * @may_be_empty: of words: whether there can be none, as when a picture without text is read
 * @ids: (array length=n_ids): the answer so far, prologue included
 * @ranges: (element-type MonocleIdRange): gets what may not come next
 *
 * Words (ANSWER_TEXT) hold no locations, and something is said unless @may_be_empty. Elsewhere
 * locations come in groups of one place: four for a box, eight for a quad, two for a corner of an
 * outline; a group that was begun is finished before anything else. Where objects have names, a
 * name comes first, and does not stand at the end.
 */
void monocle_grammar_find_banned (const MonocleGrammar *self,
                                  MonocleAnswer answer,
                                  gboolean may_be_empty,
                                  const guint32 *ids,
                                  guint n_ids,
                                  GArray *ranges);

G_END_DECLS
