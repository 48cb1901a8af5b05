/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a query is called and what came of it, in one line each.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/document/query.h"
#include "app/base/languages.h"
#include "app/base/trouble.h"

/* Characters of a prompt, text or message that go into one line. */
#define LINE_LENGTH 60

static char *
cut_line (const char *text)
{
  const char *end;
  g_autofree char *line = NULL;

  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  end = text;
  for (guint n = 0; *end && *end != '\n' && n < LINE_LENGTH; n++)
    end = g_utf8_next_char (end);

  line = g_strchomp (g_strndup (text, (gsize) (end - text)));
  while (*end && g_unichar_isspace (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  return g_strconcat (line, *end ? "…" : "", NULL);
}

char *
monocle_query_dup_task_title (const MonocleTask *task, const char *language)
{
  const char *const own[] = { language, MONOCLE_LANGUAGE_USUAL, NULL };
  g_autofree char *name = NULL;

  g_return_val_if_fail (task, NULL);

  /* What is read from a file may be of another family, which does not say its languages. */
  if (!language
      || g_str_equal (language, monocle_language_choose (task->languages ? task->languages : own)))
    return g_strdup (_ (task->title));
  name = monocle_language_dup_name (language);
  /* Translators: a kind of question and a language: "Caption (French)". */
  return g_strdup_printf (C_ ("language", "%s (%s)"), _ (task->title), name);
}

char *
monocle_query_dup_title (MonocleQuery *self)
{
  g_autofree char *line = NULL;
  g_autofree char *title = NULL;
  const char *prompt;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  title = monocle_query_dup_task_title (monocle_query_get_task (self),
                                        monocle_query_get_language (self));
  prompt = monocle_query_get_request_text (self);
  line = prompt ? cut_line (prompt) : NULL;
  if (!line || !*line)
    return g_steal_pointer (&title);

  /* Translators: a kind of question and its text: "Find by Name: red car". */
  return g_strdup_printf (_ ("%s: %s"), title, line);
}

gboolean
monocle_query_has_found (MonocleQuery *self)
{
  GPtrArray *results = monocle_query_get_results (self);

  for (guint i = 0; results && i < results->len; i++)
    for (guint k = 0; results->pdata[i] && k < monocle_result_get_n_objects (results->pdata[i]);
         k++)
      {
        const MonocleShape *shape = monocle_result_get_object (results->pdata[i], k)->shape;

        /* Nothing of a heat map. */
        if (!monocle_shape_get_mask (shape) || !monocle_shape_is_empty (shape))
          return TRUE;
      }
  return FALSE;
}

static gboolean
has_text (MonocleQuery *self)
{
  const char *text = monocle_query_get_text (self);

  return text && *text;
}

static char *
count_objects (MonocleQuery *self)
{
  guint n = g_list_model_get_n_items (monocle_query_get_annotations (self));
  const gboolean is_text = monocle_query_get_task (self)->gives == MONOCLE_GIVES_TEXTS;

  if (!monocle_query_has_found (self))
    return g_strdup (is_text ? _ ("No text found") : _ ("No objects found"));
  if (is_text)
    return g_strdup_printf (ngettext ("%u piece of text", "%u pieces of text", n), n);
  return g_strdup_printf (ngettext ("%u object", "%u objects", n), n);
}

static char *
sum_up_answer (MonocleQuery *self)
{
  if (monocle_task_gives_objects (monocle_query_get_task (self)))
    return count_objects (self);
  if (monocle_query_get_task (self)->gives == MONOCLE_GIVES_PICTURE
      && monocle_query_get_results (self))
    return g_strdup (_ ("Picture"));
  return has_text (self) ? cut_line (monocle_query_get_text (self)) : g_strdup (_ ("No answer"));
}

static const char *
get_stage_title (MonocleStage stage)
{
  switch (stage)
    {
    case MONOCLE_STAGE_PREPARING:
    case MONOCLE_STAGE_COMPILING:
      return _ ("Preparing…");
    case MONOCLE_STAGE_LOOKING:
      return _ ("Looking…");
    case MONOCLE_STAGE_ANSWERING:
    default:
      return _ ("Answering…");
    }
}

char *
monocle_query_dup_summary (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  switch (monocle_query_get_state (self))
    {
    case MONOCLE_QUERY_WAITING:
      return g_strdup (_ ("Waiting…"));
    case MONOCLE_QUERY_RUNNING:
      if (monocle_query_is_stopping (self))
        return g_strdup (_ ("Stopping…"));
      return monocle_query_has_found (self) || has_text (self)
                 ? sum_up_answer (self)
                 : g_strdup (get_stage_title (monocle_query_get_stage (self)));
    case MONOCLE_QUERY_STOPPED:
      return g_strdup (_ ("Stopped"));
    case MONOCLE_QUERY_FAILED:
      return g_strdup (
          monocle_trouble_describe (MONOCLE_ATTEMPT_ASK, monocle_query_get_error (self)).what);
    case MONOCLE_QUERY_DONE:
    default:
      return sum_up_answer (self);
    }
}
