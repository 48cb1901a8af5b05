/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-option.h"

#include <string.h>

#include <glib/gi18n.h>

#include "app/base/error.h"

MonocleQuery *
monocle_ask_option_parse (const GPtrArray *tasks, const char *option, GError **error)
{
  const char *equals = strchr (option, '=');
  g_autofree char *id = equals ? g_strndup (option, (gsize) (equals - option)) : g_strdup (option);
  g_autofree char *text = equals ? g_strstrip (g_strdup (equals + 1)) : NULL;
  const MonocleTask *task
      = monocle_tasks_find_named (tasks, id, text ? MONOCLE_TAKES_TEXT : MONOCLE_TAKES_NOTHING);
  gboolean takes_text;

  if (!task)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("there is no task '%s'"), id);
      return NULL;
    }
  takes_text = (task->takes & MONOCLE_TAKES_TEXT) != 0;
  if (task->takes & MONOCLE_TAKES_SOUND)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("task %s needs a sound: monocle-cli run --sound"), task->id);
  else if (task->takes & MONOCLE_TAKES_REGION)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("task %s needs a region, which is drawn in the window"), task->id);
  else if (takes_text && (!text || !*text))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("task %s needs a text: --ask %s=TEXT"), task->id, task->id);
  else if (!takes_text && text)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("task %s takes no text"), task->id);
  else
    return monocle_query_new (task, text, NULL, 0, NULL);
  return NULL;
}
