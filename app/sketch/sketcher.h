/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who draws what somebody describes: a model that needs no image, loaded when it is first asked,
 * and a few pictures of the same words, one after the other, each of its own seed. What is asked
 * anew takes the place of what runs.
 *
 * Signal `changed`: its state is another one, a picture has come, or more of one.
 *
 * Nothing here blocks. It can be let go at any time: what runs is stopped.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleSketcherState:
 * @MONOCLE_SKETCHER_IDLE: nothing was asked
 * @MONOCLE_SKETCHER_LOADING: the model is on its way
 * @MONOCLE_SKETCHER_DRAWING: it is at work
 * @MONOCLE_SKETCHER_DONE: all pictures are there
 * @MONOCLE_SKETCHER_STOPPED: it was told to stop
 * @MONOCLE_SKETCHER_FAILED: monocle_sketcher_get_error()
 */
typedef enum
{
  MONOCLE_SKETCHER_IDLE,
  MONOCLE_SKETCHER_LOADING,
  MONOCLE_SKETCHER_DRAWING,
  MONOCLE_SKETCHER_DONE,
  MONOCLE_SKETCHER_STOPPED,
  MONOCLE_SKETCHER_FAILED,
} MonocleSketcherState;

#define MONOCLE_TYPE_SKETCHER (monocle_sketcher_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSketcher, monocle_sketcher, MONOCLE, SKETCHER, GObject)

/**
 * monocle_sketcher_new:
 * @model: (nullable): see monocle_model_store_find(); %NULL: the one that comes along
 * @device: as settings call it
 * @is_trusted: it is used even if its self-check fails
 */
MonocleSketcher *monocle_sketcher_new (const char *model, const char *device, gboolean is_trusted);

/* Draws @n pictures of @text with the seeds @seed, @seed + 1 and so on. */
void monocle_sketcher_draw (MonocleSketcher *self, const char *text, guint n, guint64 seed);
/* Nothing if nothing runs. */
void monocle_sketcher_stop (MonocleSketcher *self);

MonocleSketcherState monocle_sketcher_get_state (MonocleSketcher *self);
/* (transfer none) (element-type MonocleImage): those that are there, of what was asked last */
GPtrArray *monocle_sketcher_get_pictures (MonocleSketcher *self);
/* (nullable): the next one, as far as it is there; of one that was stopped it stays */
MonocleImage *monocle_sketcher_get_unfinished (MonocleSketcher *self);
/* How they came to be: (nullable) the words, and the seed of the first one. */
const char *monocle_sketcher_get_text (MonocleSketcher *self);
guint64 monocle_sketcher_get_seed (MonocleSketcher *self);
/* (nullable): once it is loaded */
const MonocleTask *monocle_sketcher_get_task (MonocleSketcher *self);
const char *monocle_sketcher_get_model_name (MonocleSketcher *self);
const GError *monocle_sketcher_get_error (MonocleSketcher *self); /* (nullable) */
/* Whether it was the model that could not be loaded. */
gboolean monocle_sketcher_lacks_model (MonocleSketcher *self);

G_END_DECLS
