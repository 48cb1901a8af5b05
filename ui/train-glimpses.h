/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few held-out pictures while a model is taught: a tick on those that it is right about by now.
 */
#pragma once

#include <adwaita.h>

#include "app/train/glimpse.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_GLIMPSES (monocle_train_glimpses_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainGlimpses, monocle_train_glimpses, MONOCLE, TRAIN_GLIMPSES, AdwBin)

/* @glimpses: (element-type MonocleTrainGlimpse) (nullable): a reference is taken */
void monocle_train_glimpses_show (MonocleTrainGlimpses *self, GPtrArray *glimpses);

G_END_DECLS
