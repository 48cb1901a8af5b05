/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model will be taught, and what that takes: the first part of the page that teaches.
 */
#pragma once

#include <adwaita.h>

#include "app/train/tutor.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_PLAN (monocle_train_plan_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainPlan, monocle_train_plan, MONOCLE, TRAIN_PLAN, AdwBin)

/* Once. */
void monocle_train_plan_follow (MonocleTrainPlan *self, MonocleTutor *tutor);

G_END_DECLS
