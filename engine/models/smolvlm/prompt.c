/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What SmolVLM can be asked, and questions as the tokens that it reads: a turn of a conversation,
 * in which each view of a picture has its place and as many tokens as it has rows.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/models/parts/prompt-tokens.h"
#include "engine/models/smolvlm/private.h"

#define IMAGE  "<image>"
#define AROUND "<fake_token_around_image>"
#define WHOLE  "<global-img>"
#define END    "<end_of_utterance>"
#define ROLE   "<|start_of_role|>"

/* Longer than most answers; the model ends them by itself. */
#define MAX_TOKENS 1024

const MonocleSmolvlmTurns monocle_smolvlm_turns_of_names = {
  .start = "<|im_start|>",
  .end = END,
  .begins = "<|im_start|>User:",
  .answers = END "\nAssistant:",
  .goes_on = END "\nUser:",
  .blank = " ",
};

const MonocleSmolvlmTurns monocle_smolvlm_turns_of_roles = {
  .start = ROLE,
  .end = "<|end_of_text|>",
  .role = "<|end_of_role|>",
  .begins = ROLE "user<|end_of_role|>",
  .answers = "<|end_of_text|>\n" ROLE "assistant<|end_of_role|>",
  .goes_on = "<|end_of_text|>\n" ROLE "user<|end_of_role|>",
  .blank = "",
};

/* Its words. */
static JsonNode *
write_reference (const MonocleTask *task, const MonocleResult *result)
{
  JsonNode *node = json_node_alloc ();

  return json_node_init_string (node, monocle_result_get_text (result));
}

/* clang-format off */
static const MonocleSmolvlmRow rows[] = {
  { { .id = "caption", .tag = "", .title = N_ ("Caption"),
      .description = N_ ("Says in one sentence what the image shows"),
      .kind = MONOCLE_TASK_DESCRIBE, .takes = MONOCLE_TAKES_NOTHING, .gives = MONOCLE_GIVES_TEXT,
      .max_tokens = MAX_TOKENS, .write_reference = write_reference },
    "Describe this image in one sentence." },
  { { .id = "detailed-caption", .tag = "", .title = N_ ("Detailed Caption"),
      .description = N_ ("Says in a few sentences what the image shows"),
      .kind = MONOCLE_TASK_DESCRIBE, .takes = MONOCLE_TAKES_NOTHING, .gives = MONOCLE_GIVES_TEXT,
      .max_tokens = MAX_TOKENS, .write_reference = write_reference },
    "Can you describe this image?" },
  { { .id = "ocr", .tag = "", .title = N_ ("Read Text"),
      .description = N_ ("Reads all text in the image"),
      .kind = MONOCLE_TASK_READ, .takes = MONOCLE_TAKES_NOTHING, .gives = MONOCLE_GIVES_TEXT,
      .max_tokens = MAX_TOKENS, .write_reference = write_reference },
    "What is the text in this image?" },
  { { .id = "prompt", .tag = "", .title = N_ ("Ask a Question"),
      .description = N_ ("Answers a question about the image"),
      .kind = MONOCLE_TASK_ANSWER, .takes = MONOCLE_TAKES_TEXT, .gives = MONOCLE_GIVES_TEXT,
      .max_tokens = MAX_TOKENS, .write_reference = write_reference },
    NULL },
};
/* clang-format on */

void
monocle_smolvlm_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

char *
monocle_smolvlm_write_prompt (const MonocleTask *task,
                              const char *text,
                              const MonocleBox *region,
                              guint width,
                              guint height,
                              GError **error)
{
  return monocle_smolvlm_write_row ((const MonocleSmolvlmRow *) task, text, error);
}

char *
monocle_smolvlm_write_row (const MonocleSmolvlmRow *row, const char *text, GError **error)
{
  static const char *const reserved[]
      = { IMAGE, AROUND, WHOLE, "<|im_start|>", END, ROLE, "<|end_of_role|>", "<|end_of_text|>" };

  if (row->prompt)
    return g_strdup (row->prompt);
  return monocle_prompt_tokens_check_text (text, reserved, G_N_ELEMENTS (reserved), error)
             ? monocle_utf8_dup_trimmed (text, strlen (text))
             : NULL;
}

/* --- tokens ------------------------------------------------------------------------------- */

static char *
write_place (guint row, guint column)
{
  return g_strdup_printf ("<row_%u_col_%u>", row + 1, column + 1);
}

static gboolean
check_token (MonocleSmolvlm *self, const char *directory, const char *token, GError **error)
{
  guint32 id;

  return monocle_prompt_tokens_find (self->tokenizer, token, self->config.text.n_words, directory,
                                     &id, error);
}

gboolean
monocle_smolvlm_check_tokens (MonocleSmolvlm *self, const char *directory, GError **error)
{
  const gboolean has_roles = monocle_tokenizer_find (self->tokenizer, ROLE) >= 0;
  const MonocleSmolvlmTurns *turns
      = has_roles ? &monocle_smolvlm_turns_of_roles : &monocle_smolvlm_turns_of_names;
  const char *const tokens[] = { IMAGE, AROUND, WHOLE, turns->start, turns->end, turns->role };
  const MonocleSmolvlmGrid square = monocle_smolvlm_plan_views (&self->pixels, 1, 1);
  guint n_words = monocle_tokenizer_get_vocab_size (self->tokenizer);
  guint32 end;

  for (guint i = 0; i < G_N_ELEMENTS (tokens) && tokens[i]; i++)
    if (!check_token (self, directory, tokens[i], error))
      return FALSE;
  for (guint i = 0; i < square.rows * square.columns; i++)
    {
      g_autofree char *place = write_place (i / square.columns, i % square.columns);

      if (!check_token (self, directory, place, error))
        return FALSE;
    }
  /* Processors add what ends turns elsewhere, whether the model knows it or not. */
  if (monocle_tokenizer_find (self->tokenizer, END) == self->config.text.n_words)
    n_words--;
  if (!monocle_prompt_tokens_check_count (n_words, self->config.text.n_words, directory, error))
    return FALSE;
  self->turns = turns;
  self->image_id = (guint32) monocle_tokenizer_find (self->tokenizer, IMAGE);
  end = (guint32) monocle_tokenizer_find (self->tokenizer, turns->end);
  g_array_append_val (self->config.ends.ids, end);
  return TRUE;
}

static void
append_view (const MonocleSmolvlm *self, GString *text, const char *place)
{
  g_string_append_printf (text, AROUND "%s", place);
  for (guint i = 0; i < self->config.n_seen; i++)
    g_string_append (text, IMAGE);
}

GArray *
monocle_smolvlm_write_picture (const MonocleSmolvlm *self, const MonocleSmolvlmGrid *grid)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 next = self->config.text.n_words;
  GArray *ids;

  for (guint y = 0; y < grid->rows; y++)
    {
      for (guint x = 0; x < grid->columns; x++)
        {
          g_autofree char *place = write_place (y, x);

          append_view (self, text, place);
        }
      g_string_append_c (text, '\n');
    }
  if (grid->rows > 0)
    g_string_append_c (text, '\n');
  append_view (self, text, WHOLE);
  g_string_append (text, AROUND);

  ids = monocle_tokenizer_encode (self->tokenizer, text->str, MONOCLE_SPECIALS_NONE);
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint32, i) == self->image_id)
      g_array_index (ids, guint32, i) = next++;
  return ids;
}

GArray *
monocle_smolvlm_write_words (const MonocleSmolvlm *self, const char *words)
{
  return monocle_tokenizer_encode (self->tokenizer, words, MONOCLE_SPECIALS_NONE);
}

GArray *
monocle_smolvlm_write_beginning (const MonocleSmolvlm *self, const MonocleSmolvlmGrid *grid)
{
  GArray *ids = monocle_smolvlm_write_words (self, self->turns->begins);
  g_autoptr (GArray) picture = monocle_smolvlm_write_picture (self, grid);

  return g_array_append_vals (ids, picture->data, picture->len);
}

GArray *
monocle_smolvlm_write_question (const MonocleSmolvlm *self, const char *prompt)
{
  g_autofree char *text = g_strconcat (prompt, self->turns->answers, NULL);

  return monocle_smolvlm_write_words (self, text);
}
