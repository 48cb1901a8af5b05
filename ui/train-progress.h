/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Teaching while it goes on: how far it is, its curves, pause and stop.
 */
#pragma once

#include <adwaita.h>

#include "app/train/tutor.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_PROGRESS (monocle_train_progress_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainProgress, monocle_train_progress, MONOCLE, TRAIN_PROGRESS, AdwBin)

/* Once. */
void monocle_train_progress_follow (MonocleTrainProgress *self, MonocleTutor *tutor);

G_END_DECLS
