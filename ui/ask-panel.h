/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ask panel: which task, with which words, about what; says what will be run before it runs,
 * and how far it is while it runs. It makes queries; the window runs them.
 *
 * Properties: task (string, read-write: id of the task that was chosen; what typed words turn it
 * into for one question is monocle_ask_panel_get_task()).
 * Signal typed: the words are others.
 * Uses the actions win.run, win.stop.
 */
#pragma once

#include <adwaita.h>

#include "app/runner/runner.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ASK_PANEL (monocle_ask_panel_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskPanel, monocle_ask_panel, MONOCLE, ASK_PANEL, AdwBin)

GtkWidget *monocle_ask_panel_new (void);
void monocle_ask_panel_set_presentation (MonocleAskPanel *self, MonoclePresentation *presentation);
void monocle_ask_panel_set_runner (MonocleAskPanel *self, MonocleRunner *runner); /* (nullable) */
/* (nullable): where prompts and the language are remembered: keys `prompt-history` (as),
 * `answer-language` (s) */
void monocle_ask_panel_set_settings (MonocleAskPanel *self, GSettings *settings);

/* (transfer none): what would be run now: the chosen task, or what typed words ask for; of one
 * about the whole picture its like about regions, while some are selected */
const MonocleTask *monocle_ask_panel_get_task (MonocleAskPanel *self);
/* An id that the engine does not know leaves the task as it is. */
void monocle_ask_panel_set_task (MonocleAskPanel *self, const char *id);

/**
 * monocle_ask_panel_create_query:
 * @error: MONOCLE_APP_ERROR_BAD_REQUEST where an image, words or a region are missing
 *
 * What is missing is also shown where it can be given: an error needs no dialog. Words are
 * remembered.
 *
 * Returns: (transfer full) (nullable): the question as it stands
 */
MonocleQuery *monocle_ask_panel_create_query (MonocleAskPanel *self, GError **error);
/* (transfer full) (nullable): the same while words are typed: nothing is said of what is missing,
 * and nothing remembered. */
MonocleQuery *monocle_ask_panel_try_query (MonocleAskPanel *self);
/* The same for another task, which does not become the chosen one: win.run-task. */
MonocleQuery *
monocle_ask_panel_create_query_for (MonocleAskPanel *self, const MonocleTask *task, GError **error);

/* Focuses the prompt, with @text (nullable) in it: what was typed over the canvas. */
void monocle_ask_panel_start_typing (MonocleAskPanel *self, const char *text);
/* The same with the key that @keys is handling now: see monocle_prompt_entry_forward_key(). */
gboolean monocle_ask_panel_forward_key (MonocleAskPanel *self, GtkEventControllerKey *keys);
/* Opens the list of tasks. */
void monocle_ask_panel_choose_task (MonocleAskPanel *self);

G_END_DECLS
