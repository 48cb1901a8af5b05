/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run found: text, and objects with their shapes in pixels of the upright image. Immutable and
 * counted, so it crosses threads freely. Made by text/parse.
 */
#pragma once

#include <glib-object.h>

#include "engine/answer/shape.h"
#include "engine/answer/task.h"

G_BEGIN_DECLS

/**
 * MonocleObject:
 * @label: UTF-8, can be empty
 * @shape: where it is
 * @score: exp of the mean log-probability of the tokens of its label, or of its locations when it
 * has none, 0..1; NaN where the log-probabilities were not given
 */
typedef struct
{
  char *label;
  MonocleShape *shape;
  float score;
} MonocleObject;

/**
 * MonocleAnswer:
 * @MONOCLE_ANSWER_TEXT: plain text
 * @MONOCLE_ANSWER_BOXES: label and boxes, repeated
 * @MONOCLE_ANSWER_PROPOSALS: boxes without labels
 * @MONOCLE_ANSWER_PHRASES: phrases of the given text and their boxes
 * @MONOCLE_ANSWER_POLYGONS: polygons
 * @MONOCLE_ANSWER_BOXES_OR_POLYGONS: label and boxes, or label and polygons
 * @MONOCLE_ANSWER_QUADS: text and its quad, repeated
 *
 * The grammar of what the model writes: one parser each.
 */
typedef enum
{
  MONOCLE_ANSWER_TEXT,
  MONOCLE_ANSWER_BOXES,
  MONOCLE_ANSWER_PROPOSALS,
  MONOCLE_ANSWER_PHRASES,
  MONOCLE_ANSWER_POLYGONS,
  MONOCLE_ANSWER_BOXES_OR_POLYGONS,
  MONOCLE_ANSWER_QUADS,
} MonocleAnswer;

#define MONOCLE_TYPE_RESULT (monocle_result_get_type ())

GType monocle_result_get_type (void);
MonocleResult *monocle_result_ref (MonocleResult *self);
void monocle_result_unref (MonocleResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleResult, monocle_result_unref)

/**
 * monocle_result_transform:
 * @matrix: where points go
 *
 * Returns: (transfer full): the same with all shapes there: what was found in a turned picture, in
 *   the upright one. The tokens still speak of the picture that the model saw.
 */
MonocleResult *monocle_result_transform (MonocleResult *self, const MonocleMatrix *matrix);

/**
 * monocle_result_get_answer:
 *
 * Returns: the grammar that the answer was read with
 */
MonocleAnswer monocle_result_get_answer (const MonocleResult *self);

/**
 * monocle_result_get_n_objects:
 *
 * Returns: number of objects; 0 for a plain text
 */
guint monocle_result_get_n_objects (const MonocleResult *self);

/**
 * monocle_result_get_object:
 *
 * Returns: (transfer none): object @index, in the order in which the model wrote them
 */
const MonocleObject *monocle_result_get_object (const MonocleResult *self, guint index);

/**
 * monocle_result_get_text:
 *
 * Returns: (transfer none) (nullable): the answer of a task that answers in plain text, without
 * markers and surrounding blanks; %NULL for the other tasks
 */
const char *monocle_result_get_text (const MonocleResult *self);

/**
 * monocle_result_get_generated_text:
 *
 * Returns: (transfer none): all that the model wrote, special tokens included
 */
const char *monocle_result_get_generated_text (const MonocleResult *self);

/**
 * monocle_result_get_token_ids:
 * @n_ids: (out): how many
 *
 * Returns: (transfer none) (array length=n_ids): the ids, start id first
 */
const guint32 *monocle_result_get_token_ids (const MonocleResult *self, guint *n_ids);

/**
 * monocle_result_get_score:
 *
 * Returns: exp of the mean log-probability of all generated tokens, 0..1; NaN where they were not
 * given
 */
float monocle_result_get_score (const MonocleResult *self);

G_END_DECLS
