/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/chat.h"

#include <stdio.h>
#include <unistd.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/print.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"

/* --- what is shown ------------------------------------------------------------------------ */

void
monocle_cli_chat_note_image (MonocleCliChat *self, MonocleImage *image, const char *path)
{
  g_hash_table_insert (self->paths, image, g_strdup (path));
  self->last = image;
  monocle_cli_output_add_picture (self->inputs, path);
}

MonocleCliStatus
monocle_cli_chat_open (MonocleCliChat *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  MonocleImage *image = monocle_cli_picture_open (path, &error);
  const MonocleShown shown = { .image = image };

  if (!image)
    return monocle_cli_chat_fail (self, path, error);
  monocle_cli_chat_note_image (self, image, path);
  g_array_append_val (self->pending, shown);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_chat_add_region (MonocleCliChat *self, const MonocleBox *region)
{
  const MonocleShown shown = { .image = self->last, .is_region = TRUE, .region = *region };

  if (!self->last)
    return monocle_cli_chat_complain (self, _ ("there is no image that a region could be of"));
  if (region->x1 >= region->x2 || region->y1 >= region->y2 || region->x2 <= 0 || region->y2 <= 0
      || region->x1 >= (float) monocle_image_get_width (self->last)
      || region->y1 >= (float) monocle_image_get_height (self->last))
    return monocle_cli_chat_complain (self, _ ("the region is empty, or lies outside of the "
                                               "image"));
  g_array_append_val (self->pending, shown);
  return MONOCLE_CLI_DONE;
}

/* --- asking ------------------------------------------------------------------------------- */

/* What is true for one question while it is answered. */
typedef struct
{
  gboolean streams;
  GString *printed;
} Watch;

static void
show_update (const MonocleUpdate *update, gpointer user_data)
{
  Watch *watch = user_data;

  switch (update->stage)
    {
    case MONOCLE_STAGE_PREPARING:
      break;

    case MONOCLE_STAGE_COMPILING:
      monocle_cli_progress_show (-1, _ ("Preparing the device, once: %u of %u"), update->n_done,
                                 update->n_steps);
      break;

    case MONOCLE_STAGE_LOOKING:
      monocle_cli_progress_show (update->fraction, _ ("Looking"));
      break;

    case MONOCLE_STAGE_ANSWERING:
      if (watch->streams && update->partial)
        monocle_cli_print_more (update->partial->pdata[0], watch->printed);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
say_end (const MonocleReply *reply, guint n_forgotten_before)
{
  if (reply->n_forgotten > n_forgotten_before)
    fprintf (stderr,
             ngettext ("monocle-cli: note: there is no more room: the model does not remember the "
                       "first question any more\n",
                       "monocle-cli: note: there is no more room: the model does not remember the "
                       "first %u questions any more\n",
                       reply->n_forgotten),
             reply->n_forgotten);
  switch (reply->end)
    {
    case MONOCLE_REPLY_LONG:
      fputs (_ ("monocle-cli: note: the answer ends here: it is as long as --max-tokens says\n"),
             stderr);
      break;
    case MONOCLE_REPLY_FULL:
      fputs (_ ("monocle-cli: note: the answer ends here: there is no more room\n"), stderr);
      break;
    case MONOCLE_REPLY_LOOPED:
      fputs (_ ("monocle-cli: note: the model went on with the same again and again: stopped\n"),
             stderr);
      break;
    case MONOCLE_REPLY_WHOLE:
    case MONOCLE_REPLY_STOPPED:
    default:
      break;
    }
}

static void
say_figures (MonocleConversation *conversation, const MonocleReply *reply)
{
  double writing_s = (reply->decode_ms - reply->first_ms) / 1000;

  fprintf (stderr, _ ("(%.1f s to the first word, %.0f tokens/s; %u of %u tokens)\n"),
           (reply->preprocess_ms + reply->encode_ms + reply->first_ms) / 1000,
           writing_s > 0 ? (reply->n_written - 1) / writing_s : 0.0,
           monocle_conversation_get_n_tokens (conversation),
           monocle_conversation_get_n_places (conversation));
}

static void
print_turn (MonocleCliChat *self, const MonocleReply *reply, const Watch *watch)
{
  guint n = monocle_conversation_get_n_turns (self->conversation);
  const MonocleReply *before
      = n > 1 ? monocle_turn_get_reply (monocle_conversation_get_turn (self->conversation, n - 2))
              : NULL;

  if (self->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      monocle_cli_chat_describe_turn (self, n - 1, builder);
      monocle_cli_format_print (builder);
    }
  else
    monocle_cli_print_rest (reply->result, watch->printed->str);
  monocle_cli_out_flush ();
  say_end (reply, before ? before->n_forgotten : 0);
  if (self->is_interactive)
    say_figures (self->conversation, reply);
}

static void
cancel_too (GCancellable *cancellable, gpointer other)
{
  g_cancellable_cancel (other);
}

/* Ctrl+C stops the answer where a person types, else the program. */
static const MonocleReply *
wait_for_reply (MonocleCliChat *self,
                const MonocleTurnQuestion *question,
                Watch *watch,
                GError **error)
{
  GCancellable *program = monocle_cli_wait_get_cancellable ();
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  gulong connection = g_cancellable_connect (program, G_CALLBACK (cancel_too), stop, NULL);
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  const MonocleReply *reply;

  if (self->is_interactive)
    monocle_cli_wait_set_stoppable (stop);
  monocle_conversation_ask_async (self->conversation, question, stop, show_update, watch,
                                  monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  reply = monocle_conversation_ask_finish (self->conversation, result, error);
  monocle_cli_wait_set_stoppable (NULL);
  g_cancellable_disconnect (program, connection);
  monocle_cli_progress_clear ();
  return reply;
}

MonocleCliStatus
monocle_cli_chat_ask (MonocleCliChat *self,
                      const char *text,
                      guint max_tokens,
                      const MonocleSampling *sampling)
{
  const MonocleTurnQuestion question = {
    .text = text,
    .shown = (const MonocleShown *) (gpointer) self->pending->data,
    .n_shown = self->pending->len,
    .max_tokens = max_tokens,
    .sampling = sampling,
  };
  const MonocleSampling drawn = sampling ? *sampling : (MonocleSampling){ .temperature = 0 };
  g_autoptr (GString) printed = g_string_new (NULL);
  Watch watch = { .streams = !self->json && isatty (STDOUT_FILENO), .printed = printed };
  g_autoptr (GError) error = NULL;
  const MonocleReply *reply = wait_for_reply (self, &question, &watch, &error);
  gboolean is_over = g_cancellable_is_cancelled (monocle_cli_wait_get_cancellable ());

  if (!reply && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (!is_over)
        g_printerr (_ ("(stopped before there was a word)\n"));
      return is_over ? MONOCLE_CLI_INTERRUPTED : MONOCLE_CLI_DONE;
    }
  if (!reply)
    return monocle_cli_chat_fail (self, NULL, error);
  g_array_set_size (self->pending, 0);
  g_array_append_val (self->drawn, drawn);
  print_turn (self, reply, &watch);
  return is_over ? MONOCLE_CLI_INTERRUPTED : MONOCLE_CLI_DONE;
}

/* --- asking otherwise ----------------------------------------------------------------------- */

MonocleCliStatus
monocle_cli_chat_undo (MonocleCliChat *self, guint n)
{
  guint n_turns = monocle_conversation_get_n_turns (self->conversation);
  guint n_shown;
  const MonocleShown *shown;

  if (n > n_turns)
    return monocle_cli_chat_complain (
        self, ngettext ("there is only %u question", "there are only %u questions", n_turns),
        n_turns);
  /* What the questions showed is shown by the next one. */
  for (guint i = n_turns; i > n_turns - n; i--)
    {
      shown = monocle_turn_get_shown (monocle_conversation_get_turn (self->conversation, i - 1),
                                      &n_shown);
      g_array_prepend_vals (self->pending, shown, n_shown);
    }
  monocle_conversation_truncate (self->conversation, n_turns - n);
  g_array_set_size (self->drawn, n_turns - n);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_chat_ask_again (MonocleCliChat *self, const guint64 *seed)
{
  guint n_turns = monocle_conversation_get_n_turns (self->conversation);
  MonocleSampling sampling;
  g_autoptr (MonocleTurn) turn = NULL;
  MonocleCliStatus status;

  if (n_turns == 0)
    return monocle_cli_chat_complain (self, _ ("nothing was asked yet"));
  sampling = g_array_index (self->drawn, MonocleSampling, n_turns - 1);
  if (sampling.temperature <= 0)
    sampling = self->sampling.settings;
  sampling.seed = seed ? *seed : (sampling.seed + 1) % G_MAXUINT32;
  turn = monocle_turn_ref (monocle_conversation_get_turn (self->conversation, n_turns - 1));
  status = monocle_cli_chat_undo (self, 1);
  return status == MONOCLE_CLI_DONE ? monocle_cli_chat_ask (self, monocle_turn_get_text (turn),
                                                            self->max_tokens, &sampling)
                                    : status;
}
