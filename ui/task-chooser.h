/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of tasks in a popover: grouped, with a search entry; those that cannot be asked now are
 * grey and say why. Digits pick the first nine while nothing is searched for.
 *
 * Signal: `chosen` (string: the task's id).
 */
#pragma once

#include <gtk/gtk.h>

#include "app/runner/runner.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TASK_CHOOSER (monocle_task_chooser_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTaskChooser, monocle_task_chooser, MONOCLE, TASK_CHOOSER, GtkPopover)

GtkWidget *monocle_task_chooser_new (void);
void monocle_task_chooser_set_presentation (MonocleTaskChooser *self,
                                            MonoclePresentation *presentation);
/* (nullable): which tasks the model has is asked of it */
void monocle_task_chooser_set_runner (MonocleTaskChooser *self, MonocleRunner *runner);
/* (nullable): the id of the task that is marked */
void monocle_task_chooser_set_chosen (MonocleTaskChooser *self, const char *id);

/**
 * monocle_task_chooser_dup_reason:
 * @presentation: (nullable)
 * @runner: (nullable)
 *
 * Returns: (transfer full) (nullable): why @task cannot be asked about what @presentation shows, in
 *   words: "Draw a region first"; %NULL where it can. Words can still be typed, so their lack is
 *   none.
 */
char *monocle_task_chooser_dup_reason (MonoclePresentation *presentation,
                                       MonocleRunner *runner,
                                       const MonocleTask *task);

G_END_DECLS
