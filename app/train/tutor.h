/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tutor: teaches a model what was corrected, as a window does it. What there is to learn is
 * looked at and measured, then learnt, on a thread; it can be paused, ended with the best there is,
 * and gone on with after an interruption. What came of it waits for a person to keep it as a model
 * of theirs, or to discard it. One at a time.
 *
 * It uses a copy of the model of its own, with weights of 32 bits: the one that is asked meanwhile
 * stays as it is.
 *
 * Signal `changed`: anything below is another. At most some times a second.
 */
#pragma once

#include "app/train/count.h"
#include "app/train/training.h"
#include "app/train/tutor-plan.h"

G_BEGIN_DECLS

/**
 * MonocleTutorState:
 * @MONOCLE_TUTOR_NONE: nothing is wanted
 * @MONOCLE_TUTOR_READING: what was done to the pictures
 * @MONOCLE_TUTOR_MEASURING: there are facts; what it takes is being tried
 * @MONOCLE_TUTOR_READY: and an estimate, or an error that says why it cannot begin
 * @MONOCLE_TUTOR_RUNNING: see the update
 * @MONOCLE_TUTOR_PAUSED: after the step that was under way
 * @MONOCLE_TUTOR_FAILED: see the error
 * @MONOCLE_TUTOR_INTERRUPTED: an earlier run of the program did not end it
 * @MONOCLE_TUTOR_DONE: see the outcome
 */
typedef enum
{
  MONOCLE_TUTOR_NONE,
  MONOCLE_TUTOR_READING,
  MONOCLE_TUTOR_MEASURING,
  MONOCLE_TUTOR_READY,
  MONOCLE_TUTOR_RUNNING,
  MONOCLE_TUTOR_PAUSED,
  MONOCLE_TUTOR_FAILED,
  MONOCLE_TUTOR_INTERRUPTED,
  MONOCLE_TUTOR_DONE,
} MonocleTutorState;

/**
 * MonocleTutorFacts:
 * @n_pictures: that say something
 * @n_complete: of them, on which all objects are known
 * @n_held_out: of them, that are judged by
 * @n_examples, @n_held_out_examples: questions with what is right
 * @counts: (element-type MonocleTrainCount)
 * @notes: (element-type utf8): what is left out, and why
 */
typedef struct
{
  guint n_pictures, n_complete, n_held_out;
  guint n_examples, n_held_out_examples;
  GPtrArray *counts;
  GPtrArray *notes;
} MonocleTutorFacts;

#define MONOCLE_TYPE_TUTOR (monocle_tutor_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTutor, monocle_tutor, MONOCLE, TUTOR, GObject)

MonocleTutor *monocle_tutor_new (void);

/* Finds what an earlier run of the program left: interrupted, or waiting to be kept. */
void monocle_tutor_restore (MonocleTutor *self);

/* --- before --- */

/* @plan: copied. Nothing where it is under way, or waits to be kept. */
void monocle_tutor_look (MonocleTutor *self, const MonocleTutorPlan *plan);
/* While nothing is learnt: nobody wants to know any more; the model is let go. */
void monocle_tutor_forget (MonocleTutor *self);
/* What of the model learns, before it begins: what that takes is tried again. */
void monocle_tutor_choose (MonocleTutor *self, MonocleTrainingMethod method);
gboolean monocle_tutor_can_choose (MonocleTutor *self);
/* What is wanted otherwise, before it begins. */
void monocle_tutor_adjust (MonocleTutor *self, double minutes, double keep);

/* Ready, without an error. */
gboolean monocle_tutor_can_start (MonocleTutor *self);
/* Errors: of keeping the plan. */
gboolean monocle_tutor_start (MonocleTutor *self, GError **error);
/* Interrupted, or failed with something to go on from. */
void monocle_tutor_go_on (MonocleTutor *self);
/* The same, when nobody wants it any more. */
void monocle_tutor_give_up (MonocleTutor *self);
gboolean monocle_tutor_can_go_on (MonocleTutor *self);
/* It could not go on, as what was corrected is another by now: it is given up or stays as it is. */
gboolean monocle_tutor_is_outdated (MonocleTutor *self);

/* --- while it runs --- */

void monocle_tutor_pause (MonocleTutor *self);
void monocle_tutor_resume (MonocleTutor *self);
/* No more steps: the best is judged. Before the first step it is over, and nothing came of it; what
 * goes on is interrupted then, and can go on again. */
void monocle_tutor_stop (MonocleTutor *self);
/* For the end of the program: blocks until what is learnt is on the disk. */
void monocle_tutor_shut (MonocleTutor *self);

/* --- after --- */

/**
 * monocle_tutor_keep_async:
 * @name: what to call it
 * @is_alone: as a model of its own, which needs the one that it was taught from no more
 *
 * Nothing else can be done with it meanwhile.
 */
void monocle_tutor_keep_async (MonocleTutor *self,
                               const char *name,
                               gboolean is_alone,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * monocle_tutor_keep_finish:
 *
 * Errors: where there is such a model; of moving or writing it.
 *
 * Returns: (transfer full) (nullable): the directory of a model of the person's that has learnt it
 */
char *monocle_tutor_keep_finish (MonocleTutor *self, GAsyncResult *result, GError **error);
/* (transfer full): a name that no model has */
char *monocle_tutor_dup_name (MonocleTutor *self);
/* Kept for a day, or until something else is taught. */
gboolean monocle_tutor_discard (MonocleTutor *self, GError **error);
gboolean monocle_tutor_can_undo_discard (MonocleTutor *self);
gboolean monocle_tutor_undo_discard (MonocleTutor *self, GError **error);
/* (transfer full): where what was learnt lies until then: a model, its report beside it */
char *monocle_tutor_dup_result (MonocleTutor *self);

/* --- what is to be seen --- */

MonocleTutorState monocle_tutor_get_state (MonocleTutor *self);
/* Learning, or paused. */
gboolean monocle_tutor_is_active (MonocleTutor *self);
/* (nullable) */
const MonocleTutorPlan *monocle_tutor_get_plan (MonocleTutor *self);
/* (nullable): of the model that is taught, and of its device, as people know them */
const char *monocle_tutor_get_model_title (MonocleTutor *self);
const char *monocle_tutor_get_device_name (MonocleTutor *self);
/* Whether that is the processor. */
gboolean monocle_tutor_is_software (MonocleTutor *self);
/* Whether what the model learnt before is left out: everything is learnt anew. */
gboolean monocle_tutor_is_anew (MonocleTutor *self);
const MonocleTutorFacts *monocle_tutor_get_facts (MonocleTutor *self);       /* (nullable) */
const MonocleTrainEstimate *monocle_tutor_get_estimate (MonocleTutor *self); /* (nullable) */
const MonocleTrainUpdate *monocle_tutor_get_update (MonocleTutor *self);     /* (nullable) */
/* (transfer none) (element-type MonocleTrainPoint): of each round; of each step, where only its
 * loss is known */
const GArray *monocle_tutor_get_rounds (MonocleTutor *self);
const GArray *monocle_tutor_get_steps (MonocleTutor *self);
/* (transfer none) (nullable) (element-type MonocleTrainGlimpse): after the last round; another
 * array after the next */
GPtrArray *monocle_tutor_get_glimpses (MonocleTutor *self);
/* In all, from 0 to 1; in seconds, -1 where nobody knows. */
double monocle_tutor_get_fraction (MonocleTutor *self);
double monocle_tutor_get_remaining (MonocleTutor *self);
const MonocleTrainOutcome *monocle_tutor_get_outcome (MonocleTutor *self); /* (nullable) */
const GError *monocle_tutor_get_error (MonocleTutor *self);                /* (nullable) */

G_END_DECLS
