/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversations about documents on the queue. What one takes of the device is kept for one document
 * at a time.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/document/chat.h"
#include "app/document/turn.h"
#include "app/pictures/source.h"
#include "app/runner/private.h"

struct _MonocleRunnerChat
{
  MonocleDocument *document; /* not owned */
  MonocleChat *chat;
  MonocleImage *seen[4]; /* (nullable): the picture, turned so many times */
  GHashTable *others;    /* path -> MonocleImage: what was shown besides */
};

typedef struct
{
  MonocleRunnerJob job;
  MonocleDocument *document;
  MonocleImage *image; /* in case the document drops its own, turned by @rotation */
  guint rotation;
  MonocleSaid *said;
} Spoken;

/* --- The conversation --------------------------------------------------------------------- */

/* Other pictures are as their files say, and are read once for a conversation. A pipe, that
 * somebody put there meanwhile, would be waited for. */
static MonocleImage *
look_at_other (MonocleRunnerChat *self, const char *path, GError **error)
{
  MonocleImage *image = g_hash_table_lookup (self->others, path);

  if (image)
    return monocle_image_ref (image);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                   _ ("%s: the picture that was shown is not there any more."), name);
      return NULL;
    }
  image = monocle_image_source_load_path (path, error);
  if (image)
    g_hash_table_insert (self->others, g_strdup (path), monocle_image_ref (image));
  return image;
}

/* What @shown says how it is turned. */
static MonocleImage *
look (const MonocleSaidShown *shown, gpointer data, GError **error)
{
  MonocleRunnerChat *self = data;

  if (shown->path)
    return look_at_other (self, shown->path, error);
  for (guint i = 0; i < G_N_ELEMENTS (self->seen) && !self->seen[shown->rotation]; i++)
    if (self->seen[i])
      self->seen[shown->rotation]
          = monocle_turn_image (self->seen[i], 4 + shown->rotation - i, error);
  return self->seen[shown->rotation] ? monocle_image_ref (self->seen[shown->rotation]) : NULL;
}

static void
on_document_gone (gpointer data, GObject *document)
{
  MonocleRunner *self = data;

  self->chat->document = NULL;
  monocle_runner_forget_chat (self, NULL);
}

void
monocle_runner_forget_chat (MonocleRunner *self, MonocleDocument *document)
{
  MonocleRunnerChat *chat = self->chat;

  if (!chat || (document && chat->document != document))
    return;
  self->chat = NULL;
  monocle_chat_free (chat->chat);
  for (guint i = 0; i < G_N_ELEMENTS (chat->seen); i++)
    g_clear_pointer (&chat->seen[i], monocle_image_unref);
  g_hash_table_unref (chat->others);
  if (chat->document)
    g_object_weak_unref (G_OBJECT (chat->document), on_document_gone, self);
  g_free (chat);
}

static void
ensure_chat (MonocleRunner *self, const Spoken *spoken)
{
  MonocleRunnerChat *chat = self->chat;

  if (!chat || chat->document != spoken->document)
    {
      monocle_runner_forget_chat (self, NULL);
      self->chat = chat = g_new0 (MonocleRunnerChat, 1);
      chat->document = spoken->document;
      g_object_weak_ref (G_OBJECT (chat->document), on_document_gone, self);
      chat->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) monocle_image_unref);
      chat->chat = monocle_chat_new (look, chat);
    }
  if (!chat->seen[spoken->rotation])
    chat->seen[spoken->rotation] = monocle_image_ref (spoken->image);
}

/* --- The job ------------------------------------------------------------------------------ */

static void
on_update (const MonocleUpdate *update, gpointer job)
{
  monocle_said_update (((Spoken *) job)->said, update);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Spoken *self = user_data;
  MonocleRunner *runner = self->job.runner;
  g_autoptr (GError) error = NULL;
  const MonocleReply *reply
      = monocle_conversation_ask_finish (MONOCLE_CONVERSATION (source), result, &error);

  /* Without a runner, or with another conversation, nobody asks the next thing of that one. */
  if (reply && runner && runner->chat && runner->chat->document == self->document)
    monocle_chat_end (runner->chat->chat, self->said, reply);
  else if (reply)
    monocle_said_finish (self->said, reply,
                         monocle_conversation_get_n_places (MONOCLE_CONVERSATION (source)));
  monocle_runner_end_job (&self->job, NULL, error);
}

static gboolean
start (MonocleRunnerJob *job, GError **error)
{
  Spoken *self = (Spoken *) job;
  MonocleRunner *runner = job->runner;
  MonocleConversation *conversation;
  MonocleTurnQuestion question;
  guint n_before;

  monocle_said_start (self->said, runner->model);
  monocle_document_get_asking (self->document, &n_before);
  ensure_chat (runner, self);
  conversation = monocle_chat_begin (runner->chat->chat, runner->model,
                                     monocle_document_get_talk (self->document), n_before,
                                     self->said, &question, error);
  if (!conversation)
    return FALSE;
  monocle_conversation_ask_async (conversation, &question, job->cancellable, on_update, job,
                                  on_answered, job);
  return TRUE;
}

static void
ignore (MonocleRunnerJob *job)
{
}

static void
requeue (MonocleRunnerJob *job)
{
  monocle_said_requeue (((Spoken *) job)->said);
}

/* Where something else is asked by now, or nothing is, it was given up. */
static void
settle (Spoken *self)
{
  guint n_before;

  if (monocle_document_get_asking (self->document, &n_before) != self->said)
    return;
  if (monocle_said_get_state (self->said) == MONOCLE_SAID_FAILED)
    return;
  /* First of all it is in the list: who looks never sees less than there is. */
  if (monocle_said_get_state (self->said) == MONOCLE_SAID_WHOLE)
    monocle_document_say (self->document, self->said, n_before);
  monocle_document_set_asking (self->document, NULL, 0);
}

static void
end (MonocleRunnerJob *job, MonocleRun *run, const GError *error)
{
  Spoken *self = (Spoken *) job;

  if (error)
    monocle_said_fail (self->said, error);
  settle (self);
  g_object_unref (self->document);
  monocle_image_unref (self->image);
  g_object_unref (self->said);
  monocle_runner_job_free (job);
}

static const MonocleRunnerJobClass spoken_class
    = { .start = start, .stopping = ignore, .requeue = requeue, .end = end };

void
monocle_runner_talk (MonocleRunner *self,
                     MonocleDocument *document,
                     MonocleSaid *said,
                     guint n_before)
{
  MonocleImage *image = monocle_document_get_image (document);
  Spoken *spoken;

  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document) && image);
  g_return_if_fail (MONOCLE_IS_SAID (said));

  /* One thing at a time is said. */
  monocle_runner_stop_talk (self, document);
  spoken = g_new0 (Spoken, 1);
  spoken->document = g_object_ref (document);
  spoken->image = monocle_image_ref (image);
  spoken->rotation = monocle_document_get_rotation (document);
  spoken->said = g_object_ref (said);
  monocle_runner_push (self, &spoken->job, &spoken_class);

  g_object_ref (self);
  monocle_document_set_asking (document, said, n_before);
  monocle_runner_advance (self);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

static gboolean
is_of_document (const MonocleRunnerJob *job, gconstpointer document)
{
  return job->klass == &spoken_class && ((const Spoken *) job)->document == document;
}

void
monocle_runner_stop_talk (MonocleRunner *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));

  monocle_runner_stop_jobs (self, is_of_document, document);
}
