/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/embed.h"

#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/model-private.h"

typedef struct
{
  GStrv texts;
  GPtrArray *images; /* of MonocleImage */
  gboolean raw;
} EmbedJob;

static void
embed_job_free (gpointer data)
{
  EmbedJob *job = data;

  g_strfreev (job->texts);
  g_ptr_array_unref (job->images);
  g_free (job);
}

void
monocle_vectors_free (MonocleVectors *self)
{
  if (!self)
    return;

  g_free (self->values);
  g_free (self);
}

static MonocleVectors *
embed (MonocleModel *model,
       MonocleWorker *worker,
       const EmbedJob *job,
       GCancellable *cancellable,
       GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (model);
  gpointer data = monocle_model_ensure_data (model, worker, cancellable, error);
  guint n_texts = g_strv_length (job->texts), n_dims = monocle_model_get_n_dims (model);
  g_autoptr (MonocleVectors) vectors = g_new0 (MonocleVectors, 1);

  if (!data)
    return NULL;
  vectors->n = n_texts + job->images->len;
  vectors->n_dims = n_dims;
  vectors->values = g_new (float, (gsize) vectors->n *n_dims);
  if (!family->embed_texts (data, (const char *const *) job->texts, n_texts, cancellable,
                            vectors->values, error)
      || !family->embed_images (data, (MonocleImage *const *) job->images->pdata, job->images->len,
                                cancellable, vectors->values + (gsize) n_texts * n_dims, error))
    return NULL;
  for (guint i = 0; i < vectors->n && !job->raw; i++)
    monocle_vector_normalise (vectors->values + (gsize) i * n_dims, n_dims);
  return g_steal_pointer (&vectors);
}

static void
embed_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  GTask *task = monocle_call_get_task (call);
  MonocleModel *model = g_task_get_source_object (task);
  GError *error = NULL;
  MonocleVectors *vectors = embed (model, worker, g_task_get_task_data (task),
                                   monocle_call_get_cancellable (call), &error);

  monocle_model_report (model, worker, error);
  monocle_model_name_results (model, &error);
  if (vectors)
    {
      monocle_call_return_pointer (call, vectors, (GDestroyNotify) monocle_vectors_free);
      return;
    }
  monocle_call_return_error (call, error);
}

static gboolean
check (MonocleModel *model, const MonocleEmbedding *embedding, GError **error)
{
  if (monocle_model_get_n_dims (model) == 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s makes no vectors of pictures and texts", monocle_model_get_name (model));
      return FALSE;
    }
  for (guint i = 0; i < embedding->n_texts; i++)
    if (!g_utf8_validate (embedding->texts[i], -1, NULL))
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "text %u is not UTF-8", i + 1);
        return FALSE;
      }
  return TRUE;
}

void
monocle_model_embed_async (MonocleModel *model,
                           const MonocleEmbedding *embedding,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (model, cancellable, callback, user_data);
  GError *error = NULL;
  EmbedJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL (model));
  g_return_if_fail (embedding);

  g_task_set_source_tag (task, monocle_model_embed_async);
  if (!check (model, embedding, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  job = g_new0 (EmbedJob, 1);
  job->raw = embedding->raw;
  job->texts = g_new0 (char *, embedding->n_texts + 1);
  for (guint i = 0; i < embedding->n_texts; i++)
    job->texts[i] = g_strdup (embedding->texts[i]);
  job->images = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  for (guint i = 0; i < embedding->n_images; i++)
    g_ptr_array_add (job->images, monocle_image_ref (embedding->images[i]));
  g_task_set_task_data (task, job, embed_job_free);
  monocle_call_start (g_object_ref (task), monocle_model_get_worker (model), embed_on_worker);
}

MonocleVectors *
monocle_model_embed_finish (MonocleModel *model, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, model), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
