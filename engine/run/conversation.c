/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/conversation-private.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/model-private.h"
#include "engine/run/updates.h"

struct _MonocleConversation
{
  GObject parent_instance;

  MonocleModel *model;
  MonocleTalk *talk;
  GPtrArray *turns; /* of MonocleTurn */
  gboolean is_asking;
};

G_DEFINE_FINAL_TYPE (MonocleConversation, monocle_conversation, G_TYPE_OBJECT)

/* (nullable): the task that questions are of */
static const MonocleTask *
find_task (GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (task->kind == MONOCLE_TASK_ANSWER && task->takes == MONOCLE_TAKES_TEXT)
        return task;
    }
  return NULL;
}

gboolean
monocle_model_can_talk (MonocleModel *self)
{
  return monocle_model_get_family (self)->talk && find_task (monocle_model_list_tasks (self));
}

gboolean
monocle_model_peek_talks (const char *directory)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, NULL) && info.family->talk
         && find_task (info.tasks);
}

static void
monocle_conversation_finalize (GObject *object)
{
  MonocleConversation *self = MONOCLE_CONVERSATION (object);

  g_clear_pointer (&self->talk, monocle_talk_unref);
  g_clear_pointer (&self->turns, g_ptr_array_unref);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (monocle_conversation_parent_class)->finalize (object);
}

static void
monocle_conversation_class_init (MonocleConversationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_conversation_finalize;
}

static void
monocle_conversation_init (MonocleConversation *self)
{
  self->turns = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_turn_unref);
}

/**
 * monocle_conversation_new:
 * @model: one that monocle_model_can_talk() says yes to
 *
 * Returns: (transfer full): nothing is said yet
 */
MonocleConversation *
monocle_conversation_new (MonocleModel *model)
{
  MonocleConversation *self;

  g_return_val_if_fail (monocle_model_can_talk (model), NULL);

  self = g_object_new (MONOCLE_TYPE_CONVERSATION, NULL);
  self->model = g_object_ref (model);
  self->talk = monocle_talk_new (NULL);
  return self;
}

MonocleModel *
monocle_conversation_get_model (MonocleConversation *self)
{
  return self->model;
}

guint
monocle_conversation_get_n_turns (MonocleConversation *self)
{
  return self->turns->len;
}

MonocleTurn *
monocle_conversation_get_turn (MonocleConversation *self, guint index)
{
  g_return_val_if_fail (index < self->turns->len, NULL);
  return self->turns->pdata[index];
}

/* (nullable) */
static const MonocleReply *
get_last_reply (const MonocleConversation *self)
{
  return self->turns->len > 0 ? monocle_turn_get_reply (self->turns->pdata[self->turns->len - 1])
                              : NULL;
}

guint
monocle_conversation_get_n_places (MonocleConversation *self)
{
  return monocle_model_get_max_tokens (self->model);
}

guint
monocle_conversation_get_n_tokens (MonocleConversation *self)
{
  const MonocleReply *last = get_last_reply (self);

  return last ? last->n_kept + last->n_read + last->n_written : 0;
}

void
monocle_conversation_truncate (MonocleConversation *self, guint n_turns)
{
  g_return_if_fail (!self->is_asking);

  if (n_turns < self->turns->len)
    g_ptr_array_set_size (self->turns, (int) n_turns);
}

static gpointer
copy_turn (gconstpointer turn, gpointer user_data)
{
  return monocle_turn_ref ((MonocleTurn *) turn);
}

MonocleConversation *
monocle_conversation_fork (MonocleConversation *self)
{
  MonocleConversation *fork = g_object_new (MONOCLE_TYPE_CONVERSATION, NULL);

  fork->model = g_object_ref (self->model);
  fork->talk = monocle_talk_new (self->talk);
  g_ptr_array_unref (fork->turns);
  fork->turns = g_ptr_array_copy (self->turns, copy_turn, NULL);
  g_ptr_array_set_free_func (fork->turns, (GDestroyNotify) monocle_turn_unref);
  return fork;
}

/* --- questions ---------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, message);
  return FALSE;
}

static gboolean
check_shown (const MonocleShown *shown, GError **error)
{
  const MonocleBox *region = &shown->region;

  if (!shown->is_region)
    return TRUE;
  if (!isfinite (region->x1) || !isfinite (region->y1) || !isfinite (region->x2)
      || !isfinite (region->y2))
    return refuse (error, "a region needs four numbers");
  if (region->x1 >= region->x2 || region->y1 >= region->y2 || region->x2 <= 0 || region->y2 <= 0
      || region->x1 >= (float) monocle_image_get_width (shown->image)
      || region->y1 >= (float) monocle_image_get_height (shown->image))
    return refuse (error, "a region lies outside of the picture, or is empty");
  return TRUE;
}

/* (transfer full) (nullable): without a reply */
static MonocleTurn *
build_turn (MonocleConversation *self, const MonocleTurnQuestion *question, GError **error)
{
  const MonocleTask *task = find_task (monocle_model_list_tasks (self->model));
  g_autofree char *text = NULL;

  if (!g_utf8_validate (question->text, -1, NULL))
    {
      refuse (error, "the text is not valid UTF-8");
      return NULL;
    }
  if (question->n_shown > MONOCLE_CONVERSATION_MAX_SHOWN)
    {
      refuse (error, "too much is shown at once");
      return NULL;
    }
  for (guint i = 0; i < question->n_shown; i++)
    if (!check_shown (&question->shown[i], error))
      return NULL;
  if (!monocle_task_check (task, question->text, NULL, 1, 1, error))
    return NULL;
  text = monocle_model_get_family (self->model)
             ->write_prompt (task, question->text, NULL, 1, 1, error);
  return text ? monocle_turn_new (text, question->shown, question->n_shown) : NULL;
}

gboolean
monocle_conversation_add (MonocleConversation *self,
                          const MonocleTurnQuestion *question,
                          const char *answer,
                          const guint32 *ids,
                          guint n_ids,
                          GError **error)
{
  g_autoptr (MonocleTurn) turn = NULL;
  MonocleReply *reply;

  g_return_val_if_fail (!self->is_asking && answer, FALSE);

  turn = build_turn (self, question, error);
  if (!turn)
    return FALSE;
  reply = g_new0 (MonocleReply, 1);
  reply->result = monocle_result_new ();
  monocle_result_set_score (reply->result, NAN);
  monocle_result_take_text (reply->result, g_strdup (answer));
  reply->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  reply->n_ids = n_ids;
  monocle_turn_take_reply (turn, reply);
  g_ptr_array_add (self->turns, g_steal_pointer (&turn));
  return TRUE;
}

/* --- asking ------------------------------------------------------------------------------- */

typedef struct
{
  MonocleUpdates updates; /* the first */
  MonocleTalk *talk;
  GPtrArray *turns; /* of MonocleTurn: all, with the one that is asked */
  guint n_forgotten;
  guint max_tokens;
  gboolean samples;
  MonocleSampling sampling;
} AskJob;

static void
ask_job_free (gpointer data)
{
  AskJob *job = data;

  monocle_updates_clear (&job->updates);
  monocle_talk_unref (job->talk);
  g_ptr_array_unref (job->turns);
  g_free (job);
}

static void
on_partial (guint index, guint n_certain, MonocleResult *partial, gpointer user_data)
{
  AskJob *job = user_data;
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);

  g_ptr_array_add (results, monocle_result_ref (partial));
  job->updates.n_tokens = n_certain;
  monocle_updates_answering (&job->updates, results);
}

static void
ask_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleConversation *self = g_task_get_source_object (task);
  AskJob *job = g_task_get_task_data (task);
  const MonocleTalkJob asked = {
    .model = self->model,
    .turns = job->turns,
    .n_forgotten = job->n_forgotten,
    .max_tokens = job->max_tokens,
    .sampling = job->samples ? &job->sampling : NULL,
    .cancellable = monocle_call_get_cancellable (call),
    .preparing = monocle_updates_preparing,
    .compiled = monocle_updates_compiled,
    .encoded = monocle_updates_encoded,
    .partial = job->updates.post ? on_partial : NULL,
    .user_data = job,
  };
  GError *error = NULL;
  MonocleReply *reply = monocle_talk_answer (job->talk, worker, &asked, &error);
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);

  /* A turn without a word is none. */
  if (reply && reply->end == MONOCLE_REPLY_STOPPED && reply->n_ids == 0)
    {
      g_clear_pointer (&reply, monocle_reply_free);
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
    }
  if (gpu)
    monocle_model_update_used (self->model, gpu);
  monocle_model_report (self->model, worker, error);
  monocle_model_name_results (self->model, &error);
  if (reply)
    monocle_call_return_pointer (call, reply, (GDestroyNotify) monocle_reply_free);
  else
    monocle_call_return_error (call, error);
}

/* What the person says counts; else what is shorter of the task's length and the model's. */
static guint
choose_max_tokens (MonocleConversation *self, const MonocleTurnQuestion *question)
{
  const MonocleTask *task = find_task (monocle_model_list_tasks (self->model));
  guint usual = monocle_model_get_usual_tokens (self->model);

  if (question->max_tokens > 0)
    return question->max_tokens;
  return usual > 0 ? MIN (usual, task->max_tokens) : task->max_tokens;
}

/* (transfer full) */
static AskJob *
new_job (MonocleConversation *self, const MonocleTurnQuestion *question, MonocleTurn *turn)
{
  AskJob *job = g_new0 (AskJob, 1);
  const MonocleReply *last = get_last_reply (self);

  job->talk = monocle_talk_ref (self->talk);
  job->turns = g_ptr_array_copy (self->turns, copy_turn, NULL);
  g_ptr_array_set_free_func (job->turns, (GDestroyNotify) monocle_turn_unref);
  g_ptr_array_add (job->turns, monocle_turn_ref (turn));
  job->n_forgotten = last ? last->n_forgotten : 0;
  job->max_tokens = choose_max_tokens (self, question);
  job->samples = question->sampling != NULL;
  if (job->samples)
    job->sampling = *question->sampling;
  return job;
}

static MonocleTurn *
check_question (MonocleConversation *self, const MonocleTurnQuestion *question, GError **error)
{
  const char *problem = question->sampling ? monocle_sampling_check (question->sampling) : NULL;

  if (self->is_asking)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           "the answer before is not there yet");
      return NULL;
    }
  if (problem)
    {
      refuse (error, problem);
      return NULL;
    }
  return build_turn (self, question, error);
}

void
monocle_conversation_ask_async (MonocleConversation *self,
                                const MonocleTurnQuestion *question,
                                GCancellable *cancellable,
                                MonocleUpdateFunc update,
                                gpointer update_data,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (MonocleTurn) turn = NULL;
  GError *error = NULL;
  AskJob *job;

  g_return_if_fail (MONOCLE_IS_CONVERSATION (self));
  g_return_if_fail (question && question->text);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_conversation_ask_async);
  /* One that was cancelled while it was answered still has an answer. */
  g_task_set_check_cancellable (task, FALSE);
  turn = check_question (self, question, &error);
  if (!turn)
    {
      g_task_return_error (task, error);
      return;
    }
  job = new_job (self, question, turn);
  g_task_set_task_data (task, job, ask_job_free);
  monocle_updates_init (&job->updates, task, update, update_data);
  self->is_asking = TRUE;
  monocle_call_start (g_object_ref (task), monocle_model_get_worker (self->model), ask_on_worker);
}

const MonocleReply *
monocle_conversation_ask_finish (MonocleConversation *self, GAsyncResult *result, GError **error)
{
  AskJob *job;
  MonocleReply *reply;
  MonocleTurn *turn;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  job = g_task_get_task_data (G_TASK (result));
  if (job)
    self->is_asking = FALSE;
  reply = g_task_propagate_pointer (G_TASK (result), error);
  if (!reply)
    return NULL;
  turn = job->turns->pdata[job->turns->len - 1];
  monocle_turn_take_reply (turn, reply);
  g_ptr_array_add (self->turns, monocle_turn_ref (turn));
  return reply;
}
