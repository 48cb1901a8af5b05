/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/task-rows.h"

#include "engine/models/florence2/tasks.h"

const MonocleTask *
monocle_task_rows_get (guint *n_tasks)
{
  return monocle_florence2_list_tasks (n_tasks);
}
