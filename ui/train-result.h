/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of teaching: the verdict, before and after, what got worse, and what is to become of
 * it.
 */
#pragma once

#include <adwaita.h>

#include "app/train/tutor.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_RESULT (monocle_train_result_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainResult, monocle_train_result, MONOCLE, TRAIN_RESULT, AdwBin)

/* Once. */
void monocle_train_result_follow (MonocleTrainResult *self, MonocleTutor *tutor);
/* What it is to be called. */
const char *monocle_train_result_get_name (MonocleTrainResult *self);
/* Whether it is to be kept as a model of its own. */
gboolean monocle_train_result_is_alone (MonocleTrainResult *self);

G_END_DECLS
