/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks the same about many pictures: what, and about which of a folder.
 *
 * Signal `chosen` (MonocleAskPlan as pointer, transfer none): that is wanted; who takes it returns
 * %TRUE, and the dialog closes.
 */
#pragma once

#include <adwaita.h>

#include "app/batch/ask-plan.h"
#include "app/document/folder-view.h"
#include "app/labels/label-set.h"
#include "app/runner/runner.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ASK_ALL_DIALOG (monocle_ask_all_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleAskAllDialog, monocle_ask_all_dialog, MONOCLE, ASK_ALL_DIALOG, AdwWindow)

/**
 * monocle_ask_all_dialog_new:
 * @parent: what it lies on
 * @runner: of which the model is asked
 * @view: the folder, as it is gone through
 * @labels: of the folder
 * @task: (nullable): the id of the one that is proposed
 * @text: (nullable): words that are
 */
GtkWidget *monocle_ask_all_dialog_new (GtkWindow *parent,
                                       MonocleRunner *runner,
                                       MonocleFolderView *view,
                                       MonocleLabelSet *labels,
                                       const char *task,
                                       const char *text);
/* Where the language of answers is remembered: key `answer-language` (s) */
void monocle_ask_all_dialog_set_settings (MonocleAskAllDialog *self, GSettings *settings);

G_END_DECLS
