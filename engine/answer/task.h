/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task: what can be asked about an image, as one row of a table. The rows belong to the model
 * families; menus, the command line's help and the tests are built from them.
 */
#pragma once

#include <glib.h>

#include "engine/answer/coords.h"

G_BEGIN_DECLS

/**
 * MonocleTaskInput:
 * @MONOCLE_TASK_INPUT_NONE: the image alone
 * @MONOCLE_TASK_INPUT_TEXT: a text that is put into the prompt
 * @MONOCLE_TASK_INPUT_REGION: a region that is put into the prompt as location tokens
 * @MONOCLE_TASK_INPUT_FREE: the text is the prompt
 */
typedef enum
{
  MONOCLE_TASK_INPUT_NONE,
  MONOCLE_TASK_INPUT_TEXT,
  MONOCLE_TASK_INPUT_REGION,
  MONOCLE_TASK_INPUT_FREE,
} MonocleTaskInput;

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

/**
 * MonocleOverlay:
 * @MONOCLE_OVERLAY_NONE: nothing is drawn on the image
 * @MONOCLE_OVERLAY_BOXES: rectangles with labels
 * @MONOCLE_OVERLAY_POLYGONS: filled outlines
 * @MONOCLE_OVERLAY_QUADS: four-cornered outlines with text
 * @MONOCLE_OVERLAY_OBJECTS: each object as what it is
 */
typedef enum
{
  MONOCLE_OVERLAY_NONE,
  MONOCLE_OVERLAY_BOXES,
  MONOCLE_OVERLAY_POLYGONS,
  MONOCLE_OVERLAY_QUADS,
  MONOCLE_OVERLAY_OBJECTS,
} MonocleOverlay;

/**
 * MonocleTask:
 * @id: plain name, never translated or renamed: `detect`
 * @tag: the model's own name: `<OD>`; empty for the free prompt
 * @title: short name, to be translated
 * @description: one sentence, to be translated
 * @prompt: the sentence that the model reads; `{input}` stands for the text or the region
 * @input: what the person has to give
 * @answer: grammar of the answer
 * @overlay: how the answer is drawn
 * @max_tokens: how many tokens an answer may have unless the person says otherwise
 */
typedef struct
{
  const char *id;
  const char *tag;
  const char *title;
  const char *description;
  const char *prompt;
  MonocleTaskInput input;
  MonocleAnswer answer;
  MonocleOverlay overlay;
  guint max_tokens;
} MonocleTask;

/**
 * monocle_task_list:
 * @n_tasks: (out): how many
 *
 * Returns: (transfer none) (array length=n_tasks): the tasks of all families, in the order of menus
 */
const MonocleTask *monocle_task_list (guint *n_tasks);

/**
 * monocle_task_find:
 * @name: a tag (`<OD>`) or an id (`detect`)
 *
 * Returns: (transfer none) (nullable): the task, or %NULL
 */
const MonocleTask *monocle_task_find (const char *name);

/**
 * monocle_task_build_prompt:
 * @task: a task
 * @text: (nullable): what the person wrote; for a region task it may hold the location tokens
 * @region: (nullable): what the person drew, in pixels of the upright image
 * @width: of the image in pixels
 * @height: of the image in pixels
 * @error: return location
 *
 * The sentence for the model, without begin and end of text. One region makes one prompt; several
 * regions are several prompts. Blanks around @text are left out.
 *
 * Errors: BAD_REQUEST where text or region is missing, not asked for, empty, or outside the image.
 *
 * Returns: (transfer full) (nullable): UTF-8
 */
char *monocle_task_build_prompt (const MonocleTask *task,
                                 const char *text,
                                 const MonocleBox *region,
                                 guint width,
                                 guint height,
                                 GError **error);

/**
 * monocle_task_expand_prompt:
 * @text: a prompt as the reference's processor takes it: `<OD>`, `<OPEN_VOCABULARY_DETECTION>a cat`
 * @error: return location
 *
 * Replaces the tag inside @text by its sentence. Text without a tag stays as it is.
 *
 * Errors: BAD_REQUEST where a task without input stands beside other text.
 *
 * Returns: (transfer full) (nullable): UTF-8
 */
char *monocle_task_expand_prompt (const char *text, GError **error);

G_END_DECLS
