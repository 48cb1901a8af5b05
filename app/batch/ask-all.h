/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same question about many pictures, beside whatever else the runner is asked: the next ones
 * are read while the model is at one, all that others ask comes first, and each answer is kept with
 * its picture as if it had been asked there by hand. However many there are, a handful is in
 * memory. One at a time; what is not done is kept, and can be gone on with at the next start.
 *
 * Properties, read-only and notified: state (MonocleAskAllState as int), total, done (uint), rate
 * (double, pictures a second of late; 0: not known), remaining (double, seconds; -1: not known),
 * notice (string, nullable: why it is paused though nobody wanted that).
 * Signal `ended`: it is done, or was stopped.
 */
#pragma once

#include "app/batch/ask-plan.h"
#include "app/runner/runner.h"

G_BEGIN_DECLS

/**
 * MonocleAskAllState:
 * @MONOCLE_ASK_ALL_NONE: nothing was asked yet
 * @MONOCLE_ASK_ALL_RUNNING: it is being answered
 * @MONOCLE_ASK_ALL_PAUSED: nothing more is asked until somebody says so
 * @MONOCLE_ASK_ALL_STOPPED: somebody stopped it
 * @MONOCLE_ASK_ALL_DONE: all that can be is answered
 */
typedef enum
{
  MONOCLE_ASK_ALL_NONE,
  MONOCLE_ASK_ALL_RUNNING,
  MONOCLE_ASK_ALL_PAUSED,
  MONOCLE_ASK_ALL_STOPPED,
  MONOCLE_ASK_ALL_DONE,
} MonocleAskAllState;

#define MONOCLE_TYPE_ASK_ALL (monocle_ask_all_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskAll, monocle_ask_all, MONOCLE, ASK_ALL, GObject)

MonocleAskAll *monocle_ask_all_new (MonocleRunner *runner);

/**
 * monocle_ask_all_begin:
 * @plan: (transfer full): what about which pictures
 * @error: return location
 *
 * Nothing is under way. Errors: of keeping the plan.
 */
gboolean monocle_ask_all_begin (MonocleAskAll *self, MonocleAskPlan *plan, GError **error);
/* Goes on with what an earlier run of the program did not end, unless that is paused. Returns:
 * whether there was something */
gboolean monocle_ask_all_restore (MonocleAskAll *self);

/* What is being answered still is. */
void monocle_ask_all_pause (MonocleAskAll *self);
void monocle_ask_all_resume (MonocleAskAll *self);
/* Within the picture that is being asked about, of which nothing is kept. It is over then. */
void monocle_ask_all_stop (MonocleAskAll *self);
/* For the end of the program: the same, but it is gone on with at the next start. */
void monocle_ask_all_shut (MonocleAskAll *self);

MonocleAskAllState monocle_ask_all_get_state (MonocleAskAll *self);
/* Running, or paused. */
gboolean monocle_ask_all_is_active (MonocleAskAll *self);
guint monocle_ask_all_get_total (MonocleAskAll *self);
/* Answered or failed, also by an earlier run. */
guint monocle_ask_all_get_done (MonocleAskAll *self);
double monocle_ask_all_get_rate (MonocleAskAll *self);
double monocle_ask_all_get_remaining (MonocleAskAll *self);
/* (nullable): translated */
const char *monocle_ask_all_get_notice (MonocleAskAll *self);
/* (transfer none) (nullable): what is or was asked */
const MonocleAskPlan *monocle_ask_all_get_plan (MonocleAskAll *self);
/* (transfer none) (element-type MonocleAskItem): as they come, those that were answered and those
 * that failed; stay the same objects for ever */
GListModel *monocle_ask_all_get_results (MonocleAskAll *self);
GListModel *monocle_ask_all_get_errors (MonocleAskAll *self);

G_END_DECLS
