/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/post.h"

struct _MonoclePost
{
  gatomicrefcount ref_count;
  GTask *task; /* not held, but by each delivery: a call may be answered before its end */
  MonoclePostFunc func;
  GDestroyNotify destroy;

  GMutex mutex;
  gpointer latest; /* (nullable): not delivered yet; its delivery is under way */
};

MonoclePost *
monocle_post_new (GTask *task, MonoclePostFunc func, GDestroyNotify destroy)
{
  MonoclePost *self = g_new0 (MonoclePost, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->task = task;
  self->func = func;
  self->destroy = destroy;
  g_mutex_init (&self->mutex);

  return self;
}

void
monocle_post_unref (MonoclePost *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->latest)
    self->destroy (self->latest);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
end_delivery (gpointer data)
{
  MonoclePost *self = data;
  g_autoptr (GTask) task = self->task;

  monocle_post_unref (self);
}

static gboolean
deliver (gpointer data)
{
  MonoclePost *self = data;
  gpointer message;

  g_mutex_lock (&self->mutex);
  message = g_steal_pointer (&self->latest);
  g_mutex_unlock (&self->mutex);

  /* Nothing comes after the result. */
  if (!g_task_get_completed (self->task))
    self->func (message, g_task_get_task_data (self->task));
  self->destroy (message);
  return G_SOURCE_REMOVE;
}

void
monocle_post_send (MonoclePost *self, gpointer message)
{
  gpointer older;
  g_autoptr (GSource) source = NULL;

  g_mutex_lock (&self->mutex);
  older = self->latest;
  self->latest = message;
  g_mutex_unlock (&self->mutex);

  if (older)
    {
      self->destroy (older);
      return;
    }

  /* Not g_main_context_invoke(): where nobody runs the context it would call from this thread. */
  g_atomic_ref_count_inc (&self->ref_count);
  g_object_ref (self->task);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, self, end_delivery);
  g_source_attach (source, g_task_get_context (self->task));
}
