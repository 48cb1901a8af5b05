/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Florence-2 can be asked: its task rows, the phrases that mean nothing in its answers, and
 * the tokens that it adds to BART's vocabulary.
 */
#pragma once

#include "engine/answer/task.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * monocle_florence2_list_tasks:
 * @n_tasks: (out): how many
 *
 * Returns: (transfer none) (array length=n_tasks): fifteen tasks and the free prompt
 */
const MonocleTask *monocle_florence2_list_tasks (guint *n_tasks);

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
