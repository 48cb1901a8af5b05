/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lessons: lines of questions and answers about pictures, as models are trained with them outside
 * of here: a question by its tag, and what the model is to write. They are of the family whose
 * training programs read such lines, as is the name of their files.
 */
#pragma once

#include "engine/answer/task.h"

G_BEGIN_DECLS

/* Of the format: never translated, and to be translated. */
#define MONOCLE_LESSONS_ID    "florence2-jsonl"
#define MONOCLE_LESSONS_TITLE N_ ("Florence-2 JSON Lines")

/**
 * MonocleLessonKind:
 * @MONOCLE_LESSON_FIND: boxes with what is in them
 * @MONOCLE_LESSON_PLACE: boxes without
 * @MONOCLE_LESSON_READ: what is written, with its corners
 * @MONOCLE_LESSON_DESCRIBE: words about the picture
 *
 * What is asked.
 */
typedef enum
{
  MONOCLE_LESSON_FIND,
  MONOCLE_LESSON_PLACE,
  MONOCLE_LESSON_READ,
  MONOCLE_LESSON_DESCRIBE,
} MonocleLessonKind;

#define MONOCLE_N_LESSON_KINDS (MONOCLE_LESSON_DESCRIBE + 1)

/**
 * MonocleLessonObject:
 * @words: what it is, or what is written there
 * @corners: x and y in turn, in pixels, clockwise from the top left
 */
typedef struct
{
  char *words;
  double corners[8];
} MonocleLessonObject;

/* What is asked so, as its tag. */
const char *monocle_lesson_get_question (MonocleLessonKind kind);
/* Whether @question is one of these, as a tag or in words. @kind: (out) */
gboolean monocle_lesson_find_kind (const char *question, MonocleLessonKind *kind);

/**
 * monocle_lesson_write:
 * @kind: with objects
 * @objects: (array length=n_objects): what the answer has, in any order
 * @width: of the picture in pixels, at least 1
 * @height: the same
 *
 * In the order in which the published models answer: by tenths of the height, then from the left.
 * What would be no words to them is a blank.
 *
 * Returns: (transfer full): what the model is to write
 */
char *monocle_lesson_write (MonocleLessonKind kind,
                            const MonocleLessonObject *objects,
                            guint n_objects,
                            guint width,
                            guint height);

/**
 * monocle_lesson_write_answer:
 * @task: of the family
 * @words: (nullable): the answer of a task that gives words
 * @objects: (array length=n_objects): that of one that gives objects
 * @n_objects: how many
 * @width: of the picture in pixels, at least 1
 * @height: the same
 * @error: return location
 *
 * Errors: BAD_REQUEST where answers to @task cannot be written
 *
 * Returns: (transfer full) (nullable): what the model is to write
 */
char *monocle_lesson_write_answer (const MonocleTask *task,
                                   const char *words,
                                   const MonocleLessonObject *objects,
                                   guint n_objects,
                                   guint width,
                                   guint height,
                                   GError **error);

/**
 * monocle_lesson_read:
 * @kind: with objects
 * @answer: what the model is to write
 * @width: of the picture in pixels, at least 1
 * @height: the same
 *
 * Returns: (transfer full) (nullable) (element-type MonocleLessonObject): the objects; %NULL where
 *   @answer is no answer of that kind
 */
GArray *monocle_lesson_read (MonocleLessonKind kind, const char *answer, guint width, guint height);

G_END_DECLS
