/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar of every window that says how far teaching is, for as long as it is, and how it ended
 * until somebody saw that.
 */
#pragma once

#include <adwaita.h>

#include "app/train/tutor.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_BAR (monocle_train_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainBar, monocle_train_bar, MONOCLE, TRAIN_BAR, AdwBin)

/* Once. */
void monocle_train_bar_follow (MonocleTrainBar *self, MonocleTutor *tutor);

G_END_DECLS
