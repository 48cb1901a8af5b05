/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places among words, as T5's spare tokens: `<extra_id_100>` and so on. They count down behind the
 * words of a vocabulary, and the last ones are bins of a side of a picture, y before x. How they
 * are spelt in questions, and how answers are read. No device in here.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/answer/task.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleExtraPlaces:
 * @n: tokens of that name
 * @n_bins: so many of them, the last ones, are places
 *
 * Their numbers.
 */
typedef struct
{
  guint n, n_bins;
} MonocleExtraPlaces;

/* Adds all of them to a vocabulary, the last one at @first. @strips_right: see
 * monocle_tokenizer_place_tokens() */
void monocle_extra_places_add (const MonocleExtraPlaces *self,
                               MonocleTokenizer *tokenizer,
                               guint32 first,
                               gboolean strips_right);

/* --- questions --- */

/* (transfer full): four places as a question has them. @edges: bins x, y, x, y */
char *monocle_extra_places_spell (const MonocleExtraPlaces *self, const guint *edges);

/* Four places at the beginning of @text, blanks aside. @edges: (out): x, y, x, y. @rest: (out):
 * what is behind them */
gboolean monocle_extra_places_read (const MonocleExtraPlaces *self,
                                    const char *text,
                                    guint *edges,
                                    const char **rest);

/* The first four places of a question. @edges: (out) (array fixed-size=4): x, y, x, y. Returns:
 * whether there are any */
gboolean
monocle_extra_places_find (const MonocleExtraPlaces *self, const char *question, guint *edges);

/* (transfer full) (nullable): what somebody wrote by hand instead of drawing it. Errors:
 * %MONOCLE_ENGINE_ERROR_BAD_REQUEST, in the name of @task */
char *monocle_extra_places_take (const MonocleExtraPlaces *self,
                                 const char *task,
                                 const char *text,
                                 GError **error);

/* Where the person's words go in the sentence of a task, and the places of a region. */
#define MONOCLE_EXTRA_WORDS  "{}"
#define MONOCLE_EXTRA_REGION "[]"

/**
 * monocle_extra_places_ask:
 * @task: that is asked
 * @sentence: what it was trained with, with #MONOCLE_EXTRA_WORDS and #MONOCLE_EXTRA_REGION
 * @is_lower: whether words are asked in lower case
 * @bins: (nullable) (array fixed-size=4): x, y, x, y of the region; %NULL: @text has them
 * @text: what the person wrote
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST, in the name of @task
 *
 * Returns: (transfer full) (nullable): the question
 */
char *monocle_extra_places_ask (const MonocleExtraPlaces *self,
                                const MonocleTask *task,
                                const char *sentence,
                                gboolean is_lower,
                                const guint *bins,
                                const char *text,
                                GError **error);

/* --- answers --- */

/* @bins: (array fixed-size=4): y, x, y, x, from the top left. @edges: (out): left, top, right,
 * bottom. Returns: whether there is something between them */
typedef gboolean (*MonocleExtraEdges) (const guint *bins, gconstpointer user_data, double *edges);

/**
 * MonocleExtraAnswer:
 * @tokenizer: of the model
 * @places: of it
 * @first_place: the id of the first of them
 * @end: of an answer
 * @are_boxes: whether it is made of boxes, of which each may have words behind it; else of words
 * @words: (nullable): what boxes are called that have no words of their own
 * @whole: whether no more comes
 * @ids, @log_probs: (array length=n_ids): what was written, behind the start
 * @n_ids: how much
 * @most_overlap: boxes that overlap one before them more are left out; 0: none are
 * @find_edges: places to pixels
 * @user_data: for that
 */
typedef struct
{
  const MonocleTokenizer *tokenizer;
  const MonocleExtraPlaces *places;
  guint32 first_place, end;
  gboolean are_boxes;
  const char *words;
  gboolean whole;
  const guint32 *ids;
  const float *log_probs;
  guint n_ids;
  double most_overlap;
  MonocleExtraEdges find_edges;
  gconstpointer user_data;
} MonocleExtraAnswer;

/* (transfer full): its parts; tokens and score are the caller's */
MonocleResult *monocle_extra_answer_parse (const MonocleExtraAnswer *answer);

G_END_DECLS
