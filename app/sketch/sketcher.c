/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sketch/sketcher.h"

#include "app/draw/drawn-png.h"
#include "app/models/open.h"
#include "app/models/shipped.h"

struct _MonocleSketcher
{
  GObject parent_instance;

  char *name, *device;
  gboolean is_trusted;

  MonocleSession *session; /* (nullable): with the model, about no image */
  GCancellable *running;   /* (nullable): loading it, or drawing */
  MonocleSketcherState state;
  GError *error;

  char *text; /* (nullable): what is asked */
  guint n;
  guint64 seed;
  GPtrArray *pictures;
  MonocleImage *unfinished; /* (nullable) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleSketcher, monocle_sketcher, G_TYPE_OBJECT)

static void
set_state (MonocleSketcher *self, MonocleSketcherState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What comes of it is nobody's any more. */
static void
cancel (MonocleSketcher *self)
{
  if (self->running)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
}

static void
fail (MonocleSketcher *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  set_state (self, MONOCLE_SKETCHER_FAILED);
}

/* What runs, and for whom: who is gone, or asked something else since, has cancelled it. */
typedef struct
{
  MonocleSketcher *sketcher;
  GCancellable *cancellable;
} Errand;

static Errand *
errand_new (MonocleSketcher *self)
{
  Errand *errand = g_new (Errand, 1);

  cancel (self);
  self->running = g_cancellable_new ();
  *errand = (Errand){ self, g_object_ref (self->running) };
  return errand;
}

/* Returns: (transfer full) (nullable): who still waits for it */
static MonocleSketcher *
errand_end (Errand *errand)
{
  MonocleSketcher *self
      = g_cancellable_is_cancelled (errand->cancellable) ? NULL : g_object_ref (errand->sketcher);

  g_object_unref (errand->cancellable);
  g_free (errand);
  if (self)
    g_clear_object (&self->running);
  return self;
}

/* --- drawing ------------------------------------------------------------------------------ */

static void draw_next (MonocleSketcher *self);

/* More of a picture. */
static void
on_update (const MonocleUpdate *update, gpointer data)
{
  Errand *errand = data;
  MonocleSketcher *self = errand->sketcher;
  MonocleImage *picture;

  if (g_cancellable_is_cancelled (errand->cancellable) || !update->partial
      || !update->partial->pdata[0])
    return;
  picture = monocle_drawn_find (update->partial->pdata[0]);
  if (!picture || picture == self->unfinished)
    return;
  g_clear_pointer (&self->unfinished, monocle_image_unref);
  self->unfinished = monocle_image_ref (picture);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (MonocleRun) run
      = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);
  g_autoptr (MonocleSketcher) self = errand_end (data);
  MonocleImage *picture;

  if (!self)
    {
      g_clear_error (&error);
      return;
    }
  if (!run)
    {
      /* A device that was lost is not asked again; of words that are wrong it is not to blame. */
      if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST))
        g_clear_object (&self->session);
      fail (self, error);
      return;
    }
  picture = run->results->len > 0 ? monocle_drawn_find (run->results->pdata[0]) : NULL;
  if (!picture)
    {
      fail (self, g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                                       "the model drew nothing"));
      return;
    }
  g_ptr_array_add (self->pictures, monocle_image_ref (picture));
  g_clear_pointer (&self->unfinished, monocle_image_unref);
  draw_next (self);
}

/* The next picture, or all are there. */
static void
draw_next (MonocleSketcher *self)
{
  MonocleSampling sampling = { .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P };
  MonocleRequest request = { .text = self->text, .sampling = &sampling };
  Errand *errand;

  if (self->pictures->len >= self->n)
    {
      set_state (self, MONOCLE_SKETCHER_DONE);
      return;
    }
  request.task = monocle_sketcher_get_task (self);
  if (!request.task)
    {
      g_clear_object (&self->session);
      fail (self, g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                                       "the model draws no pictures of words"));
      return;
    }
  sampling.seed = self->seed + self->pictures->len;
  errand = errand_new (self);
  monocle_session_run_async (self->session, &request, errand->cancellable, on_update, errand,
                             on_drawn, errand);
  set_state (self, MONOCLE_SKETCHER_DRAWING);
}

/* --- the model ---------------------------------------------------------------------------- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (MonocleModel) model = monocle_open_model_finish (result, &error);
  g_autoptr (MonocleSketcher) self = errand_end (data);
  g_autoptr (MonocleImage) blank = NULL;

  if (!self)
    {
      g_clear_error (&error);
      return;
    }
  blank = model ? monocle_image_new_take_pixels (1, 1, g_malloc0 (3), &error) : NULL;
  if (!blank)
    {
      fail (self, error);
      return;
    }
  self->session = monocle_session_new (model, blank);
  draw_next (self);
}

static void
open_model (MonocleSketcher *self)
{
  const MonocleOpenRequest request = { .name = self->name,
                                       .device = self->device,
                                       .precision = MONOCLE_PRECISION_AUTO,
                                       .is_trusted = self->is_trusted };
  Errand *errand = errand_new (self);

  monocle_open_model_async (&request, errand->cancellable, NULL, NULL, on_opened, errand);
  set_state (self, MONOCLE_SKETCHER_LOADING);
}

/* --- what others do ----------------------------------------------------------------------- */

void
monocle_sketcher_draw (MonocleSketcher *self, const char *text, guint n, guint64 seed)
{
  g_return_if_fail (MONOCLE_IS_SKETCHER (self));
  g_return_if_fail (text && n > 0);

  g_clear_error (&self->error);
  g_ptr_array_set_size (self->pictures, 0);
  g_clear_pointer (&self->unfinished, monocle_image_unref);
  g_free (self->text);
  self->text = g_strdup (text);
  self->n = n;
  self->seed = seed;
  if (self->session)
    draw_next (self);
  else if (self->state != MONOCLE_SKETCHER_LOADING)
    open_model (self);
}

void
monocle_sketcher_stop (MonocleSketcher *self)
{
  g_return_if_fail (MONOCLE_IS_SKETCHER (self));

  if (!self->running)
    return;
  cancel (self);
  set_state (self, MONOCLE_SKETCHER_STOPPED);
}

MonocleSketcherState
monocle_sketcher_get_state (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), MONOCLE_SKETCHER_IDLE);

  return self->state;
}

GPtrArray *
monocle_sketcher_get_pictures (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  return self->pictures;
}

MonocleImage *
monocle_sketcher_get_unfinished (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  return self->unfinished;
}

const char *
monocle_sketcher_get_text (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  return self->text;
}

guint64
monocle_sketcher_get_seed (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), 0);

  return self->seed;
}

/* The one that makes a picture of words, and of no image. */
const MonocleTask *
monocle_sketcher_get_task (MonocleSketcher *self)
{
  GPtrArray *tasks;

  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  if (!self->session)
    return NULL;
  tasks = monocle_model_list_tasks (monocle_session_get_model (self->session));
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (task->kind == MONOCLE_TASK_DRAW && task->takes == MONOCLE_TAKES_TEXT
          && task->ignores_image)
        return task;
    }
  return NULL;
}

const char *
monocle_sketcher_get_model_name (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  return self->session ? monocle_model_get_name (monocle_session_get_model (self->session)) : NULL;
}

const GError *
monocle_sketcher_get_error (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), NULL);

  return self->error;
}

gboolean
monocle_sketcher_lacks_model (MonocleSketcher *self)
{
  g_return_val_if_fail (MONOCLE_IS_SKETCHER (self), FALSE);

  return self->session == NULL;
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_sketcher_finalize (GObject *object)
{
  MonocleSketcher *self = MONOCLE_SKETCHER (object);

  cancel (self);
  g_clear_error (&self->error);
  g_clear_object (&self->session);
  g_ptr_array_unref (self->pictures);
  g_clear_pointer (&self->unfinished, monocle_image_unref);
  g_free (self->text);
  g_free (self->name);
  g_free (self->device);
  G_OBJECT_CLASS (monocle_sketcher_parent_class)->finalize (object);
}

static void
monocle_sketcher_class_init (MonocleSketcherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_sketcher_finalize;
  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_SKETCHER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_sketcher_init (MonocleSketcher *self)
{
  self->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
}

MonocleSketcher *
monocle_sketcher_new (const char *model, const char *device, gboolean is_trusted)
{
  MonocleSketcher *self = g_object_new (MONOCLE_TYPE_SKETCHER, NULL);

  self->name = g_strdup (model ? model : MONOCLE_SHIPPED_DRAW);
  self->device = g_strdup (device);
  self->is_trusted = is_trusted;
  return self;
}
