/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queries of documents on the queue: about the picture as it is turned when their turn comes, and
 * back to the upright one.
 */
#include "config.h"

#include "app/document/turn.h"
#include "app/runner/private.h"

typedef struct
{
  MonocleRunnerJob job;
  MonocleDocument *document;
  MonocleQuery *query;
  MonocleImage *image; /* in case the document drops its own, turned by @rotation */
  guint rotation;
  MonocleMatrix turn; /* from the upright picture to the one that the model sees */
  MonocleBox *regions;
} Asked;

static MonocleImage *
get_image (MonocleRunnerJob *job, GError **error)
{
  Asked *self = (Asked *) job;
  MonocleImage *image = monocle_document_get_image (self->document);

  if (image)
    return monocle_image_ref (image);
  return monocle_turn_image (
      self->image, monocle_document_get_rotation (self->document) + 4 - self->rotation, error);
}

/* Nobody asks the next thing about what nobody waits for: those that somebody may ask about again
 * are kept. */
static gboolean
is_seen_once (const Asked *self)
{
  return self->job.gives_way && monocle_document_get_n_shown (self->document) == 0;
}

static gboolean
is_ahead (const Asked *self, MonocleImage *image)
{
  MonocleSession *session = self->job.session;

  return session && monocle_session_get_model (session) == self->job.runner->model
         && monocle_session_get_image (session) == image;
}

static MonocleSession *
open_session (const Asked *self, MonocleImage *image)
{
  MonocleRunner *runner = self->job.runner;

  if (is_seen_once (self))
    return is_ahead (self, image) ? g_object_ref (self->job.session)
                                  : monocle_session_new (runner->model, image);
  return monocle_sessions_open (runner->sessions, runner->model, self->document, image);
}

static MonocleSession *
begin (MonocleRunnerJob *job, MonocleImage *image, MonocleRequest *request)
{
  Asked *self = (Asked *) job;
  MonocleRunner *runner = job->runner;
  MonocleSession *session = open_session (self, image);
  const MonocleBox *upright;

  monocle_query_start (self->query, runner->model, monocle_document_get_rotation (self->document));
  self->turn = monocle_document_get_turn (self->document);
  *request = monocle_query_make_request (self->query, runner->model, runner->num_beams);
  upright = monocle_query_get_regions (self->query, &request->n_regions);
  g_free (self->regions);
  self->regions = g_new (MonocleBox, request->n_regions + 1);
  for (guint i = 0; i < request->n_regions; i++)
    self->regions[i] = monocle_matrix_map_box (&self->turn, &upright[i]);
  request->regions = self->regions;
  return session;
}

static MonocleSession *
open_ahead (MonocleRunnerJob *job, MonocleDetail *detail)
{
  Asked *self = (Asked *) job;
  MonocleRunner *runner = job->runner;
  MonocleImage *image = monocle_document_get_image (self->document);

  if (!image || !is_seen_once (self) || monocle_query_get_task (self->query)->ignores_image)
    return NULL;
  *detail = monocle_query_make_request (self->query, runner->model, runner->num_beams).detail;
  return monocle_session_new (runner->model, image);
}

/* @results: (transfer full) (nullable elements): of the picture as the model saw it. Returns: the
 * same of the upright one */
static GPtrArray *
turn_back (const Asked *self, GPtrArray *results)
{
  const MonocleMatrix back = monocle_matrix_invert (&self->turn);
  GPtrArray *upright;

  if (monocle_query_get_rotation (self->query) == 0)
    return results;
  upright = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  for (guint i = 0; i < results->len; i++)
    g_ptr_array_add (
        upright, results->pdata[i] ? monocle_result_transform (results->pdata[i], &back) : NULL);
  g_ptr_array_unref (results);
  return upright;
}

static void
update (MonocleRunnerJob *job, const MonocleUpdate *news)
{
  Asked *self = (Asked *) job;
  MonocleUpdate upright = *news;
  g_autoptr (GPtrArray) partial = NULL;

  if (news->partial)
    upright.partial = partial = turn_back (self, g_ptr_array_ref (news->partial));
  monocle_query_update (self->query, &upright);
}

static void
stopping (MonocleRunnerJob *job)
{
  monocle_query_stop (((Asked *) job)->query);
}

static void
requeue (MonocleRunnerJob *job)
{
  monocle_query_requeue (((Asked *) job)->query);
}

static void
end (MonocleRunnerJob *job, MonocleRun *run, const GError *error)
{
  Asked *self = (Asked *) job;

  if (run)
    {
      run->results = turn_back (self, run->results);
      monocle_query_finish (self->query, run);
    }
  else
    monocle_query_fail (self->query, error);
  g_object_unref (self->document);
  g_object_unref (self->query);
  monocle_image_unref (self->image);
  g_free (self->regions);
  monocle_runner_job_free (job);
}

static const MonocleRunnerJobClass asked_class = { .get_image = get_image,
                                                   .begin = begin,
                                                   .open_ahead = open_ahead,
                                                   .update = update,
                                                   .stopping = stopping,
                                                   .requeue = requeue,
                                                   .end = end };

static void
ask (MonocleRunner *self,
     MonocleDocument *document,
     MonocleQuery *query,
     gboolean adds,
     gboolean gives_way)
{
  MonocleImage *image = monocle_document_get_image (document);
  Asked *asked;

  g_return_if_fail (monocle_query_get_state (query) == MONOCLE_QUERY_WAITING);
  g_return_if_fail (image);

  asked = g_new0 (Asked, 1);
  asked->document = g_object_ref (document);
  asked->query = g_object_ref (query);
  asked->image = monocle_image_ref (image);
  asked->rotation = monocle_document_get_rotation (document);
  asked->job.gives_way = gives_way;
  monocle_runner_push (self, &asked->job, &asked_class);

  g_object_ref (self);
  if (adds)
    monocle_document_add_query (document, query);
  monocle_runner_advance (self);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

void
monocle_runner_run (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  ask (self, document, query, TRUE, FALSE);
}

void
monocle_runner_try (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  ask (self, document, query, FALSE, FALSE);
}

void
monocle_runner_run_behind (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  ask (self, document, query, TRUE, TRUE);
}

gboolean
monocle_runner_has_seen (MonocleRunner *self, MonocleDocument *document)
{
  MonocleImage *image;

  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), FALSE);

  image = monocle_document_get_image (document);
  return self->model && image
         && monocle_sessions_has (self->sessions, self->model, document, image);
}

MonocleQuery *
monocle_runner_get_query (MonocleRunner *self)
{
  g_return_val_if_fail (MONOCLE_IS_RUNNER (self), NULL);

  return self->job && self->job->klass == &asked_class ? ((Asked *) self->job)->query : NULL;
}

static gboolean
is_of_query (const MonocleRunnerJob *job, gconstpointer query)
{
  return job->klass == &asked_class && ((const Asked *) job)->query == query;
}

void
monocle_runner_stop_query (MonocleRunner *self, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  monocle_runner_stop_jobs (self, is_of_query, query);
}

static gboolean
is_of_document (const MonocleRunnerJob *job, gconstpointer document)
{
  return job->klass == &asked_class && ((const Asked *) job)->document == document;
}

void
monocle_runner_forget (MonocleRunner *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));

  monocle_runner_stop_jobs (self, is_of_document, document);
  monocle_runner_stop_talk (self, document);
  monocle_runner_forget_chat (self, document);
  monocle_sessions_forget (self->sessions, document);
}
