/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The curves of a training: how wrong it is about what it learns from, and about what is held out,
 * with the best point marked.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/train/tutor.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_CURVE (monocle_train_curve_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainCurve, monocle_train_curve, MONOCLE, TRAIN_CURVE, GtkWidget)

GtkWidget *monocle_train_curve_new (void);

/**
 * monocle_train_curve_show:
 * @steps, @rounds: (element-type MonocleTrainPoint): copied
 * @n_steps: that there will be
 */
void monocle_train_curve_show (MonocleTrainCurve *self,
                               const GArray *steps,
                               const GArray *rounds,
                               guint n_steps);

G_END_DECLS
