/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of asking about many pictures share: ask-all is the object and what is wanted of
 * it, ask-all-turns the pictures on their way.
 */
#pragma once

#include "app/batch/ask-all.h"

G_BEGIN_DECLS

/* The rate is that of so many. */
#define MONOCLE_ASK_ALL_TIMES 32

struct _MonocleAskAll
{
  GObject parent_instance;

  MonocleRunner *runner;
  MonocleAskAllState state;
  MonocleAskPlan *plan; /* (nullable) */
  char *identity;       /* (nullable): of the model that answers */
  char *notice;         /* (nullable) */
  GListStore *results, *errors;
  guint n_done;

  guint next;      /* of the plan's items */
  GPtrArray *open; /* those that are anywhere on their way */
  double n_pixels; /* of those that are read */
  GCancellable *cancellable;
  guint source;                        /* that looks at what comes next */
  gint64 times[MONOCLE_ASK_ALL_TIMES]; /* when the last ones were answered; a ring */
  guint n_times;
};

/* --- ask-all --- */

/* @notice: (nullable): why, where nobody wanted it */
void monocle_ask_all_set_state (MonocleAskAll *self, MonocleAskAllState state, const char *notice);
/* A picture is done with. @summary: (nullable); @problem: (nullable): why it was not answered */
void
monocle_ask_all_pass (MonocleAskAll *self, guint index, const char *summary, const char *problem);
/* It is over. */
void monocle_ask_all_end (MonocleAskAll *self, MonocleAskAllState state);

/* --- ask-all-turns --- */

/* Does what comes next; not at once, as whoever is told of an answer may be at it. */
void monocle_ask_all_advance (MonocleAskAll *self);
/* Another model may be there, or none: pauses then. */
void monocle_ask_all_follow_runner (MonocleAskAll *self);
/* Those that wait for the model are not asked about before it goes on. */
void monocle_ask_all_hold_turns (MonocleAskAll *self);
/* Stops what runs; pictures that a thread is at go when that is over. */
void monocle_ask_all_let_go_of_turns (MonocleAskAll *self);

G_END_DECLS
