/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By what the answers to a task are measured.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleEvalMeasure:
 * @MONOCLE_EVAL_MEASURE_NONE: by nothing here
 * @MONOCLE_EVAL_MEASURE_DETECTION: all objects of an image: average precision
 * @MONOCLE_EVAL_MEASURE_PLACES: the first box against the true ones: accuracy at IoU 0.5
 * @MONOCLE_EVAL_MEASURE_OUTLINE: IoU of masks
 * @MONOCLE_EVAL_MEASURE_ANSWER: the same words
 * @MONOCLE_EVAL_MEASURE_READING: character errors
 * @MONOCLE_EVAL_MEASURE_TEXTS: pieces of text at their places: character errors
 * @MONOCLE_EVAL_MEASURE_CAPTION: slots and words
 */
typedef enum
{
  MONOCLE_EVAL_MEASURE_NONE,
  MONOCLE_EVAL_MEASURE_DETECTION,
  MONOCLE_EVAL_MEASURE_PLACES,
  MONOCLE_EVAL_MEASURE_OUTLINE,
  MONOCLE_EVAL_MEASURE_ANSWER,
  MONOCLE_EVAL_MEASURE_READING,
  MONOCLE_EVAL_MEASURE_TEXTS,
  MONOCLE_EVAL_MEASURE_CAPTION,
} MonocleEvalMeasure;

MonocleEvalMeasure monocle_eval_measure_find (const MonocleTask *task);

/* (nullable): the model's tasks that find all objects, and that outline one */
const MonocleTask *monocle_eval_measure_find_detection (const GPtrArray *tasks);
const MonocleTask *monocle_eval_measure_find_outlining (const GPtrArray *tasks);

G_END_DECLS
