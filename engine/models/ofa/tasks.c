/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What OFA can be asked, in the words that it was trained with.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/result.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/ofa/private.h"

/* Where the person's words go. */
#define WORDS "{}"

/* What questions and descriptions of the training set do not begin with. */
#define IDLE ",.!?*#:;~"

typedef struct
{
  MonocleTask task;
  const char *prompt; /* all begin with a blank */
  gboolean is_plain;  /* the person's words are taken as they are */
  MonocleOfaManner manner;
} Row;

static const char *const verdicts[] = { "yes", "no", "maybe", NULL };

/* clang-format off */
#define ROW(task_id, task_title, task_description, task_kind, task_takes, task_gives, tokens) \
  { .id = task_id, .tag = "", .title = task_title, .description = task_description, \
    .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
    .max_tokens = tokens, .write_reference = monocle_task_write_generated_text }

/* Lengths and searches are those of the published tasks. */
static const Row rows[] = {
  { ROW ("caption", N_ ("Caption"), N_ ("Says in one sentence what the image shows"),
         DESCRIBE, NOTHING, TEXT, 16), " what does the image describe?",
    .manner = { MONOCLE_OFA_WORDS, .no_repeat = 3, .length_penalty = 1 } },
  { ROW ("detect", N_ ("Find Objects"), N_ ("Finds objects and names their kinds"),
         FIND, NOTHING, BOXES, 512), " what are the objects in the image?",
    .manner = { MONOCLE_OFA_OBJECTS, .length_penalty = 1 } },
  { ROW ("find-phrase", N_ ("Find by Description"), N_ ("Finds the one place that you describe"),
         FIND, TEXT, BOXES, 4), " which region does the text \" " WORDS " \" describe?",
    .manner = { MONOCLE_OFA_BOX, .n_tokens = 4, .length_penalty = 1 } },
  { ROW ("ocr", N_ ("Read Text"), N_ ("Reads all text in the image"),
         READ, NOTHING, TEXT, 64), " what are the texts on the image?",
    .manner = { MONOCLE_OFA_WORDS, .length_penalty = 1 } },
  { ROW ("answer-question", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
         ANSWER, TEXT, TEXT, 30), " " WORDS,
    .manner = { MONOCLE_OFA_WORDS, .length_penalty = 0, .is_closed = TRUE } },
  { ROW ("check-statement", N_ ("Check a Statement"), N_ ("Says whether the image shows what you state"),
         ANSWER, TEXT, TEXT, 8), " does the image describe \" " WORDS " \"?",
    .manner = { MONOCLE_OFA_WORDS, .length_penalty = 0, .answers = verdicts } },
  { ROW ("prompt", N_ ("Own Prompt"), N_ ("Gives the model your words as they are"),
         ANSWER, TEXT, TEXT, 64), " " WORDS, TRUE,
    .manner = { MONOCLE_OFA_WORDS, .length_penalty = 1 } },
};
/* clang-format on */

void
monocle_ofa_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

const MonocleOfaManner *
monocle_ofa_task_get_manner (const MonocleTask *task)
{
  return &((const Row *) task)->manner;
}

char *
monocle_ofa_task_find_phrase (const MonocleTask *task, const char *prompt)
{
  const char *around = ((const Row *) task)->prompt, *words = strstr (around, WORDS);
  const gsize before = words ? (gsize) (words - around) : strlen (around);
  const gsize after = words ? strlen (words) - strlen (WORDS) : 0;
  const gsize length = strlen (prompt);

  return length >= before + after ? g_strndup (prompt + before, length - before - after)
                                  : g_strdup ("");
}

char *
monocle_ofa_clean (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autoptr (GString) cleaned = g_string_new (NULL);

  for (const char *c = lower + strspn (lower, IDLE); *c; c = g_utf8_next_char (c))
    {
      const gunichar found = g_utf8_get_char (c);

      if (found != '-' && found != '/' && !monocle_utf8_is_blank (found))
        g_string_append_unichar (cleaned, found);
      else if (cleaned->len > 0 && cleaned->str[cleaned->len - 1] != ' ')
        g_string_append_c (cleaned, ' ');
    }
  return g_strchomp (g_string_free (g_steal_pointer (&cleaned), FALSE));
}

char *
monocle_ofa_write_prompt (const MonocleTask *task,
                          const char *text,
                          const MonocleBox *region,
                          guint width,
                          guint height,
                          GError **error)
{
  const Row *row = (const Row *) task;
  g_autoptr (GString) prompt = g_string_new (row->prompt);
  g_autofree char *words = NULL;

  if (!(task->takes & MONOCLE_TAKES_TEXT))
    return g_string_free (g_steal_pointer (&prompt), FALSE);
  words = monocle_utf8_dup_trimmed (text, strlen (text));
  if (!row->is_plain)
    {
      g_autofree char *plain = g_steal_pointer (&words);

      words = monocle_ofa_clean (plain);
    }
  if (!*words)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s needs words, and there are none in the text", task->id);
      return NULL;
    }
  g_string_replace (prompt, WORDS, words, 1);
  return g_string_free (g_steal_pointer (&prompt), FALSE);
}
