/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tasks as sentences.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/places.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/florence2/tasks.h"

#define INPUT "{input}"

static char *
dup_trimmed (const char *text)
{
  gsize start = 0, end = text ? strlen (text) : 0;

  monocle_utf8_trim (text ? text : "", &start, &end);
  return g_strndup (text ? text + start : "", end - start);
}

static char *
fill_in (const char *prompt, const char *input)
{
  const char *place = strstr (prompt, INPUT);

  return place ? g_strdup_printf ("%.*s%s%s", (int) (place - prompt), prompt, input,
                                  place + strlen (INPUT))
               : g_strdup (prompt);
}

char *
monocle_florence2_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error)
{
  const char *prompt = ((const MonocleFlorence2Task *) task)->prompt;
  g_autofree char *input = NULL;

  if (!prompt)
    return monocle_florence2_expand_prompt (text, error);
  input = region ? monocle_places_write_box (&monocle_places_loc, region, width, height)
                 : dup_trimmed (text);
  return fill_in (prompt, input);
}

static char *
remove_all (const char *text, const char *part)
{
  g_auto (GStrv) rest = g_strsplit (text, part, -1);

  return g_strjoinv ("", rest);
}

char *
monocle_florence2_expand_prompt (const char *text, GError **error)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  monocle_florence2_list_tasks (tasks);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleFlorence2Task *row = tasks->pdata[i];

      if (row->task.takes != MONOCLE_TAKES_NOTHING || !strstr (text, row->task.tag))
        continue;
      if (g_str_equal (text, row->task.tag))
        return g_strdup (row->prompt);
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s must be the whole prompt", row->task.tag);
      return NULL;
    }

  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleFlorence2Task *row = tasks->pdata[i];

      if (row->task.takes != MONOCLE_TAKES_NOTHING && row->prompt && strstr (text, row->task.tag))
        {
          g_autofree char *rest = remove_all (text, row->task.tag);
          g_autofree char *input = dup_trimmed (rest);

          return fill_in (row->prompt, input);
        }
    }
  return g_strdup (text);
}
