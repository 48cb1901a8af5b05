/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/task-info.h"

#include <glib/gi18n.h>

/* What tells tasks apart at a glance; the first row that fits. */
static const struct
{
  MonocleTaskKind kind;
  guint gives;
  const char *icon_name;
} icons[] = {
  { MONOCLE_TASK_DESCRIBE, MONOCLE_GIVES_TEXT, "media-view-subtitles-symbolic" },
  { MONOCLE_TASK_DESCRIBE, MONOCLE_GIVES_ANYTHING, "edit-find-symbolic" },
  { MONOCLE_TASK_FIND, MONOCLE_GIVES_ANYTHING, "edit-find-symbolic" },
  { MONOCLE_TASK_OUTLINE, MONOCLE_GIVES_ANYTHING, "monocle-outline-symbolic" },
  { MONOCLE_TASK_READ, MONOCLE_GIVES_ANYTHING, "insert-text-symbolic" },
  { MONOCLE_TASK_RANK, MONOCLE_GIVES_ANYTHING, "monocle-name-symbolic" },
};

static const char *
choose_icon (const MonocleTask *task)
{
  if (task->kind == MONOCLE_TASK_ANSWER)
    return task->takes == MONOCLE_TAKES_REGION ? "monocle-name-symbolic"
                                               : "chat-message-new-symbolic";
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (icons[i].kind == task->kind && (icons[i].gives & task->gives))
      return icons[i].icon_name;
  return "image-x-generic-symbolic";
}

static MonocleTaskGroup
choose_group (const MonocleTask *task)
{
  if (task->takes & MONOCLE_TAKES_REGION)
    return MONOCLE_TASK_GROUP_REGION;
  switch (task->kind)
    {
    case MONOCLE_TASK_DESCRIBE:
      /* What is described lies on the picture, then. */
      return task->gives == MONOCLE_GIVES_TEXT ? MONOCLE_TASK_GROUP_DESCRIBE
                                               : MONOCLE_TASK_GROUP_FIND;
    case MONOCLE_TASK_RANK:
      return MONOCLE_TASK_GROUP_DESCRIBE;
    case MONOCLE_TASK_FIND:
    case MONOCLE_TASK_OUTLINE:
      return MONOCLE_TASK_GROUP_FIND;
    case MONOCLE_TASK_READ:
      return MONOCLE_TASK_GROUP_READ;
    case MONOCLE_TASK_ANSWER:
      return MONOCLE_TASK_GROUP_QUESTION;
    case MONOCLE_TASK_DRAW:
    default:
      return MONOCLE_TASK_GROUP_OTHER;
    }
}

MonocleTaskInfo
monocle_task_info_get (const MonocleTask *task)
{
  return (MonocleTaskInfo){
    .task = task,
    .group = choose_group (task),
    .title = *task->title ? _ (task->title) : task->id,
    .description = *task->description ? _ (task->description) : "",
    .icon_name = choose_icon (task),
  };
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  return (int) ((const MonocleTaskInfo *) a)->group - (int) ((const MonocleTaskInfo *) b)->group;
}

GArray *
monocle_task_info_list (const GPtrArray *tasks)
{
  GArray *infos = g_array_new (FALSE, FALSE, sizeof (MonocleTaskInfo));

  for (guint i = 0; i < tasks->len; i++)
    {
      MonocleTaskInfo info = monocle_task_info_get (tasks->pdata[i]);

      /* A window has no sound to ask about. */
      if (!info.task->is_former && !(info.task->takes & MONOCLE_TAKES_SOUND))
        g_array_append_val (infos, info);
    }

  /* Stable: within a group the order stays. */
  g_array_sort (infos, compare_groups);
  for (guint i = 0; i < infos->len && i < 9; i++)
    g_array_index (infos, MonocleTaskInfo, i).digit = i + 1;
  return infos;
}

const char *
monocle_task_group_get_title (MonocleTaskGroup group)
{
  switch (group)
    {
    case MONOCLE_TASK_GROUP_DESCRIBE:
      return C_ ("group of tasks", "Describe");
    case MONOCLE_TASK_GROUP_FIND:
      return C_ ("group of tasks", "Find");
    case MONOCLE_TASK_GROUP_READ:
      return C_ ("group of tasks", "Read");
    case MONOCLE_TASK_GROUP_REGION:
      return C_ ("group of tasks", "This Region");
    case MONOCLE_TASK_GROUP_QUESTION:
      return C_ ("group of tasks", "Question");
    case MONOCLE_TASK_GROUP_OTHER:
      return C_ ("group of tasks", "Other");
    default:
      g_return_val_if_reached ("");
    }
}
