/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the list of tasks: symbol, title, what it does or why it cannot be asked now, its digit.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/task-info.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TASK_ROW (monocle_task_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTaskRow, monocle_task_row, MONOCLE, TASK_ROW, GtkListBoxRow)

GtkWidget *monocle_task_row_new (const MonocleTaskInfo *info);
const MonocleTaskInfo *monocle_task_row_get_info (MonocleTaskRow *self);
/* (nullable): why it cannot be asked; makes the row grey */
void monocle_task_row_set_reason (MonocleTaskRow *self, const char *reason);
void monocle_task_row_set_chosen (MonocleTaskRow *self, gboolean chosen);
/* Whether each of @words (folded) is in its title, description, group or id. */
gboolean monocle_task_row_matches (MonocleTaskRow *self, const char *const *words);

G_END_DECLS
