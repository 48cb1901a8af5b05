/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/futures.h"

MonocleTracks *
monocle_tracks_new (guint n_things, guint n_frames)
{
  MonocleTracks *self = g_new0 (MonocleTracks, 1);

  self->n_things = n_things;
  self->n_frames = n_frames;
  self->places = g_new0 (float, (gsize) n_frames * n_things * 2);
  self->radii = g_new0 (float, n_things);
  self->thrown.frame = -1;
  return self;
}

MonocleTracks *
monocle_tracks_copy (const MonocleTracks *self)
{
  MonocleTracks *copy = g_memdup2 (self, sizeof *self);

  copy->places
      = g_memdup2 (self->places, (gsize) self->n_frames * self->n_things * 2 * sizeof (float));
  copy->radii = g_memdup2 (self->radii, self->n_things * sizeof (float));
  return copy;
}

void
monocle_tracks_free (MonocleTracks *self)
{
  if (!self)
    return;

  g_free (self->places);
  g_free (self->radii);
  g_free (self);
}

MonocleFutures *
monocle_futures_new (guint n_things, guint n_frames, guint n_futures)
{
  MonocleFutures *self = g_new0 (MonocleFutures, 1);
  const gsize n = (gsize) n_frames * n_things * 2;

  self->n_things = n_things;
  self->n_frames = n_frames;
  self->n_futures = n_futures;
  self->likeliest = g_new0 (float, n);
  self->drawn = g_new0 (float, n *n_futures);
  return self;
}

void
monocle_futures_free (MonocleFutures *self)
{
  if (!self)
    return;

  g_free (self->likeliest);
  g_free (self->drawn);
  g_free (self);
}

float *
monocle_futures_get_drawn (const MonocleFutures *self, guint index)
{
  return self->drawn + (gsize) index * self->n_frames * self->n_things * 2;
}
