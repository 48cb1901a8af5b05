/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who foresees: the model of what happens next, loaded when it is first asked, and one question,
 * of which a newer one takes the place.
 *
 * Signal `changed`: its state is another one.
 *
 * Nothing here blocks. It can be let go at any time: what runs is stopped.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleSeerState:
 * @MONOCLE_SEER_IDLE: nothing was asked
 * @MONOCLE_SEER_LOADING: the model is on its way
 * @MONOCLE_SEER_ASKED: it is at work
 * @MONOCLE_SEER_DONE: what it foresees is there: monocle_seer_get_futures()
 * @MONOCLE_SEER_UNKNOWN: such scenes it does not know
 * @MONOCLE_SEER_STOPPED: it was told to stop
 * @MONOCLE_SEER_FAILED: monocle_seer_get_error()
 */
typedef enum
{
  MONOCLE_SEER_IDLE,
  MONOCLE_SEER_LOADING,
  MONOCLE_SEER_ASKED,
  MONOCLE_SEER_DONE,
  MONOCLE_SEER_UNKNOWN,
  MONOCLE_SEER_STOPPED,
  MONOCLE_SEER_FAILED,
} MonocleSeerState;

#define MONOCLE_TYPE_SEER (monocle_seer_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSeer, monocle_seer, MONOCLE, SEER, GObject)

/**
 * monocle_seer_new:
 * @model: (nullable): see monocle_model_store_find(); %NULL: the one that comes along
 * @device: as settings call it
 * @is_trusted: it is used even if its self-check fails
 */
MonocleSeer *monocle_seer_new (const char *model, const char *device, gboolean is_trusted);

/**
 * monocle_seer_ask:
 * @tracks: what was seen, copied
 * @n_frames: to foresee behind that; fewer where the model does not follow so many
 * @n_futures: to draw
 * @seed: where chance begins
 *
 * What was asked before is asked no more.
 */
void monocle_seer_ask (
    MonocleSeer *self, const MonocleTracks *tracks, guint n_frames, guint n_futures, guint64 seed);
/**
 * monocle_seer_set_seen:
 * @seen: (nullable): the frame that was seen last, of what is asked, as small as the model has it;
 *   %NULL: nobody wants frames
 *
 * The frames of the likeliest way are drawn by the model as well, once it is foreseen: now, where
 * it is already.
 */
void monocle_seer_set_seen (MonocleSeer *self, MonocleImage *seen);
/* (transfer none) (nullable): these; without frames where it does not know such */
const MonocleDrawnFrames *monocle_seer_get_drawn (MonocleSeer *self);
/* The decibels from which on it does; less than 0 where the model draws none, or is not there. */
double monocle_seer_get_least_decibels (MonocleSeer *self);
/* Whether it is at that. */
gboolean monocle_seer_is_drawing (MonocleSeer *self);
/* Nothing if nothing runs; where it draws only that. */
void monocle_seer_stop (MonocleSeer *self);

MonocleSeerState monocle_seer_get_state (MonocleSeer *self);
/* (transfer none) (nullable): of what was asked last; nothing of what it does not know */
const MonocleFutures *monocle_seer_get_futures (MonocleSeer *self);
/* (transfer none) (nullable): while loading: the device that is checked first, since it was never
 * used so */
MonocleDevice *monocle_seer_get_checking (MonocleSeer *self);
const GError *monocle_seer_get_error (MonocleSeer *self); /* (nullable) */
/* Whether it was the model that could not be loaded. */
gboolean monocle_seer_lacks_model (MonocleSeer *self);

G_END_DECLS
