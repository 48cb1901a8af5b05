/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/seer.h"

#include "app/models/open.h"
#include "app/models/shipped.h"

/* As most of what may follow is worth drawing. */
#define TOP_P 0.95

struct _MonocleSeer
{
  GObject parent_instance;

  char *name, *device;
  gboolean is_trusted;

  MonocleModel *model;     /* (nullable) */
  GCancellable *running;   /* (nullable): loading it, or asking */
  MonocleDevice *checking; /* (nullable): before that */
  MonocleSeerState state;
  GError *error;

  MonocleTracks *tracks; /* (nullable): what is asked */
  guint n_frames, n_futures;
  guint64 seed;
  MonocleFutures *futures;   /* (nullable) */
  MonocleImage *seen;        /* (nullable): for frames that are drawn */
  MonocleDrawnFrames *drawn; /* (nullable) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleSeer, monocle_seer, G_TYPE_OBJECT)

static void
set_state (MonocleSeer *self, MonocleSeerState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What comes of it is nobody's any more. */
static void
cancel (MonocleSeer *self)
{
  if (self->running)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_object (&self->checking);
}

static void
forget (MonocleSeer *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->futures, monocle_futures_free);
  g_clear_pointer (&self->drawn, monocle_drawn_frames_free);
}

static void
fail (MonocleSeer *self, GError *error)
{
  forget (self);
  self->error = error;
  set_state (self, MONOCLE_SEER_FAILED);
}

/* --- asking ------------------------------------------------------------------------------- */

/* What runs, and for whom: who is gone, or asked something else since, has cancelled it. */
typedef struct
{
  MonocleSeer *seer;
  GCancellable *cancellable;
} Errand;

static Errand *
errand_new (MonocleSeer *self)
{
  Errand *errand = g_new (Errand, 1);

  cancel (self);
  self->running = g_cancellable_new ();
  *errand = (Errand){ self, g_object_ref (self->running) };
  return errand;
}

/* Returns: (transfer full) (nullable): who still waits for it */
static MonocleSeer *
errand_end (Errand *errand)
{
  MonocleSeer *self
      = g_cancellable_is_cancelled (errand->cancellable) ? NULL : g_object_ref (errand->seer);

  g_object_unref (errand->cancellable);
  g_free (errand);
  if (self)
    {
      g_clear_object (&self->running);
      g_clear_object (&self->checking);
    }
  return self;
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (MonocleDrawnFrames) drawn
      = monocle_model_draw_frames_finish (MONOCLE_MODEL (source), result, &error);
  g_autoptr (MonocleSeer) self = errand_end (data);

  if (!self)
    {
      g_clear_error (&error);
      return;
    }
  if (!drawn)
    {
      g_clear_object (&self->model);
      fail (self, error);
      return;
    }
  self->drawn = g_steal_pointer (&drawn);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What is likeliest, where somebody wants to see it and the model can. */
static void
draw (MonocleSeer *self)
{
  const MonocleFrameRequest request = { .seen = self->seen,
                                        .tracks = self->tracks,
                                        .places = self->futures->likeliest,
                                        .n = self->futures->n_frames };
  Errand *errand;
  guint side;
  double least;

  if (!self->seen || self->drawn || !self->model
      || !monocle_model_get_frames (self->model, &side, &least))
    return;
  errand = errand_new (self);
  monocle_model_draw_frames_async (self->model, &request, errand->cancellable, on_drawn, errand);
}

static void
on_foreseen (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) all = monocle_model_foresee_finish (MONOCLE_MODEL (source), result, &error);
  g_autoptr (MonocleSeer) self = errand_end (data);
  double most_surprise;
  guint most_things, most_frames;

  if (!self)
    {
      g_clear_error (&error);
      return;
    }
  if (!all)
    {
      /* Of a device that was lost. */
      g_clear_object (&self->model);
      fail (self, error);
      return;
    }
  monocle_model_get_foresight (self->model, &most_things, &most_frames, &most_surprise);
  forget (self);
  if (((MonocleFutures *) all->pdata[0])->surprise > most_surprise)
    {
      set_state (self, MONOCLE_SEER_UNKNOWN);
      return;
    }
  self->futures = all->pdata[0];
  g_ptr_array_set_free_func (all, NULL);
  draw (self);
  set_state (self, MONOCLE_SEER_DONE);
}

static void
foresee (MonocleSeer *self)
{
  const MonocleTracks *tracks = self->tracks;
  MonocleForesight foresight = { .tracks = &tracks,
                                 .n = 1,
                                 .n_futures = self->n_futures,
                                 .sampling = { .temperature = 1, .top_p = TOP_P } };
  guint most_things, most_frames;
  double most_surprise;
  Errand *errand;

  if (!monocle_model_get_foresight (self->model, &most_things, &most_frames, &most_surprise))
    {
      g_clear_object (&self->model);
      fail (self, g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                                       "the model foresees nothing"));
      return;
    }
  foresight.sampling.seed = self->seed;
  foresight.n_frames = self->n_frames;
  if (tracks->n_frames < most_frames)
    foresight.n_frames = MIN (foresight.n_frames, most_frames - tracks->n_frames);
  errand = errand_new (self);
  monocle_model_foresee_async (self->model, &foresight, errand->cancellable, on_foreseen, errand);
  set_state (self, MONOCLE_SEER_ASKED);
}

/* --- the model ---------------------------------------------------------------------------- */

static void
on_progress (MonocleDevice *checking, double fraction, gpointer data)
{
  const Errand *errand = data;
  MonocleSeer *self = errand->seer;

  if (g_cancellable_is_cancelled (errand->cancellable) || self->checking == checking)
    return;
  g_set_object (&self->checking, checking);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (MonocleModel) model = monocle_open_model_finish (result, &error);
  g_autoptr (MonocleSeer) self = errand_end (data);

  if (!self)
    g_clear_error (&error);
  else if (!model)
    fail (self, error);
  else
    {
      self->model = g_steal_pointer (&model);
      foresee (self);
    }
}

static void
open_model (MonocleSeer *self)
{
  const MonocleOpenRequest request = { .name = self->name,
                                       .device = self->device,
                                       .precision = MONOCLE_PRECISION_AUTO,
                                       .is_trusted = self->is_trusted };
  Errand *errand = errand_new (self);

  monocle_open_model_async (&request, errand->cancellable, on_progress, errand, on_opened, errand);
  set_state (self, MONOCLE_SEER_LOADING);
}

/* --- what others do ----------------------------------------------------------------------- */

void
monocle_seer_ask (
    MonocleSeer *self, const MonocleTracks *tracks, guint n_frames, guint n_futures, guint64 seed)
{
  g_return_if_fail (MONOCLE_IS_SEER (self));
  g_return_if_fail (tracks && n_frames > 0);

  forget (self);
  g_clear_pointer (&self->tracks, monocle_tracks_free);
  self->tracks = monocle_tracks_copy (tracks);
  self->n_frames = n_frames;
  self->n_futures = n_futures;
  self->seed = seed;
  if (self->model)
    foresee (self);
  else if (self->state != MONOCLE_SEER_LOADING)
    open_model (self);
}

void
monocle_seer_stop (MonocleSeer *self)
{
  g_return_if_fail (MONOCLE_IS_SEER (self));

  if (!self->running)
    return;
  cancel (self);
  set_state (self, self->state == MONOCLE_SEER_DONE ? MONOCLE_SEER_DONE : MONOCLE_SEER_STOPPED);
}

void
monocle_seer_set_seen (MonocleSeer *self, MonocleImage *seen)
{
  g_return_if_fail (MONOCLE_IS_SEER (self));

  if (self->seen == seen)
    return;
  g_clear_pointer (&self->seen, monocle_image_unref);
  g_clear_pointer (&self->drawn, monocle_drawn_frames_free);
  self->seen = seen ? monocle_image_ref (seen) : NULL;
  if (self->state != MONOCLE_SEER_DONE)
    return;
  cancel (self);
  draw (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

const MonocleDrawnFrames *
monocle_seer_get_drawn (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), NULL);

  return self->drawn;
}

double
monocle_seer_get_least_decibels (MonocleSeer *self)
{
  guint side;
  double least;

  g_return_val_if_fail (MONOCLE_IS_SEER (self), -1);

  return self->model && monocle_model_get_frames (self->model, &side, &least) ? least : -1;
}

gboolean
monocle_seer_is_drawing (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), FALSE);

  return self->running && self->state == MONOCLE_SEER_DONE;
}

MonocleSeerState
monocle_seer_get_state (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), MONOCLE_SEER_IDLE);

  return self->state;
}

const MonocleFutures *
monocle_seer_get_futures (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), NULL);

  return self->futures;
}

MonocleDevice *
monocle_seer_get_checking (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), NULL);

  return self->checking;
}

const GError *
monocle_seer_get_error (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), NULL);

  return self->error;
}

gboolean
monocle_seer_lacks_model (MonocleSeer *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEER (self), FALSE);

  return self->model == NULL;
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_seer_finalize (GObject *object)
{
  MonocleSeer *self = MONOCLE_SEER (object);

  cancel (self);
  forget (self);
  g_clear_object (&self->model);
  g_clear_pointer (&self->tracks, monocle_tracks_free);
  g_clear_pointer (&self->seen, monocle_image_unref);
  g_free (self->name);
  g_free (self->device);
  G_OBJECT_CLASS (monocle_seer_parent_class)->finalize (object);
}

static void
monocle_seer_class_init (MonocleSeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_seer_finalize;
  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_SEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
monocle_seer_init (MonocleSeer *self)
{
}

MonocleSeer *
monocle_seer_new (const char *model, const char *device, gboolean is_trusted)
{
  MonocleSeer *self = g_object_new (MONOCLE_TYPE_SEER, NULL);

  self->name = g_strdup (model ? model : MONOCLE_SHIPPED_WORLD);
  self->device = g_strdup (device);
  self->is_trusted = is_trusted;
  return self;
}
