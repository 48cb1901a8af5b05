/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What PaliGemma can be asked, in the words that it was trained with, and questions as the tokens
 * that it reads.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/labels.h"
#include "engine/answer/languages.h"
#include "engine/answer/result.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/paligemma/private.h"
#include "engine/models/parts/prompt-tokens.h"

#define IMAGE "<image>"
#define START "<bos>"
#define END   "<eos>"

/* Of words; an object takes some 25. */
#define MAX_WORD_TOKENS   256
#define MAX_OBJECT_TOKENS 1024

/* More names than fit an answer. */
#define MAX_NAMES 64

/* What becomes of the person's text. */
typedef enum
{
  FORM_NOTHING,  /* there is none */
  FORM_WORDS,    /* it stands behind the prompt, and the language */
  FORM_LANGUAGE, /* and is that */
  FORM_NAMES,    /* and is names, which stand between semicolons */
} Form;

typedef struct
{
  MonocleTask task;
  Form form;
  const char *prompt;
} Row;

/* The training set is in these. */
static const char *const languages[]
    = { "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fil", "fr",
        "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "mi", "nl", "no",  "pl",
        "pt", "ro", "ru", "sv", "sw", "te", "th", "tr", "uk", "vi", "zh",  NULL };

/* clang-format off */
#define TASK(task_id, task_title, task_description, task_kind, task_takes, task_gives, tokens) \
  .id = task_id, .tag = "", .title = task_title, .description = task_description, \
  .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
  .max_tokens = MAX_##tokens##_TOKENS, .write_reference = monocle_task_write_generated_text

static const Row rows[] = {
  { { TASK ("caption", N_ ("Caption"), N_ ("Says in one sentence what the image shows"),
            DESCRIBE, NOTHING, TEXT, WORD), .languages = languages }, FORM_NOTHING, "caption" },
  { { TASK ("short-caption", N_ ("Short Caption"), N_ ("Says in a few words what the image shows"),
            DESCRIBE, NOTHING, TEXT, WORD), .languages = languages }, FORM_NOTHING, "cap" },
  { { TASK ("detailed-caption", N_ ("Detailed Caption"), N_ ("Says in a few sentences what the image shows"),
            DESCRIBE, NOTHING, TEXT, WORD), .languages = languages }, FORM_NOTHING, "describe" },
  { { TASK ("find-words", N_ ("Find by Words"), N_ ("Finds whatever you name, with a box around each"),
            FIND, TEXT, BOXES, OBJECT) }, FORM_NAMES, "detect " },
  { { TASK ("outline-words", N_ ("Outline by Words"), N_ ("Outlines whatever you name"),
            OUTLINE, TEXT, OUTLINES, OBJECT) }, FORM_NAMES, "segment " },
  { { TASK ("ocr", N_ ("Read Text"), N_ ("Reads all text in the image"),
            READ, NOTHING, TEXT, WORD) }, FORM_NOTHING, "ocr" },
  { { TASK ("answer-question", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
            ANSWER, TEXT, TEXT, WORD), .languages = languages }, FORM_WORDS, "answer" },
  { { TASK ("find-question", N_ ("Find a Question"), N_ ("Writes a question about the image that has this answer"),
            ANSWER, TEXT, TEXT, WORD), .languages = languages }, FORM_WORDS, "question" },
  { { TASK ("prompt", N_ ("Own Prompt"), N_ ("Gives the model your words as they are"),
            ANSWER, TEXT, TEXT, OBJECT) }, FORM_WORDS, "" },
  /* Before captions had languages. */
  { { TASK ("caption-in-language", N_ ("Caption in a Language"),
            N_ ("Says in one sentence what the image shows, in the language whose code is given, such as fr"),
            DESCRIBE, TEXT, TEXT, WORD), .is_former = TRUE }, FORM_LANGUAGE, "caption" },
};
/* clang-format on */

void
monocle_paligemma_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

/* --- prompts ------------------------------------------------------------------------------ */

static gboolean
check_reserved (const char *text, GError **error)
{
  static const char *const reserved[] = { IMAGE, START, END };

  return monocle_prompt_tokens_check_text (text, reserved, G_N_ELEMENTS (reserved), error);
}

static char *
write_names (const Row *row, const char *text, GError **error)
{
  g_autofree char *checked
      = monocle_labels_write_prompt (row->task.id, text, "names", MAX_NAMES, error);
  g_auto (GStrv) names = checked ? monocle_labels_parse (checked) : NULL;
  g_autofree char *joined = names ? g_strjoinv (" ; ", names) : NULL;

  return joined ? g_strconcat (row->prompt, joined, NULL) : NULL;
}

static char *
write_words (const Row *row, const char *language, const char *text)
{
  g_autofree char *words = monocle_utf8_dup_trimmed (text, strlen (text));

  return *row->prompt ? g_strdup_printf ("%s %s %s", row->prompt, language, words)
                      : g_steal_pointer (&words);
}

/* The code is the text. */
static char *
write_language (const Row *row, const char *text, GError **error)
{
  g_autofree char *code = monocle_utf8_dup_trimmed (text, strlen (text));

  return monocle_languages_check (row->task.id, languages, code, error)
             ? g_strconcat (row->prompt, " ", monocle_languages_find (languages, code), NULL)
             : NULL;
}

char *
monocle_paligemma_write_prompt_in (const MonocleTask *task,
                                   const char *language,
                                   const char *text,
                                   GError **error)
{
  const Row *row = (const Row *) task;

  if (row->form == FORM_NOTHING)
    return task->languages ? g_strconcat (row->prompt, " ", language, NULL)
                           : g_strdup (row->prompt);
  if (!check_reserved (text, error))
    return NULL;
  if (row->form == FORM_NAMES)
    return write_names (row, text, error);
  return row->form == FORM_LANGUAGE ? write_language (row, text, error)
                                    : write_words (row, language, text);
}

char *
monocle_paligemma_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error)
{
  return monocle_paligemma_write_prompt_in (task, MONOCLE_LANGUAGE_USUAL, text, error);
}

/* --- tokens ------------------------------------------------------------------------------- */

static gboolean
find_token (MonoclePaligemma *self, const char *token, guint32 *id, GError **error)
{
  return monocle_prompt_tokens_find (self->tokenizer, token, self->config.text.n_words,
                                     self->directory, id, error);
}

gboolean
monocle_paligemma_check_tokens (MonoclePaligemma *self, GError **error)
{
  guint32 end;

  if (!find_token (self, START, &self->start_id, error) || !find_token (self, END, &end, error)
      || !monocle_paligemma_tokens_find (&self->tokens, self->tokenizer, self->directory, error))
    return FALSE;
  g_array_append_val (self->config.ends.ids, end);
  return monocle_prompt_tokens_check_count (monocle_tokenizer_get_vocab_size (self->tokenizer),
                                            self->config.text.n_words, self->directory, error);
}

GArray *
monocle_paligemma_write_question (const MonoclePaligemma *self, const char *prompt)
{
  g_autofree char *text = g_strconcat (prompt, "\n", NULL);
  g_autoptr (GArray) words
      = monocle_tokenizer_encode (self->tokenizer, text, MONOCLE_SPECIALS_NONE);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->config.n_seen; i++)
    {
      const guint32 row = self->config.text.n_words + i;

      g_array_append_val (ids, row);
    }
  g_array_append_val (ids, self->start_id);
  return g_array_append_vals (ids, words->data, words->len);
}
