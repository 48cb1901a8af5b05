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
  MonoclePace pace;
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

MonoclePace *
monocle_loaded_get_pace (MonocleLoaded *self)
{
  monocle_worker_assert (self->worker);

  return &self->pace;
}

/* Something on its way to the thread that may free it. */
typedef struct
{
  MonocleLoaded *loaded;
  gpointer data;
  void (*free_data) (gpointer model, gpointer data);
} Leftover;

static void
free_data (MonocleWorker *worker, gpointer data)
{
  Leftover *leftover = data;

  leftover->free_data (leftover->loaded->data, leftover->data);
}

static void
leftover_free (gpointer data)
{
  Leftover *leftover = data;

  monocle_loaded_unref (leftover->loaded);
  g_free (leftover);
}

static void
leave (MonocleLoaded *self, gpointer data, void (*free_it) (gpointer model, gpointer data))
{
  Leftover *leftover = g_new (Leftover, 1);

  leftover->loaded = monocle_loaded_ref (self);
  leftover->data = data;
  leftover->free_data = free_it;
  monocle_worker_push (self->worker, free_data, leftover, leftover_free);
}

void
monocle_loaded_discard (MonocleLoaded *self, gpointer features)
{
  leave (self, features, self->family->discard);
}

void
monocle_loaded_close_talk (MonocleLoaded *self, gpointer talk)
{
  leave (self, talk, self->family->close_talk);
}

void
monocle_loaded_close_training (MonocleLoaded *self, gpointer training)
{
  leave (self, training, self->family->training->close);
}
