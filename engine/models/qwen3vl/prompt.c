/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Qwen3-VL can be asked, and questions as the tokens that it reads: a turn of a conversation,
 * in which a picture has as many tokens as it has rows.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/answer/labels.h"
#include "engine/answer/languages.h"
#include "engine/answer/result.h"
#include "engine/base/utf8.h"
#include "engine/models/parts/prompt-tokens.h"
#include "engine/models/qwen3vl/private.h"

#define IMAGE       "<|image_pad|>"
#define IMAGE_START "<|vision_start|>"
#define IMAGE_END   "<|vision_end|>"
#define TURN        "<|im_start|>"
#define END         "<|im_end|>"

/* Longer than most answers; the model ends them by itself. */
#define MAX_TOKENS 1024

/* More names than fit an answer. */
#define MAX_NAMES 64

/* Those that its authors name first of the many that it writes; how it is asked for them. What is
 * asked in words is answered in the language of these. */
static const char *const languages[]
    = { "ar", "de", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "th", "vi", "zh", NULL };
static const char *const names_of_languages[]
    = { "Arabic", "German",     "English", "Spanish", "French",     "Italian", "Japanese",
        "Korean", "Portuguese", "Russian", "Thai",    "Vietnamese", "Chinese" };
G_STATIC_ASSERT (G_N_ELEMENTS (names_of_languages) + 1 == G_N_ELEMENTS (languages));

/* A task, and what is asked. */
typedef struct
{
  MonocleTask task;
  const char *prompt; /* (nullable): the person's own words; with %s names stand there */
} Row;

/* clang-format off */
#define FIELDS(task_id, task_title, task_description, task_kind, task_takes, task_gives) \
  .id = task_id, .tag = "", .title = task_title, .description = task_description, \
  .kind = MONOCLE_TASK_##task_kind, .takes = MONOCLE_TAKES_##task_takes, .gives = MONOCLE_GIVES_##task_gives, \
  .max_tokens = MAX_TOKENS, .write_reference = monocle_task_write_generated_text
#define ROW(id, title, description, kind, takes, gives) { FIELDS (id, title, description, kind, takes, gives) }
#define SPOKEN(id, title, description, kind, takes, gives) \
  { FIELDS (id, title, description, kind, takes, gives), .languages = languages }

static const Row rows[] = {
  { SPOKEN ("caption", N_ ("Caption"), N_ ("Says in one sentence what the image shows"),
            DESCRIBE, NOTHING, TEXT), "Describe this image in one sentence." },
  { SPOKEN ("detailed-caption", N_ ("Detailed Caption"), N_ ("Says in a few sentences what the image shows"),
            DESCRIBE, NOTHING, TEXT), "Describe this image." },
  { ROW ("find-words", N_ ("Find by Words"), N_ ("Finds whatever you name, with a box around each"),
         FIND, TEXT, BOXES),
    "Locate every instance that belongs to the following categories: '%s'. Report bbox coordinates in JSON format." },
  { ROW ("point-at-words", N_ ("Point at Words"), N_ ("Finds whatever you name, with a point on each"),
         FIND, TEXT, OBJECTS),
    "Locate every instance that belongs to the following categories: '%s'. Report point coordinates in JSON format." },
  { ROW ("ocr", N_ ("Read Text"), N_ ("Reads all text in the image"),
         READ, NOTHING, TEXT), "Read all the text in the image." },
  { ROW ("prompt", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
         ANSWER, TEXT, TEXT), NULL },
};
/* clang-format on */

void
monocle_qwen3vl_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

/* --- prompts ------------------------------------------------------------------------------ */

static gboolean
check_reserved (const char *text, GError **error)
{
  static const char *const reserved[]
      = { IMAGE, IMAGE_START, IMAGE_END, "<|video_pad|>", TURN, END, "<|endoftext|>" };

  return monocle_prompt_tokens_check_text (text, reserved, G_N_ELEMENTS (reserved), error);
}

static char *
write_names (const Row *row, const char *text, GError **error)
{
  const char *place = strstr (row->prompt, "%s");
  g_autofree char *checked
      = monocle_labels_write_prompt (row->task.id, text, "names", MAX_NAMES, error);
  g_auto (GStrv) names = checked ? monocle_labels_parse (checked) : NULL;
  g_autofree char *joined = names ? g_strjoinv (", ", names) : NULL;
  g_autofree char *before = g_strndup (row->prompt, (gsize) (place - row->prompt));

  return joined ? g_strconcat (before, joined, place + 2, NULL) : NULL;
}

char *
monocle_qwen3vl_write_prompt (const MonocleTask *task,
                              const char *text,
                              const MonocleBox *region,
                              guint width,
                              guint height,
                              GError **error)
{
  const Row *row = (const Row *) task;

  if (task->takes == MONOCLE_TAKES_NOTHING)
    return g_strdup (row->prompt);
  if (!check_reserved (text, error))
    return NULL;
  if (row->prompt)
    return write_names (row, text, error);
  return monocle_utf8_dup_trimmed (text, strlen (text));
}

char *
monocle_qwen3vl_write_prompt_in (const MonocleTask *task,
                                 const char *language,
                                 const char *text,
                                 GError **error)
{
  g_autofree char *prompt = monocle_qwen3vl_write_prompt (task, text, NULL, 1, 1, error);
  guint i = 0;

  if (!prompt || g_str_equal (language, MONOCLE_LANGUAGE_USUAL))
    return g_steal_pointer (&prompt);
  while (!g_str_equal (languages[i], language))
    i++;
  return g_strconcat (prompt, " Answer in ", names_of_languages[i], ".", NULL);
}

/* --- tokens ------------------------------------------------------------------------------- */

static gboolean
find_token (MonocleQwen3vl *self, const char *token, guint32 *id, GError **error)
{
  return monocle_prompt_tokens_find (self->tokenizer, token, self->config.text.n_words,
                                     self->directory, id, error);
}

gboolean
monocle_qwen3vl_check_tokens (MonocleQwen3vl *self, GError **error)
{
  static const char *const tokens[] = { IMAGE_START, IMAGE_END, TURN };
  guint32 id;

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    if (!find_token (self, tokens[i], &id, error))
      return FALSE;
  if (!find_token (self, IMAGE, &self->image_id, error) || !find_token (self, END, &id, error))
    return FALSE;
  g_array_append_val (self->config.ends.ids, id);
  return monocle_prompt_tokens_check_count (monocle_tokenizer_get_vocab_size (self->tokenizer),
                                            self->config.text.n_words, self->directory, error);
}

GArray *
monocle_qwen3vl_write_words (const MonocleQwen3vl *self, const char *words)
{
  return monocle_tokenizer_encode (self->tokenizer, words, MONOCLE_SPECIALS_NONE);
}

GArray *
monocle_qwen3vl_write_start (const MonocleQwen3vl *self)
{
  return monocle_qwen3vl_write_words (self, self->config.is_older
                                                ? MONOCLE_QWEN3VL_ROLE MONOCLE_QWEN3VL_BEGINS
                                                : MONOCLE_QWEN3VL_BEGINS);
}

GArray *
monocle_qwen3vl_write_picture (const MonocleQwen3vl *self, guint n_tokens)
{
  GArray *ids = monocle_qwen3vl_write_words (self, IMAGE_START);
  g_autoptr (GArray) end = monocle_qwen3vl_write_words (self, IMAGE_END);

  for (guint i = 0; i < n_tokens; i++)
    {
      const guint32 row = self->config.text.n_words + i;

      g_array_append_val (ids, row);
    }
  return g_array_append_vals (ids, end->data, end->len);
}
