/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What somebody asks about a picture.
 */
#pragma once

#include <monocle/picture.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_QUESTION (monocle_question_get_type ())

/**
 * MonocleQuestion:
 *
 * A task with what it takes: a text, regions. Further settings are properties, and all of them may
 * be left as they are. A question is about no picture yet, and can be asked about many.
 */
G_DECLARE_FINAL_TYPE (MonocleQuestion, monocle_question, MONOCLE, QUESTION, GObject)

/**
 * monocle_question_new:
 * @task: the id of a task, the model's own name of it, or a kind: see [struct@Task]
 * @text: (nullable): for tasks that take one; several labels stand one a line
 *
 * Returns: (transfer full): a question
 */
MonocleQuestion *monocle_question_new (const char *task, const char *text);

/**
 * monocle_question_add_region:
 * @self: a question
 * @left: pixels of the upright picture, or of the example
 * @top: the same
 * @right: the same, more than @left
 * @bottom: the same, more than @top
 *
 * Each region is answered by itself, and all of them at once, which takes less time than one after
 * the other.
 */
void monocle_question_add_region (
    MonocleQuestion *self, double left, double top, double right, double bottom);

/**
 * monocle_question_clear_regions:
 * @self: a question
 *
 * Takes all regions away.
 */
void monocle_question_clear_regions (MonocleQuestion *self);

G_END_DECLS
