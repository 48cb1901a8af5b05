/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/task-info.h"

#include <glib/gi18n.h>

/* In the order of the list; the first nine have a digit. Titles and descriptions are the engine's,
 * which the history and the command line show as well. */
static const struct
{
  const char *id;
  MonocleTaskGroup group;
  const char *icon_name;
} rows[] = {
  { "caption", MONOCLE_TASK_GROUP_DESCRIBE, "media-view-subtitles-symbolic" },
  { "detailed-caption", MONOCLE_TASK_GROUP_DESCRIBE, "media-view-subtitles-symbolic" },
  { "more-detailed-caption", MONOCLE_TASK_GROUP_DESCRIBE, "media-view-subtitles-symbolic" },
  { "detect", MONOCLE_TASK_GROUP_FIND, "edit-find-symbolic" },
  { "open-vocabulary-detection", MONOCLE_TASK_GROUP_FIND, "edit-find-symbolic" },
  { "referring-segmentation", MONOCLE_TASK_GROUP_FIND, "monocle-outline-symbolic" },
  { "dense-region-caption", MONOCLE_TASK_GROUP_FIND, "edit-find-symbolic" },
  { "ocr", MONOCLE_TASK_GROUP_READ, "insert-text-symbolic" },
  { "ocr-with-region", MONOCLE_TASK_GROUP_READ, "insert-text-symbolic" },
  { "phrase-grounding", MONOCLE_TASK_GROUP_FIND, "edit-find-symbolic" },
  { "region-proposal", MONOCLE_TASK_GROUP_FIND, "edit-find-symbolic" },
  { "region-to-category", MONOCLE_TASK_GROUP_REGION, "monocle-name-symbolic" },
  { "region-to-description", MONOCLE_TASK_GROUP_REGION, "media-view-subtitles-symbolic" },
  { "region-to-segmentation", MONOCLE_TASK_GROUP_REGION, "monocle-outline-symbolic" },
  { "region-to-ocr", MONOCLE_TASK_GROUP_REGION, "insert-text-symbolic" },
  { "prompt", MONOCLE_TASK_GROUP_QUESTION, "chat-message-new-symbolic" },
};

#define OTHER_ICON "image-x-generic-symbolic"

static MonocleTaskInfo
make_info (const MonocleTask *task, MonocleTaskGroup group, const char *icon_name)
{
  return (MonocleTaskInfo){
    .task = task,
    .group = group,
    .title = *task->title ? _ (task->title) : task->id,
    .description = *task->description ? _ (task->description) : "",
    .icon_name = icon_name,
  };
}

static gboolean
has_row (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].id, id))
      return TRUE;
  return FALSE;
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  return (int) ((const MonocleTaskInfo *) a)->group - (int) ((const MonocleTaskInfo *) b)->group;
}

static GArray *
build (void)
{
  GArray *infos = g_array_new (FALSE, FALSE, sizeof (MonocleTaskInfo));
  guint n_tasks;
  const MonocleTask *tasks = monocle_task_list (&n_tasks);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MonocleTask *task = monocle_task_find (rows[i].id);

      if (task)
        {
          MonocleTaskInfo info = make_info (task, rows[i].group, rows[i].icon_name);

          g_array_append_val (infos, info);
        }
    }
  for (guint i = 0; i < n_tasks; i++)
    if (!has_row (tasks[i].id))
      {
        MonocleTaskInfo info = make_info (&tasks[i], MONOCLE_TASK_GROUP_OTHER, OTHER_ICON);

        g_array_append_val (infos, info);
      }

  /* Stable: within a group the order stays. */
  g_array_sort (infos, compare_groups);
  for (guint i = 0; i < infos->len && i < 9; i++)
    g_array_index (infos, MonocleTaskInfo, i).digit = i + 1;
  return infos;
}

const MonocleTaskInfo *
monocle_task_info_list (guint *n_infos)
{
  static GArray *infos;

  if (g_once_init_enter (&infos))
    g_once_init_leave (&infos, build ());
  *n_infos = infos->len;
  return (const MonocleTaskInfo *) (gpointer) infos->data;
}

const MonocleTaskInfo *
monocle_task_info_find (const char *id)
{
  guint n_infos;
  const MonocleTaskInfo *infos = monocle_task_info_list (&n_infos);

  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < n_infos; i++)
    if (g_str_equal (infos[i].task->id, id))
      return &infos[i];
  return NULL;
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
