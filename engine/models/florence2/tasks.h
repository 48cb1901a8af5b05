/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Florence-2 can be asked: its task rows, the phrases that mean nothing in its answers, and
 * the tokens that it adds to BART's vocabulary.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/models/florence2/grammar.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleFlorence2Task:
 * @task: what everybody sees
 * @prompt: (nullable): the sentence that the model reads; `{input}` stands for the text or the
 *   region; %NULL: the text is the prompt
 * @answer: grammar of the answer
 */
typedef struct
{
  MonocleTask task;
  const char *prompt;
  MonocleGrammarKind answer;
} MonocleFlorence2Task;

/**
 * monocle_florence2_list_tasks:
 * @tasks: (element-type MonocleTask): gets fifteen tasks and the free prompt, in the order of menus
 */
void monocle_florence2_list_tasks (GPtrArray *tasks);

/* (transfer none) (nullable): by id or tag */
const MonocleTask *monocle_florence2_find_task (const char *name);

/* @task: of this family */
MonocleGrammarKind monocle_florence2_task_get_grammar (const MonocleTask *task);

/**
 * monocle_florence2_write_prompt:
 * @task: of this family
 * @text: (nullable): what the person wrote; for a region task it may hold the location tokens
 * @region: (nullable): what the person drew, in pixels of the upright image
 * @width: of the image in pixels
 * @height: of the image in pixels
 * @error: return location
 *
 * The sentence for the model, without begin and end of text. One region makes one prompt; several
 * regions are several prompts. Blanks around @text are left out. What it is given fits @task.
 *
 * Errors: BAD_REQUEST: see monocle_florence2_expand_prompt().
 *
 * Returns: (transfer full) (nullable): UTF-8
 */
char *monocle_florence2_write_prompt (const MonocleTask *task,
                                      const char *text,
                                      const MonocleBox *region,
                                      guint width,
                                      guint height,
                                      GError **error);

/**
 * monocle_florence2_expand_prompt:
 * @text: a prompt as the reference's processor takes it: `<OD>`, `<OPEN_VOCABULARY_DETECTION>a cat`
 * @error: return location
 *
 * Replaces the tag inside @text by its sentence. Text without a tag stays as it is.
 *
 * Errors: BAD_REQUEST where a task without input stands beside other text.
 *
 * Returns: (transfer full) (nullable): UTF-8
 */
char *monocle_florence2_expand_prompt (const char *text, GError **error);

/**
 * monocle_florence2_write_reference:
 *
 * Returns: (transfer full): what `post_process_generation` of the reference's processor has for the
 * task: a string, or lists of shapes and labels: `bboxes`, `quad_boxes`, `polygons`, `labels`;
 * `bboxes_labels` and `polygons_labels` where both kinds can come. Pixels, cut to whole numbers.
 */
JsonNode *monocle_florence2_write_reference (const MonocleTask *task, const MonocleResult *result);

/**
 * monocle_florence2_get_ignored_phrases:
 *
 * Returns: (transfer none) (array zero-terminated=1): phrases that phrase grounding leaves out
 */
const char *const *monocle_florence2_get_ignored_phrases (void);

/**
 * monocle_florence2_add_tokens:
 * @tokenizer: as read from the model directory
 *
 * Adds the location and marker tokens that the original checkpoints leave out of their
 * tokenizer.json. Does nothing where they are there.
 */
void monocle_florence2_add_tokens (MonocleTokenizer *tokenizer);

/* Whether it reads text, of which there may be none. */
gboolean monocle_florence2_task_reads (const MonocleTask *task);

G_END_DECLS
