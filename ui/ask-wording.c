/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-wording.h"

#include <glib/gi18n.h>
#include <string.h>

gboolean
monocle_ask_wording_takes (const MonocleTask *task)
{
  return (task->takes & MONOCLE_TAKES_TEXT) != 0;
}

gboolean
monocle_ask_wording_is_question_task (const MonocleTask *task)
{
  return task->kind == MONOCLE_TASK_ANSWER && monocle_ask_wording_takes (task);
}

/* In the scripts of those who ask. */
gboolean
monocle_ask_wording_is_question (const char *text)
{
  /* Greek writes U+037E for it. */
  static const char *const marks[] = { "?", "？", "؟", "՞", "፧", "\315\276" };
  g_autofree char *end = g_strdup (text);

  for (gsize n = strlen (end); n > 0 && strchr ("!.\"')", end[n - 1]); n--)
    end[n - 1] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_has_suffix (end, marks[i]))
      return TRUE;
  return FALSE;
}

/* What a task that takes words wants to be told. */
typedef struct
{
  const char *placeholder, *empty, *missing;
} Wording;

static const Wording question_wording = {
  .placeholder = N_ ("Your question"),
  .empty = N_ ("Type a question"),
  .missing = N_ ("Type a question first"),
};
static const Wording label_wording = {
  .placeholder = N_ ("Labels with commas between them"),
  .empty = N_ ("Type labels, such as “cat, dog, red car”"),
  .missing = N_ ("Type labels first"),
};
static const Wording search_wording = {
  .placeholder = N_ ("What to look for"),
  .empty = N_ ("Type what to look for"),
  .missing = N_ ("Type what to look for first"),
};

static const Wording *
get_wording (const MonocleTask *task)
{
  if (monocle_ask_wording_is_question_task (task))
    return &question_wording;
  return task->kind == MONOCLE_TASK_RANK ? &label_wording : &search_wording;
}

const char *
monocle_ask_wording_get_placeholder (const MonocleTask *task)
{
  return _ (get_wording (task)->placeholder);
}

const char *
monocle_ask_wording_get_empty (const MonocleTask *task)
{
  return _ (get_wording (task)->empty);
}

const char *
monocle_ask_wording_get_missing (const MonocleTask *task)
{
  return _ (get_wording (task)->missing);
}

char *
monocle_ask_wording_describe (const MonocleTask *task, const char *words)
{
  if (monocle_ask_wording_is_question_task (task))
    return g_strdup_printf (_ ("Asks “%s” about the whole picture"), words);
  if (task->kind == MONOCLE_TASK_RANK)
    return g_strdup_printf (_ ("Compares the whole picture with “%s”"), words);
  return g_strdup_printf (_ ("Looks for “%s” in the whole picture"), words);
}
