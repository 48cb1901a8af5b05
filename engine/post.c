/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/post.h"

struct _MonoclePost
{
  gatomicrefcount ref_count;
  GMainContext *context;
  MonoclePostFunc func;
  gpointer user_data;
  GDestroyNotify destroy;

  GMutex mutex;
  gpointer latest; /* (nullable): not delivered yet; its delivery is under way */
};

MonoclePost *
monocle_post_new (GMainContext *context,
                  MonoclePostFunc func,
                  gpointer user_data,
                  GDestroyNotify destroy)
{
  MonoclePost *self = g_new0 (MonoclePost, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context
      = context ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  self->func = func;
  self->user_data = user_data;
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
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  MonoclePost *self = data;
  gpointer message;

  g_mutex_lock (&self->mutex);
  message = g_steal_pointer (&self->latest);
  g_mutex_unlock (&self->mutex);

  self->func (message, self->user_data);
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
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, self, (GDestroyNotify) monocle_post_unref);
  g_source_attach (source, self->context);
}
