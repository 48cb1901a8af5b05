/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How tasks look to a person: groups, titles, one line that says what they do, symbols. One row a
 * task, by the engine's id; a task without a row is shown as the engine describes it.
 */
#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_TASK_GROUP_DESCRIBE,
  MONOCLE_TASK_GROUP_FIND,
  MONOCLE_TASK_GROUP_READ,
  MONOCLE_TASK_GROUP_REGION,
  MONOCLE_TASK_GROUP_QUESTION,
  MONOCLE_TASK_GROUP_OTHER,
} MonocleTaskGroup;

/**
 * MonocleTaskInfo:
 * @task: (transfer none): the engine's
 * @group: what it gives
 * @title: translated: "Find Objects"
 * @description: translated, one line
 * @icon_name: symbolic
 * @digit: 1 to 9 for the first nine, which the digit picks; 0 for the others
 */
typedef struct
{
  const MonocleTask *task;
  MonocleTaskGroup group;
  const char *title;
  const char *description;
  const char *icon_name;
  guint digit;
} MonocleTaskInfo;

/**
 * monocle_task_info_list:
 * @n_infos: (out): how many
 *
 * Returns: (transfer none) (array length=n_infos): all tasks of the engine, group by group
 */
const MonocleTaskInfo *monocle_task_info_list (guint *n_infos);

/* (transfer none) (nullable) */
const MonocleTaskInfo *monocle_task_info_find (const char *id);

/* (transfer none): translated: "Describe" */
const char *monocle_task_group_get_title (MonocleTaskGroup group);

G_END_DECLS
