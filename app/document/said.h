/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One turn of a conversation: what a person said and showed, and what a model answered, as it
 * arrives. An item of a document's conversation, or of one of the command line; what is needed to
 * say it again is in it, so that it can be kept in a file.
 *
 * Properties, all read-only and notified: state (MonocleSaidState as int), answer (string), stage
 * (MonocleStage as int), fraction (double).
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleSaidState:
 * @MONOCLE_SAID_WAITING: for the model, or for what is asked before it
 * @MONOCLE_SAID_RUNNING: being answered
 * @MONOCLE_SAID_WHOLE: answered, if only in part: monocle_said_get_facts() has how it ended
 * @MONOCLE_SAID_STOPPED: before there was a word
 * @MONOCLE_SAID_FAILED: see monocle_said_get_error()
 */
typedef enum
{
  MONOCLE_SAID_WAITING,
  MONOCLE_SAID_RUNNING,
  MONOCLE_SAID_WHOLE,
  MONOCLE_SAID_STOPPED,
  MONOCLE_SAID_FAILED,
} MonocleSaidState;

/**
 * MonocleSaidShown:
 * @path: (nullable): of a picture; %NULL: the one that the conversation is kept with
 * @width, @height: of it, upright; 0: nobody knows
 * @rotation: quarter turns clockwise by which the model saw it
 * @is_region: whether only @region of it is shown
 * @region: in pixels of the upright picture
 */
typedef struct
{
  const char *path;
  guint width, height;
  guint rotation;
  gboolean is_region;
  MonocleBox region;
} MonocleSaidShown;

/**
 * MonocleSaidQuestion:
 * @text: what was said
 * @shown: (array length=n_shown) (nullable): what was shown with it
 * @n_shown: how much
 * @detail: how closely it is looked at; AUTO, until it is asked: as suits the device
 * @max_tokens: longest answer; 0: as the model says
 * @is_drawn: tokens are drawn by chance
 * @sampling: how, with the seed
 */
typedef struct
{
  const char *text;
  const MonocleSaidShown *shown;
  guint n_shown;
  MonocleDetail detail;
  guint max_tokens;
  gboolean is_drawn;
  MonocleSampling sampling;
} MonocleSaidQuestion;

/**
 * MonocleSaidFacts:
 * @model, @digest, @device, @precision: (nullable): what answered; @digest as
 *   monocle_identity_get() has it
 * @ids: (array length=n_ids) (nullable): tokens of the answer
 * @n_ids: how many
 * @end: how it came to its end
 * @n_forgotten, @n_kept, @n_read, @n_written: see MonocleReply
 * @n_places: tokens that there is room for
 * @preprocess_ms, @encode_ms, @first_ms, @decode_ms: see MonocleReply
 */
typedef struct
{
  const char *model, *digest, *device, *precision;
  const guint32 *ids;
  guint n_ids;
  MonocleReplyEnd end;
  guint n_forgotten, n_kept, n_read, n_written, n_places;
  double preprocess_ms, encode_ms, first_ms, decode_ms;
} MonocleSaidFacts;

#define MONOCLE_TYPE_SAID (monocle_said_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSaid, monocle_said, MONOCLE, SAID, GObject)

/* A question that nobody was asked yet. */
MonocleSaid *monocle_said_new (const MonocleSaidQuestion *question);
/* One of before, with its answer. @id: what it is called in files; 0: something new */
MonocleSaid *monocle_said_new_answered (guint64 id,
                                        const MonocleSaidQuestion *question,
                                        const char *answer,
                                        const MonocleSaidFacts *facts);
/**
 * monocle_said_new_again:
 * @settings: (nullable): how to draw, where @self was not drawn; %NULL: plainly
 * @seed: (nullable): to draw with; %NULL: the one after that of before
 *
 * Returns: (transfer full): the same question, to be answered otherwise
 */
MonocleSaid *
monocle_said_new_again (MonocleSaid *self, const MonocleSampling *settings, const guint64 *seed);

/* Never 0, and no other thing has it. */
guint64 monocle_said_get_id (MonocleSaid *self);
const MonocleSaidQuestion *monocle_said_get_question (MonocleSaid *self);
MonocleSaidState monocle_said_get_state (MonocleSaid *self);
gboolean monocle_said_is_active (MonocleSaid *self); /* waiting or running */
/* Never %NULL; what there is so far. */
const char *monocle_said_get_answer (MonocleSaid *self);
/* Of one that is whole; before that nothing but names is known. */
const MonocleSaidFacts *monocle_said_get_facts (MonocleSaid *self);
MonocleStage monocle_said_get_stage (MonocleSaid *self);
/* Part of the stage, 0 to 1; -1 where the end is not known. */
double monocle_said_get_fraction (MonocleSaid *self);
/* (nullable) */
const GError *monocle_said_get_error (MonocleSaid *self);
/* Tokens of the conversation up to its end. */
guint monocle_said_get_n_used (MonocleSaid *self);
/* Until there was something to read, and how many tokens a second came then; 0: nobody knows. */
double monocle_said_get_wait_ms (MonocleSaid *self);
double monocle_said_get_speed (MonocleSaid *self);

/* --- For who asks --- */

void monocle_said_start (MonocleSaid *self, MonocleModel *model);
void monocle_said_requeue (MonocleSaid *self);
void monocle_said_update (MonocleSaid *self, const MonocleUpdate *update);
/* @n_places: of the conversation */
void monocle_said_finish (MonocleSaid *self, const MonocleReply *reply, guint n_places);
void monocle_said_fail (MonocleSaid *self, const GError *error); /* cancelled: STOPPED */

/* (transfer floating): a dictionary with all of one that is whole */
GVariant *monocle_said_store (MonocleSaid *self);
/* (transfer full) (nullable): of monocle_said_store(), from a file perhaps; %NULL where it is none
 */
MonocleSaid *monocle_said_new_stored (guint64 id, GVariant *stored);

G_END_DECLS
