/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening models, asking them, and vectors: each as a call that blocks, and as one that does not.
 */
#include "config.h"

#include "app/library/private.h"

#include "app/models/open.h"

/* What a call that goes on needs: data of its task. */
typedef struct
{
  char *name;                   /* (nullable) */
  MonocleProgressFunc progress; /* (nullable) */
  gpointer progress_data;
  GDestroyNotify progress_free; /* (nullable) */
  MonoclePicture *picture;
  MonocleRequest *request;
  double min_score;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->progress_free)
    call->progress_free (call->progress_data);
  g_free (call->name);
  g_clear_object (&call->picture);
  g_clear_pointer (&call->request, monocle_request_free);
  g_free (call);
}

static Call *
attach_call (GTask *task, MonocleProgressFunc progress, gpointer data, GDestroyNotify destroy)
{
  Call *call = g_new0 (Call, 1);

  call->progress = progress;
  call->progress_data = data;
  call->progress_free = destroy;
  g_task_set_task_data (task, call, call_free);
  return call;
}

static void
return_error (GTask *task, GError *error)
{
  monocle_library_error_adapt (&error);
  g_task_return_error (task, error);
}

/* --- opening --- */

static void
on_open_progress (MonocleDevice *checking, double fraction, gpointer data)
{
  const Call *call = g_task_get_task_data (data);

  if (call->progress)
    call->progress (checking ? MONOCLE_STEP_CHECKING : MONOCLE_STEP_LOADING, fraction, NULL,
                    call->progress_data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MonocleModel *model = monocle_open_model_finish (result, &error);

  /* A device was opened, even where the model was not. */
  monocle_library_expect_end ();
  if (model)
    g_task_return_pointer (task, model, g_object_unref);
  else
    return_error (task, error);
}

void
monocle_model_open_async (const char *name,
                          const char *device,
                          const char *precision,
                          GCancellable *cancellable,
                          MonocleProgressFunc progress,
                          gpointer progress_data,
                          GDestroyNotify progress_free,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Call *call = attach_call (task, progress, progress_data, progress_free);
  MonocleOpenRequest request = { .device = device ? device : "auto",
                                 .precision = MONOCLE_PRECISION_AUTO,
                                 .may_talk = TRUE };

  g_task_set_source_tag (task, monocle_model_open_async);
  call->name = g_strdup (name);
  request.name = call->name;
  if (precision && !monocle_precision_find (precision, &request.precision))
    {
      g_task_return_new_error (task, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST,
                               "a precision is f32 or f16, not '%s'", precision);
      g_object_unref (task);
      return;
    }
  monocle_open_model_async (&request, cancellable, on_open_progress, task, on_opened, task);
}

MonocleModel *
monocle_model_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

MonocleModel *
monocle_model_open (const char *name,
                    const char *device,
                    const char *precision,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  MonocleLibraryWait wait;

  monocle_library_wait_begin (&wait);
  monocle_model_open_async (name, device, precision, cancellable, NULL, NULL, NULL,
                            monocle_library_wait_callback, &wait);
  result = monocle_library_wait_end (&wait);
  return monocle_model_open_finish (result, error);
}

/* --- asking --- */

static MonocleStep
find_step (MonocleStage stage)
{
  switch (stage)
    {
    case MONOCLE_STAGE_COMPILING:
      return MONOCLE_STEP_COMPILING;
    case MONOCLE_STAGE_LOOKING:
      return MONOCLE_STEP_LOOKING;
    case MONOCLE_STAGE_ANSWERING:
      return MONOCLE_STEP_ANSWERING;
    case MONOCLE_STAGE_PREPARING:
    default:
      return MONOCLE_STEP_PREPARING;
    }
}

static void
on_update (const MonocleUpdate *update, gpointer data)
{
  const Call *call = g_task_get_task_data (data);

  if (call->progress)
    call->progress (find_step (update->stage), update->fraction,
                    update->partial && update->partial->len > 0 ? update->partial->pdata[0] : NULL,
                    call->progress_data);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  MonocleRun *run = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  if (run)
    g_task_return_pointer (
        task,
        monocle_library_answer_new (g_task_get_source_object (task), call->picture,
                                    g_steal_pointer (&call->request), run, call->min_score),
        g_object_unref);
  else
    return_error (task, error);
}

void
monocle_model_ask_async (MonocleModel *self,
                         MonoclePicture *picture,
                         MonocleQuestion *question,
                         GCancellable *cancellable,
                         MonocleProgressFunc progress,
                         gpointer progress_data,
                         GDestroyNotify progress_free,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Call *call;
  GError *error = NULL;

  g_return_if_fail (MONOCLE_IS_MODEL (self));
  g_return_if_fail (MONOCLE_IS_PICTURE (picture));
  g_return_if_fail (MONOCLE_IS_QUESTION (question));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_model_ask_async);
  /* What was answered before it was cancelled is an answer. */
  g_task_set_check_cancellable (task, FALSE);
  call = attach_call (task, progress, progress_data, progress_free);
  call->picture = g_object_ref (picture);
  call->min_score = monocle_library_question_get_min_score (question, self);
  call->request = monocle_library_question_build (question, self, &error);
  if (!call->request)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  monocle_session_run_async (monocle_library_picture_open_session (picture, self), call->request,
                             cancellable, on_update, task, on_answered, task);
}

MonocleAnswer *
monocle_model_ask_finish (MonocleModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

MonocleAnswer *
monocle_model_ask (MonocleModel *self,
                   MonoclePicture *picture,
                   MonocleQuestion *question,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  MonocleLibraryWait wait;

  g_return_val_if_fail (MONOCLE_IS_MODEL (self), NULL);
  g_return_val_if_fail (MONOCLE_IS_PICTURE (picture), NULL);
  g_return_val_if_fail (MONOCLE_IS_QUESTION (question), NULL);

  monocle_library_wait_begin (&wait);
  monocle_model_ask_async (self, picture, question, cancellable, NULL, NULL, NULL,
                           monocle_library_wait_callback, &wait);
  result = monocle_library_wait_end (&wait);
  return monocle_model_ask_finish (self, result, error);
}

/* --- vectors --- */

static void
on_embedded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MonocleVectors *vectors
      = monocle_model_embed_finish (g_task_get_source_object (task), result, &error);

  if (vectors)
    g_task_return_pointer (task, vectors, (GDestroyNotify) monocle_vectors_free);
  else
    return_error (task, error);
}

void
monocle_model_embed_all_async (MonocleModel *self,
                               const char *const *texts,
                               MonoclePicture *const *pictures,
                               gsize n_pictures,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GPtrArray) images = g_ptr_array_new ();
  MonocleEmbedding embedding = { .texts = texts };
  GTask *task;

  g_return_if_fail (MONOCLE_IS_MODEL (self));
  g_return_if_fail (n_pictures == 0 || pictures);
  g_return_if_fail (n_pictures <= G_MAXUINT);

  for (gsize i = 0; i < n_pictures; i++)
    g_ptr_array_add (images, monocle_library_picture_get_image (pictures[i]));
  embedding.n_texts = texts ? g_strv_length ((GStrv) texts) : 0;
  embedding.images = (MonocleImage *const *) images->pdata;
  embedding.n_images = images->len;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_model_embed_all_async);
  if (embedding.n_texts == 0 && embedding.n_images == 0)
    {
      g_task_return_new_error (task, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST,
                               "there is neither a text nor a picture");
      g_object_unref (task);
      return;
    }
  monocle_model_embed_async (self, &embedding, cancellable, on_embedded, task);
}

float *
monocle_model_embed_all_finish (MonocleModel *self,
                                GAsyncResult *result,
                                gsize *n_numbers,
                                GError **error)
{
  g_autoptr (MonocleVectors) vectors = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self) && n_numbers, NULL);

  *n_numbers = 0;
  vectors = g_task_propagate_pointer (G_TASK (result), error);
  if (!vectors)
    return NULL;
  *n_numbers = (gsize) vectors->n * vectors->n_dims;
  return g_steal_pointer (&vectors->values);
}

float *
monocle_model_embed_all (MonocleModel *self,
                         const char *const *texts,
                         MonoclePicture *const *pictures,
                         gsize n_pictures,
                         gsize *n_numbers,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  MonocleLibraryWait wait;

  g_return_val_if_fail (MONOCLE_IS_MODEL (self) && n_numbers, NULL);

  monocle_library_wait_begin (&wait);
  monocle_model_embed_all_async (self, texts, pictures, n_pictures, cancellable,
                                 monocle_library_wait_callback, &wait);
  result = monocle_library_wait_end (&wait);
  return monocle_model_embed_all_finish (self, result, n_numbers, error);
}
