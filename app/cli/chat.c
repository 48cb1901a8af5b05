/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli chat: a conversation about pictures, at a terminal or line by line.
 */
#include "config.h"

#include "app/cli/chat.h"

#include <unistd.h>

#include "app/cli/format.h"
#include "app/cli/lines.h"
#include "app/cli/out.h"
#include "app/cli/detail.h"
#include "app/cli/output.h"
#include "app/cli/wait.h"
#include "app/models/store.h"

static void
chat_clear (MonocleCliChat *self)
{
  monocle_cli_model_clear (&self->model);
  monocle_cli_sampling_clear (&self->sampling);
  g_clear_pointer (&self->images, g_strfreev);
  g_clear_pointer (&self->more_images, g_strfreev);
  g_clear_pointer (&self->words, g_strfreev);
  g_clear_pointer (&self->format, g_free);
  g_clear_pointer (&self->most_tokens, g_free);
  g_clear_pointer (&self->before, g_free);
  g_clear_pointer (&self->detail_name, g_free);
  g_clear_pointer (&self->chat, monocle_chat_free);
  g_clear_object (&self->turns);
  g_clear_object (&self->loaded);
  g_clear_pointer (&self->pictures, g_hash_table_unref);
  g_clear_pointer (&self->pending, g_array_unref);
  g_clear_pointer (&self->inputs, monocle_file_set_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliChat, chat_clear)

/* --- options ------------------------------------------------------------------------------ */

static char *
describe (const MonocleCliModel *model)
{
  return g_strconcat (
      _ ("Without --ask, questions are lines of standard input. A line that begins with a slash\n"
         "is a command:\n\n"),
      monocle_cli_chat_get_commands (), "\n",
      _ ("At a terminal Ctrl+C stops an answer, and Ctrl+D ends.\n\n"
         "With --format json a line can also be an object, of which all members may be left out:\n"
         "  {\"text\": \"What is this?\", \"images\": [FILE], \"regions\": [[X1,Y1,X2,Y2]],\n"
         "   \"undo\": N, \"seed\": N, \"max_tokens\": N}\n"
         "Each answer is one line: \"text\", \"answer\", how it ended (\"end\": end, length, "
         "context,\n"
         "stopped or loop), \"tokens\": how many of the conversation were kept, read and written,\n"
         "how many that makes and how many there is room for. What fails is {\"error\": ...}.\n\n"
         "Where there is no more room the oldest questions are forgotten, and it is said.\n"),
      NULL);
}

static MonocleCliStatus
parse_options (MonocleCliChat *self, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "image", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->images,
      N_ ("Image to talk about; may be repeated"), N_ ("FILE") },
    { "ask", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->words,
      N_ ("Ask this, and end; may be repeated"), N_ ("TEXT") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &self->before,
      N_ ("Go on with what /save wrote as JSON"), N_ ("FILE") },
    { "max-tokens", 'n', 0, G_OPTION_ARG_FILENAME, &self->most_tokens,
      N_ ("Longest answer in tokens (default: 1024)"), N_ ("N") },
    MONOCLE_CLI_DETAIL_ENTRY (&self->detail_name),
    MONOCLE_CLI_SAMPLING_ENTRIES (&self->sampling),
    MONOCLE_CLI_FORMAT_ENTRY (&self->format),
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->more_images, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("chat", _ ("[--ask TEXT]... [IMAGE...]"), _ ("Talks about images."),
                          describe, entries, &self->model, &argc, &argv)
      || !monocle_cli_format_read ("chat", self->format, &self->json)
      || !monocle_cli_parse_count ("chat", "--max-tokens", self->most_tokens, G_MAXINT,
                                   &self->max_tokens)
      || !monocle_cli_sampling_read (&self->sampling, "chat", 1))
    return MONOCLE_CLI_USAGE;
  for (guint i = 0; self->words && self->words[i]; i++)
    if (!monocle_cli_has_words (self->words[i]))
      return monocle_cli_refuse ("chat", _ ("an --ask is empty"));
  if (monocle_cli_model_check (&self->model))
    return monocle_cli_refuse ("chat", "%s", monocle_cli_model_check (&self->model));
  self->is_interactive
      = !self->words && !self->json && isatty (STDIN_FILENO) && isatty (STDOUT_FILENO);
  return MONOCLE_CLI_DONE;
}

/* --- the model ---------------------------------------------------------------------------- */

/* Where nothing is said: the first of the person's own that can talk. */
static gboolean
choose_model (MonocleCliModel *model, GError **error)
{
  g_autoptr (GPtrArray) stored = NULL;

  if (model->model)
    return TRUE;
  stored = monocle_model_store_list ();
  for (guint i = 0; i < stored->len && !model->model; i++)
    {
      const MonocleStoredModel *one = stored->pdata[i];

      if (monocle_model_peek_talks (one->directory))
        model->model = g_strdup (one->directory);
    }
  if (model->model)
    return TRUE;
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "no model is here that can talk, such as SmolVLM: name one with --model "
                       "DIRECTORY");
  return FALSE;
}

static MonocleCliStatus
load_model (MonocleCliChat *self)
{
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *directory = NULL;
  g_autoptr (GError) error = NULL;

  if (!choose_model (&self->model, &error)
      || !(directory = monocle_cli_model_find (&self->model, &error)))
    return monocle_cli_report (NULL, error);
  if (!monocle_cli_detail_read ("chat", self->detail_name, &self->model, &self->detail))
    return MONOCLE_CLI_USAGE;
  self->model.may_talk = TRUE;
  /* Nobody waits for one that cannot. */
  tasks = monocle_model_peek_tasks (directory, &error);
  if (tasks && !monocle_model_peek_talks (directory))
    g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "%s: this model cannot talk; SmolVLM can", directory);
  else if (tasks)
    self->loaded
        = monocle_cli_model_load (&self->model, monocle_cli_wait_get_cancellable (), &error);
  return self->loaded ? MONOCLE_CLI_DONE : monocle_cli_report (NULL, error);
}

/* --- lines -------------------------------------------------------------------------------- */

static MonocleCliStatus
open_images (MonocleCliChat *self, char **paths)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; paths && paths[i] && status == MONOCLE_CLI_DONE; i++)
    status = monocle_cli_chat_open (self, paths[i]);
  return status;
}

static MonocleCliStatus
ask_all (MonocleCliChat *self)
{
  MonocleCliStatus worst = MONOCLE_CLI_DONE;

  for (guint i = 0; self->words[i] && worst != MONOCLE_CLI_INTERRUPTED; i++)
    {
      g_autofree char *text = monocle_cli_dup_text (self->words[i]);

      worst = monocle_cli_worst (
          worst, text
                     ? monocle_cli_chat_ask (self, text, self->max_tokens,
                                             self->sampling.is_on ? &self->sampling.settings : NULL)
                     : monocle_cli_chat_complain (self, _ ("--ask is not valid UTF-8")));
    }
  return worst;
}

static void
cancel_too (GCancellable *cancellable, gpointer other)
{
  g_cancellable_cancel (other);
}

/* Where a person types, Ctrl+C takes back what is typed, as the terminal does, and says how to
 * end. */
static char *
read_line (MonocleCliChat *self, MonocleCliLines *lines, GError **error)
{
  GCancellable *program = monocle_cli_wait_get_cancellable ();
  char *line = NULL;

  if (!self->is_interactive)
    return monocle_cli_lines_read (lines, program, error);
  while (!line && !lines->is_over && !g_cancellable_is_cancelled (program))
    {
      g_autoptr (GCancellable) stop = g_cancellable_new ();
      gulong connection = g_cancellable_connect (program, G_CALLBACK (cancel_too), stop, NULL);

      /* Before anybody can see that a line is awaited, so that Ctrl+C then ends nothing; likewise
       * what was an answer's stays until there is this. */
      monocle_cli_wait_set_stoppable (stop);
      monocle_cli_out ("> ");
      monocle_cli_out_flush ();
      g_clear_error (error);
      line = monocle_cli_lines_read (lines, stop, error);
      if (line || lines->is_over)
        monocle_cli_wait_set_stoppable (NULL);
      g_cancellable_disconnect (program, connection);
      if (!line)
        monocle_cli_out ("\n");
      if (!line && !lines->is_over)
        g_printerr (_ ("(/quit or Ctrl+D ends)\n"));
    }
  return line;
}

static MonocleCliStatus
take_lines (MonocleCliChat *self)
{
  g_auto (MonocleCliLines) lines = { NULL };
  MonocleCliStatus worst = MONOCLE_CLI_DONE;
  gboolean ends = FALSE;

  if (self->is_interactive)
    g_printerr (_ ("Ask about what you showed; /help says what else there is.\n"));
  while (!ends && worst != MONOCLE_CLI_INTERRUPTED)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = read_line (self, &lines, &error);
      MonocleCliStatus status;

      if (!line)
        return error ? monocle_cli_worst (worst, monocle_cli_report (NULL, error)) : worst;
      status = monocle_cli_chat_take_line (self, line, &ends);
      /* A person who mistyped has seen it. */
      if (!self->is_interactive || status == MONOCLE_CLI_INTERRUPTED)
        worst = monocle_cli_worst (worst, status);
    }
  return worst;
}

MonocleCliStatus
monocle_cli_chat (int argc, char **argv)
{
  g_auto (MonocleCliChat) self = { .json = FALSE };
  MonocleCliStatus status = parse_options (&self, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  self.turns = g_list_store_new (MONOCLE_TYPE_SAID);
  self.chat = monocle_chat_new (monocle_cli_chat_look, &self);
  self.pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) monocle_image_unref);
  self.pending = g_array_new (FALSE, FALSE, sizeof (MonocleSaidShown));
  self.inputs = monocle_file_set_new ();
  status = open_images (&self, self.images);
  if (status == MONOCLE_CLI_DONE)
    status = open_images (&self, self.more_images);
  if (status == MONOCLE_CLI_DONE)
    status = load_model (&self);
  if (status == MONOCLE_CLI_DONE && self.before)
    status = monocle_cli_chat_load (&self, self.before);
  if (status != MONOCLE_CLI_DONE)
    return status;
  monocle_cli_output_add_model (self.inputs, &self.model);
  return self.words ? ask_all (&self) : take_lines (&self);
}
