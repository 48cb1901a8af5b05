/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/stage.h"

#include <math.h>

#include "app/world/frame.h"

/* Those from here on were not learnt. */
#define HELD_OUT G_GUINT64_CONSTANT (3000000000)

/* A throw is told in steps of this, in units. */
#define STEP (1.0 / 8)

struct _MonocleWorldStage
{
  GObject parent_instance;

  MonocleSeer *seer;

  gboolean has_scene;
  MonocleWorldKind kind;
  guint number;
  MonocleWorldFilm film;
  MonocleTracks *tracks, *truth; /* the second one nullable */
  GPtrArray *images;             /* (nullable) (element-type MonocleImage): of others */

  guint frame, n_ahead, n_futures;
  gboolean is_thrown, is_truth_shown, is_drawn;
  GPtrArray
      *small; /* (nullable) (element-type MonocleImage): frames that were seen, for the model */
  guint colours[MONOCLE_WORLD_MAX_BALLS];
  MonocleThrow aim;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleWorldStage, monocle_world_stage, G_TYPE_OBJECT)

static void
emit_changed (MonocleWorldStage *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static const MonocleFutures *
get_futures (MonocleWorldStage *self)
{
  return monocle_seer_get_futures (self->seer);
}

/* What can be looked at is less than before. */
static void
keep_frame (MonocleWorldStage *self)
{
  self->frame = MIN (self->frame, monocle_world_stage_count_frames (self) - 1);
}

/* As small as the model has frames. */
static MonocleImage *
make_small (MonocleWorldStage *self, guint frame)
{
  if (self->has_scene)
    return monocle_world_frame_draw (&self->film.scene,
                                     (const double (*)[2]) self->film.places[frame]);
  return monocle_world_frame_of_image (self->images->pdata[frame]);
}

/* The frames that were seen, where they are wanted; the model gets the last one. */
static void
show_small (MonocleWorldStage *self)
{
  g_clear_pointer (&self->small, g_ptr_array_unref);
  if (!self->is_drawn)
    {
      monocle_seer_set_seen (self->seer, NULL);
      return;
    }
  self->small = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  for (guint t = 0; t < self->tracks->n_frames; t++)
    g_ptr_array_add (self->small, make_small (self, t));
  monocle_seer_set_seen (self->seer, self->small->pdata[self->tracks->n_frames - 1]);
}

void
monocle_world_stage_ask (MonocleWorldStage *self)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  /* Those of other frames, perhaps. */
  g_clear_pointer (&self->small, g_ptr_array_unref);
  monocle_seer_ask (self->seer, self->tracks, MONOCLE_WORLD_STAGE_MOST_AHEAD, self->n_futures,
                    self->number);
  show_small (self);
  keep_frame (self);
  emit_changed (self);
}

MonocleSeer *
monocle_world_stage_get_seer (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), NULL);

  return self->seer;
}

/* --- the scene ---------------------------------------------------------------------------- */

static void
take_tracks (MonocleWorldStage *self, MonocleTracks *tracks, MonocleTracks *truth)
{
  g_clear_pointer (&self->tracks, monocle_tracks_free);
  g_clear_pointer (&self->truth, monocle_tracks_free);
  self->tracks = tracks;
  self->truth = truth;
  self->frame = tracks->n_frames - 1;
  self->aim.frame = -1;
}

static void
show_film (MonocleWorldStage *self)
{
  take_tracks (self, monocle_world_film_show (&self->film, MONOCLE_WORLD_STAGE_N_SEEN),
               monocle_world_film_show (&self->film, MONOCLE_WORLD_N_FRAMES));
}

static void
begin_scene (MonocleWorldStage *self)
{
  monocle_world_film_init (&self->film, self->kind, (guint32) (HELD_OUT + self->number));
  g_clear_pointer (&self->images, g_ptr_array_unref);
  for (guint i = 0; i < self->film.scene.n_balls; i++)
    self->colours[i] = self->film.scene.balls[i].colour;
  self->has_scene = TRUE;
  self->is_thrown = FALSE;
  show_film (self);
}

void
monocle_world_stage_set_scene (MonocleWorldStage *self, MonocleWorldKind kind, guint number)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));
  g_return_if_fail (kind < MONOCLE_WORLD_N_KINDS);

  if (self->has_scene && self->kind == kind && self->number == number && !self->is_thrown
      && monocle_seer_get_state (self->seer) != MONOCLE_SEER_IDLE)
    return;
  self->kind = kind;
  self->number = number;
  begin_scene (self);
  monocle_world_stage_ask (self);
}

MonocleWorldKind
monocle_world_stage_get_kind (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), MONOCLE_WORLD_USUAL);

  return self->kind;
}

guint
monocle_world_stage_get_number (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 0);

  return self->number;
}

void
monocle_world_stage_show_frames (MonocleWorldStage *self, MonocleTracks *tracks, GPtrArray *images)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));
  g_return_if_fail (tracks && tracks->n_frames >= 2);
  g_return_if_fail (images && images->len >= tracks->n_frames);

  self->has_scene = FALSE;
  self->is_thrown = FALSE;
  if (tracks->n_frames > MONOCLE_WORLD_STAGE_N_SEEN)
    take_tracks (self, monocle_world_take_first (tracks, MONOCLE_WORLD_STAGE_N_SEEN), tracks);
  else
    take_tracks (self, tracks, NULL);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  self->images = images;
  monocle_world_stage_ask (self);
}

MonocleImage *
monocle_world_stage_get_image (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), NULL);

  return self->images ? self->images->pdata[MIN (self->frame, self->tracks->n_frames - 1)] : NULL;
}

gboolean
monocle_world_stage_has_scene (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  return self->has_scene;
}

/* (nullable): what happens, where anybody knows: of what a person did to other things nobody does.
 */
static const MonocleTracks *
find_truth (MonocleWorldStage *self)
{
  return self->has_scene || !self->is_thrown ? self->truth : NULL;
}

gboolean
monocle_world_stage_has_truth (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  return find_truth (self) != NULL;
}

const MonocleTracks *
monocle_world_stage_get_tracks (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), NULL);

  return self->tracks;
}

/* --- throwing ----------------------------------------------------------------------------- */

/* Of a share of the side, the speed that it stands for, in units. */
static double
get_speed (double share)
{
  const double speed = rint (share * MONOCLE_WORLD_SIDE / STEP) * STEP;

  return CLAMP (speed, -MONOCLE_WORLD_MAX_THROW, MONOCLE_WORLD_MAX_THROW);
}

static MonocleThrow
make_throw (MonocleWorldStage *self, guint thing, double vx, double vy)
{
  return (MonocleThrow){ .frame = (int) self->tracks->n_frames - 1,
                         .thing = thing,
                         .vx = get_speed (vx) / MONOCLE_WORLD_SIDE,
                         .vy = get_speed (vy) / MONOCLE_WORLD_SIDE };
}

void
monocle_world_stage_throw (MonocleWorldStage *self, guint thing, double vx, double vy)
{
  MonocleThrow thrown;

  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));
  g_return_if_fail (thing < self->tracks->n_things);

  thrown = make_throw (self, thing, vx, vy);
  self->is_thrown = TRUE;
  if (self->has_scene)
    {
      monocle_world_film_throw (&self->film, (guint) thrown.frame, thing,
                                thrown.vx * MONOCLE_WORLD_SIDE, thrown.vy * MONOCLE_WORLD_SIDE);
      show_film (self);
    }
  else
    {
      self->tracks->thrown = thrown;
      self->frame = self->tracks->n_frames - 1;
      self->aim.frame = -1;
    }
  monocle_world_stage_ask (self);
}

void
monocle_world_stage_take_back (MonocleWorldStage *self)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  if (!self->is_thrown)
    return;
  self->is_thrown = FALSE;
  if (self->has_scene)
    begin_scene (self);
  else
    self->tracks->thrown.frame = -1;
  monocle_world_stage_ask (self);
}

gboolean
monocle_world_stage_is_thrown (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  return self->is_thrown;
}

void
monocle_world_stage_aim (MonocleWorldStage *self, guint thing, double vx, double vy)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));
  g_return_if_fail (thing < self->tracks->n_things);

  self->aim = make_throw (self, thing, vx, vy);
  self->frame = self->tracks->n_frames - 1;
  emit_changed (self);
}

void
monocle_world_stage_aim_no_more (MonocleWorldStage *self)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  if (self->aim.frame < 0)
    return;
  self->aim.frame = -1;
  emit_changed (self);
}

gboolean
monocle_world_stage_get_aim (MonocleWorldStage *self, MonocleThrow *aim)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  *aim = self->aim;
  return self->aim.frame >= 0;
}

int
monocle_world_stage_find (MonocleWorldStage *self, double x, double y)
{
  const float *places;

  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), -1);

  places = self->tracks->places + (gsize) (self->tracks->n_frames - 1) * 2 * self->tracks->n_things;
  /* The uppermost one. */
  for (int i = (int) self->tracks->n_things - 1; i >= 0; i--)
    if (hypot ((double) places[2 * i] - x, (double) places[2 * i + 1] - y)
        <= (double) self->tracks->radii[i])
      return i;
  return -1;
}

/* --- looking ------------------------------------------------------------------------------ */

void
monocle_world_stage_set_frame (MonocleWorldStage *self, guint frame)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  frame = MIN (frame, monocle_world_stage_count_frames (self) - 1);
  if (self->frame == frame)
    return;
  self->frame = frame;
  emit_changed (self);
}

guint
monocle_world_stage_get_frame (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 0);

  return self->frame;
}

guint
monocle_world_stage_count_seen (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 0);

  return self->tracks->n_frames;
}

guint
monocle_world_stage_count_frames (MonocleWorldStage *self)
{
  const MonocleFutures *futures;

  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 0);

  futures = get_futures (self);
  return self->tracks->n_frames + (futures ? MIN (self->n_ahead, futures->n_frames) : 0);
}

void
monocle_world_stage_set_ahead (MonocleWorldStage *self, guint n_ahead)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  n_ahead = CLAMP (n_ahead, 1, MONOCLE_WORLD_STAGE_MOST_AHEAD);
  if (self->n_ahead == n_ahead)
    return;
  self->n_ahead = n_ahead;
  keep_frame (self);
  emit_changed (self);
}

guint
monocle_world_stage_get_ahead (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 1);

  return self->n_ahead;
}

void
monocle_world_stage_set_futures (MonocleWorldStage *self, guint n_futures)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  n_futures = CLAMP (n_futures, 1, MONOCLE_WORLD_STAGE_MOST_FUTURES);
  if (self->n_futures == n_futures)
    return;
  self->n_futures = n_futures;
  monocle_world_stage_ask (self);
}

guint
monocle_world_stage_get_futures (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), 1);

  return self->n_futures;
}

void
monocle_world_stage_set_truth (MonocleWorldStage *self, gboolean is_shown)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  if (self->is_truth_shown == is_shown)
    return;
  self->is_truth_shown = is_shown;
  emit_changed (self);
}

gboolean
monocle_world_stage_get_truth (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  return self->is_truth_shown;
}

void
monocle_world_stage_set_drawn (MonocleWorldStage *self, gboolean is_drawn)
{
  g_return_if_fail (MONOCLE_IS_WORLD_STAGE (self));

  if (self->is_drawn == is_drawn)
    return;
  self->is_drawn = is_drawn;
  show_small (self);
  emit_changed (self);
}

gboolean
monocle_world_stage_get_drawn (MonocleWorldStage *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  return self->is_drawn;
}

MonocleImage *
monocle_world_stage_get_drawn_frame (MonocleWorldStage *self)
{
  const MonocleDrawnFrames *drawn;
  guint n_seen;

  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), NULL);

  n_seen = self->tracks->n_frames;
  if (!self->small)
    return NULL;
  if (self->frame < n_seen)
    return self->small->pdata[self->frame];
  drawn = monocle_seer_get_drawn (self->seer);
  return drawn && self->frame - n_seen < drawn->frames->len
             ? drawn->frames->pdata[self->frame - n_seen]
             : NULL;
}

gboolean
monocle_world_stage_look (MonocleWorldStage *self, guint *ahead, MonocleWorldOutlook *outlook)
{
  const MonocleFutures *futures;

  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), FALSE);

  futures = get_futures (self);
  if (!futures)
    return FALSE;
  *ahead = MIN (self->n_ahead, futures->n_frames);
  monocle_world_judge_look (self->tracks, self->is_truth_shown ? find_truth (self) : NULL, futures,
                            *ahead, outlook);
  return TRUE;
}

MonocleWorldPainting
monocle_world_stage_get_painting (MonocleWorldStage *self)
{
  MonocleWorldPainting painting = { .arrow.frame = -1 };

  g_return_val_if_fail (MONOCLE_IS_WORLD_STAGE (self), painting);

  painting.tracks = self->tracks;
  painting.futures = get_futures (self);
  painting.truth = self->is_truth_shown ? find_truth (self) : NULL;
  painting.frame = self->frame;
  painting.n_ahead = self->n_ahead;
  painting.drawn = monocle_world_stage_get_drawn_frame (self);
  if (painting.drawn && self->has_scene)
    painting.colours = self->colours;
  if (self->aim.frame >= 0)
    painting.arrow = self->aim;
  else if (self->tracks->thrown.frame == (int) self->frame)
    painting.arrow = self->tracks->thrown;
  return painting;
}

/* --- the class ---------------------------------------------------------------------------- */

static void
on_foreseen (MonocleWorldStage *self)
{
  keep_frame (self);
  emit_changed (self);
}

static void
monocle_world_stage_dispose (GObject *object)
{
  MonocleWorldStage *self = MONOCLE_WORLD_STAGE (object);

  if (self->seer)
    {
      g_signal_handlers_disconnect_by_data (self->seer, self);
      monocle_seer_stop (self->seer);
    }
  g_clear_object (&self->seer);
  G_OBJECT_CLASS (monocle_world_stage_parent_class)->dispose (object);
}

static void
monocle_world_stage_finalize (GObject *object)
{
  MonocleWorldStage *self = MONOCLE_WORLD_STAGE (object);

  g_clear_pointer (&self->tracks, monocle_tracks_free);
  g_clear_pointer (&self->truth, monocle_tracks_free);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  g_clear_pointer (&self->small, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_world_stage_parent_class)->finalize (object);
}

static void
monocle_world_stage_class_init (MonocleWorldStageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = monocle_world_stage_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_world_stage_finalize;
  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_WORLD_STAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_world_stage_init (MonocleWorldStage *self)
{
  self->number = 1;
  self->n_ahead = MONOCLE_WORLD_STAGE_MOST_AHEAD;
  self->n_futures = MONOCLE_WORLD_STAGE_MOST_FUTURES;
}

MonocleWorldStage *
monocle_world_stage_new (MonocleSeer *seer)
{
  MonocleWorldStage *self = g_object_new (MONOCLE_TYPE_WORLD_STAGE, NULL);

  g_return_val_if_fail (MONOCLE_IS_SEER (seer), self);

  self->seer = g_object_ref (seer);
  g_signal_connect_object (seer, "changed", G_CALLBACK (on_foreseen), self, G_CONNECT_SWAPPED);
  begin_scene (self);
  return self;
}
