/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was answered about a document's picture, as JSON: the objects of answer-json.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/**
 * monocle_query_json_format:
 * @document: whose picture was asked about
 * @query: (nullable): may still run: then what there is so far
 *
 * One object for one answer; for several regions an array of such objects, one a line. What is the
 * person's own and has a name is an object of its own behind them: `{"image", "uri", "width",
 * "height", "annotations": [...]}`, where each is as an object of an answer. Everything
 * that the model said is in it, also what filters hide. Coordinates are those of the upright
 * picture; only `generated_text` and `token_ids` speak of it as it was turned when it was asked
 * about.
 *
 * Returns: (transfer full) (nullable): lines of JSON; %NULL where there is neither an answer nor
 *   something of the person's own
 */
char *monocle_query_json_format (MonocleDocument *document, MonocleQuery *query);

G_END_DECLS
