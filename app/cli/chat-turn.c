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

guint
monocle_cli_chat_get_n_turns (const MonocleCliChat *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->turns));
}

MonocleSaid *
monocle_cli_chat_get_turn (const MonocleCliChat *self, guint index)
{
  return g_list_model_get_item (G_LIST_MODEL (self->turns), index);
}

/* --- what is shown ------------------------------------------------------------------------ */

/* Returns: (transfer none) (nullable): @path, as long as the conversation is there */
static const char *
read_picture (MonocleCliChat *self, const char *path, GError **error)
{
  MonocleImage *image = monocle_cli_picture_open (path, error);
  gpointer known = NULL;

  if (!image)
    return NULL;
  monocle_cli_output_add_picture (self->inputs, path);
  /* The path that is there already stays, whoever has it. */
  g_hash_table_insert (self->pictures, g_strdup (path), image);
  g_hash_table_lookup_extended (self->pictures, path, &known, NULL);
  return known;
}

MonocleImage *
monocle_cli_chat_look (const MonocleSaidShown *shown, gpointer data, GError **error)
{
  MonocleCliChat *self = data;
  MonocleImage *image = g_hash_table_lookup (self->pictures, shown->path);

  if (!image && read_picture (self, shown->path, error))
    image = g_hash_table_lookup (self->pictures, shown->path);
  return image ? monocle_image_ref (image) : NULL;
}

static void
show (MonocleCliChat *self, const MonocleBox *region)
{
  MonocleImage *image = g_hash_table_lookup (self->pictures, self->last);
  MonocleSaidShown shown = { .path = self->last,
                             .width = monocle_image_get_width (image),
                             .height = monocle_image_get_height (image),
                             .is_region = region != NULL };

  if (region)
    shown.region = *region;
  g_array_append_val (self->pending, shown);
}

MonocleCliStatus
monocle_cli_chat_open (MonocleCliChat *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *opened = read_picture (self, path, &error);

  if (!opened)
    return monocle_cli_chat_fail (self, path, error);
  self->last = opened;
  show (self, NULL);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_chat_add_region (MonocleCliChat *self, const MonocleBox *region)
{
  MonocleImage *image = self->last ? g_hash_table_lookup (self->pictures, self->last) : NULL;

  if (!image)
    return monocle_cli_chat_complain (self, _ ("there is no image that a region could be of"));
  if (region->x1 >= region->x2 || region->y1 >= region->y2 || region->x2 <= 0 || region->y2 <= 0
      || region->x1 >= (float) monocle_image_get_width (image)
      || region->y1 >= (float) monocle_image_get_height (image))
    return monocle_cli_chat_complain (self, _ ("the region is empty, or lies outside of the "
                                               "image"));
  show (self, region);
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
      /* Some think before they say a word. */
      if (watch->printed->len == 0)
        monocle_cli_progress_show (-1, _ ("Answering, %u tokens"), update->n_tokens);
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
  if (reply->n_ids == 0 && (reply->end == MONOCLE_REPLY_LONG || reply->end == MONOCLE_REPLY_FULL))
    {
      fputs (_ ("monocle-cli: note: the model was still thinking, and had nothing to say yet\n"),
             stderr);
      return;
    }
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
say_figures (MonocleSaid *said)
{
  fprintf (stderr, _ ("(%.1f s to the first word, %.0f tokens/s; %u of %u tokens)\n"),
           monocle_said_get_wait_ms (said) / 1000, monocle_said_get_speed (said),
           monocle_said_get_n_used (said), monocle_said_get_facts (said)->n_places);
}

static void
print_turn (MonocleCliChat *self, MonocleSaid *said, const MonocleReply *reply, const Watch *watch)
{
  guint n = monocle_cli_chat_get_n_turns (self);
  g_autoptr (MonocleSaid) before = n > 1 ? monocle_cli_chat_get_turn (self, n - 2) : NULL;

  if (self->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      monocle_cli_chat_describe_turn (self, n - 1, builder);
      monocle_cli_format_print (builder);
    }
  else
    monocle_cli_print_rest (reply->result, watch->printed->str);
  monocle_cli_out_flush ();
  say_end (reply, before ? monocle_said_get_facts (before)->n_forgotten : 0);
  if (self->is_interactive)
    say_figures (said);
}

static void
cancel_too (GCancellable *cancellable, gpointer other)
{
  g_cancellable_cancel (other);
}

/* Ctrl+C stops the answer where a person types, else the program. */
static const MonocleReply *
wait_for_reply (MonocleCliChat *self, MonocleSaid *said, Watch *watch, GError **error)
{
  GCancellable *program = monocle_cli_wait_get_cancellable ();
  g_autoptr (GCancellable) stop = NULL;
  MonocleTurnQuestion question;
  MonocleConversation *conversation
      = monocle_chat_begin (self->chat, self->loaded, G_LIST_MODEL (self->turns),
                            monocle_cli_chat_get_n_turns (self), said, &question, error);
  gulong connection;
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  const MonocleReply *reply;

  if (!conversation)
    return NULL;
  stop = g_cancellable_new ();
  connection = g_cancellable_connect (program, G_CALLBACK (cancel_too), stop, NULL);
  if (self->is_interactive)
    monocle_cli_wait_set_stoppable (stop);
  monocle_said_start (said, self->loaded);
  monocle_conversation_ask_async (conversation, &question, stop, show_update, watch,
                                  monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  reply = monocle_conversation_ask_finish (conversation, result, error);
  g_cancellable_disconnect (program, connection);
  monocle_cli_progress_clear ();
  return reply;
}

/* @said: a question of this conversation */
static MonocleCliStatus
ask (MonocleCliChat *self, MonocleSaid *said)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  Watch watch = { .streams = !self->json && isatty (STDOUT_FILENO), .printed = printed };
  g_autoptr (GError) error = NULL;
  const MonocleReply *reply = wait_for_reply (self, said, &watch, &error);
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
  monocle_chat_end (self->chat, said, reply);
  g_list_store_append (self->turns, said);
  print_turn (self, said, reply, &watch);
  return is_over ? MONOCLE_CLI_INTERRUPTED : MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_chat_ask (MonocleCliChat *self,
                      const char *text,
                      guint max_tokens,
                      const MonocleSampling *sampling)
{
  const MonocleSaidQuestion question = {
    .text = text,
    .shown = (const MonocleSaidShown *) (gpointer) self->pending->data,
    .n_shown = self->pending->len,
    .detail = self->detail,
    .max_tokens = max_tokens,
    .is_drawn = sampling != NULL,
    .sampling = sampling ? *sampling : MONOCLE_SAMPLING_PLAIN,
  };
  g_autoptr (MonocleSaid) said = monocle_said_new (&question);

  return ask (self, said);
}

/* --- moments ------------------------------------------------------------------------------ */

static void
copy_pending (GArray *to, const GArray *from)
{
  g_array_set_size (to, 0);
  g_array_append_vals (to, from->data, from->len);
}

void
monocle_cli_chat_moment_init (MonocleCliChatMoment *moment, const MonocleCliChat *self)
{
  moment->turns = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < monocle_cli_chat_get_n_turns (self); i++)
    g_ptr_array_add (moment->turns, monocle_cli_chat_get_turn (self, i));
  moment->pending = g_array_new (FALSE, FALSE, sizeof (MonocleSaidShown));
  copy_pending (moment->pending, self->pending);
  moment->last = self->last;
}

void
monocle_cli_chat_moment_clear (MonocleCliChatMoment *moment)
{
  g_clear_pointer (&moment->turns, g_ptr_array_unref);
  g_clear_pointer (&moment->pending, g_array_unref);
}

void
monocle_cli_chat_go_back (MonocleCliChat *self, const MonocleCliChatMoment *moment)
{
  g_list_store_splice (self->turns, 0, monocle_cli_chat_get_n_turns (self), moment->turns->pdata,
                       moment->turns->len);
  copy_pending (self->pending, moment->pending);
  self->last = moment->last;
}

/* --- asking otherwise ----------------------------------------------------------------------- */

MonocleCliStatus
monocle_cli_chat_undo (MonocleCliChat *self, guint n)
{
  guint n_turns = monocle_cli_chat_get_n_turns (self);

  if (n > n_turns)
    return monocle_cli_chat_complain (
        self, ngettext ("there is only %u question", "there are only %u questions", n_turns),
        n_turns);
  /* What the questions showed is shown by the next one. */
  for (guint i = n_turns; i > n_turns - n; i--)
    {
      g_autoptr (MonocleSaid) said = monocle_cli_chat_get_turn (self, i - 1);
      const MonocleSaidQuestion *question = monocle_said_get_question (said);

      for (guint k = question->n_shown; k > 0; k--)
        {
          MonocleSaidShown shown = question->shown[k - 1];
          gpointer path;

          /* It was looked at. */
          g_hash_table_lookup_extended (self->pictures, shown.path, &path, NULL);
          shown.path = path;
          g_array_prepend_val (self->pending, shown);
        }
    }
  g_list_store_splice (self->turns, n_turns - n, n, NULL, 0);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_chat_ask_again (MonocleCliChat *self, const guint64 *seed)
{
  guint n_turns = monocle_cli_chat_get_n_turns (self);
  g_autoptr (MonocleSaid) before = NULL;
  g_autoptr (MonocleSaid) again = NULL;
  g_auto (MonocleCliChatMoment) moment = { NULL };
  MonocleCliStatus status;

  if (n_turns == 0)
    return monocle_cli_chat_complain (self, _ ("nothing was asked yet"));
  monocle_cli_chat_moment_init (&moment, self);
  before = monocle_cli_chat_get_turn (self, n_turns - 1);
  again = monocle_said_new_again (before, &self->sampling.settings, seed);
  status = monocle_cli_chat_undo (self, 1);
  if (status == MONOCLE_CLI_DONE)
    status = ask (self, again);
  if (monocle_cli_chat_get_n_turns (self) == n_turns)
    copy_pending (self->pending, moment.pending);
  else
    monocle_cli_chat_go_back (self, &moment);
  return status;
}
