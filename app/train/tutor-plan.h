/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person wants taught: from which folders, to which model, for how long. It is kept while a
 * training is under way, so that the next start of the program knows what to go on with.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* Share of steps that is about what is known: as measured; for who lost too much; the most. */
#define MONOCLE_TUTOR_KEEP      0.5
#define MONOCLE_TUTOR_KEEP_MORE 0.7

/**
 * MonocleTutorPlan:
 * @folders: of pictures that were worked on
 * @model: (nullable): what settings call it; %NULL: the default one
 * @device: what settings call it
 * @is_trusted: the device is used though it computes wrongly
 * @method: what of the model learns
 * @minutes: of learning; 0: as suits what there is
 * @keep: share of steps that is about what is known
 */
typedef struct
{
  GStrv folders;
  char *model;
  char *device;
  gboolean is_trusted;
  MonocleTrainingMethod method;
  double minutes;
  double keep;
} MonocleTutorPlan;

MonocleTutorPlan *monocle_tutor_plan_copy (const MonocleTutorPlan *self);
void monocle_tutor_plan_free (MonocleTutorPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTutorPlan, monocle_tutor_plan_free)

/* (transfer full): where all of it lies, made where it is not there */
char *monocle_tutor_plan_dup_folder (void);

gboolean monocle_tutor_plan_save (const MonocleTutorPlan *self, GError **error);
/* (transfer full) (nullable): the one that was saved, if it is one */
MonocleTutorPlan *monocle_tutor_plan_load (void);

G_END_DECLS
