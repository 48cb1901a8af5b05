/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of a training share: looking (training-look), learning (training-learn), and the
 * whole (training).
 */
#pragma once

#include "app/train/draws.h"
#include "app/train/training.h"

G_BEGIN_DECLS

typedef struct
{
  const MonocleTrainJob *job; /* with nothing left open */
  MonocleTrainJob settled;
  MonocleTrainUpdateFunc update;
  gpointer user_data;
  GCancellable *cancellable;

  MonocleModel *model;
  MonocleTrainer *trainer;
  MonocleTrainDraws *draws;
  guint n_added;       /* examples of the trainer */
  GArray *held_out;    /* (element-type guint): those that are new and held out */
  GPtrArray *glimpses; /* (element-type MonocleTrainGlimpse): of those */
  GHashTable *close;   /* (element-type utf8): names that it had for what it is taught to name */
  GChecksum *checksum; /* of all that was added: what a state belongs to */
  MonocleTrainOutcome *outcome;
} MonocleTrainRun;

/* Pictures: asks, makes views, adds examples. */
gboolean monocle_train_look (MonocleTrainRun *run, guint most_pictures, GError **error);

/* Starts the trainer, goes on from a state where there is one. */
gboolean monocle_train_begin (MonocleTrainRun *run, GError **error);
/* Steps until the end; the best is what the trainer knows then. */
gboolean monocle_train_learn (MonocleTrainRun *run, GError **error);
/* One step of @batch that is drawn next. */
gboolean monocle_train_make_step (MonocleTrainRun *run,
                                  double rate,
                                  MonocleTrainerStep *step,
                                  GError **error);

G_END_DECLS
