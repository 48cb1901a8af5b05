/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grammars of answers: whether a whole one is of its grammar, and as a rule for the next token:
 * names before places, and places in full, so that what a model writes can be read. The rule is for
 * models whose generation_config.json asks for it with `"constrained_grammar": true`; published
 * models are searched without, as the reference does.
 */
#pragma once

#include "engine/text/search.h"

G_BEGIN_DECLS

/**
 * MonocleGrammarKind:
 * @MONOCLE_GRAMMAR_TEXT: plain text
 * @MONOCLE_GRAMMAR_BOXES: label and boxes, repeated
 * @MONOCLE_GRAMMAR_PROPOSALS: boxes without labels
 * @MONOCLE_GRAMMAR_PHRASES: phrases of the given text and their boxes
 * @MONOCLE_GRAMMAR_POLYGONS: polygons
 * @MONOCLE_GRAMMAR_BOXES_OR_POLYGONS: label and boxes, or label and polygons
 * @MONOCLE_GRAMMAR_QUADS: text and its quad, repeated
 *
 * The grammar of what the model writes: one parser each.
 */
typedef enum
{
  MONOCLE_GRAMMAR_TEXT,
  MONOCLE_GRAMMAR_BOXES,
  MONOCLE_GRAMMAR_PROPOSALS,
  MONOCLE_GRAMMAR_PHRASES,
  MONOCLE_GRAMMAR_POLYGONS,
  MONOCLE_GRAMMAR_BOXES_OR_POLYGONS,
  MONOCLE_GRAMMAR_QUADS,
} MonocleGrammarKind;

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
 * Words (GRAMMAR_TEXT) hold no locations, and something is said unless @may_be_empty. Elsewhere
 * locations come in groups of one place: four for a box, eight for a quad, two for a corner of an
 * outline; a group that was begun is finished before anything else. Where objects have names, a
 * name comes first, and does not stand at the end.
 */
void monocle_grammar_find_banned (const MonocleGrammar *self,
                                  MonocleGrammarKind answer,
                                  gboolean may_be_empty,
                                  const guint32 *ids,
                                  guint n_ids,
                                  GArray *ranges);

/**
 * monocle_grammar_accepts:
 * @answer: what was to be written
 * @text: all that a model wrote, special tokens included
 *
 * Returns: whether @text is a sentence of the grammar from its beginning to its end. An answer in
 *   plain text is one if it says something and holds no locations; an empty list of boxes is one.
 */
gboolean monocle_grammar_accepts (MonocleGrammarKind answer, const char *text);

G_END_DECLS
