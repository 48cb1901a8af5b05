/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of questions that nobody waits for are encoded side by side, ahead of the first of them,
 * where the model takes several. Whoever asks something else does not wait for that.
 */
#include "config.h"

#include "app/runner/private.h"

/* Those of the next jobs, in their order; fewer than @n where others are among them. */
static GPtrArray *
open_sessions (MonocleRunner *self, guint n, MonocleDetail *detail)
{
  GPtrArray *sessions = g_ptr_array_new_full (n, g_object_unref);

  for (GList *l = self->waiting.head; l && sessions->len < n; l = l->next)
    {
      MonocleRunnerJob *job = l->data;
      MonocleDetail of_this = MONOCLE_DETAIL_AUTO;
      MonocleSession *session = NULL;

      if (job->gives_way && !job->session && job->klass->open_ahead)
        session = job->klass->open_ahead (job, &of_this);
      if (!session)
        break;
      g_ptr_array_add (sessions, session);
      if (l == self->waiting.head)
        *detail = of_this;
      else if (of_this != *detail)
        break;
    }
  return sessions;
}

/* What is wrong with a picture, or the device, each question says for itself. */
static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleRunnerLoad *look = user_data;
  g_autoptr (MonocleRunner) self = look->runner ? g_object_ref (look->runner) : NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_whole = monocle_together_look_finish (result, &error);

  g_object_unref (look->cancellable);
  g_free (look);
  if (!is_whole)
    g_debug ("Not encoded ahead: %s", error->message);
  if (!self)
    return;

  self->look = NULL;
  /* Those may go side by side another time. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    for (GList *l = self->waiting.head; l; l = l->next)
      g_clear_object (&((MonocleRunnerJob *) l->data)->session);
  monocle_runner_advance (self);
}

gboolean
monocle_runner_look (MonocleRunner *self)
{
  const guint n = monocle_model_get_n_together (self->model);
  g_autoptr (GPtrArray) sessions = NULL;
  MonocleDetail detail = MONOCLE_DETAIL_AUTO;
  GList *l = self->waiting.head;

  if (n < 2 || self->waiting.length < n)
    return FALSE;
  sessions = open_sessions (self, n, &detail);
  if (sessions->len < n)
    return FALSE;

  for (guint i = 0; i < n; i++, l = l->next)
    ((MonocleRunnerJob *) l->data)->session = g_object_ref (sessions->pdata[i]);
  self->look = g_new0 (MonocleRunnerLoad, 1);
  self->look->runner = self;
  self->look->cancellable = g_cancellable_new ();
  monocle_together_look_async ((MonocleSession *const *) sessions->pdata, n, detail,
                               self->look->cancellable, on_looked, self->look);
  return TRUE;
}

void
monocle_runner_stop_look (MonocleRunner *self)
{
  if (self->look)
    g_cancellable_cancel (self->look->cancellable);
}
