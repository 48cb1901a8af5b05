/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/together.h"

#include "engine/base/error.h"
#include "engine/run/call.h"
#include "engine/run/model-private.h"
#include "engine/run/session-private.h"

/* Sets that are tried each way. The quickest counts: the first of a way makes what it needs. */
#define N_TRIED 2

typedef struct
{
  MonocleModel *model;
  GPtrArray *sessions;
  MonocleDetail detail;
  MonocleTogetherWay way;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->model);
  g_ptr_array_unref (job->sessions);
  g_free (job);
}

static gboolean
goes_together (const MonoclePace *pace)
{
  if (pace->n_sets < 2 * N_TRIED)
    return pace->n_sets >= N_TRIED;
  return pace->together_us > 0 && pace->together_us < pace->alone_us;
}

/* They cannot go together: see give_up (). */
static gboolean
is_given_up (const MonoclePace *pace)
{
  return pace->n_sets == 2 * N_TRIED && !(pace->together_us > 0);
}

static void
note_pace (MonoclePace *pace, gboolean together, double us)
{
  double *best = together ? &pace->together_us : &pace->alone_us;

  if (pace->n_sets == 2 * N_TRIED)
    return;
  *best = *best > 0 ? MIN (*best, us) : us;
  if (++pace->n_sets == 2 * N_TRIED)
    g_debug ("A picture takes %.1f ms alone, %.1f ms side by side", pace->alone_us / 1000,
             pace->together_us / 1000);
}

/* Of no picture alone. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
}

static gboolean
look_alone (Job *job, gpointer data, GPtrArray *sessions, GCancellable *cancellable, GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (job->model);

  for (guint i = 0; i < sessions->len; i++)
    {
      MonocleFamilyTiming timing = { 0 };
      GError *problem = NULL;
      gpointer features = family->prepare (data, monocle_session_get_image (sessions->pdata[i]),
                                           cancellable, NULL, NULL, &timing, &problem);

      if (features)
        monocle_session_take_features (sessions->pdata[i], features, job->detail, &timing);
      else if (is_final (problem))
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
      else
        g_error_free (problem);
    }
  return TRUE;
}

/* Not enough memory, a model whose shapes do not allow it: it is not tried again. */
static void
give_up (MonoclePace *pace)
{
  *pace = (MonoclePace){ .n_sets = 2 * N_TRIED };
}

/* @error: where there is none, it cannot be done */
static gboolean
look_together (
    Job *job, gpointer data, GPtrArray *sessions, GCancellable *cancellable, GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (job->model);
  const guint n = sessions->len;
  g_autofree MonocleImage **images = g_new (MonocleImage *, n);
  g_autofree gpointer *features = g_new0 (gpointer, n);
  MonocleFamilyTiming timing = { 0 };
  GError *problem = NULL;

  for (guint i = 0; i < n; i++)
    images[i] = monocle_session_get_image (sessions->pdata[i]);
  if (!family->prepare_together (data, images, n, cancellable, features, &timing, &problem))
    {
      if (is_final (problem))
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
      g_debug ("Not side by side: %s", problem->message);
      give_up (monocle_loaded_get_pace (monocle_model_get_loaded (job->model)));
      g_error_free (problem);
      return FALSE;
    }
  timing.preprocess_ms /= n;
  timing.encode_ms /= n;
  for (guint i = 0; i < n; i++)
    monocle_session_take_features (sessions->pdata[i], features[i], job->detail, &timing);
  return TRUE;
}

static gboolean
look (Job *job, gpointer data, GPtrArray *sessions, GCancellable *cancellable, GError **error)
{
  MonoclePace *pace = monocle_loaded_get_pace (monocle_model_get_loaded (job->model));
  const gboolean is_set = monocle_model_get_family (job->model)->prepare_together
                          && sessions->len == monocle_model_get_n_together (job->model);
  const gboolean measures = job->way == MONOCLE_TOGETHER_AS_QUICKER;
  const gboolean together = is_set && (measures ? goes_together (pace) : !is_given_up (pace));
  const gint64 start = g_get_monotonic_time ();
  GError *problem = NULL;
  gboolean is_well = together ? look_together (job, data, sessions, cancellable, &problem)
                              : look_alone (job, data, sessions, cancellable, &problem);

  if (is_well && is_set && measures)
    note_pace (pace, together, (double) (g_get_monotonic_time () - start) / sessions->len);
  /* If that is for one of them its question says so; the others have to be seen. */
  if (!is_well && !problem)
    is_well = look_alone (job, data, sessions, cancellable, &problem);
  if (problem)
    g_propagate_error (error, problem);
  return is_well;
}

static void
look_on_worker (MonocleWorker *worker, MonocleCall *call)
{
  Job *job = g_task_get_task_data (monocle_call_get_task (call));
  GCancellable *cancellable = monocle_call_get_cancellable (call);
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  GError *error = NULL;
  gpointer data = monocle_model_ensure_data (job->model, worker, cancellable, &error);

  for (guint i = 0; data && i < job->sessions->len; i++)
    if (!monocle_session_has_features (job->sessions->pdata[i], job->detail))
      g_ptr_array_add (sessions, job->sessions->pdata[i]);
  if (data && sessions->len > 0)
    {
      monocle_model_set_detail (job->model, data, job->detail);
      look (job, data, sessions, cancellable, &error);
    }
  monocle_model_report (job->model, worker, error);
  if (error)
    monocle_call_return_error (call, error);
  else
    monocle_call_return_pointer (call, g_object_ref (job->model), g_object_unref);
}

void
monocle_together_look_async (MonocleSession *const *sessions,
                             guint n,
                             MonocleDetail detail,
                             MonocleTogetherWay way,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  g_task_set_source_tag (task, monocle_together_look_async);
  job->model = g_object_ref (monocle_session_get_model (sessions[0]));
  job->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (job->sessions, g_object_ref (sessions[i]));
  job->detail = monocle_detail_settle (detail);
  job->way = way;
  g_task_set_task_data (task, job, job_free);
  monocle_call_start (task, monocle_model_get_worker (job->model), look_on_worker);
}

gboolean
monocle_together_look_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleModel) model = g_task_propagate_pointer (G_TASK (result), error);

  return model != NULL;
}
