/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/updates.h"

static void
update_free (gpointer data)
{
  MonocleUpdate *update = data;

  g_clear_pointer (&update->partial, g_ptr_array_unref);
  g_free (update);
}

static void
deliver (gpointer message, gpointer task_data)
{
  MonocleUpdates *self = task_data;

  self->func (message, self->data);
}

void
monocle_updates_init (MonocleUpdates *self, GTask *task, MonocleUpdateFunc func, gpointer data)
{
  self->func = func;
  self->data = data;
  if (func)
    self->post = monocle_post_new (task, deliver, update_free);
}

void
monocle_updates_clear (MonocleUpdates *self)
{
  g_clear_pointer (&self->post, monocle_post_unref);
}

static void
send (MonocleUpdates *self, MonocleUpdate update)
{
  if (!self->post)
    {
      g_clear_pointer (&update.partial, g_ptr_array_unref);
      return;
    }
  update.n_tokens = self->n_tokens;
  monocle_post_send (self->post, g_memdup2 (&update, sizeof update));
}

void
monocle_updates_answering (MonocleUpdates *self, GPtrArray *partial)
{
  send (self,
        (MonocleUpdate){ .stage = MONOCLE_STAGE_ANSWERING, .fraction = -1, .partial = partial });
}

void
monocle_updates_preparing (gpointer updates)
{
  send (updates, (MonocleUpdate){ .stage = MONOCLE_STAGE_PREPARING });
}

void
monocle_updates_compiled (guint n_done, guint n, gpointer updates)
{
  send (updates, (MonocleUpdate){ .stage = MONOCLE_STAGE_COMPILING,
                                  .fraction = (double) n_done / n,
                                  .n_done = n_done,
                                  .n_steps = n });
}

void
monocle_updates_encoded (double fraction, gpointer updates)
{
  send (updates, (MonocleUpdate){ .stage = MONOCLE_STAGE_LOOKING, .fraction = fraction });
}
