/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/measure.h"

static const struct
{
  MonocleTaskKind kind;
  MonocleTaskTakes takes;
  guint gives;
  MonocleEvalMeasure measure;
} measures[] = {
  { MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT,
    MONOCLE_EVAL_MEASURE_CAPTION },
  { MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES, MONOCLE_EVAL_MEASURE_DETECTION },
  { MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_BOXES | MONOCLE_GIVES_OBJECTS,
    MONOCLE_EVAL_MEASURE_PLACES },
  { MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_OUTLINES,
    MONOCLE_EVAL_MEASURE_OUTLINE },
  { MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_OUTLINES,
    MONOCLE_EVAL_MEASURE_OUTLINE },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_READING },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_READING },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXTS, MONOCLE_EVAL_MEASURE_TEXTS },
  { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_ANSWER },
  { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_ANSWER },
};

MonocleEvalMeasure
monocle_eval_measure_find (const MonocleTask *task)
{
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    if (measures[i].kind == task->kind && measures[i].takes == task->takes
        && (measures[i].gives & task->gives))
      return measures[i].measure;
  return MONOCLE_EVAL_MEASURE_NONE;
}

const MonocleTask *
monocle_eval_measure_find_detection (const GPtrArray *tasks)
{
  return monocle_tasks_find_kind (tasks, MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING,
                                  MONOCLE_GIVES_BOXES);
}

const MonocleTask *
monocle_eval_measure_find_outlining (const GPtrArray *tasks)
{
  return monocle_tasks_find_kind (tasks, MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_REGION,
                                  MONOCLE_GIVES_OUTLINES);
}
