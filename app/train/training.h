/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training from beginning to end: what there is to learn is looked at, what the model knows is
 * asked, steps are made, the best is kept, and all is judged by the same questions as before.
 *
 * It blocks, and runs the main context of its thread meanwhile. Questions about the model are
 * answered between steps. State is on the disk beside the result (OUT.training/): a training that
 * was interrupted, by whatever, goes on from there to the same bits.
 */
#pragma once

#include "app/train/glimpse.h"
#include "app/train/set.h"
#include "app/train/verdict.h"

G_BEGIN_DECLS

/**
 * MonocleTrainJob:
 * @set: (transfer none): what to learn, divided
 * @model: with weights of 32 bits, on the device that is to be used; it stays as it is
 * @base: what to call it in what is written
 * @method: what of the model learns
 * @keep_from: (nullable) (element-type filename): pictures to ask about what must not be lost
 * @rank, @rate, @batch, @views, @steps: 0: as suits model and set
 * @minutes: of learning, in place of @steps; 0: none said
 * @keep: share of steps that is about what is known
 * @head: whether rows of the output learn
 * @seed: of all that is drawn
 * @out: a folder that is not there: what was learnt
 * @resumes: goes on from what was saved
 * @enough: (nullable): cancelled, no more steps are made, and the best is judged and written
 */
typedef struct
{
  MonocleTrainSet *set;
  MonocleModel *model;
  const char *base;
  MonocleTrainingMethod method;
  GPtrArray *keep_from;
  guint rank;
  double rate;
  guint batch;
  guint views;
  guint steps;
  double minutes;
  double keep;
  gboolean head;
  guint64 seed;
  const char *out;
  gboolean resumes;
  GCancellable *enough;
} MonocleTrainJob;

/**
 * MonocleTrainStage:
 * @MONOCLE_TRAIN_LOOKING: at pictures: what the model answers before
 * @MONOCLE_TRAIN_LEARNING: steps
 * @MONOCLE_TRAIN_JUDGING: what it answers after
 */
typedef enum
{
  MONOCLE_TRAIN_LOOKING,
  MONOCLE_TRAIN_LEARNING,
  MONOCLE_TRAIN_JUDGING,
} MonocleTrainStage;

/**
 * MonocleTrainUpdate:
 * @stage: where it is
 * @n_done, @n_all: of pictures, steps or questions
 * @loss, @norm, @rate, @is_skipped: of a step
 * @held_out_loss, @held_out_right: after the last round; NaN before one
 * @is_round: the two are new
 * @glimpses: (nullable) (element-type MonocleTrainGlimpse): of a round: some of what is held out,
 * in the callback alone
 */
typedef struct
{
  MonocleTrainStage stage;
  guint n_done, n_all;
  double loss, norm, rate;
  gboolean is_skipped;
  double held_out_loss, held_out_right;
  gboolean is_round;
  GPtrArray *glimpses;
  double seconds;
} MonocleTrainUpdate;

typedef void (*MonocleTrainUpdateFunc) (const MonocleTrainUpdate *update, gpointer user_data);

/**
 * MonocleTrainQuestion:
 *
 * A held-out question, and what was answered.
 */
typedef struct
{
  char *picture;                /* path */
  MonocleTrainExample *example; /* its answer is what is right, or was answered before */
  gboolean is_old;
  char *before, *after; /* in words */
  double score_before, score_after;
} MonocleTrainQuestion;

/**
 * MonocleTrainPoint:
 *
 * Of the curve: after so many steps.
 */
typedef struct
{
  guint step;
  double loss; /* of what is learnt, since the last point */
  double held_out_loss, held_out_right;
} MonocleTrainPoint;

/**
 * MonocleTrainOutcome:
 * @verdict: whether it helped
 * @questions: (element-type MonocleTrainQuestion): held-out ones, new and old
 * @curve: (element-type MonocleTrainPoint)
 * @steps, @n_skipped, @best_step: of them
 * @n_examples, @n_views, @n_old: taught: questions, views of pictures, of what is known
 * @learn_seconds, @look_seconds, @judge_seconds: how long it took
 */
typedef struct
{
  MonocleTrainVerdict verdict;
  GPtrArray *questions;
  GArray *curve;
  guint steps, n_skipped, best_step;
  guint n_examples, n_views, n_old;
  guint rank, batch;
  MonocleTrainingMethod method;
  double rate;
  double look_seconds, learn_seconds, judge_seconds;
  char *model, *device;
} MonocleTrainOutcome;

MonocleTrainOutcome *monocle_train_outcome_new (void);
void monocle_train_outcome_free (MonocleTrainOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainOutcome, monocle_train_outcome_free)

/**
 * MonocleTrainEstimate:
 *
 * What a training would take, measured on the device.
 */
typedef struct
{
  guint n_examples, n_held_out, n_old_pictures, views, batch, steps;
  double look_ms; /* a view and its questions */
  double step_ms;
  double seconds;     /* in all */
  guint64 used_bytes; /* of the device */
} MonocleTrainEstimate;

/**
 * monocle_training_run:
 * @update: (nullable): called in the thread of the training
 *
 * Errors: those of loading and running a model; %MONOCLE_APP_ERROR_BAD_REQUEST where nothing can be
 * learnt; %G_IO_ERROR_CANCELLED: the state is saved.
 *
 * Returns: (transfer full) (nullable): what came of it; the adapter and its report are in @out
 */
MonocleTrainOutcome *monocle_training_run (const MonocleTrainJob *job,
                                           MonocleTrainUpdateFunc update,
                                           gpointer user_data,
                                           GCancellable *cancellable,
                                           GError **error);

/* Looks at a few pictures and makes three steps, of which nothing stays. */
gboolean monocle_training_plan (const MonocleTrainJob *job,
                                MonocleTrainEstimate *estimate,
                                GCancellable *cancellable,
                                GError **error);

/* The same with other @minutes and @keep, as far as that can be told without measuring again. */
void monocle_train_estimate_adjust (MonocleTrainEstimate *self, double minutes, double keep);

/* (transfer full): where the state of a training with that result is */
char *monocle_training_dup_state_folder (const char *out);

G_END_DECLS
