/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/loaded.h"

struct _MonocleLoaded
{
  gatomicrefcount ref_count;
  MonocleWorker *worker;

  /* The worker's, once there is any. */
  const MonocleFamily *family;
  gpointer data;
};

MonocleLoaded *
monocle_loaded_new (MonocleWorker *worker)
{
  MonocleLoaded *self = g_new0 (MonocleLoaded, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->worker = worker;
  return self;
}

MonocleLoaded *
monocle_loaded_ref (MonocleLoaded *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
unload (MonocleWorker *worker, gpointer data)
{
  MonocleLoaded *self = data;

  if (self->data)
    self->family->unload (self->data);
}

void
monocle_loaded_unref (MonocleLoaded *self)
{
  MonocleWorker *worker;

  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  worker = self->worker;
  monocle_worker_push (worker, unload, self, g_free);
  monocle_worker_unref (worker);
}

MonocleWorker *
monocle_loaded_get_worker (MonocleLoaded *self)
{
  return self->worker;
}

void
monocle_loaded_take (MonocleLoaded *self, const MonocleFamily *family, gpointer data)
{
  monocle_worker_assert (self->worker);
  g_assert (!self->data);

  self->family = family;
  self->data = data;
}

gpointer
monocle_loaded_get_data (MonocleLoaded *self)
{
  monocle_worker_assert (self->worker);

  return self->data;
}

/* Features on their way to the thread that may free them. */
typedef struct
{
  MonocleLoaded *loaded;
  gpointer features;
} Leftover;

static void
discard (MonocleWorker *worker, gpointer data)
{
  Leftover *leftover = data;

  leftover->loaded->family->discard (leftover->loaded->data, leftover->features);
}

static void
leftover_free (gpointer data)
{
  Leftover *leftover = data;

  monocle_loaded_unref (leftover->loaded);
  g_free (leftover);
}

void
monocle_loaded_discard (MonocleLoaded *self, gpointer features)
{
  Leftover *leftover = g_new (Leftover, 1);

  leftover->loaded = monocle_loaded_ref (self);
  leftover->features = features;
  monocle_worker_push (self->worker, discard, leftover, leftover_free);
}
