/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/task.h"

#include <string.h>

#include "engine/answer/result.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

const char *
monocle_task_kind_get_id (MonocleTaskKind kind)
{
  static const char *const ids[] = {
    [MONOCLE_TASK_DESCRIBE] = "describe", [MONOCLE_TASK_FIND] = "find",
    [MONOCLE_TASK_OUTLINE] = "outline",   [MONOCLE_TASK_READ] = "read",
    [MONOCLE_TASK_RANK] = "rank",         [MONOCLE_TASK_ANSWER] = "answer",
    [MONOCLE_TASK_DRAW] = "draw",
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (ids) == MONOCLE_N_TASK_KINDS);

  g_return_val_if_fail (kind < G_N_ELEMENTS (ids), NULL);

  return ids[kind];
}

gboolean
monocle_task_gives_objects (const MonocleTask *task)
{
  return !(task->gives & (MONOCLE_GIVES_TEXT | MONOCLE_GIVES_RANKS | MONOCLE_GIVES_PICTURE));
}

gboolean
monocle_task_gives_text (const MonocleTask *task)
{
  return (task->gives & (MONOCLE_GIVES_TEXT | MONOCLE_GIVES_RANKS | MONOCLE_GIVES_PAGE)) != 0;
}

gboolean
monocle_task_is_same (const MonocleTask *a, const MonocleTask *b)
{
  return a == b || (g_str_equal (a->id, b->id) && a->takes == b->takes && a->gives == b->gives);
}

const MonocleTask *
monocle_tasks_find (const GPtrArray *tasks, const char *name)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (g_str_equal (task->id, name) || (*name && g_str_equal (task->tag, name)))
        return task;
    }
  return NULL;
}

const MonocleTask *
monocle_tasks_find_kind (const GPtrArray *tasks,
                         MonocleTaskKind kind,
                         MonocleTaskTakes takes,
                         MonocleTaskGives gives)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (task->kind == kind && task->takes == takes && (task->gives & gives))
        return task;
    }
  return NULL;
}

const MonocleTask *
monocle_tasks_find_named (const GPtrArray *tasks, const char *name, MonocleTaskTakes takes)
{
  const MonocleTask *task = monocle_tasks_find (tasks, name);
  MonocleTaskKind kind = 0;

  while (kind < MONOCLE_N_TASK_KINDS && !g_str_equal (monocle_task_kind_get_id (kind), name))
    kind++;
  if (!task)
    task = monocle_tasks_find_kind (tasks, kind, takes, MONOCLE_GIVES_ANYTHING);
  /* What is wrong with what it was given is said of the task. */
  for (guint i = 0; i < tasks->len && !task; i++)
    if (((const MonocleTask *) tasks->pdata[i])->kind == kind)
      task = tasks->pdata[i];
  return task;
}

static gboolean
check_region (const MonocleBox *region, guint width, guint height, GError **error)
{
  /* Written so that NaN fails. */
  if (region->x1 >= 0 && region->y1 >= 0 && region->x2 <= (float) width
      && region->y2 <= (float) height && region->x1 < region->x2 && region->y1 < region->y2)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "region %g,%g,%g,%g: left and top must be below right and bottom, inside an image "
               "of %u×%u pixels",
               (double) region->x1, (double) region->y1, (double) region->x2, (double) region->y2,
               width, height);
  return FALSE;
}

static gboolean
has_words (const char *text)
{
  gsize start = 0, end = text ? strlen (text) : 0;

  monocle_utf8_trim (text ? text : "", &start, &end);
  return start < end;
}

static const char *
find_wrong (const MonocleTask *task, gboolean has_text, gboolean has_region)
{
  gboolean takes_region = task->takes & MONOCLE_TAKES_REGION;

  if (has_region && !takes_region)
    return "takes no region";
  if (task->takes & MONOCLE_TAKES_TEXT)
    return !has_text ? "needs a text" : takes_region && !has_region ? "needs a region" : NULL;
  if (!takes_region)
    return has_text ? "takes no text" : NULL;
  if (has_text && has_region)
    return "takes a region or its location tokens, not both";
  return has_text || has_region ? NULL : "needs a region";
}

gboolean
monocle_task_check (const MonocleTask *task,
                    const char *text,
                    const MonocleBox *region,
                    guint width,
                    guint height,
                    GError **error)
{
  const char *wrong;

  g_return_val_if_fail (task && width > 0 && height > 0, FALSE);

  wrong = text && !g_utf8_validate (text, -1, NULL) ? "was given a text that is not UTF-8" : NULL;
  if (!wrong && region && !check_region (region, width, height, error))
    return FALSE;
  if (!wrong)
    wrong = find_wrong (task, has_words (text), region != NULL);
  if (wrong)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, "%s %s", task->id,
                 wrong);
  return !wrong;
}

JsonNode *
monocle_task_write_generated_text (const MonocleTask *task, const MonocleResult *result)
{
  const char *written = monocle_result_get_generated_text (result);

  return json_node_init_string (json_node_alloc (), written ? written : "");
}
