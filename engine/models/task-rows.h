/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The task rows of all families in one list, for engine/answer/task.c, which knows no family by name.
 */
#pragma once

#include "engine/answer/task.h"

G_BEGIN_DECLS

/**
 * monocle_task_rows_get:
 * @n_tasks: (out): how many
 *
 * Returns: (transfer none) (array length=n_tasks): the rows, in the order of menus
 */
const MonocleTask *monocle_task_rows_get (guint *n_tasks);

G_END_DECLS
