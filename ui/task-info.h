/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How tasks look to a person: groups, titles, one line that says what they do, symbols. By what
 * kind they are, whichever model has them.
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
 * @task: (transfer none): of a model
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

/* How @task looks, without a digit. */
MonocleTaskInfo monocle_task_info_get (const MonocleTask *task);

/**
 * monocle_task_info_list:
 * @tasks: (element-type MonocleTask): of a model
 *
 * Returns: (transfer full) (element-type MonocleTaskInfo): how those look that are offered, group
 * by group
 */
GArray *monocle_task_info_list (const GPtrArray *tasks);

/* (transfer none): translated: "Describe" */
const char *monocle_task_group_get_title (MonocleTaskGroup group);

G_END_DECLS
