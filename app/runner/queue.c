/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner's queries: the one that runs, those that wait, and how each comes to its end.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/runner/private.h"
#include "app/document/turn.h"

static void
job_free (gpointer data)
{
  MonocleRunnerJob *job = data;

  g_object_unref (job->document);
  g_object_unref (job->query);
  monocle_image_unref (job->image);
  g_object_unref (job->cancellable);
  g_free (job);
}

void
monocle_runner_check_busy (MonocleRunner *self)
{
  gboolean busy = monocle_runner_is_busy (self);

  if (busy == self->was_busy)
    return;

  self->was_busy = busy;
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_BUSY);
}

static void
set_job (MonocleRunner *self, MonocleRunnerJob *job)
{
  self->job = job;
  monocle_runner_notify (self, MONOCLE_RUNNER_PROP_QUERY);
}

/* --- Queries that do not run --- */

static void
stop_job (MonocleRunnerJob *job)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Stopped"));

  monocle_query_fail (job->query, error);
  job_free (job);
}

static gboolean
is_wanted (const MonocleRunnerJob *job, MonocleDocument *document, MonocleQuery *query)
{
  return (!document || job->document == document) && (!query || job->query == query);
}

/* Of one document or query, or of all. They are taken off the queue first: whoever hears that they
 * are stopped may ask the next thing. */
static void
stop_waiting (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  GQueue stopped = G_QUEUE_INIT;
  GList *next;

  for (GList *l = self->waiting.head; l; l = next)
    {
      next = l->next;
      if (is_wanted (l->data, document, query))
        {
          g_queue_unlink (&self->waiting, l);
          g_queue_push_tail_link (&stopped, l);
        }
    }
  g_queue_clear_full (&stopped, (GDestroyNotify) stop_job);
}

void
monocle_runner_fail_waiting (MonocleRunner *self, const GError *error)
{
  GQueue failed = self->waiting;
  MonocleRunnerJob *job;

  g_queue_init (&self->waiting);
  while ((job = g_queue_pop_head (&failed)))
    {
      monocle_query_fail (job->query, error);
      job_free (job);
    }
}

/* --- The query that runs --- */

/* @results: (transfer full) (nullable elements): of the picture as the model saw it. Returns: the
 * same of the upright one */
static GPtrArray *
turn_back (const MonocleRunnerJob *job, GPtrArray *results)
{
  const MonocleMatrix back = monocle_matrix_invert (&job->turn);
  GPtrArray *upright;

  if (monocle_query_get_rotation (job->query) == 0)
    return results;
  upright = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  for (guint i = 0; i < results->len; i++)
    g_ptr_array_add (
        upright, results->pdata[i] ? monocle_result_transform (results->pdata[i], &back) : NULL);
  g_ptr_array_unref (results);
  return upright;
}

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  MonocleRunnerJob *job = user_data;
  MonocleUpdate upright = *update;
  g_autoptr (GPtrArray) partial = NULL;

  if (update->partial)
    upright.partial = partial = turn_back (job, g_ptr_array_ref (update->partial));
  monocle_query_update (job->query, &upright);
}

static void
note_fewer (MonocleRunner *self, guint n)
{
  g_autofree char *text
      = g_strdup_printf (ngettext ("Too little memory: regions were asked about one by one",
                                   "Too little memory: regions were asked about %u at a time", n),
                         n);

  monocle_runner_emit_noted (self, text);
}

/* The device is gone with all that was on it. */
static void
take_loss (MonocleRunner *self, MonocleRunnerJob *job, const GError *error)
{
  monocle_runner_drop_model (self);
  monocle_runner_set_state (self, MONOCLE_RUNNER_EMPTY);
  if (g_cancellable_is_cancelled (job->cancellable))
    {
      stop_job (job);
    }
  else if (job->was_lost)
    {
      monocle_query_fail (job->query, error);
      job_free (job);
      monocle_runner_give_up (self, error);
    }
  else
    {
      job->was_lost = TRUE;
      job->runner = NULL;
      monocle_query_requeue (job->query);
      g_queue_push_head (&self->waiting, job);
      monocle_runner_emit_device_lost (self);
    }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleRunnerJob *job = user_data;
  g_autoptr (MonocleRunner) self = job->runner ? g_object_ref (job->runner) : NULL;
  g_autoptr (GError) error = NULL;
  MonocleRun *run = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  if (self)
    set_job (self, NULL);

  if (self && g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    {
      take_loss (self, job, error);
    }
  else
    {
      if (run)
        {
          if (self && run->n_at_once > 0)
            note_fewer (self, run->n_at_once);
          run->results = turn_back (job, run->results);
          monocle_query_finish (job->query, run);
        }
      else
        monocle_query_fail (job->query, error);
      job_free (job);
    }

  if (self)
    {
      monocle_runner_advance (self);
      monocle_runner_check_busy (self);
    }
}

/* The picture as it is turned now. */
static MonocleImage *
get_image (const MonocleRunnerJob *job, GError **error)
{
  MonocleImage *image = monocle_document_get_image (job->document);
  guint rotation = monocle_document_get_rotation (job->document);

  if (image)
    return monocle_image_ref (image);
  return monocle_turn_image (job->image, rotation + 4 - job->rotation, error);
}

/* (transfer full): what is asked about, in the picture as it is turned now */
static MonocleBox *
turn_regions (const MonocleRunnerJob *job, guint *n_regions)
{
  const MonocleBox *upright = monocle_query_get_regions (job->query, n_regions);
  MonocleBox *turned = g_new (MonocleBox, *n_regions + 1);

  for (guint i = 0; i < *n_regions; i++)
    turned[i] = monocle_matrix_map_box (&job->turn, &upright[i]);
  return turned;
}

static void
start (MonocleRunner *self, MonocleRunnerJob *job)
{
  g_autofree MonocleBox *regions = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = get_image (job, &error);
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request = {
    .task = monocle_query_get_task (job->query),
    .text = monocle_query_get_prompt (job->query),
    .num_beams = self->num_beams,
  };

  if (!image)
    {
      monocle_query_fail (job->query, error);
      job_free (job);
      return;
    }

  job->runner = self;
  set_job (self, job);
  session = monocle_sessions_open (self->sessions, self->model, job->document, image);
  monocle_query_start (job->query, self->model, monocle_document_get_rotation (job->document));
  job->turn = monocle_document_get_turn (job->document);
  request.regions = regions = turn_regions (job, &request.n_regions);
  monocle_session_run_async (session, &request, job->cancellable, on_update, job, on_answered, job);
}

void
monocle_runner_advance (MonocleRunner *self)
{
  while (!self->job && !self->load)
    {
      if (monocle_runner_is_stale (self)
          || (self->waiting.length > 0 && self->state != MONOCLE_RUNNER_READY))
        monocle_runner_begin_load (self);
      else if (self->waiting.length > 0)
        start (self, g_queue_pop_head (&self->waiting));
      else
        break;
    }
}

void
monocle_runner_run (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  MonocleImage *image;
  MonocleRunnerJob *job;

  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));
  g_return_if_fail (monocle_query_get_state (query) == MONOCLE_QUERY_WAITING);
  image = monocle_document_get_image (document);
  g_return_if_fail (image);

  job = g_new0 (MonocleRunnerJob, 1);
  job->document = g_object_ref (document);
  job->query = g_object_ref (query);
  job->image = monocle_image_ref (image);
  job->rotation = monocle_document_get_rotation (document);
  job->cancellable = g_cancellable_new ();
  g_queue_push_tail (&self->waiting, job);

  g_object_ref (self);
  monocle_document_add_query (document, query);
  monocle_runner_advance (self);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

static void
stop_some (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query)
{
  g_object_ref (self);
  if (self->job && is_wanted (self->job, document, query))
    {
      monocle_query_stop (self->job->query);
      g_cancellable_cancel (self->job->cancellable);
    }
  stop_waiting (self, document, query);
  monocle_runner_check_busy (self);
  g_object_unref (self);
}

void
monocle_runner_stop (MonocleRunner *self)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));

  stop_some (self, NULL, NULL);
}

void
monocle_runner_stop_query (MonocleRunner *self, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  stop_some (self, NULL, query);
}

void
monocle_runner_forget (MonocleRunner *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_RUNNER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));

  stop_some (self, document, NULL);
  monocle_sessions_forget (self->sessions, document);
}

void
monocle_runner_let_go_of_queries (MonocleRunner *self)
{
  /* What it gave by now still goes into its query. */
  if (self->job)
    {
      self->job->runner = NULL;
      g_cancellable_cancel (self->job->cancellable);
      self->job = NULL;
    }
  stop_waiting (self, NULL, NULL);
}
