/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked at while it is asked what happens next: a scene, the frames of it that are shown,
 * what a seer says of the others, and what happens indeed. A ball can be thrown: the scene knows
 * what comes of that as well.
 *
 * Signal `changed`: anything of it is different.
 */
#pragma once

#include "app/world/judge.h"
#include "app/world/picture.h"
#include "app/world/seer.h"

G_BEGIN_DECLS

/* Frames that are shown, of scenes; the others can be foreseen. */
#define MONOCLE_WORLD_STAGE_N_SEEN 8

#define MONOCLE_WORLD_STAGE_MOST_AHEAD   (MONOCLE_WORLD_N_FRAMES - MONOCLE_WORLD_STAGE_N_SEEN)
#define MONOCLE_WORLD_STAGE_MOST_FUTURES 16

#define MONOCLE_TYPE_WORLD_STAGE (monocle_world_stage_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWorldStage, monocle_world_stage, MONOCLE, WORLD_STAGE, GObject)

/* The first scene, of which the last frame that is shown is seen; nothing is asked yet. */
MonocleWorldStage *monocle_world_stage_new (MonocleSeer *seer);

/* (transfer none) */
MonocleSeer *monocle_world_stage_get_seer (MonocleWorldStage *self);

/* --- the scene ---------------------------------------------------------------------------- */

/**
 * monocle_world_stage_set_scene:
 * @kind: of which kind
 * @number: which one, from 1 on; none of them was learnt
 *
 * Asks what follows.
 */
void monocle_world_stage_set_scene (MonocleWorldStage *self, MonocleWorldKind kind, guint number);
MonocleWorldKind monocle_world_stage_get_kind (MonocleWorldStage *self);
guint monocle_world_stage_get_number (MonocleWorldStage *self);

/**
 * monocle_world_stage_show_frames:
 * @tracks: (transfer full): what somebody saw of other things, at least 2 frames; of many the first
 *   ones are shown to the model, and those behind are what happens
 * @images: (transfer full) (element-type MonocleImage): the frames
 *
 * Asks what follows. A scene takes its place.
 */
void
monocle_world_stage_show_frames (MonocleWorldStage *self, MonocleTracks *tracks, GPtrArray *images);
/* (transfer none) (nullable): the frame that is seen; of those ahead, the last one that was shown
 */
MonocleImage *monocle_world_stage_get_image (MonocleWorldStage *self);
/* Whether it is a scene, of which every frame is known. */
gboolean monocle_world_stage_has_scene (MonocleWorldStage *self);
/* Whether anybody knows what happens. */
gboolean monocle_world_stage_has_truth (MonocleWorldStage *self);

/**
 * monocle_world_stage_throw:
 * @thing: which one
 * @vx, @vy: how far it goes in a frame from then on, as a share of the side; what is more than a
 *   ball is thrown with is less, and in steps of which there are words
 *
 * Behind the last frame that is shown. Asks what follows.
 */
void monocle_world_stage_throw (MonocleWorldStage *self, guint thing, double vx, double vy);
/* As it would go on by itself. */
void monocle_world_stage_take_back (MonocleWorldStage *self);
gboolean monocle_world_stage_is_thrown (MonocleWorldStage *self);
/* What the throw would be, for an arrow; as monocle_world_stage_throw() takes it. */
void monocle_world_stage_aim (MonocleWorldStage *self, guint thing, double vx, double vy);
void monocle_world_stage_aim_no_more (MonocleWorldStage *self);
/* %FALSE where nobody aims. */
gboolean monocle_world_stage_get_aim (MonocleWorldStage *self, MonocleThrow *aim);
/* What is at a place in the last frame that is shown; -1: nothing. */
int monocle_world_stage_find (MonocleWorldStage *self, double x, double y);
/* (transfer none) */
const MonocleTracks *monocle_world_stage_get_tracks (MonocleWorldStage *self);

/* --- looking ------------------------------------------------------------------------------ */

/* From 0; up to the last one that there is. */
void monocle_world_stage_set_frame (MonocleWorldStage *self, guint frame);
guint monocle_world_stage_get_frame (MonocleWorldStage *self);
/* Frames that were shown to the model. */
guint monocle_world_stage_count_seen (MonocleWorldStage *self);
/* Those that can be looked at: the same, and those ahead where something is foreseen. */
guint monocle_world_stage_count_frames (MonocleWorldStage *self);

/* How far ahead is looked: from 1 on. */
void monocle_world_stage_set_ahead (MonocleWorldStage *self, guint n_ahead);
guint monocle_world_stage_get_ahead (MonocleWorldStage *self);
/* 1 to %MONOCLE_WORLD_STAGE_MOST_FUTURES. Asks what follows. */
void monocle_world_stage_set_futures (MonocleWorldStage *self, guint n_futures);
guint monocle_world_stage_get_futures (MonocleWorldStage *self);
/* Whether what happens is shown. */
void monocle_world_stage_set_truth (MonocleWorldStage *self, gboolean is_shown);
gboolean monocle_world_stage_get_truth (MonocleWorldStage *self);

/* Whether frames are shown as the model has them: those that were seen as small as it sees them,
 * those ahead as it draws them itself. */
void monocle_world_stage_set_drawn (MonocleWorldStage *self, gboolean is_drawn);
gboolean monocle_world_stage_get_drawn (MonocleWorldStage *self);
/* (transfer none) (nullable): the frame that is seen, where they are and there is one */
MonocleImage *monocle_world_stage_get_drawn_frame (MonocleWorldStage *self);

void monocle_world_stage_ask (MonocleWorldStage *self);

/**
 * monocle_world_stage_look:
 * @ahead: (out): of how many frames ahead it speaks
 * @outlook: (out): of that frame; nothing of the truth where that is not shown
 *
 * Returns: whether anything is foreseen
 */
gboolean
monocle_world_stage_look (MonocleWorldStage *self, guint *ahead, MonocleWorldOutlook *outlook);

/* What there is to be drawn, which lives until the next change; colours and numbers are left to
 * whoever draws. */
MonocleWorldPainting monocle_world_stage_get_painting (MonocleWorldStage *self);

G_END_DECLS
