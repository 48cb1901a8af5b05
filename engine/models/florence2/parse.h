/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the token ids that a model wrote to a result: one hand-written scanner per answer grammar,
 * all linear in the length of the text. Called by the model families after each certain token and
 * at the end. Which task, which phrases mean nothing, is the caller's knowledge.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/models/florence2/grammar.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleParseExtent:
 * @MONOCLE_PARSE_WHOLE: the ids are the whole answer
 * @MONOCLE_PARSE_PREFIX: more will follow: leaves out what could still change
 */
typedef enum
{
  MONOCLE_PARSE_WHOLE,
  MONOCLE_PARSE_PREFIX,
} MonocleParseExtent;

/**
 * MonocleParseRequest:
 * @tokenizer: made the ids
 * @answer: the grammar
 * @extent: whether the answer is complete
 * @ids: (array length=n_ids): start id first
 * @log_probs: (array length=n_ids) (nullable): of each id
 * @n_ids: how many
 * @width: of the image in pixels, at least 1
 * @height: of the image in pixels, at least 1
 * @ignored_phrases: (nullable) (array zero-terminated=1): what MONOCLE_GRAMMAR_PHRASES leaves out
 */
typedef struct
{
  const MonocleTokenizer *tokenizer;
  MonocleGrammarKind answer;
  MonocleParseExtent extent;
  const guint32 *ids;
  const float *log_probs;
  guint n_ids;
  guint width;
  guint height;
  const char *const *ignored_phrases;
} MonocleParseRequest;

/**
 * monocle_parse:
 * @request: what to read
 *
 * Never fails: text that fits no grammar gives a result without objects.
 *
 * Source: equals `post_process_generation` of the reference's processor (transformers 5.23) for the
 * decoded ids, number for number, once coordinates are truncated.
 *
 * Returns: (transfer full): the result
 */
MonocleResult *monocle_parse (const MonocleParseRequest *request);

G_END_DECLS
