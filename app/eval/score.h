/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holds answers against the truth of a set and adds up: task by task, figure by figure. Asks and
 * prints nothing.
 */
#pragma once

#include "app/eval/set.h"

G_BEGIN_DECLS

/**
 * MonocleEvalFigure:
 * @key: its name for programs
 * @title: its name, to be translated
 * @kind: (nullable): of which questions; %NULL for all
 * @sum: of what was reached
 * @of: of what there was
 * @n: of how many it is: @of, or the true objects behind an average precision
 *
 * A figure is @sum / @of, and none where @of is 0.
 */
typedef struct
{
  const char *key;
  const char *title;
  char *kind;
  double sum;
  double of;
  double n;
} MonocleEvalFigure;

/**
 * MonocleEvalTally:
 * @task: of which
 * @n_questions: asked
 * @n_unparsed: answers that the task's grammar does not know
 * @n_unknown: objects with a label that is no category
 * @decode_ms: of all questions
 * @times_ms: (element-type double): of each question, its share of what was asked at once
 * @n_tokens: of all questions
 * @figures: (element-type MonocleEvalFigure)
 */
typedef struct
{
  const MonocleTask *task;
  guint n_questions;
  guint n_unparsed;
  guint n_unknown;
  double decode_ms;
  GArray *times_ms;
  guint64 n_tokens;
  GArray *figures;
} MonocleEvalTally;

typedef struct _MonocleEvalScore MonocleEvalScore;

/* @tasks: (element-type MonocleTask): of the model that is measured */
MonocleEvalScore *monocle_eval_score_new (const GPtrArray *tasks);
void monocle_eval_score_free (MonocleEvalScore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalScore, monocle_eval_score_free)

/**
 * monocle_eval_score_add_answer:
 * @self: the score
 * @image: what was asked about
 * @question: what was asked; its mask is there if it has polygons
 * @result: what came
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 */
void monocle_eval_score_add_answer (MonocleEvalScore *self,
                                    const MonocleEvalImage *image,
                                    const MonocleEvalQuestion *question,
                                    const MonocleResult *result,
                                    guint width,
                                    guint height);

/* Counts an answer that has no truth of its own: whether it parses. */
void monocle_eval_score_count (MonocleEvalScore *self,
                               const MonocleTask *task,
                               const MonocleResult *result);

/* Adds a run of the engine. */
void
monocle_eval_score_add_run (MonocleEvalScore *self, const MonocleTask *task, const MonocleRun *run);

/* The value in the middle of @values of double, which are sorted; 0 where there are none. */
double monocle_eval_score_get_median (GArray *values);

/**
 * monocle_eval_score_read_detections:
 * @self: the score
 * @set: whose categories count
 * @result: an answer to the task of detection
 *
 * Returns: (transfer full) (element-type MonocleEvalShape): objects with a category of @set
 */
GArray *monocle_eval_score_read_detections (MonocleEvalScore *self,
                                            const MonocleEvalSet *set,
                                            const MonocleResult *result);

/**
 * monocle_eval_score_read_mask:
 * @result: an answer with polygons
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * Returns: (transfer full): all of them in one
 */
MonocleMaskRuns *
monocle_eval_score_read_mask (const MonocleResult *result, guint width, guint height);

/**
 * monocle_eval_score_add_detections:
 * @self: the score
 * @kind: what to compare
 * @image: a listed one; they come in order
 * @found: (element-type MonocleEvalShape): what was found in it
 */
void monocle_eval_score_add_detections (MonocleEvalScore *self,
                                        MonocleEvalKind kind,
                                        const MonocleEvalImage *image,
                                        const GArray *found);

/**
 * monocle_eval_score_finish:
 * @self: the score
 *
 * Returns: (transfer none) (element-type MonocleEvalTally): all that was added up, in the order of
 *   the tasks; call it once
 */
const GPtrArray *monocle_eval_score_finish (MonocleEvalScore *self);

G_END_DECLS
