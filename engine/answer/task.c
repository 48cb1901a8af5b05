/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/task.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/models/task-rows.h"
#include "engine/base/utf8.h"

#define INPUT "{input}"

const MonocleTask *
monocle_task_list (guint *n_tasks)
{
  return monocle_task_rows_get (n_tasks);
}

const MonocleTask *
monocle_task_find (const char *name)
{
  guint n_tasks = 0;
  const MonocleTask *tasks = monocle_task_list (&n_tasks);

  for (guint i = 0; i < n_tasks; i++)
    if (g_str_equal (tasks[i].id, name) || (name[0] != '\0' && g_str_equal (tasks[i].tag, name)))
      return &tasks[i];
  return NULL;
}

static void
set_bad_request (GError **error, const MonocleTask *task, const char *what)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, "%s %s", task->id,
               what);
}

static char *
dup_trimmed (const char *text)
{
  gsize start = 0, end = text != NULL ? strlen (text) : 0;

  monocle_utf8_trim (text, &start, &end);
  return g_strndup (text != NULL ? text + start : "", end - start);
}

static char *
fill_in (const MonocleTask *task, const char *input)
{
  const char *place = strstr (task->prompt, INPUT);

  return place != NULL ? g_strdup_printf ("%.*s%s%s", (int) (place - task->prompt), task->prompt,
                                          input, place + strlen (INPUT))
                       : g_strdup (task->prompt);
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

char *
monocle_task_build_prompt (const MonocleTask *task,
                           const char *text,
                           const MonocleBox *region,
                           guint width,
                           guint height,
                           GError **error)
{
  g_autofree char *input = NULL;
  g_autofree char *location = NULL;

  g_return_val_if_fail (task != NULL && width > 0 && height > 0, NULL);

  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    {
      set_bad_request (error, task, "was given a text that is not UTF-8");
      return NULL;
    }
  if (region != NULL && !check_region (region, width, height, error))
    return NULL;

  input = dup_trimmed (text);
  gboolean has_text = input[0] != '\0';
  const char *wrong = NULL;
  switch (task->input)
    {
    case MONOCLE_TASK_INPUT_NONE:
      wrong = has_text ? "takes no text" : region != NULL ? "takes no region" : NULL;
      break;
    case MONOCLE_TASK_INPUT_TEXT:
    case MONOCLE_TASK_INPUT_FREE:
      wrong = !has_text ? "needs a text" : region != NULL ? "takes no region" : NULL;
      break;
    case MONOCLE_TASK_INPUT_REGION:
      wrong = !has_text && region == NULL  ? "needs a region"
              : has_text && region != NULL ? "takes a region or its location tokens, not both"
                                           : NULL;
      break;
    default:
      g_assert_not_reached ();
    }
  if (wrong != NULL)
    {
      set_bad_request (error, task, wrong);
      return NULL;
    }

  if (task->input == MONOCLE_TASK_INPUT_FREE)
    return monocle_task_expand_prompt (text, error);
  if (region != NULL)
    location = monocle_coords_box_to_text (region, width, height);
  return fill_in (task, location != NULL ? location : input);
}

static char *
remove_all (const char *text, const char *part)
{
  g_auto (GStrv) rest = g_strsplit (text, part, -1);

  return g_strjoinv ("", rest);
}

char *
monocle_task_expand_prompt (const char *text, GError **error)
{
  guint n_tasks = 0;
  const MonocleTask *tasks = monocle_task_list (&n_tasks);

  for (guint i = 0; i < n_tasks; i++)
    if (tasks[i].input == MONOCLE_TASK_INPUT_NONE && strstr (text, tasks[i].tag) != NULL)
      {
        if (g_str_equal (text, tasks[i].tag))
          return g_strdup (tasks[i].prompt);
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "%s must be the whole prompt", tasks[i].tag);
        return NULL;
      }

  for (guint i = 0; i < n_tasks; i++)
    if ((tasks[i].input == MONOCLE_TASK_INPUT_TEXT || tasks[i].input == MONOCLE_TASK_INPUT_REGION)
        && strstr (text, tasks[i].tag) != NULL)
      {
        g_autofree char *rest = remove_all (text, tasks[i].tag);
        g_autofree char *input = dup_trimmed (rest);

        return fill_in (&tasks[i], input);
      }
  return g_strdup (text);
}
